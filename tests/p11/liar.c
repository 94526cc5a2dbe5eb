/* liar.c - a PKCS#11 module that lies, breaks and snoops, for tests/e2e/pkcs11.sh: what it does is
 * the word in MERLON_LIAR. Without one it shows a token with a key and signs wrongly.
 */
#include <p11-kit/pkcs11.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))
#define PRIVATE_HANDLE 1
#define PUBLIC_HANDLE 2
#define CHANNEL 3 /* to merlon */

static const char *mode = "";
static CK_OBJECT_CLASS looking_for;
static int found;

static bool does(const char *word) {
    return strcmp(mode, word) == 0;
}

/* --- snooping: true when anything came of it ----------------------------------------------- */

static bool snoop(void) {
    const char *secret = getenv("MERLON_LIAR_SECRET"), *folder = getenv("MERLON_LIAR_FOLDER");
    char path[4096] = "";
    bool got = secret != NULL && open(secret, O_RDONLY | O_CLOEXEC) >= 0;
    if (folder != NULL && strlen(folder) < 4000) {
        strcat(strcpy(path, folder), "/planted");
        got |= open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0;
    }
    got |= socket(AF_INET, SOCK_STREAM, 0) >= 0;
    got |= kill(getppid(), 0) == 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    got |= pid > 0;
    char name[] = "/bin/true", *argv[] = {name, NULL};
    execv(name, argv); /* does not come back when it may */
    return got;
}

/* By the signal itself: the sanitizers would make an exit of it. */
static void crash(void) {
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

/* --- the module ---------------------------------------------------------------------------- */

static CK_RV start(void *args) {
    (void)args;
    if (getenv("MERLON_LIAR") != NULL)
        mode = getenv("MERLON_LIAR");
    if (does("crash-at-start"))
        crash();
    if (does("exit"))
        _exit(0);
    return does("no-start") ? CKR_GENERAL_ERROR : CKR_OK;
}

static CK_RV stop(void *args) {
    (void)args;
    while (does("hang-at-end"))
        pause();
    return CKR_OK;
}

static CK_RV slots(CK_BBOOL present, CK_SLOT_ID *out, CK_ULONG *n) {
    (void)present;
    CK_ULONG want = does("no-token") ? 0 : does("two-tokens") ? 2 : 1;
    for (CK_ULONG i = 0; i < want && i < *n; i++)
        out[i] = i;
    *n = does("many-slots") ? 1000000 : want;
    return CKR_OK;
}

static CK_RV token(CK_SLOT_ID slot, CK_TOKEN_INFO *info) {
    (void)slot;
    memset(info, ' ', sizeof *info);
    info->flags = CKF_TOKEN_INITIALIZED | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
    if (does("locked"))
        info->flags |= CKF_USER_PIN_LOCKED;
    if (does("no-pin"))
        info->flags &= ~(CK_FLAGS)CKF_USER_PIN_INITIALIZED;
    memcpy(info->label, does("escape") ? "\033[31m" : "liar ", 5);
    memcpy(info->serialNumber, "1", 1);
    return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *cx, CK_NOTIFY notify,
                          CK_SESSION_HANDLE *ret) {
    (void)slot;
    (void)flags;
    (void)cx;
    (void)notify;
    *ret = 7;
    return does("gone") ? CKR_TOKEN_NOT_PRESENT : CKR_OK;
}

static CK_RV close_session(CK_SESSION_HANDLE session) {
    (void)session;
    return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG n) {
    (void)session;
    (void)user;
    (void)pin;
    (void)n;
    return does("pin-locked") ? CKR_PIN_LOCKED : does("odd-answer") ? 0x80000042 : CKR_OK;
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG n) {
    (void)session;
    (void)n;
    memcpy(&looking_for, template->pValue, sizeof looking_for);
    found = 0;
    return CKR_OK;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *n) {
    (void)session;
    *n = 0;
    if (does("endless")) {
        memset(out, 0, max * sizeof *out);
        *n = max;
    } else if (does("too-many")) {
        *n = max + 1;
    } else if (found++ == 0 && looking_for != CKO_CERTIFICATE && max > 1) {
        *n = does("two-keys") ? 2 : 1;
        out[0] = out[1] = looking_for == CKO_PRIVATE_KEY ? PRIVATE_HANDLE : PUBLIC_HANDLE;
    }
    return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session) {
    (void)session;
    return CKR_OK;
}

/* The base point of P-256: a public key whose private half is known to be 1, and not used. */
static const unsigned char point[] = {
    0x04, 0x41, 0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6,
    0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4,
    0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f,
    0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b,
    0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};
static const unsigned char curve[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

static CK_RV give(CK_ATTRIBUTE *at, const void *bytes, size_t n) {
    if (at->pValue != NULL)
        memcpy(at->pValue, bytes, n < at->ulValueLen ? n : at->ulValueLen);
    at->ulValueLen = n;
    return CKR_OK;
}

static CK_RV attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *at,
                       CK_ULONG n) {
    static const CK_KEY_TYPE ec = CKK_EC;
    (void)session;
    (void)n;
    if (does("long-attribute") && at->type == CKA_LABEL) {
        at->ulValueLen = (CK_ULONG)1 << 40;
        return CKR_OK;
    }
    if (does("growing-attribute") && at->type == CKA_LABEL) {
        at->ulValueLen = at->pValue == NULL ? 4 : 4000;
        return CKR_OK;
    }
    switch (at->type) {
    case CKA_KEY_TYPE:
        return give(at, &ec, does("short-type") ? 1 : sizeof ec);
    case CKA_LABEL:
        return give(at, "key", 3);
    case CKA_ID:
        return give(at, "\1", 1);
    case CKA_EC_PARAMS:
        return give(at, does("other-curve") ? "\6\1\1\1\1" : (const char *)curve,
                    does("other-curve") ? 5 : sizeof curve);
    case CKA_EC_POINT:
        if (object == PUBLIC_HANDLE)
            return give(at, does("no-point") ? curve : point,
                        does("no-point") ? sizeof curve : sizeof point);
        break;
    default:
        break;
    }
    at->ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key) {
    (void)session;
    (void)mechanism;
    (void)key;
    return does("no-mechanism") ? CKR_MECHANISM_INVALID : CKR_OK;
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG n_data, CK_BYTE *sig,
                  CK_ULONG *n) {
    (void)session;
    (void)data;
    (void)n_data;
    if (does("crash"))
        crash();
    while (does("hang"))
        pause();
    if (does("shout"))
        (void)!write(CHANNEL, "HTTP/1.1 200 OK\r\n\r\n", 19);
    if (does("snoop") && snoop())
        return CKR_DEVICE_MEMORY;
    memset(sig, 1, 64);
    *n = does("short") ? 10 : does("long") ? 1000000 : does("empty") ? 0 : 64;
    return does("refuses") ? CKR_KEY_FUNCTION_NOT_PERMITTED : CKR_OK;
}

PUBLIC CK_RV C_GetFunctionList(CK_FUNCTION_LIST **ret);
PUBLIC CK_RV C_GetFunctionList(CK_FUNCTION_LIST **ret) {
    static CK_FUNCTION_LIST list = {.version = {2, 40},
                                    .C_Initialize = start,
                                    .C_Finalize = stop,
                                    .C_GetSlotList = slots,
                                    .C_GetTokenInfo = token,
                                    .C_OpenSession = open_session,
                                    .C_CloseSession = close_session,
                                    .C_Login = login,
                                    .C_FindObjectsInit = find_init,
                                    .C_FindObjects = find,
                                    .C_FindObjectsFinal = find_final,
                                    .C_GetAttributeValue = attribute,
                                    .C_SignInit = sign_init,
                                    .C_Sign = sign};
    const char *word = getenv("MERLON_LIAR");
    if (word != NULL && strcmp(word, "hole") == 0)
        list.C_Sign = NULL;
    *ret = word != NULL && strcmp(word, "no-list") == 0 ? NULL : &list;
    return CKR_OK;
}
