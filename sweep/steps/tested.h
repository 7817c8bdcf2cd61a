// Whether a verdict of none was tested: whether its delays fell into the time that the figure
// measures, and into the code that takes the time. See "Hidden only if tested" in
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_TESTED_H_
#define PYSLOW_SWEEP_STEPS_TESTED_H_

#include <vector>

#include "sweep/model/curve_finding.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

// Withdraws a verdict of none about `subject` that its trials cannot support, and replaces an open
// one if most of the delays fell outside the measured time; other findings stay.
// If no delay could reach a smaller part of the own time, adds a warning. `arms`: the control and
// those of the subject.
void WithholdUntested(const Settings& settings, const Subject& subject, const BlockedTrials& trials,
                      const std::vector<CurveArm>& arms, model::CurveFinding* finding);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_TESTED_H_
