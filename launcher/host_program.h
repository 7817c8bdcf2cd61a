// Whether an interpreter's own executable can be pyslow's host: started with our library preloaded,
// which puts our main in the place of its own. Where an interpreter is linked statically that is
// the one way to its full speed (libpython, built as position-independent code, is slower); where
// it is another installation than ours was built for, the one way to its own libpython.
#ifndef PYSLOW_LAUNCHER_HOST_PROGRAM_H_
#define PYSLOW_LAUNCHER_HOST_PROGRAM_H_

#include <string>

#include "absl/status/status.h"

namespace pyslow::launcher {

// Ok when the dynamic loader will load `library` into `executable` and find there all that the
// library needs; else FailedPrecondition with the reason. Both are absolute; `program` is a
// dynamically linked one of ours, whose loader has to be the executable's. Once the executable is
// started nobody could notice that it went wrong, so every condition is asked before.
absl::Status CanHost(const std::string& executable, const std::string& library,
                     const std::string& program);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_HOST_PROGRAM_H_
