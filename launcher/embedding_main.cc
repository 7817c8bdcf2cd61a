// The program that embed_apart.cc becomes: loads libpython and libpyslow, and goes on there.
#include <dlfcn.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "launcher/handover.h"
#include "launcher/hosted_main.h"
#include "launcher/process_name.h"
#include "launcher/report_error.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {
namespace {

int Load(int argc, char** argv) {
  const std::string own = BinaryFile();
  const std::optional<Handover> told = TakeHandover(environ);
  if (!told.has_value()) {
    ReportError(
        absl::FailedPreconditionError(absl::StrCat(own, ": it is a part of pyslow; run that")));
    return kUsageStatus;
  }
  SetProcessName(told->process_name);
  const std::string library =
      (std::filesystem::path(own).parent_path() / PYSLOW_LIBRARY_NAME).string();
  // Extension modules find CPython's functions in the global scope, as in python.
  void* const python = dlopen(PYSLOW_PYTHON_LIBRARY, RTLD_NOW | RTLD_GLOBAL);
  void* const ours = python != nullptr ? dlopen(library.c_str(), RTLD_NOW) : nullptr;
  void* const start = ours != nullptr ? dlsym(ours, kStartEmbedded) : nullptr;
  if (start == nullptr) {
    ReportError(absl::UnavailableError(
        absl::StrCat(told->reason, told->reason.empty() ? "" : "; and ", dlerror())));
    return kUsageStatus;
  }
  return reinterpret_cast<StartEmbedded*>(start)(argc, argv, told->binary.c_str(),
                                                 told->reason.c_str());
}

}  // namespace
}  // namespace pyslow::launcher

int main(int argc, char** argv) { return pyslow::launcher::Load(argc, argv); }
