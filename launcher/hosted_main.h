// libpyslowX.Y.so: the launcher as a library that is loaded into a process with a CPython in it.
#ifndef PYSLOW_LAUNCHER_HOSTED_MAIN_H_
#define PYSLOW_LAUNCHER_HOSTED_MAIN_H_

namespace pyslow::launcher {

// For a program that has loaded libpython and this library. `binary` is the file of the pyslow that
// was typed, `reason` why the interpreter's own executable could not be used. Returns the exit
// status.
using StartEmbedded = int(int argc, char** argv, const char* binary, const char* reason);
inline constexpr char kStartEmbedded[] = "pyslow_start_embedded";

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_HOSTED_MAIN_H_
