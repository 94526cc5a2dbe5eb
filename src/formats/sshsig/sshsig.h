/* sshsig.h - OpenSSH's signatures of files (SSHSIG) and its list of allowed signers.
 *
 * Idea: the reader says what stands in a signature; whom to believe is the list's word. Keys and
 * signatures are put into the forms that base/pubkey.h reads, so that there is one verifier. SHA-1
 * is refused; kinds that this build does not verify (certificates, keys on FIDO tokens, DSA) are
 * MRL_E_UNSUPPORTED, which is no word about the signature.
 *
 * Sources: OpenSSH's PROTOCOL.sshsig; RFC 4253 section 6.6, RFC 5656, RFC 8332, RFC 8709; the
 * section ALLOWED SIGNERS of ssh-keygen(1).
 */
#ifndef MRL_FORMATS_SSHSIG_H
#define MRL_FORMATS_SSHSIG_H

#include "base/pubkey.h"

#define MRL_SSHSIG_TEXT_MAX 65536  /* bytes of an armored signature */
#define MRL_SSHSIG_PART_MAX 16384  /* of one string inside */
#define MRL_SIGNERS_MAX 100000     /* lines of a list of signers */
#define MRL_SIGNERS_LINE_MAX 65536 /* bytes of one */

struct mrl_sshsig {       /* slices live in the arena */
    mrl_str key;          /* the public key as it travels */
    mrl_str key_type;     /* "ssh-ed25519" */
    mrl_str ns;           /* what it was made for: "git" */
    mrl_str reserved;     /* signed, too; nobody gave it a meaning yet */
    enum mrl_digest hash; /* of the message */
    mrl_str hash_name;
    enum mrl_sig_scheme scheme;
    enum mrl_digest digest; /* of the signature's scheme */
    mrl_str sig;            /* as base/pubkey.h reads it */
};

/* Reads "-----BEGIN SSH SIGNATURE-----" and what follows; nothing may stand behind its end but line
 * ends. MRL_E_SYNTAX, MRL_E_LIMIT, MRL_E_INVALID (a hash or algorithm that no one should trust, or
 * one that does not fit the key), MRL_E_UNSUPPORTED. */
mrl_status mrl_sshsig_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                            struct mrl_sshsig *ret) MRL_NODISCARD;

/* A public key as it travels to one that verifies. Free with mrl_pubkey_free. */
mrl_status mrl_ssh_pubkey(mrl_arena *a, mrl_str wire, struct mrl_err *err,
                          struct mrl_pubkey **ret) MRL_NODISCARD;

/* MRL_OK when it signs `message` by its own key; MRL_E_INVALID when not. Says nothing about whose
 * key that is, nor about the namespace. */
mrl_status mrl_sshsig_verify(mrl_arena *a, const struct mrl_sshsig *sig, mrl_str message,
                             struct mrl_err *err) MRL_NODISCARD;

/* "SHA256:…", as ssh-keygen -l shows a key. */
mrl_status mrl_ssh_fingerprint(mrl_arena *a, mrl_str wire, mrl_str *ret) MRL_NODISCARD;

/* --- allowed signers -------------------------------------------------------------------------- */

struct mrl_signer { /* one line; slices borrow the text or live in the arena */
    mrl_str principals;
    mrl_str key;           /* as it travels */
    mrl_str namespaces;    /* patterns; ptr NULL: any */
    bool authority;        /* cert-authority: signs certificates, not files */
    int64_t after, before; /* seconds since 1970; INT64_MIN and INT64_MAX: not said */
    uint32_t line;
};

struct mrl_signers {
    struct mrl_signer *items;
    uint32_t n, cap;
};

/* Reads a list. A line that is not understood makes the list unusable: an option that was passed
 * over could be the one that forbids. Times without Z are refused: whose zone they mean depends on
 * the machine. */
mrl_status mrl_signers_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                             struct mrl_signers *ret) MRL_NODISCARD;

/* The first line that allows `key` for `ns` at `when` (seconds since 1970). NULL: none, and
 * *ret_why says what kept the nearest line from it. */
const struct mrl_signer *mrl_signers_find(const struct mrl_signers *s, mrl_str key, mrl_str ns,
                                          int64_t when, const char **ret_why);

#endif
