// Completion scripts for shells, from the table of options.h.
#ifndef PYSLOW_BASE_COMPLETION_H_
#define PYSLOW_BASE_COMPLETION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/options.h"

namespace pyslow {

// Where a program stops reading its own options. What follows is completed as file names.
enum class OptionsEnd : uint8_t {
  kAtFirstOtherWord,  // pyslow: the command line of python follows
  kAtDashes,          // pyslow-sweep: the command follows `--`
  kNever,             // pyslow-report: options may follow its argument
};

// The script that completes a program which has these names, the first of which is its own.
// `shell` is one of the choices of kCompletionOption. The script is to be sourced.
std::string CompletionScript(absl::Span<const OptionSpec> specs,
                             const std::vector<std::string>& names, OptionsEnd end,
                             absl::string_view shell);

}  // namespace pyslow

#endif  // PYSLOW_BASE_COMPLETION_H_
