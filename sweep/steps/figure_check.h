// Whether the figure that a program reports can be the time of the work that its trials did.
#ifndef PYSLOW_SWEEP_STEPS_FIGURE_CHECK_H_
#define PYSLOW_SWEEP_STEPS_FIGURE_CHECK_H_

#include <vector>

#include "sweep/model/curve_finding.h"
#include "sweep/steps/conductor.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

// Adds a warning to `finding` if the figure disagrees with the length of the trials. See "Does the
// figure fit the trial" in docs/statistics.md. `arms`: the control and those of `subject`.
void CheckFigure(const Settings& settings, const Subject& subject, const BlockedTrials& trials,
                 const std::vector<CurveArm>& arms, model::CurveFinding* finding);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_FIGURE_CHECK_H_
