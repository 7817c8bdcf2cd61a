// The values of --fail-if.
#ifndef PYSLOW_SWEEP_CLI_PARSE_GATE_H_
#define PYSLOW_SWEEP_CLI_PARSE_GATE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/model/gate.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::cli {

// FIGURE<VALUE, FIGURE>VALUE or verdict=VERDICT. InvalidArgument, with a message that follows
// "--fail-if: ", for anything else.
absl::StatusOr<model::Gate> ParseGate(absl::string_view text);

// InvalidArgument, with a message that follows "--fail-if: ", if the sweep of `settings` does not
// measure the figure of a gate, which could then never hold.
absl::Status CheckGates(const std::vector<model::Gate>& gates, const steps::Settings& settings);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_PARSE_GATE_H_
