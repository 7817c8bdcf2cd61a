// The environment under which a host loads our library, and its undoing in the host, before anybody
// could see it.
#ifndef PYSLOW_LAUNCHER_PRELOAD_H_
#define PYSLOW_LAUNCHER_PRELOAD_H_

#include <optional>
#include <string>
#include <vector>

namespace pyslow::launcher {

// What a preloaded library is told.
struct Preload {
  std::string binary;        // the pyslow program's own file, absolute
  std::string process_name;  // as the kernel called the process before (comm); no slash
};

// A copy of an environment with `library` at the end of LD_PRELOAD, so that a sanitizer's runtime
// stays the first, and one more entry behind all others that carries `preload`. `library` has no
// colon in it.
class PreloadEnvironment {
 public:
  PreloadEnvironment(char* const* environment, const std::string& library, const Preload& preload);
  char* const* entries() { return entries_.data(); }

 private:
  std::string preload_entry_;
  std::string marker_entry_;
  std::vector<char*> entries_;
};

// Puts the environment of a process that was started so back to what it was, byte by byte, in
// place: also for those who read /proc/PID/environ, where nothing but a few NULs at the end is
// left. The order, and where the first entry lies, are kept (setproctitle). nullopt, and nothing
// changed, where it was not started so.
std::optional<Preload> UndoPreload(char** environment);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PRELOAD_H_
