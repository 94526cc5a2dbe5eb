/* p11_error.c - see p11_error.h. */
#include "services/token/p11_error.h"

#include <p11-kit/pkcs11.h>

#define ID "token.module"

#define ROW(rv, status, text) {rv, status, #rv, text}
static const struct {
    unsigned long rv;
    mrl_status status;
    const char *name, *text;
} rows[] = {
    ROW(CKR_PIN_INCORRECT, MRL_E_DENIED, "the PIN is wrong"),
    ROW(CKR_PIN_INVALID, MRL_E_DENIED, "the PIN has characters that no PIN of the token has"),
    ROW(CKR_PIN_LEN_RANGE, MRL_E_DENIED, "the PIN is shorter or longer than any of the token"),
    ROW(CKR_PIN_LOCKED, MRL_E_DENIED, "the PIN is locked, as after too many wrong ones"),
    ROW(CKR_PIN_EXPIRED, MRL_E_DENIED, "the PIN has expired"),
    ROW(CKR_USER_PIN_NOT_INITIALIZED, MRL_E_DENIED, "the token has no PIN yet"),
    ROW(CKR_USER_NOT_LOGGED_IN, MRL_E_DENIED, "the token wants the PIN first"),
    ROW(CKR_FUNCTION_CANCELED, MRL_E_CANCELLED, "it was cancelled on the device"),
    ROW(CKR_FUNCTION_REJECTED, MRL_E_CANCELLED, "it was refused on the device"),
    ROW(CKR_TOKEN_NOT_PRESENT, MRL_E_NOT_FOUND, "the token is gone"),
    ROW(CKR_TOKEN_NOT_RECOGNIZED, MRL_E_NOT_FOUND, "the module does not know such tokens"),
    ROW(CKR_SLOT_ID_INVALID, MRL_E_NOT_FOUND, "there is no such slot"),
    ROW(CKR_DEVICE_REMOVED, MRL_E_NOT_FOUND, "the token was taken out"),
    ROW(CKR_DEVICE_ERROR, MRL_E_IO, "the device failed"),
    ROW(CKR_DEVICE_MEMORY, MRL_E_IO, "the device has no memory left"),
    ROW(CKR_HOST_MEMORY, MRL_E_NOMEM, "the module has no memory left"),
    ROW(CKR_MECHANISM_INVALID, MRL_E_UNSUPPORTED, "the token does not sign this way"),
    ROW(CKR_KEY_TYPE_INCONSISTENT, MRL_E_UNSUPPORTED, "the key does not sign this way"),
    ROW(CKR_KEY_FUNCTION_NOT_PERMITTED, MRL_E_DENIED, "the key may not be used to sign"),
    ROW(CKR_KEY_HANDLE_INVALID, MRL_E_NOT_FOUND, "the key is gone"),
    ROW(CKR_KEY_SIZE_RANGE, MRL_E_UNSUPPORTED, "the key has a size that the token does not use"),
    ROW(CKR_DATA_LEN_RANGE, MRL_E_UNSUPPORTED, "the token does not sign as much at once"),
    ROW(CKR_SESSION_COUNT, MRL_E_IO, "the token has no session left"),
    ROW(CKR_FUNCTION_NOT_SUPPORTED, MRL_E_UNSUPPORTED, "the module cannot do that"),
    ROW(CKR_GENERAL_ERROR, MRL_E_IO, "the module does not say why"),
    ROW(CKR_FUNCTION_FAILED, MRL_E_IO, "the module does not say why"),
};

mrl_status mrl_p11_fail(struct mrl_err *err, unsigned long rv, const char *what) {
    MRL_ASSERT(rv != CKR_OK);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        if (rows[i].rv == rv)
            return mrl_err_set(err, rows[i].status, ID, "%s: %s (%s)", what, rows[i].text,
                               rows[i].name);
    return mrl_err_set(err, MRL_E_IO, ID, "%s: the module answers 0x%lx", what, rv);
}
