// Running CPython in a program of ours. Which libpython that is was settled when it was built, and
// so were the two ways to have it: linked to this program (embed_linked.cc), or loaded by this one,
// which first_step.cc becomes where it has to (embed_apart.cc).
#ifndef PYSLOW_LAUNCHER_EMBED_H_
#define PYSLOW_LAUNCHER_EMBED_H_

#include <string>

#include "absl/status/statusor.h"

namespace pyslow::launcher {

// The file of the pyslow that was typed. FailedPrecondition where none was.
absl::StatusOr<std::string> TypedProgram();

// Whether Embed runs the same CPython as `executable` does, at the same speed.
bool EmbedsAllOf(const std::string& executable);

// libpyslow and the program that was typed, both absolute.
struct OwnFiles {
  std::string binary;
  std::string library;
};

// Start, in this process. `reason` says why the interpreter's own executable is not run, where it
// should have been; else "". Returns the exit status.
int Embed(int argc, char** argv, const OwnFiles& files, const std::string& reason);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_EMBED_H_
