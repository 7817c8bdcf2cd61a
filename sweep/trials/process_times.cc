#include "sweep/trials/process_times.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/proc_stat.h"
#include "sweep/trials/left_processes.h"

namespace pyslow::trials {
namespace {

// The kernel reuses process IDs, so processes that are not watched are read again after this many
// samples.
constexpr uint64_t kSamplesUntilRecheck = 64;
// A parent reports its children's user and system time in whole ticks, so it may lack this much of
// a child's time.
constexpr int kMissingTicks = 2;
// Of a process with 10,000 mappings.
constexpr size_t kMaxMapsBytes = 2 << 20;
// The first samples may fall between exec and the loading of libraries.
constexpr int kMaxLibraryChecks = 3;

int64_t RunNsOf(int who) {
  rusage usage = {};
  getrusage(who, &usage);
  const auto ns = [](const timeval& time) {
    return int64_t{time.tv_sec} * 1'000'000'000 + int64_t{time.tv_usec} * 1000;
  };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

}  // namespace

OwnTimes ReadOwnTimes() { return {RunNsOf(RUSAGE_SELF), RunNsOf(RUSAGE_CHILDREN)}; }

void ProcessTimes::Add(pid_t pid, bool is_program) {
  roots_[pid] = is_program;
  watched_[pid].parent = getpid();
  watched_[pid].is_program = is_program;
}

// Finds descendants, and members of the process groups of the roots: the group still contains a
// shell's background job whose parent has ended.
void ProcessTimes::FindProcesses() {
  if (samples_ % kSamplesUntilRecheck == 0) others_.clear();
  std::set<pid_t> previous_others = std::move(others_);
  others_.clear();
  std::vector<std::pair<pid_t, ProcessStat>> unknown;
  for (const pid_t pid : NumbersIn(proc_)) {
    if (watched_.count(pid) != 0) continue;
    if (previous_others.count(pid) != 0) {
      others_.insert(others_.end(), pid);
      continue;
    }
    if (const auto stat = ReadProcessStat(proc_, pid)) unknown.emplace_back(pid, *stat);
  }
  const bool adopts = AdoptsOrphans();
  // Repeats, since a child has a smaller process ID than its parent if the IDs have wrapped around.
  for (bool found = true; found;) {
    found = false;
    for (const auto& [pid, stat] : unknown) {
      if (watched_.count(pid) != 0) continue;
      const auto parent = watched_.find(stat.parent);
      const auto root = roots_.find(stat.group);
      const bool is_adopted = adopts && stat.parent == getpid();
      if (parent == watched_.end() && root == roots_.end() && !is_adopted) continue;
      bool is_program = AdoptsForProgram();
      if (parent != watched_.end()) {
        is_program = parent->second.is_program;
      } else if (root != roots_.end()) {
        is_program = root->second;
      }
      watched_[pid].start_ticks = stat.start_ticks;
      watched_[pid].is_program = is_program;
      found = true;
    }
  }
  for (const auto& [pid, stat] : unknown) {
    if (watched_.count(pid) == 0) others_.insert(pid);
  }
}

bool ProcessTimes::AdoptsForProgram() const {
  return std::any_of(roots_.begin(), roots_.end(), [](const auto& root) { return root.second; });
}

// Reads parents before children. A parent that then reports the time of a child has waited for it,
// so the child is found to have ended, and its time is not counted twice.
ProcessTimes::Processes ProcessTimes::ReadProcesses() {
  std::vector<std::tuple<uint64_t, pid_t, Process*>> by_age;
  for (auto& [pid, process] : watched_) by_age.emplace_back(process.start_ticks, pid, &process);
  std::sort(by_age.begin(), by_age.end());
  Processes ended;
  for (const auto& [start, pid, process] : by_age) {
    const std::optional<ProcessStat> stat = ReadProcessStat(proc_, pid);
    if (!stat.has_value() || (start != 0 && stat->start_ticks != start)) {
      ended.insert(watched_.extract(pid));
      continue;
    }
    process->parent = stat->parent;
    process->start_ticks = stat->start_ticks;
    process->arguments = stat->arguments;
    ReadThreads(pid, process);
    // A thread's end after its last sample is in the time of its process, in whole ticks.
    SetRun(std::max(process->threads_ns, NsOfTicks(stat->run_ticks)), process, &sum_);
    SetChildren(NsOfTicks(stat->children_ticks), process);
    if (process->is_program) NoteProgram(pid, *process);
  }
  return ended;
}

std::optional<bool> ProcessTimes::HasLibrary(pid_t pid) const {
  const std::string maps = ReadSmallFile(absl::StrCat(proc_, "/", pid, "/maps"), kMaxMapsBytes);
  if (maps.empty()) return std::nullopt;
  return absl::StrContains(maps, "/libpyslow");
}

// A new process has its parent's program until it executes its own.
void ProcessTimes::NoteProgram(pid_t pid, const Process& process) {
  std::error_code error;
  const std::filesystem::path file =
      std::filesystem::read_symlink(absl::StrCat(proc_, "/", pid, "/exe"), error);
  Program& program = programs_[pid];
  ProgramTime& time = program.time;
  if (time.start_ticks != process.start_ticks) program = Program();
  // 0: it has ended, or the kernel does not show it.
  if (process.arguments != 0 && time.arguments != process.arguments) {
    program.before_ns = time.run_ns;
    program.checks = 0;
    time.has_pyslow.reset();
    time.arguments = process.arguments;
  }
  if (!error) time.program = file.filename().string();
  time.start_ticks = process.start_ticks;
  time.run_ns = process.run_ns;
  time.program_ns = time.run_ns - program.before_ns;
  if (absl::StartsWith(time.program, "pyslow")) time.has_pyslow = true;
  if (time.has_pyslow.value_or(false) || program.checks >= kMaxLibraryChecks) return;
  if (const std::optional<bool> has = HasLibrary(pid)) time.has_pyslow = has;
  ++program.checks;
}

std::map<pid_t, ProgramTime> ProcessTimes::programs() const {
  std::map<pid_t, ProgramTime> times;
  for (const auto& [pid, program] : programs_) times.emplace(pid, program.time);
  return times;
}

void ProcessTimes::ReadThreads(pid_t pid, Process* process) {
  for (const pid_t number : NumbersIn(absl::StrCat(proc_, "/", pid, "/task"))) {
    const std::optional<SchedulerTimes> now = ReadSchedulerTimes(proc_, pid, number);
    if (!now.has_value()) continue;
    // A kernel without these statistics reports zeros.
    has_wait_ = has_wait_ || now->run_ns > 0 || now->wait_ns > 0;
    Thread& thread = threads_[{pid, number}];
    // Counters that decreased belong to a new thread with the ID of one that has ended.
    const bool is_new = now->run_ns < thread.times.run_ns || now->wait_ns < thread.times.wait_ns;
    const SchedulerTimes before = is_new ? SchedulerTimes() : thread.times;
    process->threads_ns += now->run_ns - before.run_ns;
    if (process->is_program) sum_.wait_ns += now->wait_ns - before.wait_ns;
    thread = {*now, samples_};
  }
}

void ProcessTimes::SetRun(int64_t run_ns, Process* process, SchedulerTimes* sum) {
  sum->run_ns += std::max<int64_t>(0, run_ns - process->run_ns);
  process->run_ns = std::max(run_ns, process->run_ns);
}

void ProcessTimes::SetChildren(int64_t children_ns, Process* process) {
  process->unseen_ns += children_ns - process->children_ns;
  process->children_ns = children_ns;
  // Children that ended before the last sample and are still missing are never waited for: the
  // parent ignores SIGCHLD.
  process->unseen_ns = std::max(process->unseen_ns, -NsOfTicks(kMissingTicks));
}

void ProcessTimes::ReadOwn() {
  const OwnTimes own = own_();
  SetRun(own.run_ns, &self_, &sum_);
  SetChildren(own.children_ns, &self_);
}

ProcessTimes::Process* ProcessTimes::ReaperOf(pid_t pid, const Processes& ended) {
  for (auto found = ended.find(pid); found != ended.end(); found = ended.find(pid)) {
    pid = found->second.parent;
    if (pid == getpid()) return &self_;
    const auto running = watched_.find(pid);
    if (running != watched_.end()) return &running->second;
  }
  return nullptr;
}

void ProcessTimes::CountUnseen(Process* process) {
  if (process->unseen_ns <= 0) return;
  sum_.run_ns += process->unseen_ns;
  if (process->is_program) unseen_program_ns_ += process->unseen_ns;
  process->unseen_ns = 0;
}

void ProcessTimes::Sample() {
  ++samples_;
  ReadOwn();  // before the children, see ReadProcesses
  FindProcesses();
  const Processes ended = ReadProcesses();
  for (const auto& [pid, process] : ended) {
    // What the sum has of the process and its children, which the parent reports again.
    Process* const reaper = ReaperOf(pid, ended);
    if (reaper == nullptr) continue;
    reaper->unseen_ns -= process.run_ns + process.children_ns - process.unseen_ns;
  }
  CountUnseen(&self_);
  for (auto& [pid, process] : watched_) CountUnseen(&process);
  std::erase_if(threads_, [&](const auto& entry) { return entry.second.last_sample != samples_; });
}

}  // namespace pyslow::trials
