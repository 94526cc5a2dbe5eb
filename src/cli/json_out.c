/* json_out.c - see json_out.h. */
#include "cli/json_out.h"

#include "formats/json/json.h"

#define INDENT 2

static void line(struct mrl_jout *j) {
    mrl_buf_byte(j->b, '\n');
    mrl_buf_fill(j->b, ' ', (size_t)INDENT * j->level);
}

void mrl_jout_open(struct mrl_jout *j, char bracket) {
    MRL_ASSERT(bracket == '{' || bracket == '[');
    mrl_buf_byte(j->b, bracket);
    j->level++;
    j->filled = false;
}

void mrl_jout_close(struct mrl_jout *j, char bracket) {
    MRL_ASSERT(bracket == '}' || bracket == ']');
    j->level--;
    if (j->filled)
        line(j);
    mrl_buf_byte(j->b, bracket);
    j->filled = true; /* the container around it has a member now */
}

void mrl_jout_item(struct mrl_jout *j) {
    if (j->filled)
        mrl_buf_byte(j->b, ',');
    line(j);
    j->filled = true;
}

void mrl_jout_name(struct mrl_jout *j, mrl_str name) {
    mrl_jout_item(j);
    mrl_json_write_str(j->b, name, true);
    MRL_BUF_LIT(j->b, ": ");
}

void mrl_jout_key(struct mrl_jout *j, const char *name) {
    MRL_ASSERT(name != NULL);
    mrl_jout_name(j, mrl_str_z(name));
}

void mrl_jout_val(struct mrl_jout *j, mrl_val v) {
    struct mrl_json_style style = {.indent = INDENT, .level = j->level, .escape_html = true};
    mrl_json_write(j->b, j->scratch, v, &style);
}

void mrl_jout_str(struct mrl_jout *j, mrl_str s) {
    mrl_json_write_str(j->b, s, true);
}

void mrl_jout_int(struct mrl_jout *j, int64_t v) {
    mrl_buf_printf(j->b, "%lld", (long long)v);
}

void mrl_json_text_member(struct mrl_buf *b, const char *name, mrl_str text) {
    mrl_buf_printf(b, ", \"%s\": ", name);
    mrl_json_write_str(b, text, false);
}
