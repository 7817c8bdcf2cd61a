// The environment under which this process becomes another program that goes on as pyslow, and its
// undoing there, before anybody could see it.
#ifndef PYSLOW_LAUNCHER_HANDOVER_H_
#define PYSLOW_LAUNCHER_HANDOVER_H_

#include <optional>
#include <string>
#include <vector>

namespace pyslow::launcher {

// What that program is told.
struct Handover {
  std::string binary;        // the pyslow program's own file, absolute
  std::string process_name;  // as the kernel called the process before (comm); no slash
  std::string reason = {};   // why it embeds where it should not, or ""
  // The executable that goes on was not chosen yet: it is the usual one.
  bool is_supposed = false;
  std::string library = {};  // that was preloaded, or ""
};

// A copy of an environment with entries behind all others that carry `handover`, and with
// `library`, where there is one, at the end of LD_PRELOAD, so that a sanitizer's runtime stays the
// first. `library` has no colon in it; the reason is told only where there is none.
class HandoverEnvironment {
 public:
  HandoverEnvironment(char* const* environment, const std::string& library,
                      const Handover& handover);
  char* const* entries() { return entries_.data(); }

 private:
  void Preload(const std::string& library);

  std::string other_entry_;  // LD_PRELOAD or the reason
  std::string marker_entry_;
  std::vector<char*> entries_;
};

// Puts the environment of a process that was started so back to what it was, byte by byte, in
// place: also for those who read /proc/PID/environ, where nothing but a few NULs at the end is
// left. The order, and where the first entry lies, are kept (setproctitle). nullopt, and nothing
// changed, where it was not started so.
std::optional<Handover> TakeHandover(char** environment);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_HANDOVER_H_
