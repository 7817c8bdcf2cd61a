// Many functions at once, several of them slowed in each trial: rules R8 and R9 of
// docs/statistics.md.
#ifndef PYSLOW_STATISTICS_SCREEN_H_
#define PYSLOW_STATISTICS_SCREEN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "statistics/estimate.h"

namespace pyslow::statistics {

// Which functions are slowed in which trial.
struct ScreenDesign {
  size_t functions = 0;
  std::vector<size_t> factor_of;  // by function: functions of one factor are slowed together
  std::vector<std::vector<bool>> trials;  // trials × factors: slowed or not; each factor in half
};
// The first stage: random pairs of functions as factors of a Hadamard design; 64 trials for up to
// 126 functions, more where there are more. Deterministic in `seed`.
ScreenDesign DesignScreen(size_t functions, uint64_t seed);
// The second stage: the leading factors of the first taken apart, in fold-over pairs of trials, at
// a larger dose, judged on their own data.
ScreenDesign DesignSecondScreen(const std::vector<size_t>& functions_in_it, uint64_t seed);

// T of each trial of a design, in its order.
using ScreenTimes = std::vector<double>;

struct ScreenedFunction {
  size_t function = 0;
  Estimate effect_seconds;  // what slowing it adds to T
  double p_value = 1;       // one-sided
  bool found = false;       // Benjamini-Hochberg at 5%
};
// The factors to look at again, most promising first, as indices of functions (both of each pair).
std::vector<size_t> LeadingFunctions(const ScreenDesign& design, const ScreenTimes& times,
                                     size_t factors);
std::vector<ScreenedFunction> JudgeScreen(const ScreenDesign& design, const ScreenTimes& times);

// R9: functions that hide only together. `off` and `on`: T of trials with none and all slowed, of
// the same number; `screen`: the first stage's. The curvature, (off + on)/2 − mean(screen), with
// its interval; hidden slack where that lies above 0.
Estimate Curvature(const std::vector<double>& off, const std::vector<double>& on,
                   const ScreenTimes& screen);

}  // namespace pyslow::statistics

#endif  // PYSLOW_STATISTICS_SCREEN_H_
