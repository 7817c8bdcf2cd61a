// Who is told what happens while a sweep runs: a terminal, or nobody.
#ifndef PYSLOW_EXPERIMENT_OBSERVER_H_
#define PYSLOW_EXPERIMENT_OBSERVER_H_

#include <cstddef>
#include <string>

#include "presentation/findings.h"
#include "trials/trial.h"

namespace pyslow::experiment {

class Observer {
 public:
  virtual ~Observer() = default;
  // A part of the sweep with `trials` trials begins; `what` says which ("global impact, pilot").
  virtual void PartBegins(const std::string& what, size_t trials) = 0;
  // `arm` says what was slowed ("control", "all groups by 10us"). A trial that was disturbed is run
  // again.
  virtual void TrialDone(const trials::Trial& trial, const std::string& arm, bool disturbed) = 0;
  // A step of the methodology has ended; `findings` holds what is known so far.
  virtual void StepDone(const presentation::StepTold& step,
                        const presentation::Findings& findings) = 0;
};

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_OBSERVER_H_
