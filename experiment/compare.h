// Several subjects against the control, each alone at an equal dose.
#ifndef PYSLOW_EXPERIMENT_COMPARE_H_
#define PYSLOW_EXPERIMENT_COMPARE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "experiment/steps.h"

namespace pyslow::experiment {

struct Comparison {
  std::vector<presentation::Result> results;  // ranked: most of the dose on the clock first
  std::vector<size_t> subject_of;             // by result: its place in the subjects compared
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
                              std::vector<presentation::Result>* results);

// The result of a subject that was not tried.
presentation::Result ResultOf(const Subject& subject);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_COMPARE_H_
