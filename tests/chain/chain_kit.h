/* chain_kit.h - one chain of three certificates, judged by us and by OpenSSL.
 *
 * Idea: extensions, names and times are the caller's (a table's, a fuzzer's); the kit signs what it
 * is given with keys of its own, so that both judges get past the signatures and have to look at
 * the rest. Ours may be the stricter one, never the laxer.
 */
#ifndef MRL_TESTS_CHAIN_KIT_H
#define MRL_TESTS_CHAIN_KIT_H

#include "base/arena.h"
#include "base/status.h"

enum chain_place { LEAF, MIDDLE, ROOT, CHAIN_N };

struct chain_parts {
    mrl_str exts[CHAIN_N]; /* content of each certificate's Extensions; empty: none */
    mrl_str subject;       /* of the leaf: a Name in DER; empty: CN=leaf */
    mrl_str serial;        /* of the leaf: content of an INTEGER; empty: 1 */
    bool timestamps;       /* judged for time stamping, else for code signing */
    int64_t seconds;       /* the certificates are valid in [CHAIN_FROM, CHAIN_TO] */
};
#define CHAIN_FROM 1577836800 /* 2020-01-01 */
#define CHAIN_TO 1893456000   /* 2030-01-01 */

struct chain_verdicts {
    bool ours, theirs;
    char why[MRL_ERR_TEXT_MAX]; /* we refused */
    const char *their_why;
};

/* Builds the chain and asks both. False when memory or keys fail: no verdict. */
bool chain_judge(mrl_arena *a, const struct chain_parts *parts, struct chain_verdicts *ret);

/* Extensions of a row of words, '!' before one that is critical:
 *   ca, ca:N           basic constraints of an authority; end: of none
 *   ku:HEX             key usage: content of its BIT STRING
 *   eku:c eku:t eku:ct eku:any   code signing, time stamping
 *   email:X uri:X dns:X          one alternative name
 *   nc:FORM+X nc:FORM-X          permitted, excluded; FORM is email, uri, dns, cn
 *   ski:X aki:X        key identifiers
 *   odd                an extension that nobody knows
 * Several of nc: and names are joined with ','. */
mrl_str chain_exts(mrl_arena *a, const char *words);
/* A Name with one common name. */
mrl_str chain_name(mrl_arena *a, mrl_str common_name);

#endif
