// For a Python whose executable is linked to libpython, and for builds without libpyslow: this
// program is linked to libpython.
#include <string>

#include "launcher/embed.h"
#include "launcher/start.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

absl::StatusOr<std::string> InvokedProgram() { return BinaryFile(); }

bool EmbedsPythonOf(const std::string& executable) {
  return PYSLOW_PYTHON_IS_STATIC == 0 && IsBuiltFor(executable);
}

int Embed(int argc, char** argv, const LaunchContext& context, const std::string& /*library*/) {
  return Start(argc, argv, context);
}

}  // namespace pyslow::launcher
