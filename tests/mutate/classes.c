/* classes.c - why a mutant may be accepted: the first field in which it differs, and the reason. */
#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>

/* What a mutant that differs there may prove: the very same, or less, too. */
enum allows { SAME, LESS };

static struct {
    const char *field;
    enum allows allows;
    const char *why;
    uint64_t n_same, n_less;
} classes[] = {
    {"spelling", SAME, "the same records in other JSON: white space, escapes, snake_case", 0, 0},
    {"version", SAME, "the form fits both versions, and says nothing else", 0, 0},
    {"key hint", SAME, "helps to find the key; the key itself was named by the caller", 0, 0},
    {"key id", SAME, "as the key hint, of an envelope", 0, 0},
    {"message digest taken away", SAME, "optional: the signature is over the artifact", 0, 0},
    {"chain that came along", SAME, "the chain is that of the trusted root", 0, 0},
    {"timestamp", LESS,
     "bytes that the authority did not sign, or an authority nobody knows: no word, as if the "
     "timestamp were not there",
     0, 0},
    {"timestamp taken away", LESS, "what is not there proves nothing; what is left must do", 0, 0},
    {"log entry taken away", LESS, "the same, by key", 0, 0},
    {"log entry: promise taken away", LESS, "the same, where the proof is there", 0, 0},
    {"log entry: proof taken away", SAME, "version 0.1 rests on the promise", 0, 0},
    {"log entry: checkpoint taken away", SAME, "the same", 0, 0},
    {"log entry: checkpoint", SAME, "lines of witnesses, whom the root does not know", 0, 0},
};

/* --- where two bundles differ ------------------------------------------------------------------
 */

#define DIFFER(cond, name)                                                                         \
    do {                                                                                           \
        if (cond)                                                                                  \
            return name;                                                                           \
    } while (0)
#define TEXTS(a, b, name) DIFFER(!mrl_str_eq(a, b), name)

static const char *entries_differ(const struct mrl_tlog_entry *a, const struct mrl_tlog_entry *b) {
    TEXTS(a->body, b->body, "log entry: body");
    TEXTS(a->log_id, b->log_id, "log entry: log");
    TEXTS(a->kind, b->kind, "log entry: kind");
    TEXTS(a->version, b->version, "log entry: version");
    DIFFER(b->promise.len == 0 && a->promise.len > 0, "log entry: promise taken away");
    TEXTS(a->promise, b->promise, "log entry: promise");
    DIFFER(a->integrated_time != b->integrated_time, "log entry: integrated time");
    DIFFER(a->log_index != b->log_index, "log entry: index");
    DIFFER(a->proof.present && !b->proof.present, "log entry: proof taken away");
    DIFFER(a->proof.present != b->proof.present, "log entry: proof added");
    DIFFER(b->proof.checkpoint.len == 0 && a->proof.checkpoint.len > 0,
           "log entry: checkpoint taken away");
    TEXTS(a->proof.checkpoint, b->proof.checkpoint, "log entry: checkpoint");
    DIFFER(a->proof.log_index != b->proof.log_index, "log entry: proof's index");
    DIFFER(a->proof.tree_size != b->proof.tree_size, "log entry: tree size");
    TEXTS(a->proof.root_hash, b->proof.root_hash, "log entry: root hash");
    DIFFER(a->proof.n_hashes != b->proof.n_hashes, "log entry: path");
    for (uint32_t i = 0; i < a->proof.n_hashes; i++)
        TEXTS(a->proof.hashes[i], b->proof.hashes[i], "log entry: path");
    return NULL;
}

static const char *lists_differ(const struct mrl_bundle *a, const struct mrl_bundle *b) {
    DIFFER(a->n_certs == 0 ? b->n_certs > 0 : b->n_certs == 0, "certificate or key");
    if (a->n_certs > 0)
        TEXTS(a->certs[0], b->certs[0], "certificate");
    DIFFER(a->n_certs != b->n_certs, "chain that came along");
    for (uint32_t i = 1; i < a->n_certs; i++)
        TEXTS(a->certs[i], b->certs[i], "chain that came along");
    DIFFER(b->n_entries < a->n_entries, "log entry taken away");
    DIFFER(b->n_entries > a->n_entries, "log entry added");
    for (uint32_t i = 0; i < a->n_entries; i++) {
        const char *field = entries_differ(&a->entries[i], &b->entries[i]);
        DIFFER(field != NULL, field);
    }
    DIFFER(b->n_timestamps < a->n_timestamps, "timestamp taken away");
    DIFFER(b->n_timestamps > a->n_timestamps, "timestamp added");
    for (uint32_t i = 0; i < a->n_timestamps; i++)
        TEXTS(a->timestamps[i], b->timestamps[i], "timestamp");
    return NULL;
}

static const char *differ(const struct mrl_bundle *a, const struct mrl_bundle *b) {
    DIFFER(a->is_dsse != b->is_dsse, "kind of content");
    TEXTS(a->sig, b->sig, "signature");
    TEXTS(a->payload, b->payload, "payload");
    TEXTS(a->payload_type, b->payload_type, "payload type");
    DIFFER(a->n_sigs != b->n_sigs, "number of signatures");
    for (uint32_t i = 0; i < a->n_sigs; i++)
        TEXTS(a->sigs[i].sig, b->sigs[i].sig, "signature");
    const char *field = lists_differ(a, b);
    DIFFER(field != NULL, field);
    DIFFER(a->minor != b->minor, "version");
    DIFFER(b->digest.len == 0 && a->digest.len > 0, "message digest taken away");
    TEXTS(a->digest, b->digest, "message digest");
    TEXTS(a->key_hint, b->key_hint, "key hint");
    for (uint32_t i = 0; i < a->n_sigs; i++)
        TEXTS(a->sigs[i].key_id, b->sigs[i].key_id, "key id");
    return "spelling";
}

/* --- what they prove ---------------------------------------------------------------------------
 */

static uint32_t count_time(const struct mrl_verified *v, const struct mrl_proved_time *t) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->n_times; i++)
        n += v->times[i].source == t->source && v->times[i].seconds == t->seconds;
    return n;
}

/* Everything that `b` proves `a` proves, too; *ret_less: not the other way round. */
static bool proves_no_more(const struct mrl_verified *a, const struct mrl_verified *b,
                           bool *ret_less) {
    for (uint32_t i = 0; i < b->n_times; i++)
        if (count_time(a, &b->times[i]) < count_time(b, &b->times[i]))
            return false;
    *ret_less = b->n_times < a->n_times || b->n_entries < a->n_entries;
    return b->n_entries <= a->n_entries && a->by_key == b->by_key &&
           a->logs_unchecked == b->logs_unchecked && mrl_str_eq(a->identity, b->identity) &&
           mrl_str_eq(a->issuer, b->issuer) && mrl_str_eq(a->payload, b->payload) &&
           mrl_str_eq(a->payload_type, b->payload_type) &&
           mrl_str_eq(a->predicate_type, b->predicate_type);
}

bool classify(const struct subject *s, const struct mrl_bundle *b, const struct mrl_verified *v,
              const char **ret_field) {
    bool less = false;
    *ret_field = differ(&s->bundle, b);
    if (!proves_no_more(&s->verified, v, &less))
        return false;
    for (size_t i = 0; i < MRL_COUNTOF(classes); i++) {
        if (strcmp(classes[i].field, *ret_field) != 0)
            continue;
        if (less)
            classes[i].n_less++;
        else
            classes[i].n_same++;
        return !less || classes[i].allows == LESS;
    }
    if (getenv("MUTATE_SHOW") != NULL)
        printf("class %s %s\n", *ret_field, less ? "less" : "same");
    return false;
}

void print_classes(void) {
    for (size_t i = 0; i < MRL_COUNTOF(classes); i++)
        if (classes[i].n_same + classes[i].n_less > 0)
            printf("note accepted, %s: %llu the same, %llu less (%s)\n", classes[i].field,
                   (unsigned long long)classes[i].n_same, (unsigned long long)classes[i].n_less,
                   classes[i].why);
}
