// The values of --fail-if.
#ifndef PYSLOW_SWEEP_CLI_PARSE_GATE_H_
#define PYSLOW_SWEEP_CLI_PARSE_GATE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/model/gate.h"

namespace pyslow::cli {

// FIGURE<VALUE, FIGURE>VALUE or verdict=VERDICT. InvalidArgument, with a message that follows
// "--fail-if: ", for anything else.
absl::StatusOr<model::Gate> ParseGate(absl::string_view text);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_PARSE_GATE_H_
