#include "sweep/trials/disturbance.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/proc_stat.h"

namespace pyslow::trials {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kMinPause{20};
constexpr milliseconds kMaxPause{2000};
constexpr int kPausePerCost = 200;
// The kernel reuses process IDs, so processes that are not watched are read again after this many
// samples.
constexpr uint64_t kSamplesUntilRecheck = 64;
constexpr milliseconds kFrequencyPause{500};  // reading a frequency may wake the processor

constexpr double kMaxCoreWait = 0.01;
// Processors' worth of other load that can make any thread wait.
constexpr double kMuchOtherLoad = 0.05;

}  // namespace

void DisturbanceWatch::Add(pid_t pid) {
  roots_.insert(pid);
  watched_.insert(pid);
}

// Finds descendants, and members of the process groups of the roots: the group still contains a
// shell's background job whose parent has ended.
void DisturbanceWatch::FindProcesses() {
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
  // Repeats, since a child has a smaller process ID than its parent if the IDs have wrapped around.
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
    has_schedstat_ = true;
    Thread& thread = threads_[{pid, number}];
    // Counters that decreased belong to a new thread with the ID of one that has ended.
    const bool is_new = now->run_ns < thread.times.run_ns || now->wait_ns < thread.times.wait_ns;
    const SchedulerTimes before = is_new ? SchedulerTimes() : thread.times;
    sum_.run_ns += now->run_ns - before.run_ns;
    sum_.wait_ns += now->wait_ns - before.wait_ns;
    thread = {*now, samples_};
  }
}

void DisturbanceWatch::SampleFrequency(Clock::time_point now) {
  if (now < next_frequency_) return;
  next_frequency_ = now + kFrequencyPause;
  if (const auto mhz = ReadProcessorMhz(sys_)) {
    mhz_sum_ += *mhz;
    ++mhz_samples_;
  }
}

nanoseconds DisturbanceWatch::Sample() {
  const Clock::time_point started = Clock::now();
  ++samples_;
  FindProcesses();
  for (const pid_t pid : watched_) AddThreads(pid);
  std::erase_if(threads_, [&](const auto& entry) { return entry.second.last_sample != samples_; });
  std::erase_if(watched_, [&](pid_t pid) {
    const auto first = threads_.lower_bound({pid, 0});
    return first == threads_.end() || first->first.first != pid;
  });
  SampleFrequency(started);
  const nanoseconds cost = Clock::now() - started;
  return std::clamp<nanoseconds>(cost * kPausePerCost, kMinPause, kMaxPause);
}

DisturbanceWatch::Sums DisturbanceWatch::Now() {
  Sample();
  return {Clock::now(), sum_, ReadProcessorTimes(proc_)};
}

void DisturbanceWatch::Begin() {
  mhz_sum_ = 0;
  mhz_samples_ = 0;
  begin_ = Now();
}

Disturbance DisturbanceWatch::End() {
  const Sums end = Now();
  const double wall = std::chrono::duration<double>(end.time - begin_.time).count();
  Disturbance seen;
  if (wall <= 0) return seen;
  if (has_schedstat_) {
    seen.core_wait = static_cast<double>(end.times.wait_ns - begin_.times.wait_ns) * 1e-9 / wall;
  }
  if (end.processors.has_value() && begin_.processors.has_value()) {
    const double busy = end.processors->busy_seconds - begin_.processors->busy_seconds;
    const double ours = static_cast<double>(end.times.run_ns - begin_.times.run_ns) * 1e-9;
    if (has_schedstat_) seen.other_load = std::max(0.0, busy - ours) / wall;
    seen.stolen_load =
        std::max(0.0, end.processors->stolen_seconds - begin_.processors->stolen_seconds) / wall;
  }
  if (mhz_samples_ > 0) seen.processor_mhz = mhz_sum_ / mhz_samples_;
  return seen;
}

bool IsDisturbed(const Trial& trial) {
  const double wait = trial.core_wait.value_or(0);
  if (wait <= kMaxCoreWait) return false;
  // A program with more busy threads than cores waits for itself, which is no disturbance.
  if (!trial.other_load.has_value()) return true;
  const double others = *trial.other_load + trial.stolen_load.value_or(0);
  return others >= std::clamp(wait / 2, kMaxCoreWait, kMuchOtherLoad);
}

}  // namespace pyslow::trials
