// Steps 2 and 3: the effect of slowing everything, and the prediction for faster Python.
#ifndef PYSLOW_SWEEP_STEPS_IMPACT_H_
#define PYSLOW_SWEEP_STEPS_IMPACT_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "sweep/model/findings.h"
#include "sweep/steps/curves.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// `status` is OK or that of the conductor's RunBlock, and the other members hold what was measured
// before an error.
struct ImpactResult {
  absl::Status status;
  std::vector<model::StepSummary> summaries;  // none after an error
  std::optional<model::Result> global;
  std::optional<model::Timing> plain;
  std::optional<model::Timing> control;
  Baseline baseline;  // by the pilot if there was one
  std::vector<model::Warning> warnings;
  bool is_over = false;
  model::StepSummary::Next next = model::StepSummary::Next::kLastStep;  // after these and kGil
  Curves curves;                                                        // one curve
};

// Finds the functions that poll, too, and sets them apart in `count`.
ImpactResult MeasureImpact(const StepContext& context, CountResult* count);

// Whether more blocks would probably decide the curve, and the time budget has time for one.
bool MayContinue(const StepContext& context, const ImpactResult& impact);

// Runs further blocks of the curve until it is decided or the time budget is used, and judges it
// again. Call it if MayContinue. Returns whether a trial was run; a replayed log may lack it.
bool ContinueImpact(const StepContext& context, const CountResult& count, ImpactResult* impact);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_IMPACT_H_
