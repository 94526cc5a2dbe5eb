/* test_chain.c - chains of certificates beside OpenSSL: what we accept it accepts, row by row.
 * Where we are the stricter one, the row says so. */
#include "../../chain/chain_kit.h"
#include "test.h"

#define LEAF_OK "!ku:0780 eku:c email:a@example.com"
#define CA_OK "!ca !ku:0106"

struct row {
    const char *leaf, *middle, *root;
    bool ours, theirs;
};

static void check_row(const struct row *r, bool timestamps, int64_t seconds) {
    mrl_arena a;
    struct chain_verdicts v;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    struct chain_parts p = {.timestamps = timestamps, .seconds = seconds};
    p.exts[LEAF] = chain_exts(&a, r->leaf);
    p.exts[MIDDLE] = chain_exts(&a, r->middle);
    p.exts[ROOT] = chain_exts(&a, r->root);
    REQUIRE(chain_judge(&a, &p, &v));
    if (v.ours != r->ours || v.theirs != r->theirs)
        printf("%s | %s | %s: we %d (%s), OpenSSL %d (%s)\n", r->leaf, r->middle, r->root, v.ours,
               v.why, v.theirs, v.their_why);
    CHECK_INT(v.ours, r->ours);
    CHECK_INT(v.theirs, r->theirs);
    mrl_arena_release(&a);
}

TEST(chain_is_never_laxer_than_openssl) {
    static const struct row rows[] = {
        {LEAF_OK, CA_OK, CA_OK, true, true},
        {LEAF_OK, "!ca:0 !ku:0106", CA_OK, true, true},
        {LEAF_OK, CA_OK, "!ca:1 !ku:0106", true, true},
        {LEAF_OK, CA_OK, "!ca:0 !ku:0106", false, false}, /* one authority too many */
        {LEAF_OK, "!end !ku:0106", CA_OK, false, false},
        {LEAF_OK, "!ca !ku:0780", CA_OK, false, false}, /* may not sign certificates */
        {LEAF_OK, CA_OK " !odd", CA_OK, false, false},
        {LEAF_OK " !odd", CA_OK, CA_OK, false, false},
        {LEAF_OK " odd", CA_OK " odd", CA_OK, true, true},
        {"!ku:0780 eku:t email:a@example.com", CA_OK, CA_OK, false, false},
        /* names that an authority may give */
        {LEAF_OK, CA_OK " !nc:email+example.com", CA_OK, true, true},
        {LEAF_OK, CA_OK " !nc:email+example.org", CA_OK, false, false},
        {LEAF_OK, CA_OK " !nc:email-example.com", CA_OK, false, false},
        {LEAF_OK, CA_OK, CA_OK " !nc:email-a@example.com", false, false},
        {LEAF_OK, CA_OK " !nc:dns+example.org", CA_OK, true, true}, /* about other names */
        {"!ku:0780 eku:c uri:https://host.example.com/x", CA_OK " !nc:uri+.example.com", CA_OK,
         true, true},
        {"!ku:0780 eku:c uri:https://host.example.org/x", CA_OK " !nc:uri+.example.com", CA_OK,
         false, false},
        {"!ku:0780 eku:c dns:a.example.com", CA_OK " !nc:dns+example.com", CA_OK, true, true},
        {"!ku:0780 eku:c dns:aexample.com", CA_OK " !nc:dns+example.com", CA_OK, false, false},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], false, CHAIN_FROM + 1);
}

#define CODE "!ku:0780 eku:c "

/* Names that two readers could see in two ways are inside of nothing, and outside of nothing. */
TEST(chain_names_in_odd_spellings) {
    static const struct row rows[] = {
        {CODE "email:a@B.example", CA_OK " !nc:email-b.example", CA_OK, false, false},
        {CODE "email:a@c.b.example", CA_OK " !nc:email+b.example", CA_OK, false, false},
        {CODE "email:a@c.b.example", CA_OK " !nc:email+.b.example", CA_OK, true, true},
        {CODE "email:c@b.example", CA_OK " !nc:email+a@b.example", CA_OK, false, false},
        {CODE "email:a@b.example@c.example", CA_OK " !nc:email-b.example", CA_OK, false, true},
        {CODE "email:a@c.example", CA_OK " nc:email+b.example", CA_OK, false, false},
        {CODE "uri:https://b.example@evil.example/", CA_OK " !nc:uri+b.example", CA_OK, false,
         false},
        {CODE "uri:https://evil.example/b.example", CA_OK " !nc:uri+b.example", CA_OK, false,
         false},
        {CODE "uri:urn:x", CA_OK " !nc:uri-b.example", CA_OK, false, false},
        {CODE "dns:a.B.example", CA_OK " !nc:dns-b.example", CA_OK, false, false},
        {CODE, CA_OK " !nc:cn+leaf", CA_OK, true, true},
        {CODE, CA_OK " !nc:cn-LEAF", CA_OK, false, false},
        {CODE, CA_OK " !nc:cn+other", CA_OK, false, false},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], false, CHAIN_FROM + 1);
}

/* What only one of the two looks at is looked at by us. */
TEST(chain_purposes_and_key_identifiers_bind) {
    static const struct row rows[] = {
        {LEAF_OK, CA_OK " eku:c", CA_OK, true, true},
        {LEAF_OK, CA_OK " eku:any", CA_OK, true, true},
        {LEAF_OK, CA_OK " eku:t", CA_OK, false, true},
        {LEAF_OK, CA_OK, CA_OK " eku:t", false, true},
        {LEAF_OK, "!ca !ku:0784", CA_OK, false, false}, /* a bit that is said not to count */
        {LEAF_OK " aki:one", CA_OK " ski:one", CA_OK, true, true},
        {LEAF_OK " aki:one", CA_OK " ski:two", CA_OK, false, false},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], false, CHAIN_FROM + 1);
}

/* Found by the fuzz target: a subject with a value that is no text. */
TEST(chain_subjects_are_texts) {
    static const struct {
        mrl_str value;
        bool ok;
    } rows[] = {
        {MRL_S_INIT("\x0c\x01x"), true},     {MRL_S_INIT("\x13\x01x"), true},
        {MRL_S_INIT("\x0c\x01\xff"), false}, /* no UTF-8 */
        {MRL_S_INIT("\x01\x01x"), false},    /* a BOOLEAN */
        {MRL_S_INIT("\x1e\x01x"), false},    /* half a letter */
        {MRL_S_INIT("\x30\x01\x05"), false}, /* cut DER */
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        mrl_arena a;
        struct chain_verdicts v;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        struct chain_parts p = {.seconds = CHAIN_FROM + 1};
        p.exts[LEAF] = chain_exts(&a, LEAF_OK);
        p.exts[MIDDLE] = p.exts[ROOT] = chain_exts(&a, CA_OK);
        size_t n = rows[i].value.len;
        p.subject = mrl_arena_printf(&a, "0%c1%c0%c\x06\x03\x55\x04\x03", (int)n + 9, (int)n + 7,
                                     (int)n + 5);
        char *all = mrl_arena_alloc(&a, p.subject.len + n, 1);
        REQUIRE(all != NULL);
        memcpy(all, p.subject.ptr, p.subject.len);
        memcpy(all + p.subject.len, rows[i].value.ptr, n);
        p.subject = (mrl_str){all, p.subject.len + n};
        REQUIRE(chain_judge(&a, &p, &v));
        CHECK_INT(v.ours, rows[i].ok);
        CHECK(v.theirs || !v.ours);
        mrl_arena_release(&a);
    }
}

TEST(chain_of_a_timestamp_is_for_timestamps_alone) {
    static const struct row rows[] = {
        {"!ku:0780 !eku:t", CA_OK, CA_OK, true, true},
        {"!ku:0780 eku:t", CA_OK, CA_OK, false, false}, /* not critical */
        {"!ku:0780 !eku:ct", CA_OK, CA_OK, false, false},
        {"!ku:0780 !eku:c", CA_OK, CA_OK, false, false},
        {"!ku:05a0 !eku:t", CA_OK, CA_OK, false, false}, /* also for keys */
        {"!ku:06c0 !eku:t", CA_OK, CA_OK, true, true},   /* also non-repudiation */
        {"!ku:0780 !eku:t", CA_OK " eku:c", CA_OK, false, true},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        check_row(&rows[i], true, CHAIN_FROM + 1);
}

/* RFC 5280 counts the last second in, and the Sigstore suite asks for it; OpenSSL leaves it out. */
TEST(chain_is_valid_at_its_time_both_ends_included) {
    static const struct row good = {LEAF_OK, CA_OK, CA_OK, true, true},
                            last = {LEAF_OK, CA_OK, CA_OK, true, false},
                            bad = {LEAF_OK, CA_OK, CA_OK, false, false};
    check_row(&good, false, CHAIN_FROM);
    check_row(&good, false, CHAIN_TO - 1);
    check_row(&last, false, CHAIN_TO);
    check_row(&bad, false, CHAIN_FROM - 1);
    check_row(&bad, false, CHAIN_TO + 1);
}
