// Embedding CPython in a program of this project: one interface with two implementations, selected
// at build time. embed_linked.cc: the program is linked to libpython. embed_dlopen.cc: the program
// loads libpython and libpyslow; it is executed by the stub (handoff/exec_stub.cc).
#ifndef PYSLOW_LAUNCHER_EMBED_H_
#define PYSLOW_LAUNCHER_EMBED_H_

#include <string>

#include "absl/status/statusor.h"
#include "launcher/start.h"

namespace pyslow::launcher {

// The file of the pyslow program that the user started. FailedPrecondition if this program was not
// started by the stub but needs it.
absl::StatusOr<std::string> InvokedProgram();

// Whether the embedded CPython is the one that `executable` runs, at the same speed.
bool EmbedsPythonOf(const std::string& executable);

// Calls Start in this process. `library` is the absolute path of libpyslow. Returns the exit
// status.
int Embed(int argc, char** argv, const LaunchContext& context, const std::string& library);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_EMBED_H_
