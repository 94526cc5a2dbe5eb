/* address.h - which addresses a server may send us to.
 *
 * Idea: a redirect and a token service are chosen by the other side. Whoever controls them must not
 * make us ask this machine's own services, the link, or a cloud's metadata service, which hands out
 * credentials to anybody who can reach it. The address is judged when the socket is opened, after
 * names were resolved, so that a name cannot change its mind in between.
 */
#ifndef MRL_SERVICES_NET_ADDRESS_H
#define MRL_SERVICES_NET_ADDRESS_H

#include "base/str.h"

enum mrl_address_class {
    MRL_ADDRESS_ORDINARY, /* private networks, too: registries stand there */
    MRL_ADDRESS_LOOPBACK,
    MRL_ADDRESS_FORBIDDEN, /* link-local, metadata services, unspecified, multicast */
};

/* The class of 4 or 16 bytes in network order; IPv4 inside of IPv6 is seen through. Any other
 * length is forbidden. */
enum mrl_address_class mrl_address_class_of(const unsigned char *bytes, size_t n);

/* The class of a URL's host: of a literal address (brackets allowed), or loopback for "localhost"
 * and what ends with ".localhost". Names are ordinary: their addresses come later. Odd spellings of
 * numbers ("0x7f.1") are forbidden, since resolvers read them as addresses. */
enum mrl_address_class mrl_host_class_of(mrl_str host);

#endif
