// Passes data through execve to the program that replaces this one: a few environment entries,
// which the receiver removes before any other code can see them.
#ifndef PYSLOW_LAUNCHER_HANDOFF_HANDOFF_H_
#define PYSLOW_LAUNCHER_HANDOFF_HANDOFF_H_

#include <optional>
#include <string>
#include <vector>

namespace pyslow::handoff {

struct Handoff {
  std::string binary;          // the pyslow program's file, absolute
  std::string process_name;    // the process's comm before execve; contains no slash
  std::string reason = {};     // why the receiver embeds CPython although it should not, or ""
  bool is_unverified = false;  // the receiver must check that it is the Python of this start
  std::string library = {};    // the preloaded library, or ""; set by TakeHandoff
};

// A copy of `environment` for execve, with a handoff in its last entries. Entries that are not
// changed point into `environment`, which must outlive this object.
class HandoffEnvironment {
 public:
  // Appends `library`, if not "", to LD_PRELOAD; as the last one, because a sanitizer's runtime
  // must be the first. `library` must not contain a colon. handoff.reason is passed only without a
  // library.
  HandoffEnvironment(char* const* environment, const std::string& library, const Handoff& handoff);
  char* const* entries() { return entries_.data(); }

 private:
  void Preload(const std::string& library);

  std::string other_entry_;  // LD_PRELOAD or the reason
  std::string handoff_entry_;
  std::vector<char*> entries_;
};

// Returns the handoff in `environment` and removes it in place, so that /proc/PID/environ shows the
// original entries, followed by a few NULs. Keeps the order of the entries and the address of the
// first (setproctitle depends on it). nullopt, and no change, if there is no handoff. Call it
// before any thread is started.
std::optional<Handoff> TakeHandoff(char** environment);

}  // namespace pyslow::handoff

#endif  // PYSLOW_LAUNCHER_HANDOFF_HANDOFF_H_
