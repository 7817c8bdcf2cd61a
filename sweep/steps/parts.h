// The parts of one function: its call sites, or its lines. They are counted and compared with a
// setup of their own.
#ifndef PYSLOW_SWEEP_STEPS_PARTS_H_
#define PYSLOW_SWEEP_STEPS_PARTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/function_id.h"
#include "sweep/steps/compare.h"
#include "sweep/steps/steps.h"
#include "sweep/steps/subjects.h"

namespace pyslow::steps {

// The parts in two trials that measure their own time.
struct CountedParts {
  absl::Status status;  // as the conductor's RunOne
  std::vector<CalledFunction> parts;
  double units = 1;  // of the first trial; 0: the window never opened
  // Of the first trial: all counted calls, with those of the functions that the parts call.
  double calls_per_unit = 0;
  // T, or the own time of all functions, if that is less: Subject::own_trial_seconds.
  double own_trial_seconds = 0;
};

// What selects the parts of a function.
struct PartsToCount {
  std::string name;     // of the parts, for the setup
  std::string targets;  // lines of a target file, in the function's processes
  std::string lines;    // "@*" if the parts are lines, or empty: see SameElsewhere
  std::string trials;   // for the observer
  std::string arm;      // for messages
};

// The trials that count parts.
inline constexpr size_t kCountTrials = 2;

// Whether the time budget has time for these trials, and for the start of a program that runs on.
bool HasTimeToCount(const StepContext& context);

// Counts the parts of `function`. Every other function is counted too, because the own time of a
// part is without the functions that it calls. `all`: all functions of the counting trial.
CountedParts CountParts(const StepContext& context, const FunctionId& function,
                        const std::vector<CalledFunction>& all, const PartsToCount& parts);

// Compares the parts (R19 to R21, or to R22). Adds their results, the outcome and the names to
// `*result`. `name`: of the parts, for the observer. `compares_one`: with the control, if it is the
// only one worth a trial.
void CompareParts(const StepContext& context, const Baseline& baseline, const std::string& name,
                  const CompareOptions& options, bool compares_one, const Subjects& parts,
                  PartsResult* result);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_PARTS_H_
