/* table.h - a table with drawn borders, as OPA's users know them from --format pretty. */
#ifndef MRL_CLI_TABLE_H
#define MRL_CLI_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

struct mrl_table {
    mrl_arena *arena;
    uint32_t columns;
    mrl_str *cells; /* row by row */
    uint32_t n, cap;
    mrl_status status;
};

/* An empty table of some columns (at least 1). */
void mrl_table_init(struct mrl_table *t, mrl_arena *arena, uint32_t columns);
/* Adds a cell; rows fill from left to right. The text is not copied. */
void mrl_table_add(struct mrl_table *t, mrl_str text);
/* Appends the table; the first row is a centred header when asked for. */
void mrl_table_print(const struct mrl_table *t, bool header, struct mrl_buf *out);

#endif
