/* cmd_key_list.c - `merlon key list`: the keys in tokens, each with the URI that means it.
 *
 * Names in a token are whatever somebody wrote there: they are shown as the URI spells them.
 */
#include "cli/token_given.h"

#include "formats/json/json.h"
#include "services/token/key.h"

#define TEXT_MAX (1u << 20)

struct listing {
    struct mrl_cli *cli;
    struct mrl_p11_uri uri; /* what the user asked for */
    struct mrl_token *token;
    mrl_arena secrets;
    struct mrl_buf *out;
    bool json;
    unsigned n; /* rows so far */
    struct mrl_err err;
};

static const char *kind_of(struct listing *l, const struct mrl_p11_object *o) {
    static const char *const names[] = {"EC", "Edwards", "RSA", "?"};
    struct mrl_pubkey *key = NULL;
    if (mrl_p11_pubkey(l->cli->arena, o, NULL, &key) != MRL_OK)
        return names[o->kind];
    const char *name = mrl_pubkey_kind_name(mrl_pubkey_kind(key));
    mrl_pubkey_free(key);
    return name;
}

/* The URI of one object: what can be given to --key as it is. */
static mrl_status uri_of(struct listing *l, const struct mrl_p11_slot *slot,
                         const struct mrl_p11_object *o, mrl_str *ret) {
    struct mrl_p11_uri uri = mrl_p11_name(o);
    struct mrl_buf b;
    uri.token = slot->label;
    uri.serial = slot->serial;
    uri.module_path = l->uri.module_path;
    mrl_buf_init(&b, TEXT_MAX);
    mrl_p11_uri_write(&b, &uri);
    return mrl_buf_give(&b, l->cli->arena, ret);
}

static mrl_status row(struct listing *l, const struct mrl_p11_slot *slot,
                      const struct mrl_p11_object *o) {
    const char *class = mrl_p11_class_name((enum mrl_p11_class)o->class), *kind = kind_of(l, o);
    mrl_str uri;
    MRL_TRY(uri_of(l, slot, o, &uri));
    if (!l->json) {
        mrl_buf_printf(l->out, "%-8s %-8s %.*s\n", class, kind, MRL_F(uri));
    } else {
        mrl_buf_printf(l->out,
                       "%s\n  {\"class\": \"%s\", \"kind\": \"%s\", \"slot\": %llu, \"uri\": ",
                       l->n > 0 ? "," : "", class, kind, (unsigned long long)slot->slot);
        mrl_json_write_str(l->out, uri, false);
        MRL_BUF_LIT(l->out, "}");
    }
    l->n++;
    return MRL_OK;
}

static bool wanted(const struct mrl_p11_uri *uri, const struct mrl_p11_object *o) {
    mrl_str class = mrl_str_z(mrl_p11_class_name((enum mrl_p11_class)o->class));
    return (uri->object.ptr == NULL || mrl_str_eq(uri->object, o->label)) &&
           (uri->id.ptr == NULL || mrl_str_eq(uri->id, o->id)) &&
           (uri->type.ptr == NULL || mrl_str_eq(uri->type, class));
}

/* Tokens list their objects in any order. */
static int by_name(const void *x, const void *y) {
    const struct mrl_p11_object *a = x, *b = y;
    int c = mrl_str_cmp(a->label, b->label);
    if (c == 0)
        c = mrl_str_cmp(a->id, b->id);
    return c != 0 ? c : (a->class > b->class) - (a->class < b->class);
}

static mrl_status list_token(struct listing *l, const struct mrl_p11_slot *slot) {
    bool login = mrl_opt_given(l->cli, "login") && (slot->flags & MRL_P11_LOGIN) != 0;
    struct mrl_p11_objects objects;
    mrl_str pin = {"", 0};
    if (login && (slot->flags & MRL_P11_PAD) == 0)
        MRL_TRY(mrl_token_given_pin(&l->secrets, &l->uri, &l->err, &pin));
    MRL_TRY(
        mrl_token_objects(l->token, l->cli->arena, slot, login ? &pin : NULL, &l->err, &objects));
    qsort(objects.v, objects.n, sizeof objects.v[0], by_name);
    for (uint32_t i = 0; i < objects.n; i++)
        if (wanted(&l->uri, &objects.v[i]))
            MRL_TRY(row(l, slot, &objects.v[i]));
    return MRL_OK;
}

static mrl_status list(struct listing *l) {
    const struct mrl_p11_slot *slots, *one;
    uint32_t n;
    MRL_TRY(mrl_token_given_open(l->cli->arena, l->uri.module_path, &l->err, &l->token));
    slots = mrl_token_slots(l->token, &n);
    if (mrl_opt_given(l->cli, "login")) { /* a PIN is one token's */
        MRL_TRY(mrl_p11_choose_slot(&l->uri, slots, n, &l->err, &one));
        return list_token(l, one);
    }
    for (uint32_t i = 0; i < n; i++)
        if (mrl_p11_slot_matches(&l->uri, &slots[i]))
            MRL_TRY(list_token(l, &slots[i]));
    return MRL_OK;
}

static mrl_status read_uri(struct listing *l) {
    mrl_str module = mrl_opt_str(l->cli, "module", MRL_S(""));
    mrl_str text = l->cli->n_args > 0 ? l->cli->args[0] : MRL_S(MRL_P11_SCHEME);
    MRL_TRY(mrl_p11_uri_parse(l->cli->arena, text, &l->err, &l->uri));
    if (module.len > 0)
        l->uri.module_path = module;
    return MRL_OK;
}

static int run_key_list(struct mrl_cli *cli) {
    struct mrl_buf b;
    struct listing l = {.cli = cli, .out = &b};
    mrl_err_init(&l.err);
    mrl_arena_init(&l.secrets, 1 << 20);
    mrl_buf_init(&b, 4 * TEXT_MAX);
    l.json = mrl_str_eq(mrl_opt_str(cli, "format", MRL_S("human")), MRL_S("json"));
    mrl_status status = read_uri(&l);
    if (l.json)
        MRL_BUF_LIT(&b, "[");
    if (status == MRL_OK)
        status = list(&l);
    if (l.json)
        mrl_buf_printf(&b, "%s]\n", l.n > 0 ? "\n" : "");
    else if (l.n == 0)
        MRL_BUF_LIT(&b, "No key to be seen; --login shows private ones.\n");
    mrl_token_close(l.token);
    mrl_arena_wipe(&l.secrets);
    if (status == MRL_OK)
        return mrl_cli_out_buf(cli, &b);
    mrl_buf_release(&b);
    mrl_cli_print_err(cli, &l.err);
    return mrl_exit_of(status);
}

static const struct mrl_opt opts[] = {
    {.name = "module", .arg = "FILE", .help = "the PKCS#11 module, instead of the URI's"},
    {.name = "login", .help = "log in to the one token that the URI means, to see private keys"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the answer",
     .choices = "human|json"},
};

static const struct mrl_example examples[] = {
    {"merlon key list --module /usr/lib/softhsm/libsofthsm2.so", "what anybody may see"},
    {"merlon key list --login 'pkcs11:token=release?module-path=/usr/lib/opensc-pkcs11.so'",
     "all keys of one token"},
};

const struct mrl_cmd mrl_cmd_key_list = {
    .name = "key list",
    .args = "[URI]",
    .summary = "list the keys in tokens (PKCS#11)",
    .text = "Lists the keys and certificates in a smart card, hardware module or SoftHSM, each "
            "with the URI (RFC 7512) that can be given to --key. URI narrows the list.\n\n"
            "The PIN is taken from the URI's pin-source=FILE, else from the environment "
            "(MERLON_PIN, COSIGN_PKCS11_PIN), else asked for.\n\n" MRL_TOKEN_TEXT,
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_key_list,
    .args_max = 1,
};
