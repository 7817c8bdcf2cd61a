// From the samples of GPUs to what they did in a trial.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_GPUS_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_GPUS_H_

#include <sys/types.h>

#include <chrono>
#include <set>

#include "session/snapshot.h"
#include "sweep/model/trial.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/session_counts.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

// The time in which a trial's units were measured.
struct GpuWindow {
  std::chrono::steady_clock::time_point begin;
  std::chrono::steady_clock::time_point end;
};
GpuWindow SpanFrom(std::chrono::steady_clock::time_point begin, double seconds);
GpuWindow SpanOf(const WindowTimes& window);

// The processes with records.
std::set<pid_t> RecordedProcesses(const session::SessionSnapshot& snapshot);

// Sets trial->gpus, after the trial's figures. `recorded`: RecordedProcesses. Unless --gpu names
// GPUs, one is left out if all processes on it are others' than the command's: `exists` says
// whether a PID is one of this PID namespace, since the driver may report those of another.
void SetGpus(const TrialSettings& settings, const Disturbance& disturbance,
             const std::set<pid_t>& recorded, const GpuWindow& window, model::Trial* trial,
             bool (*exists)(pid_t) = nullptr);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_GPUS_H_
