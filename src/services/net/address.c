/* address.c - see address.h. */
#include "services/net/address.h"

#include <arpa/inet.h>

#define HOST_MAX 256

static enum mrl_address_class class_of_v4(const unsigned char b[4]) {
    static const unsigned char alibaba[4] = {100, 100, 100, 200}; /* metadata outside of 169.254 */
    static const unsigned char oracle[4] = {192, 0, 0, 192};
    if (b[0] == 127)
        return MRL_ADDRESS_LOOPBACK;
    if (b[0] == 0 || (b[0] == 169 && b[1] == 254) || b[0] >= 224)
        return MRL_ADDRESS_FORBIDDEN;
    if (memcmp(b, alibaba, 4) == 0 || memcmp(b, oracle, 4) == 0)
        return MRL_ADDRESS_FORBIDDEN;
    return MRL_ADDRESS_ORDINARY;
}

static bool zeros(const unsigned char *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (b[i] != 0)
            return false;
    return true;
}

static enum mrl_address_class class_of_v6(const unsigned char b[16]) {
    static const unsigned char ec2[8] = {0xfd, 0x00, 0x0e, 0xc2}; /* fd00:ec2::/64, AWS */
    static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (zeros(b, 15) && b[15] == 1)
        return MRL_ADDRESS_LOOPBACK;
    if ((zeros(b, 10) && b[10] == 0xff && b[11] == 0xff) || memcmp(b, nat64, 12) == 0 ||
        zeros(b, 12)) /* mapped, translated, the old "compatible" form with :: itself */
        return class_of_v4(b + 12);
    if (b[0] == 0x20 && b[1] == 0x02) /* 6to4 carries its IPv4 address here */
        return class_of_v4(b + 2);
    if ((b[0] == 0xfe && b[1] >= 0x80) || b[0] == 0xff || memcmp(b, ec2, 8) == 0)
        return MRL_ADDRESS_FORBIDDEN;
    return MRL_ADDRESS_ORDINARY;
}

enum mrl_address_class mrl_address_class_of(const unsigned char *bytes, size_t n) {
    return n == 4 ? class_of_v4(bytes) : n == 16 ? class_of_v6(bytes) : MRL_ADDRESS_FORBIDDEN;
}

/* A name whose last label is a number is no name but an address in a spelling that only some
 * resolvers know. A single dot at the end is the root's. */
static bool last_label_is_number(mrl_str host) {
    if (mrl_str_ends(host, MRL_S(".")))
        host.len--;
    size_t dot = mrl_str_rfind(host, MRL_S("."));
    mrl_str last = dot == MRL_STR_NPOS ? host : mrl_str_sub(host, dot + 1, host.len);
    return last.len > 0 && last.ptr[0] >= '0' && last.ptr[0] <= '9';
}

static bool is_localhost(mrl_str host) {
    static const mrl_str name = MRL_S_INIT("localhost");
    if (mrl_str_ends(host, MRL_S(".")))
        host.len--;
    if (host.len < name.len)
        return false;
    mrl_str end = mrl_str_sub(host, host.len - name.len, host.len);
    for (size_t i = 0; i < name.len; i++)
        if ((end.ptr[i] | 0x20) != name.ptr[i])
            return false;
    return host.len == name.len || host.ptr[host.len - name.len - 1] == '.';
}

enum mrl_address_class mrl_host_class_of(mrl_str host) {
    char text[HOST_MAX];
    unsigned char bytes[16];
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = mrl_str_sub(host, 1, host.len - 1);
    if (host.len == 0 || host.len >= sizeof text)
        return MRL_ADDRESS_FORBIDDEN;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    if (inet_pton(AF_INET, text, bytes) == 1)
        return class_of_v4(bytes);
    if (inet_pton(AF_INET6, text, bytes) == 1)
        return class_of_v6(bytes);
    if (is_localhost(host))
        return MRL_ADDRESS_LOOPBACK;
    return last_label_is_number(host) || memchr(text, ':', host.len) != NULL ? MRL_ADDRESS_FORBIDDEN
                                                                             : MRL_ADDRESS_ORDINARY;
}
