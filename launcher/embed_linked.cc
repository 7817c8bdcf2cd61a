// For a Python whose executable is linked to libpython: so is this program. Also for one that has
// CPython linked in, where there is no libpyslow to run that with.
#include <string>

#include "launcher/embed.h"
#include "launcher/start.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

absl::StatusOr<std::string> TypedProgram() { return BinaryFile(); }

bool EmbedsAllOf(const std::string& executable) {
  return PYSLOW_PYTHON_IS_STATIC == 0 && IsBuiltFor(executable);
}

int Embed(int argc, char** argv, const OwnFiles& files, const std::string& reason) {
  return Start(argc, argv, {files.binary, /*is_hosted=*/false, reason, ""});
}

}  // namespace pyslow::launcher
