// Who is told what happens while a sweep runs: a terminal, or nobody.
#ifndef PYSLOW_SWEEP_STEPS_OBSERVER_H_
#define PYSLOW_SWEEP_STEPS_OBSERVER_H_

#include <cstddef>
#include <string>

#include "sweep/render/findings.h"
#include "sweep/trials/trial.h"

namespace pyslow::steps {

class Observer {
 public:
  virtual ~Observer() = default;
  // A part of the sweep with `trials` trials begins; `what` says which ("global impact, pilot").
  virtual void PartBegins(const std::string& what, size_t trials) = 0;
  // `arm` says what was slowed ("control", "all groups by 10us"). A trial that was disturbed is run
  // again.
  virtual void TrialDone(const trials::Trial& trial, const std::string& arm, bool disturbed) = 0;
  // A step of the methodology has ended; `findings` holds what is known so far.
  virtual void StepDone(const render::StepTold& step, const render::Findings& findings) = 0;
};

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_OBSERVER_H_
