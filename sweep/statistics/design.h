// Doses, and when to look at the data: rules R7, R12 and R18 of docs/statistics.md. Doses are in
// seconds per unit. A delay "per call" is the mean over all calls: every Nth may be delayed by N
// times as much.
#ifndef PYSLOW_SWEEP_STATISTICS_DESIGN_H_
#define PYSLOW_SWEEP_STATISTICS_DESIGN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweep/model/estimate.h"

namespace pyslow::statistics {

// R18: the data are judged after these numbers of blocks, with intervals of this confidence. At the
// first verdict they cover the truth in at least 95% of all sweeps.
inline constexpr std::array<size_t, 11> kLooks = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
inline constexpr double kLookConfidence = 0.98;
// R28: the same for two versions. The first look is after three blocks, because R17 finds no
// stalled trial in fewer.
inline constexpr std::array<size_t, 10> kVersionLooks = {3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
inline constexpr double kVersionConfidence = 0.99;
// R20: likewise, for comparisons of several subjects.
inline constexpr std::array<size_t, 8> kArmLooks = {1, 2, 3, 4, 6, 8, 12, 16};

// R18. Ascending, the control first: 0, ¼, ½, 1 × the largest, in ns per call. Shorter than four if
// the largest is under 4 ns.
std::vector<int64_t> DelaysUpTo(double largest_ns);

// R12. The delay per call, 1 ns to 10 s, that makes `calls_per_unit` calls a dose of
// `dose_seconds`.
int64_t PerCallNs(double calls_per_unit, double dose_seconds);
// R12. The frequency N that makes the shortest of `per_call_ns`, other than 0, an exact delay, if
// 20 delayed calls of `calls_per_trial` remain; at least `min_frequency`.
int64_t FrequencyFor(const std::vector<int64_t>& per_call_ns, double calls_per_trial,
                     int64_t min_frequency);

// R7. Whether the half-width of `estimate` is at most `precision` × `scale`.
bool IsPrecise(const model::Estimate& estimate, double precision, double scale);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_DESIGN_H_
