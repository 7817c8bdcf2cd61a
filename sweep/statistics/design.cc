#include "sweep/statistics/design.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/bend.h"
#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {

using model::Estimate;

namespace {

constexpr int64_t kMaxPerCallNs = 1'000'000;  // the interpreter's switch interval is 5 ms
// From this length on a delay is exact to 2%. N is no larger than necessary: the calls that are not
// delayed may differ from the others (those of two alternating callers), a larger error.
constexpr int64_t kExactNs = 300;
constexpr double kMinDelayed = 20;  // calls of a trial
constexpr double kMinDose = 0.01;   // of T0: the smallest measurable one
constexpr double kPilotLargestNs = 100'000;
constexpr double kLevels[] = {0.1, 0.25, 0.5, 0.75, 1};

// R1.
size_t BlocksFor(double noise, double dose) {
  const double blocks = 4000 * (noise / dose) * (noise / dose);
  return static_cast<size_t>(std::ceil(
      std::clamp(blocks, static_cast<double>(kMinBlocks), static_cast<double>(kMaxBlocks))));
}

std::vector<int64_t> DelaysUpTo(double largest_ns) {
  std::vector<int64_t> delays = {0};
  for (const double level : kLevels) {
    delays.push_back(std::max<int64_t>(delays.back() + 1, std::llround(level * largest_ns)));
  }
  return delays;
}

// The standard deviation of a trial around the fitted shape.
double NoiseOf(const std::vector<Block>& blocks) { return FindBend(blocks).noise; }

}  // namespace

Pilot PilotOf(const std::vector<Block>& blocks) {
  Pilot pilot;
  pilot.control_seconds = MeanOfBlocks(TimesOfLevel(blocks, 0)).value;
  pilot.noise = NoiseOf(blocks) / pilot.control_seconds;
  const Calls calls = CallsOf(blocks);
  if (calls.per_unit.has_value()) pilot.calls_per_unit = calls.per_unit->value;
  pilot.elastic = calls.elastic;
  // The t interval of two blocks is wide. Three standard errors of the pooled noise are as strict.
  const Fit fit = FitDelay(blocks);
  std::vector<Point> points;
  double xx = 0;
  double mean = 0;
  for (const Observation& o : blocks.front()) {
    mean += DelaySeconds(o) / static_cast<double>(blocks.front().size());
  }
  for (const Observation& o : blocks.front()) {
    xx += (DelaySeconds(o) - mean) * (DelaySeconds(o) - mean);
  }
  const double error =
      pilot.noise * pilot.control_seconds / std::sqrt(xx * static_cast<double>(blocks.size()));
  if (fit.slope.value > 3 * error) pilot.critical_calls = fit.slope.value;
  return pilot;
}

CurveDesign DesignCurve(const Pilot& pilot, double max_slowdown) {
  CurveDesign design;
  const double control_ns = pilot.control_seconds * 1e9;
  const double room = std::max(max_slowdown - 1, 0.0);
  // `calls` defines the dose; `costly` bounds the cost of a delay.
  const double calls =
      pilot.elastic && pilot.critical_calls > 0 ? pilot.critical_calls : pilot.calls_per_unit;
  const double costly = pilot.elastic ? calls : std::max(calls, pilot.critical_calls);
  double largest = calls > 0 ? control_ns / calls : kPilotLargestNs;
  if (costly > 0 && largest * costly > room * control_ns) {
    largest = room * control_ns / costly;
  }
  largest = std::min(largest, static_cast<double>(kMaxPerCallNs));
  design.delays_ns = DelaysUpTo(largest);
  if (calls > 0) {
    const double dose = largest * calls / control_ns;
    design.blocks = BlocksFor(pilot.noise, dose);
    design.too_few_calls = HasTooFewCalls(calls, pilot.control_seconds);
  }
  return design;
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

bool HasTooFewCalls(double calls_per_unit, double control_seconds) {
  return calls_per_unit * static_cast<double>(kMaxPerCallNs) * 1e-9 < kMinDose * control_seconds;
}

bool IsPrecise(const Estimate& estimate, double precision, double scale) {
  return estimate.range.has_value() &&
         (estimate.range->high - estimate.range->low) / 2 <= precision * scale;
}

}  // namespace pyslow::statistics
