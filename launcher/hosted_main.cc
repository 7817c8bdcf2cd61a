// Preloaded into python's own executable by first_step.cc or front.cc, this takes the place of its
// main. The dynamic loader resolves the executable's call of __libc_start_main to the first library
// that has one.
#include "launcher/hosted_main.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "launcher/handover.h"
#include "launcher/process_name.h"
#include "launcher/start.h"

namespace pyslow::launcher {
namespace {

using Main = int(int, char**, char**);
using LibcStartMain = int(Main* main, int argc, char** argv, void (*init)(), void (*fini)(),
                          void (*loader_fini)(), void* stack_end);

std::optional<Handover> g_handover;

int HostedMain(int argc, char** argv, char** /*environment*/) {
  return Start(argc, argv,
               {g_handover->binary, /*is_hosted=*/true, "",
                g_handover->is_supposed ? g_handover->library : ""});
}

}  // namespace
}  // namespace pyslow::launcher

extern "C" {

__attribute__((visibility("default"))) pyslow::launcher::StartEmbedded pyslow_start_embedded;
int pyslow_start_embedded(int argc, char** argv, const char* binary, const char* reason) {
  return pyslow::launcher::Start(argc, argv, {binary, /*is_hosted=*/false, reason, ""});
}

// The C library's own is called with another main. What they put into the environment is undone
// before any code of the program runs.
// NOLINTNEXTLINE(bugprone-reserved-identifier): to stand for the C library's it has its name
__attribute__((visibility("default"))) int __libc_start_main(pyslow::launcher::Main* main, int argc,
                                                             char** argv, void (*init)(),
                                                             void (*fini)(), void (*loader_fini)(),
                                                             void* stack_end) {
  using pyslow::launcher::g_handover;
  void* const next = dlsym(RTLD_NEXT, "__libc_start_main");
  if (next == nullptr) std::abort();  // a dynamic program without a C library
  g_handover = pyslow::launcher::TakeHandover(argv + argc + 1);
  if (g_handover.has_value()) {
    pyslow::launcher::SetProcessName(g_handover->process_name);
    main = pyslow::launcher::HostedMain;
  }
  return reinterpret_cast<pyslow::launcher::LibcStartMain*>(next)(main, argc, argv, init, fini,
                                                                  loader_fini, stack_end);
}

}  // extern "C"
