// Sums a session for the report. Plain data.
#ifndef PYSLOW_REPORT_SUMMARY_H_
#define PYSLOW_REPORT_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "report/unmatched_targets.h"
#include "session/snapshot.h"

namespace pyslow::report {

enum class ProcessState {
  kRunning,
  kEnded,    // recorded its end
  kGone,     // killed, replaced by exec or ended by os._exit, at an unknown time
  kUnknown,  // no recorded end; ran on another machine, in another container or before a reboot
};
absl::string_view NameOf(ProcessState state);

struct ProcessSummary {
  ProcessState state = ProcessState::kUnknown;
  // From the record's start to the process's end, or to the reading if it runs; nullopt if unknown.
  std::optional<double> wall_ns;
  std::vector<session::CallCounts> groups;  // by index into Settings::groups
};

// Sums over the processes whose wall time is known.
struct WallShare {
  double injected_ns = 0;  // delays requested for the delayed calls
  double wall_ns = 0;      // 0 if there is no such process
};

struct GroupSummary {
  uint64_t functions = 0;  // matched
  uint64_t called = 0;     // number of these that were called
  uint32_t processes = 0;  // number that called one of them
  session::CallCounts counts;
  WallShare share;  // over these processes
};

struct Note {
  std::string text;
  std::vector<uint32_t> processes;  // indices into SessionSnapshot::processes, without duplicates
};

struct Summary {
  // From the session's epoch to the last recorded end, or to the reading if a process runs; nullopt
  // if unknown.
  std::optional<double> wall_ns;
  uint32_t running = 0;
  std::vector<GroupSummary> groups;  // by index into Settings::groups
  std::vector<uint32_t> ranking;     // indices of the called functions, most injected time first
  std::vector<WallShare> function_shares;  // by index into SessionSnapshot::functions
  std::vector<UnmatchedTarget> unmatched;
  std::vector<ProcessSummary> processes;  // by index into SessionSnapshot::processes
  session::CallCounts total;
  std::vector<Note> notes;            // by first appearance
  std::vector<std::string> warnings;  // conditions that make figures incomplete or inexact
};

Summary Summarize(const session::SessionSnapshot& session);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_SUMMARY_H_
