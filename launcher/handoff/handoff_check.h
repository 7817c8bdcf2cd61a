// Checks made before a handoff: after execve of the interpreter nothing could detect that the
// preloaded library was ignored.
//
// A handoff is needed if the interpreter has CPython linked in statically, because libpython, which
// is position-independent code, is slower; and if the interpreter is another installation than the
// one that pyslow was built for, because only its own executable loads its own libpython.
#ifndef PYSLOW_LAUNCHER_HANDOFF_HANDOFF_CHECK_H_
#define PYSLOW_LAUNCHER_HANDOFF_HANDOFF_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow::handoff {

// Ok if the dynamic loader will load `library` into `executable`, and the CPython there is version
// `minor` ("3.13", "3.13t") and defines all CPython symbols that the library needs; else
// FailedPrecondition, "FILE: REASON". `executable` and `library` are absolute paths. `program` is a
// dynamically linked program of this project; the executable must use the same dynamic loader.
absl::Status CheckHandoff(const std::string& executable, const std::string& library,
                          const std::string& program, absl::string_view minor);

// The minor version of the CPython that `executable` runs, such as "3.13", or "3.13t" if it is
// free-threaded. FailedPrecondition, "FILE: REASON", if it is no CPython 3.11 or later.
// `executable` is absolute, links resolved.
absl::StatusOr<std::string> MinorOf(const std::string& executable);

}  // namespace pyslow::handoff

#endif  // PYSLOW_LAUNCHER_HANDOFF_HANDOFF_CHECK_H_
