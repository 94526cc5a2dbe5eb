/* test_histogram.c - percentiles within their promised error, extremes exact. */
#include "base/histogram.h"

#include "test.h"

static struct mrl_hist a, b; /* too large for a stack */

TEST(histogram_empty_is_zero) {
    a = (struct mrl_hist){0};
    CHECK_INT(mrl_hist_percentile(&a, 0.5), 0);
    CHECK(mrl_hist_mean(&a) == 0 && mrl_hist_stddev(&a) == 0);
}

TEST(histogram_small_values_are_exact) {
    a = (struct mrl_hist){0};
    for (uint64_t v = 1; v <= 100; v++)
        mrl_hist_add(&a, v);
    CHECK_INT(mrl_hist_percentile(&a, 0.5), 50);
    CHECK_INT(mrl_hist_percentile(&a, 0.99), 99);
    CHECK_INT(mrl_hist_percentile(&a, 1), 100);
    CHECK_INT(a.min, 1);
    CHECK_INT((long long)(mrl_hist_mean(&a) * 10), 505);
    CHECK_INT((long long)(mrl_hist_stddev(&a) * 100), 2886);
}

TEST(histogram_percentiles_are_within_a_hundredth) {
    a = (struct mrl_hist){0};
    for (uint64_t v = 1; v <= 100000; v++)
        mrl_hist_add(&a, v * 1000);
    static const double shares[] = {0.1, 0.5, 0.9, 0.99, 0.999};
    for (size_t i = 0; i < MRL_COUNTOF(shares); i++) {
        double want = shares[i] * 1e8, got = (double)mrl_hist_percentile(&a, shares[i]);
        CHECK(got >= want * 0.9999 && got <= want * 1.01);
    }
    CHECK_INT(mrl_hist_percentile(&a, 1), 100000000);
}

TEST(histogram_takes_any_value_and_merges) {
    a = b = (struct mrl_hist){0};
    mrl_hist_add(&a, UINT64_MAX);
    mrl_hist_add(&b, 0);
    mrl_hist_add(&b, 1u << 20);
    mrl_hist_merge(&a, &b);
    CHECK_INT(a.n, 3);
    CHECK_INT(a.min, 0);
    CHECK(a.max == UINT64_MAX && mrl_hist_percentile(&a, 1) == UINT64_MAX);
    CHECK(mrl_hist_percentile(&a, 0.5) >= (1u << 20) &&
          mrl_hist_percentile(&a, 0.5) < (1u << 20) + (1u << 14));
}
