#include "sweep/trials/disturbance.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/posix_clock.h"
#include "sweep/trials/throttling.h"

namespace pyslow::trials {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kMinPause{20};
constexpr milliseconds kMaxPause{2000};
constexpr int kPausePerCost = 200;
constexpr milliseconds kFrequencyPause{500};  // reading a frequency may wake the processor

constexpr double kMaxCoreWait = 0.01;
constexpr double kMaxThrottled = 0.01;
// Processors' worth of other load that can make any thread wait.
constexpr double kMuchOtherLoad = 0.05;
// Processors' worth of a process outside the program that is recorded.
constexpr double kMinOutside = 0.01;

// See LeaveOutBusyPythons: their start times, which tell processes apart.
std::set<uint64_t>& BusyBefore() {
  static std::set<uint64_t> busy;
  return busy;
}

double SecondsOf(int64_t ns) { return static_cast<double>(ns) * 1e-9; }

std::map<pid_t, ProgramTime> ProgramsBetween(const std::map<pid_t, ProgramTime>& begin,
                                             std::map<pid_t, ProgramTime> end) {
  for (auto& [pid, time] : end) {
    const auto before = begin.find(pid);
    if (before == begin.end() || before->second.start_ticks != time.start_ticks) continue;
    time.run_ns -= before->second.run_ns;
    if (before->second.arguments == time.arguments) time.program_ns -= before->second.program_ns;
  }
  return end;
}

}  // namespace

void LeaveOutBusyPythons() {
  constexpr nanoseconds kInterval = std::chrono::milliseconds(200);
  constexpr double kBusy = 0.5;
  DisturbanceWatch watch;
  watch.Begin();
  std::this_thread::sleep_for(kInterval);
  const Disturbance seen = watch.End();
  for (const auto& [pid, time] : seen.outside) {
    if (SecondsOf(time.run_ns) >= kBusy * seen.seconds) BusyBefore().insert(time.start_ticks);
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
  const int64_t started_ns = ThreadNs();
  times_.Sample();
  SampleFrequency(Clock::now());
  const nanoseconds cost(ThreadNs() - started_ns);
  return std::clamp<nanoseconds>(cost * kPausePerCost, kMinPause, kMaxPause);
}

DisturbanceWatch::Reading DisturbanceWatch::Read() {
  Sample();
  return {Clock::now(),
          times_.sum(),
          ReadProcessorTimes(proc_),
          ReadQuotaStops(proc_, sys_),
          ReadThermalThrottles(sys_),
          times_.programs(),
          times_.unseen_program_ns(),
          ReadOthers()};
}

std::map<pid_t, ProcessStat> DisturbanceWatch::ReadOthers() const {
  std::map<pid_t, ProcessStat> others;
  for (const pid_t pid : times_.others()) {
    if (const auto stat = ReadProcessStat(proc_, pid)) others.emplace(pid, *stat);
  }
  others.erase(getpid());
  return others;
}

std::map<pid_t, ProgramTime> DisturbanceWatch::OutsidePythons(const Reading& end,
                                                              double seconds) const {
  std::map<pid_t, ProgramTime> outside;
  for (const auto& [pid, now] : end.others) {
    const auto before = begin_.others.find(pid);
    const bool is_new =
        before == begin_.others.end() || before->second.start_ticks != now.start_ticks;
    ProgramTime time;
    time.start_ticks = now.start_ticks;
    time.run_ns = NsOfTicks(now.run_ticks - (is_new ? 0 : before->second.run_ticks));
    if (SecondsOf(time.run_ns) < kMinOutside * seconds) continue;
    if (BusyBefore().contains(now.start_ticks)) continue;
    std::error_code error;
    time.program = std::filesystem::read_symlink(absl::StrCat(proc_, "/", pid, "/exe"), error)
                       .filename()
                       .string();
    if (absl::StartsWith(time.program, "python")) outside.emplace(pid, std::move(time));
  }
  return outside;
}

void DisturbanceWatch::Begin() {
  mhz_sum_ = 0;
  mhz_samples_ = 0;
  begin_ = Read();
  if (gpus_ != nullptr) gpus_->Begin();
}

Disturbance DisturbanceWatch::End() {
  Disturbance seen;
  // Reading takes time in which the GPU idles, so its samples end first.
  if (gpus_ != nullptr) seen.gpus = gpus_->End();
  const Reading end = Read();
  const double wall = std::chrono::duration<double>(end.time - begin_.time).count();
  if (wall <= 0) return seen;
  double wait = SecondsOf(end.times.wait_ns - begin_.times.wait_ns);
  if (end.processors.has_value() && begin_.processors.has_value()) {
    const double busy = end.processors->busy_seconds - begin_.processors->busy_seconds;
    const double ours = SecondsOf(end.times.run_ns - begin_.times.run_ns);
    const double stolen =
        std::max(0.0, end.processors->stolen_seconds - begin_.processors->stolen_seconds);
    seen.other_load = std::max(0.0, busy - ours) / wall;
    seen.stolen_load = stolen / wall;
    // The host takes a core from a thread without the kernel's notice: it is neither running nor
    // waiting then. Of the time stolen, the program has lost its share of the work.
    if (busy > 0) wait += stolen * std::min(1.0, ours / busy);
  }
  seen.seconds = wall;
  seen.outside = OutsidePythons(end, wall);
  seen.unseen_program_ns = end.unseen_program_ns - begin_.unseen_program_ns;
  seen.programs = ProgramsBetween(begin_.programs, end.programs);
  if (times_.has_wait()) seen.core_wait = wait / wall;
  if (mhz_samples_ > 0) seen.processor_mhz = mhz_sum_ / mhz_samples_;
  if (const auto stopped = StoppedBetween(begin_.quota_stops, end.quota_stops)) {
    seen.throttled = *stopped / wall;
  }
  if (end.overheated.has_value() && begin_.overheated.has_value()) {
    seen.overheated = *end.overheated - std::min(*end.overheated, *begin_.overheated);
  }
  return seen;
}

bool WaitedForOthers(const Trial& trial) {
  const double wait = trial.core_wait.value_or(0);
  if (wait <= kMaxCoreWait) return false;
  // A program with more busy threads than cores waits for itself, which is no disturbance.
  if (!trial.other_load.has_value()) return true;
  const double others = *trial.other_load + trial.stolen_load.value_or(0);
  return others >= std::clamp(wait / 2, kMaxCoreWait, kMuchOtherLoad);
}

bool WasThrottled(const Trial& trial) { return trial.throttled.value_or(0) > kMaxThrottled; }

bool IsDisturbed(const Trial& trial) { return WaitedForOthers(trial) || WasThrottled(trial); }

}  // namespace pyslow::trials
