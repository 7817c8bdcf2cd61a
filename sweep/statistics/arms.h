// Comparison of several subjects ("arms") with one control, each slowed alone: rules R19 to R22 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_ARMS_H_
#define PYSLOW_SWEEP_STATISTICS_ARMS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "sweep/model/estimate.h"

namespace pyslow::statistics {

struct ArmObservation {
  size_t block = 0;
  std::optional<size_t> arm;             // nullopt: the control
  double seconds_per_unit = 0;           // T
  double dose_seconds = 0;               // delivered per unit in one process; 0 at the control
  std::optional<double> waited_seconds;  // R16, as Observation::waited_seconds
  double waiting_error_seconds = 0;      // likewise
  bool calm = true;
};

struct ArmFinding {
  enum class State {
    kUndecided,
    kHidden,
    kFound,     // it slows the unit; how much of it counts is not known yet
    kPartial,   // found, and less than 90% of the dose counts
    kCritical,  // found, and more than 75% of the dose counts
  };
  State state = State::kUndecided;
  model::Estimate effect;   // T with the dose less T at the control, in seconds
  model::Estimate kappa;    // effect over the delivered dose
  double dose_seconds = 0;  // of one of the processes that share the calls
  double processes = 1;     // that share the calls side by side, set by the caller
  size_t trials = 0;
  double standard_error = 0;  // of the effect; 0 without an interval
  double degrees_of_freedom = 0;
  double noise = 0;        // standard deviation of a trial, in seconds
  bool is_coarse = false;  // R25: the digits of the figure set the interval

  bool is_decided() const { return state != State::kUndecided && state != State::kFound; }
  bool is_found() const { return state != State::kUndecided && state != State::kHidden; }
  // Undecided, and the interval of its effect alone is above 0.
  bool may_count() const {
    return state == State::kUndecided && effect.range.has_value() && effect.range->low > 0;
  }
};

struct ArmLimits {
  size_t subjects = 1;  // K: arms at the start, for the error limit of all together
  size_t looks = 1;     // at the data
  double confidence = 0.95;
  double grid_seconds = 0;  // R25; 0: unknown
};

// Every arm that has a trial, by index; the others are undecided without figures. Least squares
// with an effect for each block and each arm. Blocks may lack arms, and may have several controls.
// An arm is found if its effect exceeds t(1 − .05/(K × looks)) standard errors, with and without
// its largest trial, and if it has three trials. R20 has the conditions.
std::vector<ArmFinding> JudgeArms(const std::vector<ArmObservation>& trials, size_t arms,
                                  const ArmLimits& limits);

// The controls of a block of `undecided` arms: the rounded square root, at least one.
size_t ControlsOf(size_t undecided);

// The blocks of `arms` arms from which on JudgeArms gives intervals; at least two.
size_t BlocksToJudge(size_t arms);

// R21. The dose of all arms: T0, or 2 T0 if the noise of a trial is above 5% of T0.
double ArmDose(double control_seconds, double noise_ratio, double max_slowdown);

// R22. Whether the delays of a second, small dose count too, so that faster calls would help now.
enum class Now {
  kUnknown,
  kCounts,
  kHidden,  // up to a slack of at least half of the small dose
};
Now JudgeNow(const ArmFinding& small, const ArmFinding& large);

// R22. The small dose: the larger of twice the own time and four times the noise of a trial, but at
// most half of `large_dose_seconds` and of T0; that half if neither is known (0).
double SmallDose(double own_seconds, double control_seconds, double noise_seconds,
                 double large_dose_seconds);

// R19. The largest gain, as a ratio: κτ/(T0 − κτ); infinite if κτ reaches T0.
double LargestGain(double own_seconds, double control_seconds, double kappa = 1);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_ARMS_H_
