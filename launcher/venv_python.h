// pyslow as the python of a virtual environment: `pyslow --into VENV`, and `--out-of VENV` to undo
// it.
//
// bin/python, bin/python3, bin/python3.X and, of a free-threaded Python, bin/python3.Xt, as far as
// they exist, become links to VENV/python-without-pyslow/pyslow, and that to a copy of pyslow in
// the same directory. So python works whatever becomes of the pyslow that was called: uv removes an
// environment whose python does not start. What was there is kept under the same names in
// that directory, where it still works: links to each other are kept together, and python finds
// pyvenv.cfg one level up. The directory is the only record. Each program is kept before its name
// is replaced, and a name is replaced by rename(2). So every name works at any time, and after a
// kill either function continues from what it finds.
//
// Both functions lock the environment against each other. `venv` is a directory; a relative name is
// resolved. The result is a sentence for the user. Errors are "WHERE: WHAT, WHAT TO DO":
// FailedPrecondition for an environment that is refused, in which case nothing was changed, and
// Unavailable if the system refuses a change.
#ifndef PYSLOW_LAUNCHER_VENV_PYTHON_H_
#define PYSLOW_LAUNCHER_VENV_PYTHON_H_

#include <string>

#include "absl/status/statusor.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

// Makes a copy of pyslow, which `invocation` has started, the environment's python. At the end runs
// each of the names and reads the first lines of the scripts in bin/, to check that they reach
// pyslow; warns of a script that does not. After an error at the end the environment has its own
// python (again), after others it is unchanged. Idempotent; called by another pyslow, it copies
// that one.
absl::StatusOr<std::string> PutIntoVenv(const std::string& venv, Invocation invocation);

// Puts back what PutIntoVenv replaced. Idempotent. Needs neither the copy nor the environment's
// Python.
absl::StatusOr<std::string> TakeOutOfVenv(const std::string& venv);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_VENV_PYTHON_H_
