// Several subjects against the control, each alone at an equal dose.
#ifndef PYSLOW_SWEEP_STEPS_COMPARE_H_
#define PYSLOW_SWEEP_STEPS_COMPARE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

struct Comparison {
  std::vector<render::Result> results;  // ranked: worth most first
  std::vector<size_t> subject_of;       // by result: its place in the subjects compared
  std::vector<bool> found;  // by result: it slows the unit, whatever else is tried with it
};

// Runs blocks of the control and each subject at a dose of one T0 (less where --max-slowdown or 1
// ms a call allow less). `share`: of --time-budget. What was measured before an error is in
// `*comparison`.
absl::Status Compare(State* state, const std::string& part, const std::vector<Subject>& subjects,
                     double share, Comparison* comparison);

// Those that can be slowed enough to see something. The others are added to `*results` as
// inconclusive or untested, with the reason.
std::vector<Subject> Eligible(const State& state, const std::vector<Subject>& subjects,
                              std::vector<render::Result>* results);

// How a result compares with others: by what faster calls could save of a unit, its own time as far
// as that is on the critical path, nothing of what is hidden as it is; then, and where own time was
// not measured, by the share on the critical path, or what is in proportion to it.
using Worth = std::pair<double, double>;
Worth WorthOf(const render::Result& result);

// The result of a subject that was not tried.
render::Result ResultOf(const Subject& subject);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_COMPARE_H_
