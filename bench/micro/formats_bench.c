/* formats_bench.c - speed and memory of reading JSON and YAML, beside the libraries that are there.
 *
 * usage: formats-bench json|yaml FILE [SECONDS]
 * Every row reads the same text in the same process, parse and free, for SECONDS (default 1); the
 * figure is the median. Memory is what is allocated while the values live, over the bytes of the
 * text. Built by bench/run.sh; peers are compiled in with -DHAVE_... where their headers are.
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

static mrl_str text; /* 64 bytes of zeros stand behind it: simdjson reads there */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t in_use(void) {
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

/* Each reads the text once and says how many bytes its values took; 0 = it refused. */
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

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run(const struct row *r, double seconds) {
    static double times[ROUNDS_MAX];
    size_t n = 0, bytes = 0;
    double until = now() + seconds;
    while (n < ROUNDS_MAX && (n < 3 || now() < until)) {
        double from = now();
        bytes = r->parse();
        times[n++] = now() - from;
        if (bytes == 0) {
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
