/* images.h - the images that a tree of Kubernetes objects runs, and images as something to judge.
 *
 * Idea: wherever a list of containers stands (Pods, everything with a template of one, and custom
 * resources that follow the same shape) its images are found, each with the place of its name. An
 * image that is named in ten places is one subject: controls of the kind "merlon/Image" judge it
 * once, by the evidence that was gathered of it, and a finding points to the first place.
 */
#ifndef MRL_POSTURE_IMAGES_H
#define MRL_POSTURE_IMAGES_H

#include "engines/posture/posture.h"

#define MRL_IMAGE_KIND MRL_S("merlon/Image")
#define MRL_SOURCE_KIND MRL_S("merlon/Source")
#define MRL_IMAGE_DEPTH_MAX                                                                        \
    64u /* of values that are searched: a CRD's template is some 12 deep                           \
         */
#define MRL_IMAGE_USES_MAX 1000000u

struct mrl_image_use { /* one place where an image is named */
    mrl_str text;      /* as it is written; never empty */
    const struct mrl_text_file *source;
    mrl_str object_id;   /* borrowed from the object */
    uint32_t start, end; /* of the text in its source */
};

struct mrl_image_uses {
    struct mrl_image_use *items; /* in the order of the objects and of their text */
    uint32_t n, cap;
};

/* Finds the images of all Kubernetes objects; lists of containers are `containers`,
 * `initContainers`, `ephemeralContainers`, and image volumes. Cost: linear in the values. */
mrl_status mrl_images_find(const struct mrl_objects *o, mrl_arena *a,
                           struct mrl_image_uses *ret) MRL_NODISCARD;

struct mrl_subject {  /* something that is judged by evidence, not by its own text */
    mrl_str kind;     /* MRL_IMAGE_KIND, MRL_SOURCE_KIND */
    mrl_str id, name; /* "image:registry.example.com/shop/web:1.4"; the same for people */
    mrl_val value, evidence, parameters; /* see struct mrl_object; they are frozen here */
    const struct mrl_text_file *source;  /* where it is named */
    uint32_t start, end;
};
/* Adds a subject behind all objects. */
mrl_status mrl_objects_add_subject(struct mrl_objects *o,
                                   const struct mrl_subject *s) MRL_NODISCARD;

#endif
