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

// Where a program stops reading its own options. A command line of python that follows is completed
// as the shell completes python's.
enum class OptionsEnd : uint8_t {
  kAtFirstOtherWord,  // pyslow: the command line of python follows
  kAtDashes,          // pyslow-sweep: the command follows `--`
  kNever,             // pyslow-report: options may follow its argument
};

// The script that completes the options of a program. `names`: the names under which the program is
// installed, its main name first. `shell`: one of the choices of kCompletionOption. The user's
// shell sources the script.
std::string CompletionScript(absl::Span<const OptionSpec> specs,
                             const std::vector<std::string>& names, OptionsEnd end,
                             absl::string_view shell);

}  // namespace pyslow

#endif  // PYSLOW_BASE_COMPLETION_H_
