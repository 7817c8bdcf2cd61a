#include "sweep/trials/session_counts.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/function_id.h"
#include "patterns/line_range.h"
#include "patterns/near_miss.h"
#include "patterns/target_set.h"
#include "sweep/trials/pyslow_command.h"

namespace pyslow::trials {
namespace {

using session::CallCounts;
using session::FunctionInProcess;
using session::FunctionSnapshot;
using session::ProcessSnapshot;
using session::SessionSnapshot;

// For each group of the session, its index in `groups`.
std::vector<std::optional<uint32_t>> GroupIndices(const SessionSnapshot& snapshot,
                                                  const std::vector<std::string>& groups) {
  std::vector<std::optional<uint32_t>> indices;
  for (const session::Group& group : snapshot.settings.groups) {
    const auto found = std::find(groups.begin(), groups.end(), group.name);
    indices.emplace_back();
    if (found != groups.end()) indices.back() = static_cast<uint32_t>(found - groups.begin());
  }
  return indices;
}

bool IsUncounted(const SessionSnapshot& snapshot) {
  return snapshot.uncounted > 0 ||
         std::any_of(snapshot.processes.begin(), snapshot.processes.end(),
                     [](const ProcessSnapshot& process) { return process.lost > 0; });
}

// Identifies a process, which may have several records.
using ProcessKey = std::tuple<std::string, std::string, int64_t, uint64_t>;
ProcessKey KeyOf(const ProcessSnapshot& process) {
  // If /proc does not show the start, each record counts as a process.
  if (process.start_ticks == 0) return {process.record, "", process.pid, 0};
  return {process.host, process.boot_id, process.pid, process.start_ticks};
}

void SetByProcess(const SessionSnapshot& snapshot,
                  const std::vector<std::optional<uint32_t>>& group_indices,
                  std::vector<GroupCounts>* counts) {
  std::map<ProcessKey, size_t> process_indices;
  for (const ProcessSnapshot& process : snapshot.processes) {
    process_indices.emplace(KeyOf(process), process_indices.size());
  }
  for (GroupCounts& group : *counts) group.by_process.resize(process_indices.size());
  for (const ProcessSnapshot& process : snapshot.processes) {
    const size_t index = process_indices[KeyOf(process)];
    for (const FunctionInProcess& called : process.functions) {
      const auto group = group_indices[snapshot.functions[called.function].group];
      if (group.has_value()) (*counts)[*group].by_process[index] += called.counts.calls;
    }
  }
}

// Whether `module` can be the name of the main program in `file`, whose __name__ is `__main__`.
bool IsFileOf(absl::string_view file, absl::string_view module) {
  if (!absl::ConsumeSuffix(&file, ".py")) return false;
  const std::string path = absl::StrReplaceAll(module, {{".", "/"}});
  const std::string rooted = absl::StrCat("/", file);
  return absl::EndsWith(rooted, absl::StrCat("/", path)) ||
         absl::EndsWith(rooted, absl::StrCat("/", path, "/__main__"));
}

bool IsMain(const FunctionIdView& id) {
  return id.module == "__main__" || id.module == "__mp_main__";
}

bool IsFunction(const FunctionSnapshot& function, absl::string_view module,
                absl::string_view qualname) {
  if (function.id.qualname != qualname) return false;
  if (function.id.module == module) return true;
  if (absl::StrContains(module, "/")) return function.id.file == module;
  return IsMain(function.id.View()) && IsFileOf(function.id.file, module);
}

// The end of the main program; without it, the end of the process. 0: neither was recorded. The
// finalization of the interpreter is not part of any unit.
int64_t EndOfMainNs(const ProcessSnapshot& process) {
  return process.main_end_monotonic_ns != 0 ? process.main_end_monotonic_ns
                                            : process.end_monotonic_ns;
}

// Whether the end of a process that recorded none follows from other records: most such children
// end by os._exit or a signal before their parent does, and exec starts another record of the
// process.
bool IsEndKnownFromOthers(const ProcessSnapshot& process, const SessionSnapshot& snapshot) {
  return !process.running &&
         std::any_of(snapshot.processes.begin(), snapshot.processes.end(),
                     [&](const ProcessSnapshot& other) {
                       const bool is_its_parent =
                           other.host == process.host && other.pid == process.parent_pid;
                       return is_its_parent ||
                              (KeyOf(other) == KeyOf(process) && EndOfMainNs(other) != 0);
                     });
}

void SubtractCounts(const CallCounts& earlier, CallCounts* later) {
  // Counters of a running process are not read at the same instant, so a difference may be
  // negative.
  const auto less = [](uint64_t a, uint64_t b) { return a > b ? a - b : 0; };
  later->calls = less(later->calls, earlier.calls);
  later->calls_outside = less(later->calls_outside, earlier.calls_outside);
  later->delayed = less(later->delayed, earlier.delayed);
  later->asked_ns = less(later->asked_ns, earlier.asked_ns);
  later->spun_ns = std::max(0.0, later->spun_ns - earlier.spun_ns);
  later->own_ns = less(later->own_ns, earlier.own_ns);
  later->resumed = less(later->resumed, earlier.resumed);
}

// For each function of `earlier`, its index in `later`, or the number of functions of `later`.
std::vector<size_t> IndicesIn(const SessionSnapshot& earlier, const SessionSnapshot& later) {
  absl::flat_hash_map<FunctionId, size_t> index;
  index.reserve(later.functions.size());
  for (size_t i = 0; i < later.functions.size(); ++i) index.emplace(later.functions[i].id, i);
  std::vector<size_t> indices;
  indices.reserve(earlier.functions.size());
  for (const FunctionSnapshot& function : earlier.functions) {
    const auto found = index.find(function.id);
    indices.push_back(found == index.end() ? later.functions.size() : found->second);
  }
  return indices;
}

void SubtractProcess(const ProcessSnapshot& earlier, const std::vector<size_t>& indices,
                     ProcessSnapshot* later) {
  std::unordered_map<size_t, const CallCounts*> before;
  for (const FunctionInProcess& called : earlier.functions) {
    before.emplace(indices[called.function], &called.counts);
  }
  for (FunctionInProcess& called : later->functions) {
    const auto found = before.find(called.function);
    if (found != before.end()) SubtractCounts(*found->second, &called.counts);
  }
}

}  // namespace

std::optional<std::vector<GroupCounts>> CountsByGroup(const SessionSnapshot& snapshot,
                                                      const std::vector<std::string>& groups) {
  if (IsUncounted(snapshot)) return std::nullopt;
  const auto group_indices = GroupIndices(snapshot, groups);
  std::vector<GroupCounts> counts(groups.size());
  for (const FunctionSnapshot& function : snapshot.functions) {
    if (!group_indices[function.group].has_value()) continue;
    GroupCounts& group = counts[*group_indices[function.group]];
    group.calls += function.counts.calls;
    group.delayed += function.counts.delayed;
    group.asked_ns += function.counts.asked_ns;
    group.spun_ns += function.counts.spun_ns;
    group.calls_outside += function.counts.calls_outside;
  }
  SetByProcess(snapshot, group_indices, &counts);
  return counts;
}

std::vector<FunctionCounts> CountsByFunction(const SessionSnapshot& snapshot,
                                             const std::vector<std::string>& groups) {
  const auto group_indices = GroupIndices(snapshot, groups);
  std::vector<FunctionCounts> counts;
  for (const FunctionSnapshot& function : snapshot.functions) {
    const auto index = group_indices[function.group];
    if (!index.has_value()) continue;
    const bool was_called = function.counts.calls + function.counts.calls_outside > 0;
    // Lines that are never entered are a finding: a branch that is never taken.
    if (!was_called && !patterns::IsLinesOfFunction(function.id.View())) continue;
    counts.push_back({function.id, *index, function.counts.calls, function.counts.calls_outside,
                      function.processes, function.counts.own_ns});
  }
  return counts;
}

uint64_t ProgressOf(const SessionSnapshot& snapshot, const TrialSettings& settings,
                    absl::string_view progress_group) {
  const absl::string_view function = settings.progress;
  const size_t colon = function.rfind(':');
  const absl::string_view module = function.substr(0, colon);
  const absl::string_view qualname = function.substr(colon + 1);
  uint64_t calls = 0;
  for (const FunctionSnapshot& called : snapshot.functions) {
    const bool is_progress =
        !progress_group.empty() && snapshot.settings.groups[called.group].name == progress_group;
    if (!is_progress && !IsFunction(called, module, qualname)) continue;
    const CallCounts& counts = called.counts;
    calls += counts.calls;
    if (settings.on != "resume") calls -= std::min(counts.resumed, counts.calls);
  }
  return calls;
}

std::string SimilarToProgress(const SessionSnapshot& snapshot, const TrialSettings& settings) {
  const size_t colon = settings.progress.rfind(':');
  const absl::string_view module = absl::string_view(settings.progress).substr(0, colon);
  const auto text = SingleFunctionGroup("progress", settings.progress);
  patterns::TargetSet set;
  if (!text.ok() || !set.AddText(*text, "--progress").ok() || set.targets().empty()) return "";
  std::vector<FunctionIdView> seen;
  bool is_there = false;  // called outside of the window
  const auto add = [&](const FunctionId& id) {
    FunctionIdView function = ProcessPartsOf(id.View()).id;
    if (patterns::IsPartOfFunction(function)) return;
    if (IsMain(function) && IsFileOf(function.file, module)) function.module = module;
    if (absl::StrCat(function.module, ":", function.qualname) == settings.progress) is_there = true;
    seen.push_back(function);
  };
  for (const FunctionSnapshot& function : snapshot.functions) add(function.id);
  for (const FunctionId& id : snapshot.unmatched) add(id);
  if (is_there) return "";
  const std::vector<std::string> similar = patterns::NearMisses(set.targets().front(), seen, 1);
  return similar.empty() ? "" : absl::StrCat("; similar: ", similar.front());
}

std::vector<std::string> NotesOf(const SessionSnapshot& snapshot) {
  std::vector<std::string> notes;
  for (const ProcessSnapshot& process : snapshot.processes) {
    for (const std::string& note : process.notes) {
      if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
    }
  }
  return notes;
}

double WindowSeconds(double life_seconds, int64_t start_ns, int64_t duration_ns) {
  const double start = static_cast<double>(start_ns) * 1e-9;
  const double left = std::max(0.0, life_seconds - start);
  return duration_ns == 0 ? left : std::min(left, static_cast<double>(duration_ns) * 1e-9);
}

std::optional<WindowTimes> WindowOf(const SessionSnapshot& snapshot,
                                    const TrialSettings& settings) {
  const bool by_call = !settings.start_at.empty();
  WindowTimes window;
  window.begin_ns = snapshot.settings.epoch_monotonic_ns;
  if (by_call) window.begin_ns = snapshot.window_opened_ns;
  if (by_call && window.begin_ns == 0) return std::nullopt;  // start_at was never called
  for (const ProcessSnapshot& process : snapshot.processes) {
    // The clocks of different machines and boots cannot be compared.
    if (process.boot_id != snapshot.settings.boot_id) return std::nullopt;
    if (EndOfMainNs(process) == 0 && !IsEndKnownFromOthers(process, snapshot)) return std::nullopt;
    window.end_ns = std::max(window.end_ns, EndOfMainNs(process));
  }
  if (window.end_ns <= window.begin_ns) return std::nullopt;
  if (!by_call) window.begin_ns = std::min(window.begin_ns + settings.start_ns, window.end_ns);
  if (settings.duration_ns > 0) {
    window.end_ns = std::min(window.begin_ns + settings.duration_ns, window.end_ns);
  }
  return window;
}

std::optional<double> WindowSeconds(const SessionSnapshot& snapshot,
                                    const TrialSettings& settings) {
  if (!settings.start_at.empty() && snapshot.window_opened_ns == 0) return 0;
  const std::optional<WindowTimes> window = WindowOf(snapshot, settings);
  if (!window.has_value()) return std::nullopt;
  return static_cast<double>(window->end_ns - window->begin_ns) * 1e-9;
}

void Subtract(const SessionSnapshot& earlier, SessionSnapshot* later) {
  const std::vector<size_t> indices = IndicesIn(earlier, *later);
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] == later->functions.size()) continue;
    SubtractCounts(earlier.functions[i].counts, &later->functions[indices[i]].counts);
  }
  std::unordered_map<std::string, const ProcessSnapshot*> before;
  for (const ProcessSnapshot& process : earlier.processes) before.emplace(process.record, &process);
  for (ProcessSnapshot& process : later->processes) {
    const auto found = before.find(process.record);
    if (found != before.end()) SubtractProcess(*found->second, indices, &process);
  }
}

}  // namespace pyslow::trials
