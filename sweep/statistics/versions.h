// The throughput of two versions of a program, measured in turns: rule R28 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_VERSIONS_H_
#define PYSLOW_SWEEP_STATISTICS_VERSIONS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "sweep/model/comparison.h"
#include "sweep/model/estimate.h"

namespace pyslow::statistics {

// A trial of one version.
struct VersionTrial {
  size_t block = 0;
  bool is_other = false;                 // of the second version
  double seconds_per_unit = 0;           // T, without the cost of waiting (R16)
  std::optional<double> waited_seconds;  // as Observation::waited_seconds
  double waiting_error_seconds = 0;      // likewise
  bool calm = true;
};

struct VersionLimits {
  size_t looks = 1;          // at the data
  double confidence = 0.95;  // of the intervals
  double grid_seconds = 0;   // R25; 0: unknown
  double band = 0.01;        // smaller changes of throughput do not matter, as a ratio
};

// Compares T of both versions, each with a trial or more. The fit is of ln T, with an effect for
// each block and one for the version, so that a machine whose speed changes between blocks changes
// no result.
model::VersionTimes CompareVersions(const std::vector<VersionTrial>& trials,
                                    const VersionLimits& limits);

// What the functions' own time predicts of T: the share of it that reaches the clock.
struct ClockShare {
  model::Estimate kappa;
  // Hidden up to this own time more per unit, and kappa is the share beyond it.
  std::optional<model::Estimate> slack_seconds;
};

// The change of T, as a ratio of `control_seconds`, that a change of own time makes.
model::Estimate PredictChange(const ClockShare& share, const model::Estimate& own_change_seconds,
                              double control_seconds);

// Where the change lies. All are changes of T, as ratios.
model::Comparison::Place PlaceOf(const model::Estimate& measured, const model::Estimate& predicted);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_VERSIONS_H_
