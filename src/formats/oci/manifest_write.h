/* manifest_write.h - OCI image manifests from the records of manifest.h.
 *
 * Idea: what the reader takes apart the writer puts together, so that a manifest can be read, given
 * one more layer, and written. Media types and digests are the caller's. Members that the records
 * do not have (urls, data) are lost: it is for manifests that we made or that hold signatures.
 */
#ifndef MRL_FORMATS_OCI_MANIFEST_WRITE_H
#define MRL_FORMATS_OCI_MANIFEST_WRITE_H

#include "formats/oci/manifest.h"

#define MRL_OCI_MANIFEST_TYPE MRL_S("application/vnd.oci.image.manifest.v1+json")
#define MRL_OCI_EMPTY_TYPE MRL_S("application/vnd.oci.empty.v1+json")
#define MRL_OCI_CONFIG_TYPE MRL_S("application/vnd.oci.image.config.v1+json")

/* A descriptor as a JSON object: what it does not have is left out. */
mrl_status mrl_descriptor_value(mrl_arena *a, const struct mrl_descriptor *d,
                                mrl_val *ret) MRL_NODISCARD;
/* An image manifest (kind MRL_MANIFEST_IMAGE) as compact JSON. MRL_E_LIMIT above
 * MRL_MANIFEST_BYTES_MAX. */
mrl_status mrl_oci_manifest_write(mrl_arena *a, const struct mrl_oci_manifest *m,
                                  mrl_str *ret) MRL_NODISCARD;

/* The descriptor of bytes: their SHA-256 and size. */
mrl_status mrl_descriptor_of(mrl_arena *a, mrl_str media_type, mrl_str bytes,
                             struct mrl_descriptor *ret) MRL_NODISCARD;

#endif
