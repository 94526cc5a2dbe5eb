/* test_match.c - spec.match and label selectors: each row is a match, an object, its Namespace and
 * the answer. */
#include "engines/gatekeeper/match.h"
#include "formats/json/json.h"
#include "test.h"

struct match_case {
    const char *match, *object, *namespace; /* JSON; NULL: not given */
    const char *want;                       /* "yes", "no", or a part of the error */
};

static mrl_val json(mrl_arena *a, const char *text) {
    mrl_val v = mrl_undefined();
    if (text != NULL && mrl_json_parse(a, mrl_str_z(text), NULL, NULL, &v) != MRL_OK)
        mrl_test_fail(__FILE__, __LINE__, "bad JSON in the test: %s", text);
    return v;
}

static void run(const struct match_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        mrl_arena a;
        struct mrl_err err;
        struct mrl_gk_match m;
        bool answer = false;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_err_init(&err);
        mrl_status status = mrl_gk_match_read(&a, json(&a, cases[i].match), &err, &m);
        if (status == MRL_OK) {
            mrl_val object = json(&a, cases[i].object);
            struct mrl_gk_subject s = mrl_gk_subject_of(object, json(&a, cases[i].namespace));
            status = mrl_gk_matches(&m, &s, &err, &answer);
        }
        const char *got = status != MRL_OK ? err.text : answer ? "yes" : "no";
        if (strstr(got, cases[i].want) == NULL)
            mrl_test_fail(__FILE__, __LINE__, "%s on %s: got %s, want %s", cases[i].match,
                          cases[i].object, got, cases[i].want);
        mrl_arena_release(&a);
    }
}

#define POD                                                                                        \
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web-1\",\"namespace\":"      \
    "\"shop\",\"labels\":{\"app\":\"web\",\"tier\":\"front\"}}}"
#define DEPLOY                                                                                     \
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","          \
    "\"namespace\":\"kube-system\"}}"
#define NODE "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"}}"
#define NS                                                                                         \
    "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\",\"labels\":"    \
    "{\"env\":\"prod\"}}}"
#define MADE                                                                                       \
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"web-\","             \
    "\"namespace\":\"shop\"}}"

TEST(gatekeeper_match_kinds_and_scope) {
    static const struct match_case cases[] = {
        {NULL, POD, NULL, "yes"},
        {"{}", NODE, NULL, "yes"},
        {"{\"kinds\":[{\"apiGroups\":[\"\"],\"kinds\":[\"Pod\"]}]}", POD, NULL, "yes"},
        {"{\"kinds\":[{\"apiGroups\":[\"\"],\"kinds\":[\"Pod\"]}]}", DEPLOY, NULL, "no"},
        {"{\"kinds\":[{\"apiGroups\":[\"apps\"],\"kinds\":[\"*\"]}]}", DEPLOY, NULL, "yes"},
        {"{\"kinds\":[{\"apiGroups\":[\"apps\"],\"kinds\":[\"*\"]}]}", POD, NULL, "no"},
        {"{\"kinds\":[{\"apiGroups\":[\"*\"],\"kinds\":[\"Pod\"]}]}", POD, NULL, "yes"},
        {"{\"kinds\":[{\"kinds\":[\"Pod\"]}]}", POD, NULL, "yes"},
        {"{\"kinds\":[{\"apiGroups\":[\"batch\"]},{\"apiGroups\":[\"\"]}]}", POD, NULL, "yes"},
        {"{\"kinds\":[]}", POD, NULL, "yes"},
        {"{\"scope\":\"Namespaced\"}", POD, NULL, "yes"},
        {"{\"scope\":\"Namespaced\"}", NODE, NULL, "no"},
        {"{\"scope\":\"Namespaced\"}", NS, NULL, "no"},
        {"{\"scope\":\"Cluster\"}", NODE, NULL, "yes"},
        {"{\"scope\":\"Cluster\"}", NS, NULL, "yes"},
        {"{\"scope\":\"Cluster\"}", POD, NULL, "no"},
        {"{\"scope\":\"*\"}", POD, NULL, "yes"},
        {"{\"source\":\"Original\"}", POD, NULL, "yes"},
        {"{\"source\":\"Generated\"}", POD, NULL, "no"},
        {"{\"source\":\"All\"}", POD, NULL, "yes"},
    };
    run(cases, MRL_COUNTOF(cases));
}

TEST(gatekeeper_match_namespaces_and_names) {
    static const struct match_case cases[] = {
        {"{\"namespaces\":[\"shop\"]}", POD, NULL, "yes"},
        {"{\"namespaces\":[\"shop\"]}", DEPLOY, NULL, "no"},
        {"{\"namespaces\":[\"kube-*\"]}", DEPLOY, NULL, "yes"},
        {"{\"namespaces\":[\"*-system\"]}", DEPLOY, NULL, "yes"},
        {"{\"namespaces\":[\"*e-s*\"]}", DEPLOY, NULL, "yes"},
        {"{\"namespaces\":[\"*\"]}", POD, NULL, "yes"},
        {"{\"namespaces\":[\"shop\"]}", NS, NULL, "yes"},
        {"{\"namespaces\":[\"other\"]}", NS, NULL, "no"},
        {"{\"namespaces\":[\"shop\"]}", NODE, NULL, "yes"},
        {"{\"excludedNamespaces\":[\"kube-*\"]}", DEPLOY, NULL, "no"},
        {"{\"excludedNamespaces\":[\"kube-*\"]}", POD, NULL, "yes"},
        {"{\"excludedNamespaces\":[\"shop\"]}", NS, NULL, "no"},
        {"{\"excludedNamespaces\":[\"*\"]}", NODE, NULL, "yes"},
        {"{\"namespaces\":[\"shop\"],\"excludedNamespaces\":[\"sh*\"]}", POD, NULL, "no"},
        {"{\"name\":\"web-1\"}", POD, NULL, "yes"},
        {"{\"name\":\"web-*\"}", POD, NULL, "yes"},
        {"{\"name\":\"*-2\"}", POD, NULL, "no"},
        {"{\"name\":\"\"}", POD, NULL, "yes"},
        {"{\"name\":\"web-*\"}", MADE, NULL, "yes"},
        {"{\"name\":\"*-1\"}", MADE, NULL, "no"},
        {"{\"name\":\"web-1\"}", MADE, NULL, "no"},
    };
    run(cases, MRL_COUNTOF(cases));
}

#define EXPR(key, op, values)                                                                      \
    "{\"labelSelector\":{\"matchExpressions\":[{\"key\":\"" key "\",\"operator\":\"" op            \
    "\",\"values\":" values "}]}}"

TEST(gatekeeper_match_selectors) {
    static const struct match_case cases[] = {
        {"{\"labelSelector\":{\"matchLabels\":{\"app\":\"web\"}}}", POD, NULL, "yes"},
        {"{\"labelSelector\":{\"matchLabels\":{\"app\":\"api\"}}}", POD, NULL, "no"},
        {"{\"labelSelector\":{\"matchLabels\":{\"app\":\"web\",\"x\":\"y\"}}}", POD, NULL, "no"},
        {"{\"labelSelector\":{}}", POD, NULL, "yes"},
        {EXPR("app", "In", "[\"api\",\"web\"]"), POD, NULL, "yes"},
        {EXPR("app", "In", "[\"api\"]"), POD, NULL, "no"},
        {EXPR("none", "In", "[\"api\"]"), POD, NULL, "no"},
        {EXPR("app", "NotIn", "[\"web\"]"), POD, NULL, "no"},
        {EXPR("none", "NotIn", "[\"web\"]"), POD, NULL, "yes"},
        {EXPR("app", "Exists", "[]"), POD, NULL, "yes"},
        {EXPR("none", "Exists", "[]"), POD, NULL, "no"},
        {EXPR("app", "DoesNotExist", "[]"), POD, NULL, "no"},
        {EXPR("none", "DoesNotExist", "[]"), NODE, NULL, "yes"},
        {EXPR("app", "in", "[\"web\"]"), POD, NULL, "none of In"},
        {EXPR("app", "In", "[]"), POD, NULL, "needs values"},
        {EXPR("app", "Exists", "[\"a\"]"), POD, NULL, "has values"},
        {EXPR("-app", "Exists", "[]"), POD, NULL, "no label key"},
        {EXPR("example.com/app", "DoesNotExist", "[]"), POD, NULL, "yes"},
        {EXPR("/app", "DoesNotExist", "[]"), POD, NULL, "no label key"},
        {"{\"labelSelector\":{\"matchLabels\":{\"app\":\"a b\"}}}", POD, NULL, "label value"},
        {"{\"labelSelector\":{\"matchLabels\":{\"app\":true}}}", POD, NULL, "label value"},
        {"{\"namespaceSelector\":{\"matchLabels\":{\"env\":\"prod\"}}}", POD, NS, "yes"},
        {"{\"namespaceSelector\":{\"matchLabels\":{\"env\":\"test\"}}}", POD, NS, "no"},
        {"{\"namespaceSelector\":{\"matchLabels\":{\"env\":\"prod\"}}}", NS, NULL, "yes"},
        {"{\"namespaceSelector\":{\"matchLabels\":{\"env\":\"test\"}}}", NS, NULL, "no"},
        {"{\"namespaceSelector\":{\"matchLabels\":{\"env\":\"prod\"}}}", NODE, NULL, "yes"},
        {"{\"namespaceSelector\":{}}", POD, NULL, "Namespace shop"},
        /* What is not of the kind is not asked for its namespace. */
        {"{\"kinds\":[{\"kinds\":[\"Service\"]}],\"namespaceSelector\":{}}", POD, NULL, "no"},
    };
    run(cases, MRL_COUNTOF(cases));
}
