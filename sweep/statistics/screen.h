// Many functions at once, several of them slowed in each trial: rules R8 and R9 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_SCREEN_H_
#define PYSLOW_SWEEP_STATISTICS_SCREEN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sweep/statistics/estimate.h"

namespace pyslow::statistics {

// Which functions are slowed in which trial. The trials stand in random order already; they are to
// be run in that order, so that the pairs of the second stage are neighbours in time.
struct ScreenDesign {
  size_t functions = 0;
  std::vector<size_t> factor_of;  // by function: functions of one factor are slowed together
  std::vector<std::vector<bool>> trials;  // trials × factors: slowed or not; each factor in half
  // Trials 0 and 1, 2 and 3, … slow opposite halves of the factors.
  bool in_pairs = false;
};
// The first stage, for at least one function: 64 trials for up to 126 of them, more where there are
// more. Up to 63 functions are a factor each; more are put together in random pairs. Deterministic
// in `seed`.
ScreenDesign DesignScreen(size_t functions, uint64_t seed);
// The second stage: the leading functions of the first taken apart, at 2.5 times the dose or more,
// to be judged on its own data: 64 trials in fold-over pairs for up to 20 functions, more where
// there are more. Its functions are numbered by their place in `functions`.
ScreenDesign DesignSecondScreen(const std::vector<size_t>& functions, uint64_t seed);

// T of each trial of a design, in its order.
using ScreenTimes = std::vector<double>;

// What is known of a screen's functions beside its times.
struct ScreenedBefore {
  std::vector<double> dose_seconds;  // by function: of a unit, where it is slowed
  // By function: the most that a unit could save there, in any unit; empty where it is not known.
  std::vector<double> worth;
  double noise_seconds = 0;  // standard deviation of a trial
};
// The functions of `factors` factors, most promising first (both of each pair). Half of them are
// those that are expected to be worth most: worth × κ, as the times tell κ of one that may have
// been anything from 0 to 1. So what is worth much goes on unless it is seen to be hidden. The
// others are those that add most to T, whatever they are worth; all are where that is not known.
std::vector<size_t> LeadingFunctions(const ScreenDesign& design, const ScreenTimes& times,
                                     const ScreenedBefore& before, size_t factors);

struct ScreenedFunction {
  size_t function = 0;      // of the design
  Estimate effect_seconds;  // what slowing it adds to T, with a 95% interval
  double p_value = 1;       // one-sided
  bool found = false;       // by Holm's rule: in 4% of sweeps is any of them false
};
// Of a second stage: every function of the design, in its order.
std::vector<ScreenedFunction> JudgeScreen(const ScreenDesign& design, const ScreenTimes& times);

// The standard deviation of a trial, of two kinds of trials that are alike in each, at least one of
// each: from their median distance to the median of their kind, which a few that were held up do
// not move (1.4826 of it, for a normal distribution).
double NoiseOfAlike(const std::vector<double>& off, const std::vector<double>& on);

// R9: functions that hide only together. `off` and `on`: T of trials with none and all slowed, at
// least two of each, run among those of the first stage, `screen`, at the same dose. The curvature,
// (off + on)/2 − mean(screen), with its interval; hidden slack where that lies above 0.
Estimate Curvature(const std::vector<double>& off, const std::vector<double>& on,
                   const ScreenTimes& screen);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_SCREEN_H_
