/* histogram.h - a distribution of durations or sizes in constant memory.
 *
 * Idea: numbers fall into buckets that grow with them: 128 for each power of two, so that any
 * percentile is within 1 % of the exact one, whether there are ten samples or ten billion. Minimum,
 * maximum, sum and sum of squares are exact. The layout is that of HdrHistogram (Gil Tene, public
 * domain).
 *
 * Owner: one thread adds; histograms of several threads are joined with mrl_hist_merge.
 * Cost: 58 KiB, no allocation of its own; adding is a few instructions.
 */
#ifndef MRL_BASE_HISTOGRAM_H
#define MRL_BASE_HISTOGRAM_H

#include "base/common.h"

#define MRL_HIST_SUB_BITS 7 /* 2^7 buckets a power of two: an error below 1/128 */
#define MRL_HIST_BUCKETS ((size_t)(65 - MRL_HIST_SUB_BITS) << MRL_HIST_SUB_BITS)

struct mrl_hist { /* all zero: empty */
    uint64_t n, min, max;
    double sum, squares;
    uint64_t buckets[MRL_HIST_BUCKETS];
};

/* Adds one sample. */
void mrl_hist_add(struct mrl_hist *h, uint64_t value);
/* Adds all samples of `from`. */
void mrl_hist_merge(struct mrl_hist *into, const struct mrl_hist *from);
/* The value that `share` (0..1) of the samples do not pass; 0 when there are none. */
uint64_t mrl_hist_percentile(const struct mrl_hist *h, double share);
/* 0 when there are no samples. */
double mrl_hist_mean(const struct mrl_hist *h);
/* Standard deviation of the samples as a whole population. */
double mrl_hist_stddev(const struct mrl_hist *h);

#endif
