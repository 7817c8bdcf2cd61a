// For a Python whose executable has CPython linked in: its libpython is slower, and is loaded only
// if that executable cannot be used.
#include <dlfcn.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/report_error.h"
#include "launcher/embed.h"
#include "launcher/handoff/handoff.h"
#include "launcher/handoff/process_name.h"
#include "launcher/preload_main.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

absl::StatusOr<std::string> InvokedProgram() {
  std::optional<handoff::Handoff> handoff = handoff::TakeHandoff(environ);
  if (!handoff.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat(BinaryFile(), ": this is a part of pyslow; run pyslow instead"));
  }
  handoff::SetProcessName(handoff->process_name);
  return std::move(handoff->binary);
}

bool EmbedsPythonOf(const std::string& /*executable*/) { return false; }

int Embed(int argc, char** argv, const LaunchContext& context, const std::string& library) {
  // Global, because extension modules look for CPython's functions in the global scope.
  void* const python = dlopen(PYSLOW_PYTHON_LIBRARY, RTLD_NOW | RTLD_GLOBAL);
  void* const pyslow = python != nullptr ? dlopen(library.c_str(), RTLD_NOW) : nullptr;
  void* const start = pyslow != nullptr ? dlsym(pyslow, kStartEmbedded) : nullptr;
  if (start == nullptr) {
    const std::string& reason = context.embed_reason;
    ReportError("pyslow", absl::StrCat(reason, reason.empty() ? "" : "; and ", dlerror()));
    return kUsageStatus;
  }
  return reinterpret_cast<StartEmbedded*>(start)(argc, argv, context);
}

}  // namespace pyslow::launcher
