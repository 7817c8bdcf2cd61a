// Receives progress events of a sweep.
#ifndef PYSLOW_SWEEP_STEPS_OBSERVER_H_
#define PYSLOW_SWEEP_STEPS_OBSERVER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "sweep/model/findings.h"
#include "sweep/model/trial.h"

namespace pyslow::steps {

// Called from the thread that runs the sweep.
class Observer {
 public:
  virtual ~Observer() = default;
  // A part of the sweep begins, or goes on after a look, with probably `trials` trials more.
  // `part`: "global", "groups" …
  virtual void PartBegins(const std::string& part, size_t trials) = 0;
  // The parts after the current one, of all steps, probably take `trials` trials. Not called before
  // the functions are counted.
  virtual void LaterParts(size_t trials) { static_cast<void>(trials); }
  // A trial was measured. `arm`: "control", "10us a call" … `trial_seconds`: what a trial
  // that follows will take, see Conductor::ExpectedSeconds.
  virtual void TrialDone(const model::Trial& trial, const std::string& arm, bool disturbed,
                         double trial_seconds) = 0;
  // A trial failed and is repeated, for the `repetition`-th time of at most `repetitions`.
  virtual void TrialRepeated(const model::TrialSpec& spec, const std::string& arm,
                             const model::TrialOutcome& failure, int64_t repetition,
                             int64_t repetitions) {
    static_cast<void>(spec), static_cast<void>(arm), static_cast<void>(failure);
    static_cast<void>(repetition), static_cast<void>(repetitions);
  }
  // A step of the methodology ended. `findings`: everything known so far.
  virtual void StepDone(const model::StepSummary& step, const model::Findings& findings) = 0;
};

// Shows nothing.
class NoObserver : public Observer {
 public:
  void PartBegins(const std::string& /*part*/, size_t /*trials*/) override {}
  void TrialDone(const model::Trial& /*trial*/, const std::string& /*arm*/, bool /*disturbed*/,
                 double /*trial_seconds*/) override {}
  void StepDone(const model::StepSummary& /*step*/, const model::Findings& /*findings*/) override {}
};

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_OBSERVER_H_
