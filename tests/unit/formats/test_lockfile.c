/* test_lockfile.c - entries and hashes of each format. */
#include "base/buf.h"
#include "formats/lockfile/lockfile.h"
#include "test.h"

#define SUM "sha512-xyz"

static const struct {
    const char *file, *text;
    int packages;         /* -1: it cannot be read */
    const char *unpinned; /* names, a blank behind each */
    const char *at;       /* what stands at the place of the first */
} cases[] = {
    {"package.json", "{\"dependencies\":{\"a\":\"1\"},\"devDependencies\":{\"b\":\"1\"}}", 2, "",
     ""},
    {"package.json", "{\"name\":\"x\",\"dependencies\":[]}", 0, "", ""},
    {"package.json", "{", -1, "", ""},
    {"composer.json", "{\"require\":{\"php\":\"8\"}}", 1, "", ""},
    {"go.mod", "module x\n\ngo 1.22\n", 0, "", ""},
    {"go.mod", "module x\nrequire (\n\ta v1\n)\n", 1, "", ""},
    {"Cargo.toml", "[package]\nname = \"x\"\n[dependencies]\na = \"1\"\n", 1, "", ""},
    {"pyproject.toml", "[project]\ndependencies = []\n", 1, "", ""},
    {"Gemfile", "source 'x'\ngem 'a'\n", 1, "", ""},
    {"package-lock.json",
     "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"lib/own\":{},"
     "\"node_modules/a\":{\"integrity\":\"" SUM "\"},"
     "\"node_modules/own\":{\"link\":true},"
     "\"node_modules/g\":{\"resolved\":\"git+ssh://x#0123\"},"
     "\"node_modules/s\":{\"integrity\":\"sha1-x\"},"
     "\"node_modules/b\":{\"resolved\":\"https://r/b\"}}}",
     5, "node_modules/s node_modules/b ", "\"node_modules/s\":"},
    {"package-lock.json",
     "{\"lockfileVersion\":1,\"dependencies\":{\"a\":{\"integrity\":\"" SUM "\",\"dependencies\":"
     "{\"b\":{\"version\":\"1\"}}}}}",
     2, "b ", "\"b\":{\"version"},
    {"package-lock.json", "{}", -1, "", ""},
    {"composer.lock",
     "{\"packages\":[{\"name\":\"a\",\"dist\":{\"shasum\":\"\",\"reference\":\"0123\"}},"
     "{\"name\":\"b\",\"dist\":{\"shasum\":\"\"}}]}",
     2, "b ", "{\"name\":\"b\""},
    {"composer.lock", "[]", -1, "", ""},
    {"yarn.lock",
     "# yarn lockfile v1\n\n\na@^1, a@^2:\n  version \"1\"\n  integrity " SUM "\n\n"
     "b@1:\n  resolved \"https://r/b#0123\"\n",
     2, "b@1 ", "b@1:\n"},
    {"yarn.lock",
     "__metadata:\n  version: 8\n\n\"a@npm:1\":\n  checksum: 10/abc\n\n"
     "\"own@workspace:.\":\n  linkType: soft\n\n\"b@npm:1\":\n  version: 1\n",
     3, "\"b@npm:1\" ", "\"b@npm:1\":"},
    {"pnpm-lock.yaml",
     "lockfileVersion: '9.0'\npackages:\n  a@1:\n    resolution: {integrity: " SUM "}\n"
     "  b@1:\n    resolution: {tarball: x}\n",
     2, "b@1 ", "b@1:\n"},
    {"pnpm-lock.yaml", "packages: {}\n", -1, "", ""},
    {"requirements.txt",
     "# c\n-r other.txt\na==1 \\\n    --hash=sha256:x \\\n    --hash=sha256:y\nb==2  # --hash\n", 2,
     "b==2  # --hash ", "b==2"},
    {"poetry.lock",
     "[[package]]\nname = \"a\"\nfiles = [\n  {file = \"a\", hash = \"sha256:x\"},\n]\n"
     "[package.dependencies]\nc = \"1\"\n\n[[package]]\nname = \"b\"\n\n[metadata]\nhash = "
     "\"sha\"\n",
     2, "b ", "[[package]]\nname = \"b\""},
    {"uv.lock",
     "version = 1\n[[package]]\nname = \"own\"\nsource = { editable = \".\" }\n\n"
     "[[package]]\nname = \"a\"\nsdist = { url = \"x\", hash = \"sha256:x\" }\n",
     2, "", ""},
    {"Cargo.lock",
     "version = 3\n\n[[package]]\nname = \"own\"\n\n[[package]]\nname = \"a\"\n"
     "source = \"registry+x\"\nchecksum = \"x\"\n\n[[package]]\nname = \"g\"\n"
     "source = \"git+https://x#0123\"\n\n[[package]]\nname = \"b\"\nsource = \"registry+x\"\n",
     4, "b ", "[[package]]\nname = \"b\""},
    {"go.sum", "a v1 h1:x=\na v1/go.mod h1:y=\nb v1\n", 3, "b v1 ", "b v1"},
    {"Gemfile.lock",
     "GEM\n  specs:\n    a (1)\n\nCHECKSUMS\n  a (1) sha256=x\n  b (2)\n\nBUNDLED\n", 2, "b (2) ",
     "  b (2)"},
    {"Gemfile.lock", "GEM\n  specs:\n    a (1)\n", 1, "all gems (there is no section CHECKSUMS) ",
     "GEM"},
};

TEST(lockfile_counts_entries_and_finds_those_without_hash) {
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_arena a;
        mrl_val v = mrl_undefined();
        struct mrl_buf names;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_buf_init(&names, 4096);
        int row = mrl_lockfile_row(mrl_str_z(cases[i].file));
        REQUIRE(row >= 0);
        mrl_status status =
            mrl_lockfile_read(&a, row, MRL_S("f"), mrl_str_z(cases[i].text), NULL, &v);
        CHECK((status == MRL_OK) == (cases[i].packages >= 0));
        if (status == MRL_OK) {
            mrl_val list = MRL_GET(v, "unpinned");
            CHECK_INT(MRL_GET(v, "packages").u.i, cases[i].packages);
            for (uint32_t k = 0; k < list.len; k++) {
                mrl_buf_add(&names, mrl_val_str(mrl_arr_at(list, k)));
                mrl_buf_byte(&names, ' ');
            }
            CHECK_STR(mrl_buf_str(&names), mrl_str_z(cases[i].unpinned));
            if (list.len > 0)
                CHECK(mrl_str_starts(mrl_str_sub(mrl_str_z(cases[i].text),
                                                 mrl_val_span(list, 0)->val_start, SIZE_MAX),
                                     mrl_str_z(cases[i].at)));
        }
        mrl_buf_release(&names);
        mrl_arena_release(&a);
    }
}

TEST(lockfile_names_are_whole) {
    CHECK_INT(mrl_lockfile_row(MRL_S("my-package.json")), -1);
    CHECK_INT(mrl_lockfile_row(MRL_S("")), -1);
}

TEST(lockfile_nesting_has_a_ceiling) {
    mrl_arena a;
    struct mrl_buf b;
    struct mrl_err err;
    mrl_val v = mrl_undefined();
    mrl_err_init(&err);
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&b, 1 << 20);
    MRL_BUF_LIT(&b, "{\"lockfileVersion\":1");
    for (int i = 0; i < 70; i++)
        MRL_BUF_LIT(&b, ",\"dependencies\":{\"a\":{\"x\":1");
    for (int i = 0; i < 70; i++)
        MRL_BUF_LIT(&b, "}}");
    MRL_BUF_LIT(&b, "}");
    CHECK_INT(mrl_lockfile_read(&a, mrl_lockfile_row(MRL_S("package-lock.json")), MRL_S("f"),
                                mrl_buf_str(&b), &err, &v),
              MRL_E_LIMIT);
    mrl_buf_release(&b);
    mrl_arena_release(&a);
}
