/* general_name.c - GeneralName (RFC 5280 section 4.2.1.6): one of nine forms, told by its tag. */
#include "formats/x509/general_name.h"

#include "base/utf8.h"
#include "formats/der/der.h"

/* Forms that nobody uses in what we read (x400Address, ediPartyName) are refused, not skipped. */
static const struct {
    int tag;
    enum mrl_name_form form;
} forms[] = {
    {MRL_DER_CXC(0), MRL_NAME_OTHER}, {MRL_DER_CX(1), MRL_NAME_EMAIL},
    {MRL_DER_CX(2), MRL_NAME_DNS},    {MRL_DER_CXC(4), MRL_NAME_DIRECTORY},
    {MRL_DER_CX(6), MRL_NAME_URI},    {MRL_DER_CX(7), MRL_NAME_IP},
    {MRL_DER_CX(8), MRL_NAME_ID},
};

/* otherName ::= { OID, [0] { value } } */
static bool other_is_whole(mrl_str content) {
    struct mrl_rd in = mrl_rd_of(content);
    (void)mrl_der_bytes(&in, MRL_DER_OID);
    struct mrl_rd value = mrl_der_enter(&in, MRL_DER_CXC(0), NULL);
    (void)mrl_der_any(&value, NULL);
    return mrl_der_ended(&value) && mrl_der_ended(&in);
}

/* The value of an attribute: a text whose bytes its tag allows. Libraries refuse names of which
 * they cannot make text, and a reader that does not sees a subject that others do not. */
static bool value_is_text(struct mrl_rd *in) {
    int tag = mrl_der_peek(in);
    mrl_str text = mrl_der_bytes(in, tag);
    switch (tag) {
    case MRL_DER_UTF8:
        return mrl_utf8_valid(text);
    case MRL_DER_NUMERIC:
    case MRL_DER_PRINTABLE:
    case MRL_DER_T61:
    case MRL_DER_IA5:
    case MRL_DER_VISIBLE:
        return true;
    default: /* texts of two or four bytes a letter: in nothing that we read */
        return false;
    }
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { OID, value } */
bool mrl_name_is_whole(mrl_str name) {
    struct mrl_rd r = mrl_rd_of(name), rdns = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    while (!rdns.failed && !mrl_rd_done(&rdns)) {
        struct mrl_rd set = mrl_der_enter(&rdns, MRL_DER_SET, NULL);
        if (set.failed || mrl_rd_done(&set))
            return false;
        while (!mrl_rd_done(&set)) {
            struct mrl_rd one = mrl_der_enter(&set, MRL_DER_SEQUENCE, NULL);
            (void)mrl_der_bytes(&one, MRL_DER_OID);
            if (!value_is_text(&one) || !mrl_der_ended(&one))
                return false;
        }
    }
    return mrl_der_ended(&rdns) && mrl_der_ended(&r);
}

bool mrl_general_name(struct mrl_rd *r, struct mrl_general_name *ret) {
    int tag = mrl_der_peek(r);
    for (size_t i = 0; i < MRL_COUNTOF(forms); i++) {
        if (forms[i].tag != tag)
            continue;
        *ret = (struct mrl_general_name){forms[i].form, mrl_der_bytes(r, tag)};
        if (r->failed)
            return false;
        return ret->form == MRL_NAME_OTHER       ? other_is_whole(ret->content)
               : ret->form == MRL_NAME_DIRECTORY ? mrl_name_is_whole(ret->content)
                                                 : true;
    }
    return false;
}
