#include "statistics/design.h"

#include <algorithm>
#include <cmath>

#include "statistics/bend.h"
#include "statistics/calls.h"
#include "statistics/line.h"

namespace pyslow::statistics {
namespace {

constexpr double kMostPerCallNs = 1e6;     // the interpreter's switch interval is 5 ms
constexpr double kExactPerCallNs = 1'000;  // from here on a delay is exact to 1%
constexpr double kFewestDelayed = 20;      // calls of a trial
constexpr double kLeastDose = 0.01;        // of T0, that anything is seen by
constexpr double kSeedsLargestNs = 100'000;
constexpr double kLevels[] = {0.1, 0.25, 0.5, 0.75, 1};

// R1.
size_t BlocksFor(double noise, double dose) {
  const double wanted = 4000 * (noise / dose) * (noise / dose);
  const auto fewest = static_cast<double>(Looks().front());
  const auto most = static_cast<double>(Looks().back());
  return static_cast<size_t>(std::ceil(std::clamp(wanted, fewest, most)));
}

std::vector<int64_t> DelaysUpTo(double largest_ns) {
  std::vector<int64_t> delays = {0};
  for (const double level : kLevels) {
    delays.push_back(std::max<int64_t>(delays.back() + 1, std::llround(level * largest_ns)));
  }
  return delays;
}

// R12: the N for every Nth call, so that a delay of `per_call_ns` for each becomes an exact one.
int64_t FrequencyFor(double per_call_ns, double calls_per_trial) {
  if (per_call_ns >= kExactPerCallNs) return 1;
  const double wanted = std::ceil(kExactPerCallNs / per_call_ns);
  const double most = std::floor(calls_per_trial / kFewestDelayed);
  return static_cast<int64_t>(std::max(1.0, std::min(wanted, most)));
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
    design.limited_by_slowdown = true;
  }
  largest = std::min(largest, kMostPerCallNs);
  design.delays_ns = DelaysUpTo(largest);
  if (calls > 0) {
    const double dose = largest * calls / control_ns;
    design.blocks = BlocksFor(pilot.noise, dose);
    design.too_few_calls = kMostPerCallNs * calls < kLeastDose * control_ns;
    design.frequency = FrequencyFor(kLevels[0] * largest, calls);
  }
  return design;
}

Treatment TreatmentForDose(double calls_per_unit, double calls_per_trial, double dose_seconds) {
  const double per_call_ns = dose_seconds * 1e9 / calls_per_unit;
  Treatment treatment;
  treatment.frequency = FrequencyFor(per_call_ns, calls_per_trial);
  const auto every = static_cast<double>(treatment.frequency);
  treatment.delay_ns = std::llround(std::clamp(per_call_ns * every, 1.0, kMostPerCallNs));
  treatment.dose_seconds = static_cast<double>(treatment.delay_ns) * 1e-9 * calls_per_unit / every;
  return treatment;
}

bool IsPrecise(const Estimate& estimate, double precision, double scale) {
  return estimate.range.has_value() &&
         (estimate.range->high - estimate.range->low) / 2 <= precision * scale;
}

const std::vector<size_t>& Looks() {
  static const auto* const looks = new std::vector<size_t>{8, 16, 32, 64, 96};
  return *looks;
}

}  // namespace pyslow::statistics
