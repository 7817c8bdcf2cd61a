// Compares the program with its other version (--against): rule R28 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STEPS_COMPARE_VERSIONS_H_
#define PYSLOW_SWEEP_STEPS_COMPARE_VERSIONS_H_

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "sweep/model/comparison.h"
#include "sweep/model/findings.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// Whether the sweep compares two versions. It then has no later step.
bool ComparesVersions(const Settings& settings);

struct VersionsResult {
  absl::Status status;                          // as the conductor's RunBlock
  std::optional<model::StepSummary> summary;    // nullopt after an error
  std::optional<model::Comparison> comparison;  // what was measured; nullopt: no whole block
};

// Measures the own time of both versions in turns, then T of both in blocks, as plain Python and
// with every function of `count` instrumented, until the change is decided. `global`: what a delay
// of all functions costs the first version; it predicts the change.
VersionsResult CompareWithOther(const StepContext& context, const CountResult& count,
                                const std::optional<model::Result>& global);

// The trials that CompareWithOther probably takes.
size_t TrialsOfVersions(const Settings& settings);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_COMPARE_VERSIONS_H_
