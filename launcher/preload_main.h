// libpyslowX.Y.so: the launcher as a library, for a process that contains a CPython.
#ifndef PYSLOW_LAUNCHER_PRELOAD_MAIN_H_
#define PYSLOW_LAUNCHER_PRELOAD_MAIN_H_

#include "launcher/start.h"

namespace pyslow::launcher {

// The library's function for a program that has loaded libpython and this library: Start. Caller
// and library must be of the same build, because C++ objects are passed.
using StartEmbedded = int(int argc, char** argv, const LaunchContext& context);
inline constexpr char kStartEmbedded[] = "pyslow_start_embedded";

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PRELOAD_MAIN_H_
