/* screen.h - text for people: as wide as the terminal, coloured if wanted, harmless always.
 *
 * Idea: names and messages come from files that nobody vouches for, so every byte goes through
 * here: control characters, escape sequences and marks that turn the direction of writing are shown
 * as U+FFFD, never sent. Columns are counted as terminals do (wide characters take two, combining
 * marks none), and a colour is closed on the line that opened it.
 */
#ifndef MRL_CLI_SCREEN_H
#define MRL_CLI_SCREEN_H

#include "base/buf.h"

struct mrl_screen {
    struct mrl_buf *b;
    size_t width; /* columns of a line, at least MRL_SCREEN_MIN */
    bool color;
};

#define MRL_SCREEN_MIN 20u

/* Styles: SGR parameters without ESC [ and m. */
#define MRL_STYLE_BOLD "1"
#define MRL_STYLE_DIM "2"
#define MRL_STYLE_RED "31"
#define MRL_STYLE_ALARM "1;31"
#define MRL_STYLE_GREEN "32"
#define MRL_STYLE_YELLOW "33"
#define MRL_STYLE_PURPLE "35"
#define MRL_STYLE_CYAN "36"

/* Appends a text of others to a line that is no screen's: control characters become '?'. */
void mrl_plain_text(struct mrl_buf *b, mrl_str text);

/* Columns of a text when it is shown. */
size_t mrl_screen_columns(mrl_str text);
/* Appends a text; style NULL: plain. Line breaks in it are shown as blanks. */
void mrl_screen_text(struct mrl_screen *s, const char *style, mrl_str text);
/* Appends columns [from, from + n) of a text. A cut side ends with "…", a wide character that is
 * cut becomes a blank. Returns the columns written. */
size_t mrl_screen_window(struct mrl_screen *s, const char *style, mrl_str text, size_t from,
                         size_t n);

/* A paragraph: words go on the next line, at column `indent`, where they do not fit. Longer words
 * are cut. */
struct mrl_para {
    struct mrl_screen *screen;
    size_t indent, col;
    bool glue; /* the next word follows without a blank */
};
/* Begins a paragraph whose first line stands at column `first`. */
void mrl_para_begin(struct mrl_para *p, struct mrl_screen *s, size_t first, size_t indent);
/* Adds the words of a text. */
void mrl_para_add(struct mrl_para *p, const char *style, mrl_str text);
/* Ends the line. */
void mrl_para_end(struct mrl_para *p);
/* One formatted paragraph in one style. */
void mrl_screen_say(struct mrl_screen *s, size_t indent, const char *style, const char *fmt, ...)
    MRL_PRINTF(4, 5);

#endif
