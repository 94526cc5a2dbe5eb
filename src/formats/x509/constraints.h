/* constraints.h - which names an authority may give away (RFC 5280 section 4.2.1.10).
 *
 * Idea: an authority's certificate may list subtrees of names: certificates below it may have names
 * inside of the permitted ones and outside of the excluded ones. Each question has three answers:
 * inside, outside, cannot tell (a spelling that two readers would see in two ways, a form of names
 * that is not known). Only a clear answer lets a certificate pass.
 *
 * Understood: directory names, also the email address and, without a DNS name, the host name in a
 * subject; DNS, email, URI. Constraints of another form refuse certificates that have such a name.
 */
#ifndef MRL_FORMATS_X509_CONSTRAINTS_H
#define MRL_FORMATS_X509_CONSTRAINTS_H

#include "formats/x509/x509.h"

/* Comparisons of one certificate with one authority: names times subtrees. */
#define MRL_CONSTRAINTS_WORK_MAX 65536u

/* True when the value of a NameConstraints extension is whole: DER, and without minimum or maximum,
 * which RFC 5280 does not use. */
bool mrl_constraints_are_whole(mrl_str value);

/* True when `authority` may have (let) issue a certificate with the names of `below`. */
bool mrl_constraints_allow(const struct mrl_x509 *authority, const struct mrl_x509 *below);

#endif
