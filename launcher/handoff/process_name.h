// The process name that the kernel and ps show (comm, at most 15 bytes). execve resets it to the
// name of the executed file.
#ifndef PYSLOW_LAUNCHER_HANDOFF_PROCESS_NAME_H_
#define PYSLOW_LAUNCHER_HANDOFF_PROCESS_NAME_H_

#include <sys/prctl.h>

#include <array>
#include <string>

namespace pyslow::handoff {

inline std::string ProcessName() {
  std::array<char, 17> name = {};  // TASK_COMM_LEN and a NUL
  prctl(PR_GET_NAME, name.data());
  return name.data();
}

inline void SetProcessName(const std::string& name) { prctl(PR_SET_NAME, name.c_str()); }

}  // namespace pyslow::handoff

#endif  // PYSLOW_LAUNCHER_HANDOFF_PROCESS_NAME_H_
