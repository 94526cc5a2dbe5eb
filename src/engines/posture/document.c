/* document.c - see document.h. */
#include "engines/posture/document.h"

static bool is_yaml(mrl_str name) {
    return mrl_str_ends(name, MRL_S(".yml")) || mrl_str_ends(name, MRL_S(".yaml"));
}

static mrl_str base_name(mrl_str path) {
    size_t slash = mrl_str_rfind(path, MRL_S("/"));
    return slash == MRL_STR_NPOS ? path : mrl_str_sub(path, slash + 1, path.len);
}

/* Where the folder `name` begins in a path; MRL_STR_NPOS. */
static size_t folder_at(mrl_str path, mrl_str name) {
    for (size_t at = 0; (at = mrl_str_find(path, name, at)) != MRL_STR_NPOS; at++)
        if ((at == 0 || path.ptr[at - 1] == '/') && mrl_str_sub(path, at, path.len).len > name.len)
            return at;
    return MRL_STR_NPOS;
}

/* Gitea and Forgejo run GitHub's workflows from folders of their own. */
static size_t github_at(mrl_str path) {
    static const char *const folders[] = {".github/", ".gitea/", ".forgejo/"};
    for (size_t i = 0; i < MRL_COUNTOF(folders); i++) {
        size_t at = folder_at(path, mrl_str_z(folders[i]));
        if (at != MRL_STR_NPOS)
            return at;
    }
    return MRL_STR_NPOS;
}

/* Workflows lie directly in that folder: the service reads none below it. */
static bool in_workflows(mrl_str path) {
    size_t at = github_at(path);
    if (at == MRL_STR_NPOS || !is_yaml(path))
        return false;
    mrl_str rest;
    (void)mrl_str_cut(mrl_str_sub(path, at, path.len), '/', &rest);
    return mrl_str_starts(rest, MRL_S("workflows/")) &&
           mrl_str_find(rest, MRL_S("/"), 10) == MRL_STR_NPOS;
}

static bool is_action_name(mrl_str name) {
    return mrl_str_eq(name, MRL_S("action.yml")) || mrl_str_eq(name, MRL_S("action.yaml"));
}

static bool is_gitlab_name(mrl_str name) {
    return mrl_str_ends(name, MRL_S(".gitlab-ci.yml")) ||
           mrl_str_ends(name, MRL_S(".gitlab-ci.yaml"));
}

/* A workflow outside of its folder (a template, standard input) is known by its shape. YAML 1.1
 * reads the key "on" as true. */
static bool looks_like_workflow(mrl_val doc) {
    return mrl_is_obj(doc) && mrl_is_obj(MRL_GET(doc, "jobs")) &&
           (mrl_is_defined(MRL_GET(doc, "on")) || mrl_is_defined(MRL_GET(doc, "true")));
}

mrl_str mrl_document_kind(mrl_str path, mrl_val doc) {
    mrl_str name = base_name(path);
    if (in_workflows(path) || looks_like_workflow(doc))
        return MRL_S("merlon/GitHubWorkflow");
    if (is_action_name(name) &&
        (mrl_is_obj(MRL_GET(doc, "runs")) || github_at(path) != MRL_STR_NPOS))
        return MRL_S("merlon/GitHubAction");
    if (is_gitlab_name(name))
        return MRL_S("merlon/GitLabPipeline");
    return (mrl_str){NULL, 0};
}

bool mrl_document_is_hidden(mrl_str path) {
    mrl_str name = base_name(path);
    return in_workflows(path) || is_gitlab_name(name) ||
           (is_action_name(name) && github_at(path) != MRL_STR_NPOS);
}

mrl_str mrl_document_path(mrl_str path) {
    size_t at = github_at(path);
    if (at != MRL_STR_NPOS)
        return mrl_str_sub(path, at, path.len);
    return mrl_str_starts(path, MRL_S("./")) ? mrl_str_sub(path, 2, path.len) : path;
}
