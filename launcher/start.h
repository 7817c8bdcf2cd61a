// The order of a start of pyslow.
#ifndef PYSLOW_LAUNCHER_START_H_
#define PYSLOW_LAUNCHER_START_H_

#include <string>

namespace pyslow::launcher {

// How the CPython of this process was brought in.
struct Hosting {
  std::string binary;      // the pyslow program's own file
  bool is_hosted = false;  // this process runs the interpreter's own executable
  // Why not, where the libpython that is embedded is slower or another's; else "".
  std::string embedded_because;
  // The executable that runs may not be the one that this start stands for: then this process has
  // to become the program that lies beside this library. "": it is the one.
  std::string supposed_by;
};

// From argv to the exit status: settings (mistakes end here, with status 2) → which Python →
// session → interpreter, with the engine put in halfway → the user's program. `argv` must be main's
// own.
int Start(int argc, char** argv, const Hosting& hosting);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_START_H_
