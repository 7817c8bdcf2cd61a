#include "sweep/statistics/design.h"

#include <algorithm>
#include <cmath>

namespace pyslow::statistics {

using model::Estimate;

namespace {

constexpr int64_t kMaxPerCallNs = 10'000'000'000;  // the longest delay of pyslow
// From this length on a delay is exact to 2%. N is no larger than necessary: the calls that are not
// delayed may differ from the others (those of two alternating callers), a larger error.
constexpr int64_t kExactNs = 300;
constexpr double kMinDelayed = 20;  // calls of a trial
constexpr double kLevels[] = {0.25, 0.5, 1};

}  // namespace

std::vector<int64_t> DelaysUpTo(double largest_ns) {
  std::vector<int64_t> delays = {0};
  for (const double level : kLevels) {
    delays.push_back(std::max<int64_t>(delays.back() + 1, std::llround(level * largest_ns)));
  }
  return delays;
}

int64_t PerCallNs(double calls_per_unit, double dose_seconds) {
  if (calls_per_unit <= 0) return kMaxPerCallNs;
  const double ns = dose_seconds / calls_per_unit * 1e9;
  return std::llround(std::clamp(ns, 1.0, static_cast<double>(kMaxPerCallNs)));
}

int64_t FrequencyFor(const std::vector<int64_t>& per_call_ns, double calls_per_trial,
                     int64_t min_frequency) {
  int64_t shortest = kExactNs;
  for (const int64_t ns : per_call_ns) {
    if (ns > 0) shortest = std::min(shortest, ns);
  }
  const int64_t exact = (kExactNs + shortest - 1) / shortest;
  const auto max_frequency = static_cast<int64_t>(calls_per_trial / kMinDelayed);
  return std::max(min_frequency, std::min(exact, max_frequency));
}

bool IsPrecise(const Estimate& estimate, double precision, double scale) {
  return estimate.range.has_value() &&
         (estimate.range->high - estimate.range->low) / 2 <= precision * scale;
}

}  // namespace pyslow::statistics
