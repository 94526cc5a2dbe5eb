/* xml.c - see xml.h. */
#include "cli/xml.h"

void mrl_xml_text(struct mrl_buf *b, mrl_str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '<' || c == '&' || c == '"')
            mrl_buf_add(b, c == '<' ? MRL_S("&lt;") : c == '&' ? MRL_S("&amp;") : MRL_S("&quot;"));
        else if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
            mrl_buf_byte(b, c);
    }
}
