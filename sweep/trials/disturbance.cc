#include "sweep/trials/disturbance.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace pyslow::trials {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kShortestPause{20};
constexpr milliseconds kLongestPause{2000};
constexpr int kPausePerCost = 200;
// Numbers of processes are used again in the end: what is known not to be ours is asked anew.
constexpr uint64_t kLooksToForget = 64;
constexpr milliseconds kFrequencyPause{500};  // asking may wake every processor

constexpr double kMostCoreWait = 0.01;
// Of a core: so much of others' work is enough to make anything wait.
constexpr double kMuchOtherLoad = 0.05;

}  // namespace

void DisturbanceWatch::Add(pid_t pid) {
  roots_.insert(pid);
  watched_.insert(pid);
}

// Descendants, and who is in the process group of a root: a shell's background job whose parent is
// gone is still there.
void DisturbanceWatch::FindProcesses() {
  if (looks_ % kLooksToForget == 0) others_.clear();
  std::set<pid_t> gone_others = std::move(others_);
  others_.clear();
  std::vector<std::pair<pid_t, ProcessStat>> unknown;
  for (const pid_t pid : NumbersIn(proc_)) {
    if (watched_.count(pid) != 0) continue;
    if (gone_others.count(pid) != 0) {
      others_.insert(others_.end(), pid);
      continue;
    }
    if (const auto stat = ReadProcessStat(proc_, pid)) unknown.emplace_back(pid, *stat);
  }
  // A child may have a smaller number than its parent where numbers have begun again.
  for (bool found = true; found;) {
    found = false;
    for (const auto& [pid, stat] : unknown) {
      if (watched_.count(pid) != 0) continue;
      if (watched_.count(stat.parent) == 0 && roots_.count(stat.group) == 0) continue;
      watched_.insert(pid);
      found = true;
    }
  }
  for (const auto& [pid, stat] : unknown) {
    if (watched_.count(pid) == 0) others_.insert(pid);
  }
}

void DisturbanceWatch::AddThreads(pid_t pid) {
  for (const pid_t number : NumbersIn(absl::StrCat(proc_, "/", pid, "/task"))) {
    const std::optional<SchedulerTimes> now = ReadSchedulerTimes(proc_, pid, number);
    if (!now.has_value()) continue;
    is_told_ = true;
    Thread& thread = threads_[{pid, number}];
    // Less than before: another thread that got the number of one that ended.
    const bool is_new = now->run_ns < thread.times.run_ns || now->wait_ns < thread.times.wait_ns;
    const SchedulerTimes before = is_new ? SchedulerTimes() : thread.times;
    sum_.run_ns += now->run_ns - before.run_ns;
    sum_.wait_ns += now->wait_ns - before.wait_ns;
    thread = {*now, looks_};
  }
}

void DisturbanceWatch::LookAtFrequency(Clock::time_point now) {
  if (now < next_frequency_) return;
  next_frequency_ = now + kFrequencyPause;
  if (const auto mhz = ReadProcessorMhz(sys_)) {
    mhz_sum_ += *mhz;
    ++mhz_looks_;
  }
}

nanoseconds DisturbanceWatch::Look() {
  const Clock::time_point started = Clock::now();
  ++looks_;
  FindProcesses();
  for (const pid_t pid : watched_) AddThreads(pid);
  std::erase_if(threads_, [&](const auto& entry) { return entry.second.look != looks_; });
  std::erase_if(watched_, [&](pid_t pid) {
    const auto first = threads_.lower_bound({pid, 0});
    return first == threads_.end() || first->first.first != pid;
  });
  LookAtFrequency(started);
  const nanoseconds cost = Clock::now() - started;
  return std::clamp<nanoseconds>(cost * kPausePerCost, kShortestPause, kLongestPause);
}

DisturbanceWatch::Sums DisturbanceWatch::Now() {
  Look();
  return {Clock::now(), sum_, ReadProcessorTimes(proc_)};
}

void DisturbanceWatch::Begin() {
  mhz_sum_ = 0;
  mhz_looks_ = 0;
  begin_ = Now();
}

Disturbance DisturbanceWatch::Seen() {
  const Sums end = Now();
  const double wall = std::chrono::duration<double>(end.time - begin_.time).count();
  Disturbance seen;
  if (wall <= 0) return seen;
  if (is_told_) {
    seen.core_wait = static_cast<double>(end.times.wait_ns - begin_.times.wait_ns) * 1e-9 / wall;
  }
  if (end.processors.has_value() && begin_.processors.has_value()) {
    const double busy = end.processors->busy_seconds - begin_.processors->busy_seconds;
    const double ours = static_cast<double>(end.times.run_ns - begin_.times.run_ns) * 1e-9;
    if (is_told_) seen.other_load = std::max(0.0, busy - ours) / wall;
    seen.stolen_load =
        std::max(0.0, end.processors->stolen_seconds - begin_.processors->stolen_seconds) / wall;
  }
  if (mhz_looks_ > 0) seen.processor_mhz = mhz_sum_ / mhz_looks_;
  return seen;
}

bool IsDisturbed(const Trial& trial) {
  const double wait = trial.core_wait.value_or(0);
  if (wait <= kMostCoreWait) return false;
  // A program with more busy threads than there are cores waits for itself, and that is its nature.
  if (!trial.other_load.has_value()) return true;
  const double others = *trial.other_load + trial.stolen_load.value_or(0);
  return others >= std::clamp(wait / 2, kMostCoreWait, kMuchOtherLoad);
}

}  // namespace pyslow::trials
