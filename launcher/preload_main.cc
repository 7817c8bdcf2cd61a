// libpyslow preloaded into python's own executable: replaces its main. The loader resolves the
// executable's call of __libc_start_main to the first library that defines it, which is this one.
#include "launcher/preload_main.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "launcher/choose_for_process.h"
#include "launcher/handoff/handoff.h"
#include "launcher/handoff/handoff_entries.h"
#include "launcher/handoff/process_name.h"
#include "launcher/start.h"

namespace pyslow::launcher {
namespace {

using Main = int(int, char**, char**);
using LibcStartMain = int(Main* main, int argc, char** argv, void (*init)(), void (*fini)(),
                          void (*loader_fini)(), void* stack_end);

std::optional<handoff::Handoff> g_handoff;

// Closes the descriptor by which LD_PRELOAD named this library, if it did.
void CloseLibrary(absl::string_view library) {
  int descriptor = 0;
  if (absl::ConsumePrefix(&library, handoff::kDescriptorPrefix) &&
      absl::SimpleAtoi(library, &descriptor)) {
    close(descriptor);
  }
}

int PreloadMain(int argc, char** argv, char** /*environment*/) {
  return Start(argc, argv,
               {g_handoff->binary, ChoosePython(InvocationOf(argc, argv, g_handoff->binary)),
                /*is_preloaded=*/true, "", g_handoff->is_unverified ? g_handoff->library : ""});
}

}  // namespace
}  // namespace pyslow::launcher

extern "C" {

__attribute__((visibility("default"))) pyslow::launcher::StartEmbedded pyslow_start_embedded;
int pyslow_start_embedded(int argc, char** argv, const pyslow::launcher::LaunchContext& context) {
  return pyslow::launcher::Start(argc, argv, context);
}

// Calls the C library's function of this name with PreloadMain in place of python's main. Removes
// the handoff from the environment before any code of the program runs.
// NOLINTNEXTLINE(bugprone-reserved-identifier): must have the name of the C library's function
__attribute__((visibility("default"))) int __libc_start_main(pyslow::launcher::Main* main, int argc,
                                                             char** argv, void (*init)(),
                                                             void (*fini)(), void (*loader_fini)(),
                                                             void* stack_end) {
  using pyslow::launcher::g_handoff;
  void* const next = dlsym(RTLD_NEXT, "__libc_start_main");
  if (next == nullptr) std::abort();  // a dynamically linked program without a C library
  g_handoff = pyslow::handoff::TakeHandoff(argv + argc + 1);
  if (g_handoff.has_value()) {
    pyslow::launcher::CloseLibrary(g_handoff->library);
    pyslow::handoff::SetProcessName(g_handoff->process_name);
    main = pyslow::launcher::PreloadMain;
  }
  return reinterpret_cast<pyslow::launcher::LibcStartMain*>(next)(main, argc, argv, init, fini,
                                                                  loader_fini, stack_end);
}

}  // extern "C"
