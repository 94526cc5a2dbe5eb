/* object.h - commits, tags and .gitmodules of git, as far as trust needs them.
 *
 * Idea: what is signed is the object's bytes without the signature. Where git's own reader would
 * choose among several signatures, or pass over a header that it does not know, this one refuses:
 * two programs must not see two different signed texts in one object.
 *
 * Sources: git's documentation of signature-format, commit-graph of objects (gitformat-signature)
 * and gitmodules(5).
 */
#ifndef MRL_FORMATS_GIT_OBJECT_H
#define MRL_FORMATS_GIT_OBJECT_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_GIT_OBJECT_MAX ((size_t)16 << 20) /* bytes of a commit, tag or .gitmodules */
#define MRL_GIT_SUBMODULES_MAX 10000

struct mrl_git_signed { /* a commit or a tag; slices live in the arena or borrow the object */
    mrl_str signature;  /* ptr NULL: it has none */
    mrl_str payload;    /* what the signature is over */
    mrl_str who;        /* committer or tagger: name and address */
    int64_t when;       /* by their word, seconds since 1970 */
    mrl_str subject;    /* first line of the message */
    mrl_str target;     /* of a tag: the object's name */
};

/* Reads a commit. MRL_E_SYNTAX, MRL_E_LIMIT. Cost: linear. */
mrl_status mrl_git_commit(mrl_arena *a, mrl_str object, struct mrl_err *err,
                          struct mrl_git_signed *ret) MRL_NODISCARD;
/* Reads a tag: its signature stands at the end of its message. */
mrl_status mrl_git_tag(mrl_str object, struct mrl_err *err,
                       struct mrl_git_signed *ret) MRL_NODISCARD;

enum mrl_git_sort { MRL_GIT_SSH, MRL_GIT_PGP, MRL_GIT_X509, MRL_GIT_OTHER };
/* The sort of a signature by its first line. */
enum mrl_git_sort mrl_git_sort_of(mrl_str signature);

struct mrl_git_submodule {
    mrl_str name, path, url, update;
};

struct mrl_git_submodules {
    struct mrl_git_submodule *items;
    uint32_t n, cap;
};

/* Reads .gitmodules. MRL_E_SYNTAX with the line for what git's configuration does not allow, and
 * for escapes and continued lines, which no such file needs. */
mrl_status mrl_git_modules(mrl_arena *a, mrl_str text, struct mrl_err *err,
                           struct mrl_git_submodules *ret) MRL_NODISCARD;

#endif
