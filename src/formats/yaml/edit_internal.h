/* edit_internal.h - what edit.c (where and whether) and edit_text.c (how it is written) share. */
#ifndef MRL_FORMATS_YAML_EDIT_INTERNAL_H
#define MRL_FORMATS_YAML_EDIT_INTERNAL_H

#include "formats/yaml/edit.h"

/* A node found by a path. Offsets count in the text of the editor. */
struct mrl_e_place {
    mrl_val v;
    mrl_val parent;   /* its container; undefined for a root */
    uint32_t entry;   /* its place there */
    uint32_t key_end; /* behind its key's last byte; 0 in lists and for roots */
    uint32_t start, end;
    uint32_t parent_start, parent_end;
    unsigned column; /* where a block container inside `key:` or `- ` is measured from */
    bool flow;       /* inside brackets */
};

struct mrl_editor {
    mrl_arena *arena;
    struct mrl_err *err;
    mrl_str text;
    bool json;
    mrl_val root;
    uint32_t start, end; /* bytes of the root */
    /* the layout that the text shows */
    unsigned step;
    bool indent_lists;
    bool crlf;
};

/* Sets MRL_E_UNSUPPORTED (or another code) with the place of an offset. */
mrl_status mrl_e_refuse(const struct mrl_editor *ed, uint32_t at, mrl_status code,
                        const char *why) MRL_NODISCARD;

/* Finds out how the text is laid out. Cost: one pass. */
void mrl_e_layout(struct mrl_editor *ed);
/* Column of an offset: bytes from the start of its line. */
unsigned mrl_e_column(const struct mrl_editor *ed, uint32_t at);
/* True for a container written in brackets (all of JSON). */
bool mrl_e_is_flow(const struct mrl_editor *ed, mrl_val v, uint32_t start);

/* The four patches. Each writes what should be right; edit.c proves it. */
mrl_status mrl_e_replace(struct mrl_editor *ed, const struct mrl_e_place *at, mrl_val v,
                         struct mrl_patch *ret) MRL_NODISCARD;
/* Adds a member to an object of the text. */
mrl_status mrl_e_add_member(struct mrl_editor *ed, const struct mrl_e_place *at, mrl_val key,
                            mrl_val v, struct mrl_patch *ret) MRL_NODISCARD;
/* Adds an item to an array of the text. */
mrl_status mrl_e_add_item(struct mrl_editor *ed, const struct mrl_e_place *at, mrl_val v,
                          struct mrl_patch *ret) MRL_NODISCARD;
/* In block layout the entry must not be the only one: then its container is replaced. */
mrl_status mrl_e_remove(struct mrl_editor *ed, const struct mrl_e_place *at,
                        struct mrl_patch *ret) MRL_NODISCARD;

#endif
