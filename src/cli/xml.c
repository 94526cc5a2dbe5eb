/* xml.c - see xml.h. */
#include "cli/xml.h"

#include "base/utf8.h"

void mrl_xml_text(struct mrl_buf *b, mrl_str s) {
    for (size_t i = 0, width; i < s.len; i += width) {
        char c = s.ptr[i];
        bool broken = mrl_utf8_at(s, i, &width) == MRL_UTF8_BAD && width == 1;
        if (c == '<' || c == '&' || c == '"')
            mrl_buf_add(b, c == '<' ? MRL_S("&lt;") : c == '&' ? MRL_S("&amp;") : MRL_S("&quot;"));
        else if (broken)
            mrl_buf_add(b, MRL_S("\xEF\xBF\xBD"));
        else if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
            mrl_buf_add(b, mrl_str_sub(s, i, i + width));
    }
}
