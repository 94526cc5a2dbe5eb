/* curl_absent.c - stands in for the libraries that libcurl.a refers to and merlon-net never uses.
 *
 * Idea: Debian's libcurl speaks twenty protocols and drags in 31 libraries for them, most of which
 * have no archive. merlon-net speaks HTTP/1.1 (http_curl.c switches the rest off), so the functions
 * of the rest are one function here, which ends the process: a call to what is not there is never
 * an answer. The parent then says that the worker died, and the verdict is unknown (ADR 0034).
 * No header of those libraries is included: only the names have to fit.
 */
#include "base/common.h"

void mrl_curl_absent(void);
int libssh2_init(int flags);
void libssh2_exit(void);
extern const void *const GSS_C_NT_HOSTBASED_SERVICE;

/* Without stderr there is nobody to tell but the parent, which sees the signal. */
void mrl_curl_absent(void) {
    __builtin_trap();
}

#define X(name) void name(void) __attribute__((alias("mrl_curl_absent")));
#include "services/net/curl_absent.def"
#undef X

/* The two that curl_global_init and its opposite call whatever the protocol: there is nothing to
 * prepare. Every other function of that library ends the process. */
int libssh2_init(int flags) {
    (void)flags;
    return 0;
}

/* Nothing was prepared. */
void libssh2_exit(void) {
}

/* A variable; what it would be given to is absent. */
const void *const GSS_C_NT_HOSTBASED_SERVICE = NULL;
