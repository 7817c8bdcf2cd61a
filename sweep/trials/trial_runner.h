// Runs trials.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_RUNNER_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_RUNNER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/model/trial.h"

namespace pyslow::trials {

using model::CoursePoint;
using model::FunctionCounts;
using model::GroupCounts;
using model::Setup;
using model::Treatment;
using model::Trial;
using model::TrialOutcome;
using model::TrialSpec;

// The only part of a sweep that starts processes; tests replace it by a simulated workload. Not
// thread-safe.
class TrialRunner {
 public:
  virtual ~TrialRunner() = default;
  // Called before the first trial of a setup, and again when the setup changes. Errors are complete
  // messages.
  virtual absl::Status Prepare(const Setup& setup) = 0;
  // Runs one trial of the setup prepared last.
  virtual TrialOutcome Run(const TrialSpec& spec) = 0;
  // Ends what runs on after a trial. Returns the processes that were left behind since the last
  // outcome, as in Trial::left.
  virtual std::vector<std::string> Finish() { return {}; }
  // The time constant, from a pilot, with which a live program follows a change of its delays. Live
  // trials discard three time constants, at least 0.2 s, after each change; 1 s while it is
  // unknown.
  virtual void SetSettlingConstant(double seconds) { static_cast<void>(seconds); }
  // After this time a command of a trial is taken to hang, unless --timeout gives another one.
  virtual void SetTimeLimit(int64_t ns) { static_cast<void>(ns); }
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_RUNNER_H_
