/* histogram.c - see histogram.h. */
#include "base/histogram.h"

#include <math.h>

/* Values below 2^SUB_BITS have a bucket each. Above, a bucket is the leading SUB_BITS + 1 bits; as
 * the first of them is always set, the numbers of two neighbouring powers do not overlap. */
static size_t bucket_of(uint64_t v) {
    if (v < (1u << MRL_HIST_SUB_BITS))
        return (size_t)v;
    unsigned shift = 63u - MRL_HIST_SUB_BITS - (unsigned)__builtin_clzll(v);
    return ((size_t)shift << MRL_HIST_SUB_BITS) + (size_t)(v >> shift);
}

/* The largest value that falls into the bucket: percentiles never promise less than was seen. */
static uint64_t top_of(size_t bucket) {
    if (bucket < (2u << MRL_HIST_SUB_BITS))
        return bucket;
    unsigned shift = (unsigned)(bucket >> MRL_HIST_SUB_BITS) - 1;
    uint64_t lead = bucket - ((uint64_t)shift << MRL_HIST_SUB_BITS);
    return ((lead + 1) << shift) - 1;
}

void mrl_hist_add(struct mrl_hist *h, uint64_t value) {
    h->min = h->n == 0 || value < h->min ? value : h->min;
    h->max = value > h->max ? value : h->max;
    h->n++;
    h->sum += (double)value;
    h->squares += (double)value * (double)value;
    h->buckets[bucket_of(value)]++;
}

void mrl_hist_merge(struct mrl_hist *into, const struct mrl_hist *from) {
    MRL_ASSERT(into != from);
    if (from->n == 0)
        return;
    into->min = into->n == 0 || from->min < into->min ? from->min : into->min;
    into->max = from->max > into->max ? from->max : into->max;
    into->n += from->n;
    into->sum += from->sum;
    into->squares += from->squares;
    for (size_t i = 0; i < MRL_HIST_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
}

uint64_t mrl_hist_percentile(const struct mrl_hist *h, double share) {
    MRL_ASSERT(share >= 0 && share <= 1);
    double wanted = ceil(share * (double)h->n);
    uint64_t seen = 0;
    for (size_t i = 0; i < MRL_HIST_BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen > 0 && (double)seen >= wanted) /* the bucket's top may lie above what was met */
            return top_of(i) < h->max ? top_of(i) : h->max;
    }
    return h->max;
}

double mrl_hist_mean(const struct mrl_hist *h) {
    return h->n > 0 ? h->sum / (double)h->n : 0;
}

double mrl_hist_stddev(const struct mrl_hist *h) {
    double mean = mrl_hist_mean(h);
    double variance = h->n > 0 ? h->squares / (double)h->n - mean * mean : 0;
    return variance > 0 ? sqrt(variance) : 0; /* rounding can take it below 0 */
}
