// Decides what trials read from standard input.
#ifndef PYSLOW_SWEEP_TRIALS_STANDARD_INPUT_H_
#define PYSLOW_SWEEP_TRIALS_STANDARD_INPUT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pyslow::trials {

inline constexpr size_t kMaxInputBytes = 64 << 20;

// Whether `command`, the words that follow `python`, makes Python read the program from standard
// input: it is "-", or missing.
bool ReadsProgramFromInput(const std::vector<std::string>& command);

struct StandardInput {
  std::string content;            // "": trials read /dev/null
  bool has_ignored_pipe = false;  // a pipe contains bytes that trials do not read
};

// Reads the file descriptor `fd`. A regular file is read from its position on, which stays. A pipe
// or a socket is read only if `has_program`, since it may never be closed, as in a CI runner.
// Errors, complete messages: InvalidArgument if `has_program` and `fd` is empty or a terminal;
// ResourceExhausted above `max_bytes`; Unavailable for an error of the system.
absl::StatusOr<StandardInput> ReadStandardInput(int fd, bool has_program,
                                                size_t max_bytes = kMaxInputBytes);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_STANDARD_INPUT_H_
