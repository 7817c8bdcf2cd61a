#include "sweep/trials/trial_gpus.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

namespace pyslow::trials {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// A figure is that of the whole window if its units take this much of it, within measurement error.
constexpr double kMaxGap = 0.05;

bool Exists(pid_t pid) { return kill(pid, 0) == 0 || errno == EPERM; }

// The processes that compute on a GPU.
struct Users {
  bool has_command = false;
  bool has_others = false;
  bool are_all_known = true;
};

Users UsersOf(const gpu::GpuSeries& series, const Disturbance& disturbance,
              const std::set<pid_t>& recorded, bool (*exists)(pid_t)) {
  Users users;
  for (const pid_t pid : series.processes.value_or(std::set<pid_t>())) {
    if (disturbance.programs.count(pid) != 0 || recorded.count(pid) != 0) {
      users.has_command = true;
      continue;
    }
    // One that is not there has ended, or is of another PID namespace.
    const bool is_there = exists(pid);
    users.has_others = users.has_others || is_there;
    users.are_all_known = users.are_all_known && is_there;
  }
  return users;
}

// Whether T is the time of the units in the window. The number of units is unknown if only a rate
// is read: then it is that of the whole run unless the user gave a window (as for calls per unit).
bool IsOfWindow(const TrialSettings& settings, const model::Trial& trial, double seconds) {
  if (trial.units.has_value()) {
    return std::abs(*trial.units * trial.seconds_per_unit / seconds - 1) <= kMaxGap;
  }
  return IsFigureOfWindow(settings);
}

}  // namespace

GpuWindow SpanFrom(steady_clock::time_point begin, double seconds) {
  return {begin, begin + duration_cast<steady_clock::duration>(duration<double>(seconds))};
}

GpuWindow SpanOf(const WindowTimes& window) {
  return {steady_clock::time_point(nanoseconds(window.begin_ns)),
          steady_clock::time_point(nanoseconds(window.end_ns))};
}

std::set<pid_t> RecordedProcesses(const session::SessionSnapshot& snapshot) {
  std::set<pid_t> processes;
  for (const session::ProcessSnapshot& process : snapshot.processes) {
    processes.insert(static_cast<pid_t>(process.pid));
  }
  return processes;
}

void SetGpus(const TrialSettings& settings, const Disturbance& disturbance,
             const std::set<pid_t>& recorded, const GpuWindow& window, model::Trial* trial,
             bool (*exists)(pid_t)) {
  if (exists == nullptr) exists = Exists;
  const double seconds = duration<double>(window.end - window.begin).count();
  for (const gpu::GpuSeries& series : disturbance.gpus) {
    const Users users = UsersOf(series, disturbance, recorded, exists);
    const bool is_others = users.has_others && users.are_all_known && !users.has_command;
    if (settings.gpu.empty() && is_others) continue;
    std::optional<model::GpuUse> use = gpu::UseIn(series, window.begin, window.end);
    if (!use.has_value()) continue;
    use->is_shared = users.has_others && (users.has_command || users.are_all_known);
    if (IsOfWindow(settings, *trial, seconds)) {
      use->seconds_per_unit = use->busy * trial->seconds_per_unit;
    }
    trial->gpus.push_back(*std::move(use));
  }
}

}  // namespace pyslow::trials
