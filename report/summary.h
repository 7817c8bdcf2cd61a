// What a session's records say, added up: plain data in, plain data out.
#ifndef PYSLOW_REPORT_SUMMARY_H_
#define PYSLOW_REPORT_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "report/unmatched.h"
#include "session/snapshot.h"

namespace pyslow::report {

enum class ProcessState {
  kRunning,
  kEnded,    // in an orderly way
  kGone,     // killed, replaced by exec or ended by os._exit: when is not known
  kUnknown,  // it ran on another machine, in another container or before a reboot
};
absl::string_view NameOf(ProcessState state);

// Injected is what was asked for (delayed calls × the delay then in force), delivered what was
// really spent in delays.
struct ProcessSummary {
  ProcessState state = ProcessState::kUnknown;
  // From the record's start to the end, or to now while it runs; nullopt where that is not known.
  std::optional<double> wall_ns;
  std::vector<session::CallCounts> groups;  // by index into Settings::groups
};

// Injected time against wall time, over the processes whose wall time is known.
struct WallShare {
  double injected_ns = 0;
  double wall_ns = 0;  // 0: of none
};

struct GroupSummary {
  uint64_t functions = 0;  // matched
  uint64_t called = 0;     // of them
  uint32_t processes = 0;  // that called one of them
  session::CallCounts counts;
  WallShare share;  // of the processes that called one of them
};

struct Note {
  std::string text;
  std::vector<uint32_t> processes;  // indices into SessionSnapshot::processes; each once
};

struct Summary {
  // From the session's epoch to its last orderly end, or to now while it runs.
  std::optional<double> wall_ns;
  uint32_t running = 0;
  std::vector<GroupSummary> groups;        // by index into Settings::groups
  std::vector<uint32_t> ranking;           // functions called, most injected first
  std::vector<WallShare> function_shares;  // by index into functions, as for groups
  std::vector<UnmatchedTarget> unmatched;
  std::vector<ProcessSummary> processes;  // by index into processes
  session::CallCounts total;
  std::vector<Note> notes;            // by first appearance
  std::vector<std::string> warnings;  // why the figures may not be what they seem
};

Summary Summarize(const session::SessionSnapshot& session);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_SUMMARY_H_
