/* xml.h - text inside XML elements and attributes. */
#ifndef MRL_CLI_XML_H
#define MRL_CLI_XML_H

#include "base/buf.h"

/* Appends s escaped; characters that XML 1.0 does not allow are left out. */
void mrl_xml_text(struct mrl_buf *b, mrl_str s);

#endif
