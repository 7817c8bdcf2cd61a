// The order of a start of pyslow.
#ifndef PYSLOW_LAUNCHER_START_H_
#define PYSLOW_LAUNCHER_START_H_

namespace pyslow::launcher {

// From argv to the exit status: settings (mistakes end here, with status 2) → which Python →
// session → interpreter, with the engine put in halfway → the user's program. `argv` must be main's
// own.
int Start(int argc, char** argv);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_START_H_
