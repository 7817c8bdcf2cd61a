// The name that the kernel and ps give this process (comm, at most 15 bytes).
#ifndef PYSLOW_LAUNCHER_PROCESS_NAME_H_
#define PYSLOW_LAUNCHER_PROCESS_NAME_H_

#include <sys/prctl.h>

#include <array>
#include <string>

namespace pyslow::launcher {

inline std::string ProcessName() {
  std::array<char, 17> name = {};  // TASK_COMM_LEN and a NUL
  prctl(PR_GET_NAME, name.data());
  return name.data();
}

inline void SetProcessName(const std::string& name) { prctl(PR_SET_NAME, name.c_str()); }

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PROCESS_NAME_H_
