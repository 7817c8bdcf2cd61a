#include "sweep/statistics/design.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/bend.h"
#include "sweep/statistics/calls.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {
namespace {

constexpr int64_t kMostPerCallNs = 1'000'000;  // the interpreter's switch interval is 5 ms
// From here on a delay is exact to 2%. N is no larger than that takes: calls that are left out may
// be unlike the others (those of two callers, by turns), which would be a larger error.
constexpr int64_t kExactNs = 300;
constexpr double kFewestDelayed = 20;  // calls of a trial
constexpr double kLeastDose = 0.01;    // of T0, that anything is seen by
constexpr double kSeedsLargestNs = 100'000;
constexpr double kLevels[] = {0.1, 0.25, 0.5, 0.75, 1};

// R1.
size_t BlocksFor(double noise, double dose) {
  const double wanted = 4000 * (noise / dose) * (noise / dose);
  return static_cast<size_t>(std::ceil(
      std::clamp(wanted, static_cast<double>(kFewestBlocks), static_cast<double>(kMostBlocks))));
}

std::vector<int64_t> DelaysUpTo(double largest_ns) {
  std::vector<int64_t> delays = {0};
  for (const double level : kLevels) {
    delays.push_back(std::max<int64_t>(delays.back() + 1, std::llround(level * largest_ns)));
  }
  return delays;
}

// The standard deviation of a trial; of one block alone it is what the best shape leaves.
double NoiseOf(const std::vector<Block>& blocks) { return FindBend(blocks).noise; }

}  // namespace

Pilot PilotOf(const std::vector<Block>& blocks) {
  Pilot pilot;
  pilot.control_seconds = MeanOfBlocks(TimesOfLevel(blocks, 0)).value;
  pilot.noise = NoiseOf(blocks) / pilot.control_seconds;
  const Calls calls = CallsOf(blocks);
  if (calls.per_unit.has_value()) pilot.calls_per_unit = calls.per_unit->value;
  pilot.elastic = calls.elastic;
  // Two blocks have a wide interval: three standard errors of the pooled noise say as much.
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
  // What the dose is counted in, and what a delay may cost at worst.
  const double calls =
      pilot.elastic && pilot.critical_calls > 0 ? pilot.critical_calls : pilot.calls_per_unit;
  const double costly = pilot.elastic ? calls : std::max(calls, pilot.critical_calls);
  double largest = calls > 0 ? control_ns / calls : kSeedsLargestNs;
  if (costly > 0 && largest * costly > room * control_ns) {
    largest = room * control_ns / costly;
  }
  largest = std::min(largest, static_cast<double>(kMostPerCallNs));
  design.delays_ns = DelaysUpTo(largest);
  if (calls > 0) {
    const double dose = largest * calls / control_ns;
    design.blocks = BlocksFor(pilot.noise, dose);
    design.too_few_calls = HasTooFewCalls(calls, pilot.control_seconds);
  }
  return design;
}

int64_t PerCallNs(double calls_per_unit, double dose_seconds) {
  if (calls_per_unit <= 0) return kMostPerCallNs;
  const double ns = dose_seconds / calls_per_unit * 1e9;
  return std::llround(std::clamp(ns, 1.0, static_cast<double>(kMostPerCallNs)));
}

int64_t FrequencyFor(const std::vector<int64_t>& per_call_ns, double calls_per_trial,
                     int64_t least) {
  int64_t shortest = kExactNs;
  for (const int64_t ns : per_call_ns) {
    if (ns > 0) shortest = std::min(shortest, ns);
  }
  const int64_t exact = (kExactNs + shortest - 1) / shortest;
  const auto most = static_cast<int64_t>(calls_per_trial / kFewestDelayed);
  return std::max(least, std::min(exact, most));
}

bool HasTooFewCalls(double calls_per_unit, double control_seconds) {
  return calls_per_unit * static_cast<double>(kMostPerCallNs) * 1e-9 < kLeastDose * control_seconds;
}

bool IsPrecise(const Estimate& estimate, double precision, double scale) {
  return estimate.range.has_value() &&
         (estimate.range->high - estimate.range->low) / 2 <= precision * scale;
}

}  // namespace pyslow::statistics
