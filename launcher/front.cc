// pyslow for a Python whose executable is linked statically: becomes that executable, with
// libpyslow preloaded (hosted_main.cc goes on there), or embeds the slower libpython where it
// cannot.
#include <dlfcn.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "launcher/environment.h"
#include "launcher/host_program.h"
#include "launcher/hosted_main.h"
#include "launcher/preload.h"
#include "launcher/report_error.h"
#include "launcher/start.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {
namespace {

std::string ProcessName() {
  std::array<char, 17> name = {};  // TASK_COMM_LEN and a NUL
  prctl(PR_GET_NAME, name.data());
  return name.data();
}

// The interpreter whose environment this is; a mistake there is told by Start.
std::string Host(const std::string& argv0, const std::string& binary) {
  const absl::StatusOr<PythonChoice> choice = ChoosePython(
      {argv0, binary, GetVariable("PATH").value_or(""), GetVariable("VIRTUAL_ENV").value_or("")});
  return choice.ok() && !choice->base_executable.empty() ? choice->base_executable
                                                         : std::string(BuiltForExecutable());
}

// Does not return where it succeeds.
absl::Status Become(const std::string& host, const std::string& library, const std::string& binary,
                    char** argv) {
  absl::Status status = CanHost(host, library, binary);
  if (!status.ok()) return status;
  PreloadEnvironment environment(environ, library, {binary, ProcessName()});
  execve(host.c_str(), argv, environment.entries());
  return absl::UnavailableError(absl::StrCat(host, ": ", std::strerror(errno)));
}

int Embed(const std::string& library, const std::string& binary, const absl::Status& reason,
          int argc, char** argv) {
  // Extension modules find CPython's functions in the global scope, as in python.
  void* const python = dlopen(PYSLOW_PYTHON_LIBRARY, RTLD_NOW | RTLD_GLOBAL);
  void* const ours = python != nullptr ? dlopen(library.c_str(), RTLD_NOW) : nullptr;
  void* const start = ours != nullptr ? dlsym(ours, kStartEmbedded) : nullptr;
  if (start == nullptr) {
    const char* const error = dlerror();
    ReportError(absl::UnavailableError(absl::StrCat(reason.message(), "; and ", error)));
    return kUsageStatus;
  }
  const std::string why(reason.message());
  return reinterpret_cast<StartEmbedded*>(start)(argc, argv, binary.c_str(), why.c_str());
}

}  // namespace

int Front(int argc, char** argv) {
  const std::string binary = BinaryFile();
  const std::string library =
      (std::filesystem::path(binary).parent_path() / PYSLOW_LIBRARY_FROM_BIN)
          .lexically_normal()
          .string();
  const std::string host = Host(argc > 0 ? argv[0] : "", binary);
  return Embed(library, binary, Become(host, library, binary, argv), argc, argv);
}

}  // namespace pyslow::launcher

int main(int argc, char** argv) { return pyslow::launcher::Front(argc, argv); }
