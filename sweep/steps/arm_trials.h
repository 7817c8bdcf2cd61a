// The trials of a comparison of several subjects, each slowed alone: rules R20 and R22 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_ARM_TRIALS_H_
#define PYSLOW_SWEEP_STEPS_ARM_TRIALS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/statistics/arms.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// A subject at one dose.
struct ComparedArm {
  size_t subject = 0;  // index in ArmTrials::subjects
  int64_t per_call_ns = 0;
  // Of a small dose (R22): the index of the arm with the same subject's large dose.
  std::optional<size_t> large;
  statistics::ArmFinding finding;
  statistics::Now now = statistics::Now::kUnknown;  // of a small dose

  bool is_decided() const {
    return large.has_value() ? now != statistics::Now::kUnknown : finding.is_decided();
  }
};

struct ArmTrials {
  explicit ArmTrials(const std::vector<Subject>& subjects);

  // Adds an arm that delays all calls of a subject by `dose_seconds` per unit.
  void Add(const Settings& settings, size_t subject, double dose_seconds,
           std::optional<size_t> large = std::nullopt);

  // The arms of a subject, as those of a curve: the control, and the doses in ascending order.
  std::vector<CurveArm> CurveArmsOf(size_t subject) const;

  std::vector<Subject> subjects;
  std::vector<ComparedArm> arms;
  BlockedTrials trials;  // arm 0 is the control, arm i + 1 is arms[i]
};

// Which blocks RunArms runs.
struct ArmBlocks {
  std::string part;
  size_t before = 0;  // blocks of another dose
  size_t least = 0;   // blocks, even if there is no time
};

// Runs blocks of the control and of each undecided arm until all are decided, the looks of R20 are
// over, or the conductor has used `until_seconds`. May be called again with more time. Errors as
// the conductor's RunBlock; the arms are judged by what was measured.
absl::Status RunArms(const StepContext& context, const ArmBlocks& which, double until_seconds,
                     ArmTrials* arms);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_ARM_TRIALS_H_
