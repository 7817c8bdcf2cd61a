// For a Python whose executable has CPython linked in: its libpython is slower, and loaded only
// where that executable cannot be run.
#include <dlfcn.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "launcher/embed.h"
#include "launcher/handover.h"
#include "launcher/hosted_main.h"
#include "launcher/process_name.h"
#include "launcher/report_error.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

absl::StatusOr<std::string> TypedProgram() {
  std::optional<Handover> told = TakeHandover(environ);
  if (!told.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat(BinaryFile(), ": it is a part of pyslow; run that"));
  }
  SetProcessName(told->process_name);
  return std::move(told->binary);
}

bool EmbedsAllOf(const std::string& /*executable*/) { return false; }

int Embed(int argc, char** argv, const OwnFiles& files, const std::string& reason) {
  // Extension modules find CPython's functions in the global scope, as in python.
  void* const python = dlopen(PYSLOW_PYTHON_LIBRARY, RTLD_NOW | RTLD_GLOBAL);
  void* const ours = python != nullptr ? dlopen(files.library.c_str(), RTLD_NOW) : nullptr;
  void* const start = ours != nullptr ? dlsym(ours, kStartEmbedded) : nullptr;
  if (start == nullptr) {
    ReportError(
        absl::UnavailableError(absl::StrCat(reason, reason.empty() ? "" : "; and ", dlerror())));
    return kUsageStatus;
  }
  return reinterpret_cast<StartEmbedded*>(start)(argc, argv, files.binary.c_str(), reason.c_str());
}

}  // namespace pyslow::launcher
