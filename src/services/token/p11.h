/* p11.h - what merlon and merlon-p11 say to each other: tokens, their objects, signatures.
 *
 * Idea: a vendor's PKCS#11 module is foreign code. merlon-p11 loads it (p11_module.c) in a process
 * of its own and does four small things with it, over the protocol of base/worker.h; it believes
 * nothing the module says of lengths, and the parent believes nothing that it says. Which token,
 * which key, whether keys and signatures make sense is decided in the parent (choose.h, key.h).
 *
 *   load   module's path                    -> the slots in which there is a token
 *   open   slot, whether to log in, PIN     -> the keys and certificates of the token
 *   sign   object, mechanism, bytes, PIN    -> the signature as the token gives it
 *   close                                   -> nothing
 *
 * Ownership: decoded texts borrow the message. Limits: below; longer answers are a broken protocol.
 * Source: PKCS#11 2.40 and 3.0 (OASIS).
 */
#ifndef MRL_SERVICES_TOKEN_P11_H
#define MRL_SERVICES_TOKEN_P11_H

#include "base/wire.h"

#define MRL_P11_JOB_LOAD "p11.load"
#define MRL_P11_JOB_OPEN "p11.open"
#define MRL_P11_JOB_SIGN "p11.sign"
#define MRL_P11_JOB_CLOSE "p11.close"

#define MRL_P11_PATH_MAX 4096u
#define MRL_P11_PIN_MAX 1024u
#define MRL_P11_SLOTS_MAX 64u
#define MRL_P11_OBJECTS_MAX 512u
#define MRL_P11_ATTRIBUTE_MAX 16384u       /* a certificate is the longest */
#define MRL_P11_SIGNATURE_MAX 2048u        /* RSA of 16,384 bits */
#define MRL_P11_DATA_MAX ((size_t)1 << 28) /* Ed25519 signs messages whole */

/* The environment that merlon gives merlon-p11, beside what the module needs (token.h). */
#define MRL_P11_ENV_MODULE "MERLON_TOKEN_MODULE"
#define MRL_P11_ENV_PATH "MERLON_TOKEN_PATH"
#define MRL_P11_ENV_NETWORK "MERLON_TOKEN_NETWORK"

enum mrl_p11_flag {                        /* of a token, our own bits */
                    MRL_P11_LOGIN = 1,     /* its private keys need the PIN */
                    MRL_P11_PAD = 2,       /* the PIN is typed on the device */
                    MRL_P11_FINAL_TRY = 4, /* one more wrong PIN locks it */
                    MRL_P11_LOCKED = 8,
                    MRL_P11_NO_PIN = 16, /* nobody gave it a PIN yet */
};
#define MRL_P11_FLAGS 31u

struct mrl_p11_slot {
    uint64_t slot;
    uint32_t flags;
    mrl_str label, manufacturer, model, serial; /* without the blanks that pad them */
};

enum mrl_p11_class { MRL_P11_PRIVATE, MRL_P11_PUBLIC, MRL_P11_CERT };
enum mrl_p11_kind { MRL_P11_EC, MRL_P11_EDWARDS, MRL_P11_RSA, MRL_P11_OTHER };

struct mrl_p11_object {
    uint64_t handle;
    uint32_t class; /* enum mrl_p11_class */
    uint32_t kind;  /* enum mrl_p11_kind; of a certificate, MRL_P11_OTHER */
    uint32_t ask;   /* 1: the PIN is wanted again for each signature */
    mrl_str label, id;
    mrl_str params, point;     /* EC and Edwards: CKA_EC_PARAMS, CKA_EC_POINT */
    mrl_str modulus, exponent; /* RSA */
    mrl_str cert;              /* DER */
};

struct mrl_p11_open {
    uint64_t slot;
    uint32_t login; /* 1: with `pin`, or on the device's pad when `pad` */
    uint32_t pad;
    mrl_str pin;
};

enum mrl_p11_mechanism { MRL_P11_ECDSA, MRL_P11_EDDSA, MRL_P11_RSA_PKCS, MRL_P11_MECHANISMS };

struct mrl_p11_sign {
    uint64_t handle;
    uint32_t mechanism; /* enum mrl_p11_mechanism */
    uint32_t ask;
    mrl_str data; /* a digest, a message, a DigestInfo */
    mrl_str pin;
};

/* Writing never fails at the call (buf.h). Reading: MRL_E_SYNTAX for anything but exactly one such
 * message; lists go to `a`. */
void mrl_p11_put_slots(struct mrl_buf *b, const struct mrl_p11_slot *slots, uint32_t n);
mrl_status mrl_p11_get_slots(mrl_arena *a, mrl_str bytes, struct mrl_p11_slot **ret,
                             uint32_t *ret_n) MRL_NODISCARD;
void mrl_p11_put_objects(struct mrl_buf *b, const struct mrl_p11_object *objects, uint32_t n);
mrl_status mrl_p11_get_objects(mrl_arena *a, mrl_str bytes, struct mrl_p11_object **ret,
                               uint32_t *ret_n) MRL_NODISCARD;
void mrl_p11_put_open(struct mrl_buf *b, const struct mrl_p11_open *open);
mrl_status mrl_p11_get_open(mrl_str bytes, struct mrl_p11_open *ret) MRL_NODISCARD;
void mrl_p11_put_sign(struct mrl_buf *b, const struct mrl_p11_sign *sign);
mrl_status mrl_p11_get_sign(mrl_str bytes, struct mrl_p11_sign *ret) MRL_NODISCARD;

#endif
