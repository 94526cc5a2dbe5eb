/* docker_save.c - see docker_save.h. */
#include "formats/oci/docker_save.h"

#include "formats/json/json.h"
#include "formats/oci/manifest.h"
#include "formats/oci/reference.h"

#define ID "image.archive"

static mrl_status broken(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, ID, "%s", what);
}

/* A list of texts, none of them empty; null and a missing one are no texts. */
static mrl_status read_texts(mrl_arena *a, mrl_val v, uint32_t max, struct mrl_err *err,
                             struct mrl_docker_texts *ret) {
    struct mrl_docker_texts t = {0};
    *ret = t;
    if (v.tag == MRL_T_UNDEFINED || v.tag == MRL_T_NULL)
        return MRL_OK;
    if (!mrl_is_arr(v))
        return broken(err, "a list of names is no list");
    if (v.len > max)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "a list has over %u names", max);
    t.items = MRL_ARENA_ARRAY(a, mrl_str, v.len + 1);
    MRL_CHECK(t.items != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < v.len; i++) {
        t.items[i] = mrl_val_str(mrl_arr_at(v, i));
        if (t.items[i].len == 0)
            return broken(err, "a name in a list is no text, or is empty");
    }
    t.n = v.len;
    *ret = t;
    return MRL_OK;
}

static mrl_status read_image(mrl_arena *a, mrl_val v, struct mrl_err *err,
                             struct mrl_docker_image *ret) {
    struct mrl_docker_image image = {.config = mrl_val_str(MRL_GET(v, "Config"))};
    if (image.config.len == 0)
        return broken(err, "an image has no Config");
    MRL_TRY(read_texts(a, MRL_GET(v, "RepoTags"), MRL_DOCKER_TAGS_MAX, err, &image.tags));
    MRL_TRY(read_texts(a, MRL_GET(v, "Layers"), MRL_LAYERS_MAX, err, &image.layers));
    *ret = image;
    return MRL_OK;
}

static mrl_status read_json(mrl_arena *a, mrl_str text, const char *file, struct mrl_err *err,
                            mrl_val *ret) {
    struct mrl_json_opts opts = {.file = mrl_str_z(file), .reject_duplicates = true};
    return mrl_json_parse(a, text, &opts, err, ret);
}

mrl_status mrl_docker_save_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                 struct mrl_docker_images *ret) {
    mrl_val v;
    MRL_TRY(read_json(a, text, "manifest.json", err, &v));
    if (!mrl_is_arr(v))
        return broken(err, "manifest.json is no list of images");
    if (v.len > MRL_DOCKER_IMAGES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "manifest.json has over %u images",
                           MRL_DOCKER_IMAGES_MAX);
    struct mrl_docker_images all = {MRL_ARENA_ARRAY(a, struct mrl_docker_image, v.len + 1), v.len};
    MRL_CHECK(all.items != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < all.n; i++)
        MRL_TRY(read_image(a, mrl_arr_at(v, i), err, &all.items[i]));
    MRL_ASSERT(all.n <= MRL_DOCKER_IMAGES_MAX);
    *ret = all;
    return MRL_OK;
}

mrl_status mrl_docker_diff_ids(mrl_arena *a, mrl_str text, struct mrl_err *err,
                               struct mrl_docker_texts *ret) {
    struct mrl_docker_texts t;
    mrl_val v;
    MRL_TRY(read_json(a, text, "the image's config", err, &v));
    mrl_val list = MRL_GET(MRL_GET(v, "rootfs"), "diff_ids");
    MRL_TRY(read_texts(a, list, MRL_LAYERS_MAX, err, &t));
    for (uint32_t i = 0; i < t.n; i++)
        if (!mrl_digest_is_valid(t.items[i]))
            return broken(err, "a layer's digest in the image's config is none");
    *ret = t;
    return MRL_OK;
}
