#include "experiment/sweep.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace pyslow::experiment {

SweepEnd RunTrials(const std::vector<PlannedTrial>& plan, TrialRunner& runner,
                   const std::function<absl::Status(const Trial&)>& keep) {
  SweepEnd end;
  end.outcome.kind = TrialOutcome::Kind::kMeasured;
  for (const PlannedTrial& planned : plan) {
    TrialOutcome outcome = runner.Run(planned);
    if (outcome.kind == TrialOutcome::Kind::kMeasured) {
      const absl::Status kept = keep(outcome.trial);
      if (kept.ok()) {
        ++end.measured;
        continue;
      }
      outcome.kind = TrialOutcome::Kind::kFailed;
      outcome.why = absl::StrCat(kept.message());
    }
    end.outcome = std::move(outcome);
    break;
  }
  return end;
}

}  // namespace pyslow::experiment
