// For a Python whose executable is linked to libpython: so is this program. Also for one that has
// CPython linked in, where there is no libpyslow to run that with.
#include <filesystem>
#include <system_error>

#include "launcher/embed.h"
#include "launcher/start.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

bool EmbedsAllOf(const std::string& executable) {
  if (PYSLOW_PYTHON_IS_STATIC != 0) return false;
  const std::string own(BuiltForExecutable());
  std::error_code error;
  return executable == own || std::filesystem::equivalent(executable, own, error);
}

std::string EmbeddingProgram(const OwnFiles& files) { return files.binary; }

int Embed(int argc, char** argv, const OwnFiles& files, const std::string& reason) {
  return Start(argc, argv, {files.binary, /*is_hosted=*/false, reason});
}

}  // namespace pyslow::launcher
