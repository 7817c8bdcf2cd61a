// A function that runs when the program has ended, before its interpreter is finalized.
#ifndef PYSLOW_CORE_AT_EXIT_H_
#define PYSLOW_CORE_AT_EXIT_H_

#include "absl/status/status.h"

namespace pyslow::core {

// Registers function(argument) with Python's atexit module, before any user code runs, so that it
// runs after all other functions of atexit: they run in reverse order of their registration. (A
// program that calls atexit._run_exitfuncs itself runs it at that moment.) With the GIL held;
// FailedPrecondition if atexit cannot be used.
absl::Status RunLastAtExit(void (*function)(void*), void* argument);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_AT_EXIT_H_
