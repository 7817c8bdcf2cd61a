// Shows the output of a command that failed.
#ifndef PYSLOW_SWEEP_CLI_SHOW_OUTPUT_H_
#define PYSLOW_SWEEP_CLI_SHOW_OUTPUT_H_

#include "absl/strings/string_view.h"

namespace pyslow::cli {

// Prints `title` and the last lines of `output`, at most 16 KiB, to standard error. Nothing if
// there is no output.
void ShowOutput(absl::string_view program, absl::string_view title, absl::string_view output);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SHOW_OUTPUT_H_
