#include "report/summary.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "report/unused_roles.h"

namespace pyslow::report {
namespace {

using session::CallCounts;
using session::FunctionInProcess;
using session::ProcessSnapshot;
using session::SessionSnapshot;

// The largest ratio of measured to requested delay without a warning. Waiting for the GIL under
// --gil release is not part of the measured delay.
constexpr double kMaxDeliveryRatio = 1.05;

ProcessSummary SummarizeProcess(const SessionSnapshot& session, const ProcessSnapshot& process) {
  ProcessSummary summary;
  summary.groups.resize(session.settings.groups.size());
  for (const FunctionInProcess& called : process.functions) {
    summary.groups[session.functions[called.function].group] += called.counts;
  }
  const bool is_here = process.boot_id == session.read_boot_id && process.host == session.read_host;
  int64_t end_ns = 0;
  if (process.end_monotonic_ns != 0) {
    summary.state = ProcessState::kEnded;
    end_ns = process.end_monotonic_ns;
  } else if (process.running) {
    summary.state = ProcessState::kRunning;
    end_ns = session.read_monotonic_ns;
  } else {
    summary.state = is_here ? ProcessState::kGone : ProcessState::kUnknown;
  }
  if (end_ns > process.start_monotonic_ns) {
    summary.wall_ns = static_cast<double>(end_ns) - static_cast<double>(process.start_monotonic_ns);
  }
  return summary;
}

void AddShare(const CallCounts& counts, const std::optional<double>& wall_ns, WallShare* sum) {
  if (!wall_ns.has_value()) return;
  sum->injected_ns += static_cast<double>(counts.asked_ns);
  sum->wall_ns += *wall_ns;
}

void AddProcess(const ProcessSnapshot& process, const ProcessSummary& summary, Summary* sum) {
  for (size_t i = 0; i < summary.groups.size(); ++i) {
    const CallCounts& counts = summary.groups[i];
    if (counts.calls + counts.calls_outside == 0) continue;
    sum->groups[i].processes += 1;
    sum->groups[i].counts += counts;
    AddShare(counts, summary.wall_ns, &sum->groups[i].share);
    sum->total += counts;
  }
  for (const FunctionInProcess& called : process.functions) {
    AddShare(called.counts, summary.wall_ns, &sum->function_shares[called.function]);
  }
  if (summary.state == ProcessState::kRunning) sum->running += 1;
}

std::optional<double> SessionWall(const SessionSnapshot& session, uint32_t running) {
  int64_t end_ns = running > 0 ? session.read_monotonic_ns : 0;
  for (const ProcessSnapshot& process : session.processes) {
    if (process.boot_id == session.settings.boot_id) {
      end_ns = std::max(end_ns, process.end_monotonic_ns);
    }
  }
  const int64_t begin_ns = session.settings.epoch_monotonic_ns;
  if (end_ns <= begin_ns) return std::nullopt;
  return static_cast<double>(end_ns) - static_cast<double>(begin_ns);
}

std::vector<uint32_t> Ranking(const SessionSnapshot& session) {
  std::vector<uint32_t> ranking;
  for (uint32_t i = 0; i < session.functions.size(); ++i) {
    if (session.functions[i].processes > 0) ranking.push_back(i);
  }
  // Stable: equal functions stay in the order of their names.
  std::stable_sort(ranking.begin(), ranking.end(), [&](uint32_t i, uint32_t j) {
    const CallCounts& a = session.functions[i].counts;
    const CallCounts& b = session.functions[j].counts;
    return std::tie(a.asked_ns, a.own_ns, a.calls, a.calls_outside) >
           std::tie(b.asked_ns, b.own_ns, b.calls, b.calls_outside);
  });
  return ranking;
}

std::vector<Note> CollectNotes(const SessionSnapshot& session) {
  std::vector<Note> notes;
  std::map<std::string, size_t> known;
  for (uint32_t i = 0; i < session.processes.size(); ++i) {
    for (const std::string& text : session.processes[i].notes) {
      const auto [found, is_new] = known.emplace(text, notes.size());
      if (is_new) notes.push_back({text, {}});
      std::vector<uint32_t>& processes = notes[found->second].processes;
      if (processes.empty() || processes.back() != i) processes.push_back(i);
    }
  }
  return notes;
}

void WarnOfProcesses(const SessionSnapshot& session, std::vector<std::string>* warnings) {
  uint64_t lost = 0;
  uint64_t losing = 0;
  uint64_t disabled = 0;
  uint64_t unreserved = 0;
  for (const ProcessSnapshot& process : session.processes) {
    lost += process.lost;
    losing += process.lost > 0 ? 1 : 0;
    disabled += (process.flags & session::kDisabled) != 0 ? 1 : 0;
    unreserved += (process.flags & session::kNoReservation) != 0 ? 1 : 0;
  }
  if (session.processes.empty()) warnings->push_back("the session has no record of a process");
  if (session.uncounted > 0) {
    warnings->push_back(absl::StrCat(
        CountedText(session.uncounted, "process was", "processes were"),
        " delayed without being counted, as no record could be created (no space, another "
        "user, or a removed directory)"));
  }
  if (lost > 0) {
    warnings->push_back(
        absl::StrCat(CountedText(lost, "function is", "functions are"), " not counted in ",
                     CountedText(losing, "process", "processes"), ", for lack of space"));
  }
  if (disabled > 0) {
    warnings->push_back(
        absl::StrCat(CountedText(disabled, "process was", "processes were"), " not slowed"));
  }
  if (unreserved > 0) {
    warnings->push_back(absl::StrCat(
        CountedText(unreserved, "record lies", "records lie"),
        " on a file system that cannot reserve space, such as a network or copy-on-write file "
        "system; a full disk would kill the process; use a directory on another file system"));
  }
}

void WarnOfOperators(const SessionSnapshot& session, std::vector<std::string>* warnings) {
  std::vector<std::string> patterns;
  for (const uint32_t target : FindOperators(session.settings)) {
    patterns.push_back(Printable(session.settings.targets[target].text));
  }
  if (patterns.empty()) return;
  warnings->push_back(absl::StrCat(
      absl::StrJoin(patterns, ", "),
      ": of functions written in C, only calls count: an operator (a @ b, a[i]), a statement "
      "(with, "
      "for) and C code (map, sort) run them without a call event; delay their callers"));
}

void WarnOfDelays(const Summary& summary, std::vector<std::string>* warnings) {
  const auto asked_ns = static_cast<double>(summary.total.asked_ns);
  if (asked_ns <= 0) return;
  const double ratio = summary.total.spun_ns / asked_ns;
  if (ratio > kMaxDeliveryRatio) {
    warnings->push_back(absl::StrFormat(
        "delays lasted %.2f times the requested time: other programs used the processors; run the "
        "program alone",
        ratio));
  }
}

}  // namespace

absl::string_view NameOf(ProcessState state) {
  switch (state) {
    case ProcessState::kRunning:
      return "running";
    case ProcessState::kEnded:
      return "ended";
    case ProcessState::kGone:
      return "gone";
    case ProcessState::kUnknown:
      break;
  }
  return "unknown";
}

Summary Summarize(const SessionSnapshot& session) {
  Summary summary;
  summary.groups.resize(session.settings.groups.size());
  summary.function_shares.resize(session.functions.size());
  for (const session::FunctionSnapshot& function : session.functions) {
    summary.groups[function.group].functions += 1;
    summary.groups[function.group].called += function.processes > 0 ? 1 : 0;
  }
  for (const ProcessSnapshot& process : session.processes) {
    summary.processes.push_back(SummarizeProcess(session, process));
    AddProcess(process, summary.processes.back(), &summary);
  }
  summary.wall_ns = SessionWall(session, summary.running);
  summary.ranking = Ranking(session);
  summary.unmatched = FindUnmatched(session);
  summary.notes = CollectNotes(session);
  WarnOfProcesses(session, &summary.warnings);
  WarnOfDelays(summary, &summary.warnings);
  WarnOfOperators(session, &summary.warnings);
  WarnOfUnusedRoles(session, &summary.warnings);
  return summary;
}

}  // namespace pyslow::report
