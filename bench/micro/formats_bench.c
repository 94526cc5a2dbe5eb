/* formats_bench.c - speed and memory of reading JSON and YAML, beside the libraries that are there.
 *
 * usage: formats-bench json|yaml FILE [SECONDS]   or   formats-bench bombs
 * Every row reads the same text in the same process, parse and free, for SECONDS (default 1); the
 * figure is the median of the processor time. Memory is what is allocated while the values live,
 * over the bytes of the text. bombs: texts made to be slow or large; each must be read or refused
 * in a moment. Built by bench/run.sh; peers are compiled in with -DHAVE_... where their headers
 * are.
 */
#include "base/file.h"
#include "formats/json/json.h"
#include "formats/yaml/yaml.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef HAVE_JANSSON
#include <jansson.h>
#endif
#ifdef HAVE_CJSON
#include <cjson/cJSON.h>
#endif
#ifdef HAVE_YAML
#include <yaml.h>
#endif
#ifdef HAVE_SIMDJSON
/* simdjson_row.cpp */
int simdjson_parse(const char *text, size_t len, size_t padded, size_t *ret_bytes);
#endif

#define ROUNDS_MAX 2000

static bool measure_memory;
static mrl_str text; /* 64 bytes of zeros stand behind it: simdjson reads there */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time: what the work costs, whatever else runs on the machine. */
static double cpu(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t in_use(void) {
    if (!measure_memory)
        return 0;
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

/* Each reads the text once and says how many bytes its values took; 0 = it refused. Asking malloc
 * is slow for the peers with an allocation a value: it is done in the first round only. */
typedef size_t parse_fn(void);

static size_t merlon_json_with(bool spans) {
    mrl_arena a;
    mrl_val v;
    struct mrl_err err;
    struct mrl_json_opts opts = {.keep_spans = spans};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    if (mrl_json_parse(&a, text, &opts, &err, &v) != MRL_OK) {
        fprintf(stderr, "line %u: %s\n", err.pos.line, err.text);
        return 0;
    }
    size_t n = mrl_arena_used(&a);
    mrl_arena_release(&a);
    return n;
}

static size_t merlon_json(void) {
    return merlon_json_with(false);
}

static size_t merlon_json_spans(void) {
    return merlon_json_with(true);
}

static size_t merlon_yaml_with(bool spans) {
    mrl_arena a;
    struct mrl_yaml_doc *docs;
    size_t n = 0;
    struct mrl_err err;
    struct mrl_yaml_opts opts = {.keep_spans = spans};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    if (mrl_yaml_parse(&a, text, &opts, &err, &docs, &n) != MRL_OK) {
        fprintf(stderr, "line %u: %s\n", err.pos.line, err.text);
        return 0;
    }
    size_t bytes = mrl_arena_used(&a);
    mrl_arena_release(&a);
    return bytes;
}

static size_t merlon_yaml(void) {
    return merlon_yaml_with(false);
}

static size_t merlon_yaml_spans(void) {
    return merlon_yaml_with(true);
}

#ifdef HAVE_SIMDJSON
static size_t simdjson_row(void) {
    size_t bytes = 0;
    return simdjson_parse(text.ptr, text.len, text.len + 64, &bytes) == 0 ? bytes : 0;
}
#endif

#ifdef HAVE_JANSSON
static size_t jansson_row(void) {
    size_t before = in_use();
    json_t *v = json_loadb(text.ptr, text.len, 0, NULL);
    size_t bytes = v != NULL ? in_use() - before : 0;
    json_decref(v);
    return bytes;
}
#endif

#ifdef HAVE_CJSON
static size_t cjson_row(void) {
    size_t before = in_use();
    cJSON *v = cJSON_ParseWithLength(text.ptr, text.len);
    size_t bytes = v != NULL ? in_use() - before : 0;
    cJSON_Delete(v);
    return bytes;
}
#endif

#ifdef HAVE_YAML
static size_t libyaml_events(void) {
    yaml_parser_t p;
    yaml_event_t e;
    yaml_parser_initialize(&p);
    yaml_parser_set_input_string(&p, (const unsigned char *)text.ptr, text.len);
    bool ok = true, end = false;
    while (ok && !end) {
        ok = yaml_parser_parse(&p, &e) != 0;
        end = ok && e.type == YAML_STREAM_END_EVENT;
        if (ok)
            yaml_event_delete(&e);
    }
    yaml_parser_delete(&p);
    return ok ? 1 : 0;
}

static size_t libyaml_document(void) {
    yaml_parser_t p;
    yaml_document_t d;
    size_t before = in_use(), most = 0;
    yaml_parser_initialize(&p);
    yaml_parser_set_input_string(&p, (const unsigned char *)text.ptr, text.len);
    for (bool more = true; more;) {
        if (!yaml_parser_load(&p, &d))
            return 0;
        more = yaml_document_get_root_node(&d) != NULL;
        most = in_use() - before > most ? in_use() - before : most;
        yaml_document_delete(&d);
    }
    yaml_parser_delete(&p);
    return most;
}
#endif

static const struct row {
    const char *format, *name;
    parse_fn *parse;
} rows[] = {
    {"json", "merlon", merlon_json},
    {"json", "merlon, with positions", merlon_json_spans},
#ifdef HAVE_SIMDJSON
    {"json", "simdjson DOM", simdjson_row},
#endif
#ifdef HAVE_CJSON
    {"json", "cJSON", cjson_row},
#endif
#ifdef HAVE_JANSSON
    {"json", "jansson", jansson_row},
#endif
    {"yaml", "merlon", merlon_yaml},
    {"yaml", "merlon, with positions", merlon_yaml_spans},
#ifdef HAVE_YAML
    {"yaml", "libyaml, events alone", libyaml_events},
    {"yaml", "libyaml, documents", libyaml_document},
#endif
};

/* --- bombs
 * ----------------------------------------------------------------------------------------- */

/* Text: head, then `times` pieces that printf makes of the running number (used up to twice). */
static const struct bomb {
    const char *name;
    bool json;
    const char *head, *piece, *tail;
    size_t times;
} bombs[] = {
    {"json: 1,000,000 brackets deep", true, "", "[", "", 1000000},
    {"json: 100,000 keys", true, "{\"a\":0", ",\"k%zu\":%zu", "}", 100000},
    {"json: one key 100,000 times", true, "{\"k\":0", ",\"k\":%zu", "}", 100000},
    {"json: a string of 4 MB of escapes", true, "\"", "\\u00e9", "\"", 700000},
    {"json: a number of 1,000,000 digits", true, "1", "7", "", 1000000},
    {"yaml: 1,000,000 brackets deep", false, "", "[", "", 1000000},
    {"yaml: 100,000 lists on one line", false, "", "- ", "a", 100000},
    {"yaml: aliases of aliases, 9^60 nodes", false, "a0: &a0 [x]\n",
     "a%1$zu: &a%1$zu [*a%2$zu,*a%2$zu,*a%2$zu]\n", "", 60},
    {"yaml: merges of merges", false, "a0: &a0 {x: 1}\n",
     "a%1$zu: &a%1$zu {<<: [*a%2$zu, *a%2$zu], k%1$zu: 1}\n", "", 3000},
    {"yaml: 50,000 anchors, each used", false, "", "- &a%1$zu x\n- *a%1$zu\n", "", 50000},
    {"yaml: 100,000 keys", false, "", "k%zu: %zu\n", "", 100000},
    {"yaml: one key 100,000 times", false, "", "k: %zu\n", "", 100000},
    {"yaml: a block scalar of 4 MB", false, "a: |\n", "  some line of text\n", "", 200000},
    {"yaml: a folded plain scalar, 100,000 lines", false, "a:\n", "  word\n", "", 100000},
    {"yaml: 1,000,000 blank lines", false, "a: b\n", "\n", "c: d\n", 1000000},
    {"yaml: 200,000 documents", false, "", "---\na\n", "", 200000},
};

static void run_bomb(const struct bomb *b) {
    struct mrl_buf t;
    mrl_arena a;
    struct mrl_err err;
    mrl_val v;
    struct mrl_yaml_doc *docs;
    size_t n;
    mrl_buf_init(&t, (size_t)1 << 30);
    mrl_buf_add(&t, mrl_str_z(b->head));
    for (size_t i = 1; i <= b->times; i++) {
        char piece[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        int k = snprintf(piece, sizeof piece, b->piece, i, i - 1);
#pragma GCC diagnostic pop
        mrl_buf_add(&t, (mrl_str){piece, (size_t)k});
    }
    mrl_buf_add(&t, mrl_str_z(b->tail));
    mrl_err_init(&err);
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    double from = cpu();
    mrl_status status =
        b->json ? mrl_json_parse(&a, mrl_buf_str(&t), NULL, &err, &v)
                : mrl_yaml_parse(&a, mrl_buf_str(&t), &(struct mrl_yaml_opts){.keep_spans = true},
                                 &err, &docs, &n);
    printf("%-46s %7.1f KB %7.1f ms  %s\n", b->name, (double)t.len / 1e3, (cpu() - from) * 1e3,
           status == MRL_OK ? "read" : err.text);
    mrl_arena_release(&a);
    mrl_buf_release(&t);
}

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run(const struct row *r, double seconds) {
    static double times[ROUNDS_MAX];
    size_t n = 0, bytes = 0;
    double until = now() + seconds;
    measure_memory = true;
    bytes = r->parse();
    measure_memory = false;
    while (n < ROUNDS_MAX && (n < 3 || now() < until)) {
        double from = cpu();
        bool ok = r->parse() != 0;
        times[n++] = cpu() - from;
        if (!ok && bytes == 0) {
            printf("%-26s refuses the text\n", r->name);
            return;
        }
    }
    qsort(times, n, sizeof *times, by_time);
    printf("%-26s %8.0f MB/s %9.2f ms", r->name, (double)text.len / times[n / 2] / 1e6,
           times[n / 2] * 1e3);
    if (bytes > 1)
        printf("   memory %5.2f x text", (double)bytes / (double)text.len);
    printf("\n");
}

int main(int argc, char **argv) {
    mrl_arena a;
    struct mrl_err err;
    mrl_str file;
    if (argc == 2 && strcmp(argv[1], "bombs") == 0) {
        for (size_t i = 0; i < MRL_COUNTOF(bombs); i++)
            run_bomb(&bombs[i]);
        return 0;
    }
    if (argc < 3) {
        fprintf(stderr, "usage: formats-bench json|yaml FILE [SECONDS]\n");
        return 2;
    }
    mallopt(M_MMAP_THRESHOLD, 64 << 20); /* reuse heap between rounds: the parse is measured, */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);  /* not the kernel's clearing of pages */
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    if (mrl_file_read(&a, mrl_str_z(argv[2]), 0, &err, &file) != MRL_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 3;
    }
    char *padded = calloc(1, file.len + 64);
    memcpy(padded, file.ptr, file.len);
    text = (mrl_str){padded, file.len};
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        if (strcmp(rows[i].format, argv[1]) == 0)
            run(&rows[i], argc > 3 ? strtod(argv[3], NULL) : 1);
    free(padded);
    mrl_arena_release(&a);
    return 0;
}
