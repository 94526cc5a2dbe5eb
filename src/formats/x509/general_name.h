/* general_name.h - the names that extensions of certificates hold (RFC 5280 section 4.2.1.6).
 *
 * Idea: SubjectAltName, name constraints and key identifiers share one kind of name; it is read in
 * one place. Ownership: slices borrow the DER text.
 */
#ifndef MRL_FORMATS_X509_GENERAL_NAME_H
#define MRL_FORMATS_X509_GENERAL_NAME_H

#include "base/rd.h"

enum mrl_name_form {
    MRL_NAME_OTHER,     /* content: OID and value */
    MRL_NAME_EMAIL,     /* text */
    MRL_NAME_DNS,       /* text */
    MRL_NAME_DIRECTORY, /* content: a Name, all of its DER */
    MRL_NAME_URI,       /* text */
    MRL_NAME_IP,        /* bytes */
    MRL_NAME_ID,        /* content of an OID */
};

struct mrl_general_name {
    enum mrl_name_form form;
    mrl_str content;
};

/* Reads the next name; false when it is broken or of a form outside of the list. */
bool mrl_general_name(struct mrl_rd *r, struct mrl_general_name *ret);
/* True when all of the bytes are one Name: rows of sets of attributes, whose values are texts. */
bool mrl_name_is_whole(mrl_str name);

#endif
