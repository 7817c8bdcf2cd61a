// Finds the Python of a start of pyslow; which_python.h has the order of the rules.
#ifndef PYSLOW_LAUNCHER_FIND_PYTHON_H_
#define PYSLOW_LAUNCHER_FIND_PYTHON_H_

#include <string>

#include "absl/status/statusor.h"
#include "launcher/python_home.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {

struct FoundPython {
  PythonHome home;
  std::string rule;           // which rule found it, for people
  bool is_by_name = false;    // by PEP 405, from a name of python in its environment
  bool is_built_for = false;  // the Python that this program was built for; `home` is empty
  bool is_given = false;      // by --python, SPEED_BUMP_PYTHON or a script: children inherit it
  bool is_own = false;        // a wheel's environment, or the Python that installed it
};

// `invoked` is the path of this program as a shell found it, links not resolved, or "".
absl::StatusOr<FoundPython> FindPython(const Invocation& invocation, const std::string& invoked);

// The interpreter in the first line of a script that pip installed: "#!FILE …" or, if FILE has a
// blank or is long, "'''exec' 'FILE' …" in the second line of a shell script. "" if there is none.
std::string InterpreterOfScript(const std::string& script);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_FIND_PYTHON_H_
