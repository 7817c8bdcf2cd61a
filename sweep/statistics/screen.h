// Screening designs, in which several of many functions are slowed in each trial: rules R8 and R9
// of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_SCREEN_H_
#define PYSLOW_SWEEP_STATISTICS_SCREEN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweep/model/estimate.h"

namespace pyslow::statistics {

// The functions that are slowed in each trial. The trials are in random order and must be run in
// that order, so that the pairs of the second stage are neighbours in time.
struct ScreenDesign {
  size_t functions = 0;
  std::vector<size_t> factor_of;  // by function: functions of one factor are slowed together
  std::vector<std::vector<bool>> trials;  // trials × factors: slowed or not; each factor in half
  // Trials 0 and 1, 2 and 3, … slow opposite halves of the factors.
  bool in_pairs = false;
};
// The first stage, for at least one function: 64 trials for up to 126 functions, more trials for
// more. Up to 63 functions are a factor each; more form random pairs. Deterministic in `seed`.
ScreenDesign DesignScreen(size_t functions, uint64_t seed);
// The second stage: each leading function of the first is a factor, at 2.5 times the dose or more,
// and is judged by this stage's data only. 64 trials in fold-over pairs for up to 20 functions,
// more trials for more. Functions are numbered by their index in `functions`.
ScreenDesign DesignSecondScreen(const std::vector<size_t>& functions, uint64_t seed);

// T of each trial of a design, in its order.
using ScreenTimes = std::vector<double>;

// Prior data on the functions of a screen.
struct ScreenPrior {
  std::vector<double> dose_seconds;  // by function: per unit, if it is slowed
  // By function: an upper bound of what a unit could save there, in any unit; empty if unknown.
  std::vector<double> max_savings;
  double noise_seconds = 0;  // standard deviation of a trial
};
// The functions of `factors` factors (both of each pair), most promising first. Half of them have
// the largest expected saving: max_savings × E[κ | effect], with κ uniform on 0 … 1 beforehand. So
// a function with a large possible saving continues unless it is shown to be hidden. The other half
// have the largest effect on T, whatever their saving. If savings are unknown, all are selected by
// their effect.
std::vector<size_t> LeadingFunctions(const ScreenDesign& design, const ScreenTimes& times,
                                     const ScreenPrior& prior, size_t factors);

struct ScreenedFunction {
  size_t function = 0;             // of the design
  model::Estimate effect_seconds;  // T slowed less T not slowed, with a 95% interval
  double p_value = 1;              // one-sided
  bool found = false;              // by Holm's rule: in 4% of sweeps is any of them false
};
// Every function of a second stage, in the order of the design.
std::vector<ScreenedFunction> JudgeScreen(const ScreenDesign& design, const ScreenTimes& times);

// The standard deviation of a trial, from two kinds of equal trials, at least one of each: 1.4826
// times the median absolute deviation from the median of the kind, which a few stalled trials do
// not change (Rousseeuw and Croux 1993).
double NoiseOfAlike(const std::vector<double>& off, const std::vector<double>& on);

// R9: whether functions hide one at a time and count together. `off` and `on`: T of trials with no
// and with all functions slowed, at least two of each, run among those of the first stage,
// `screen`, at the same dose. Returns the curvature (off + on)/2 − mean(screen); hidden slack if
// its interval is above 0.
model::Estimate Curvature(const std::vector<double>& off, const std::vector<double>& on,
                          const ScreenTimes& screen);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_SCREEN_H_
