#include "sweep/steps/observe.h"

#include <algorithm>
#include <limits>

#include "sweep/statistics/grid.h"
#include "sweep/steps/gpu_observations.h"
#include "sweep/trials/disturbance.h"

namespace pyslow::steps {
namespace {

// The delayed calls, each counted as many times as its frequency; without a treatment, all calls.
double DelayedCallsOf(const model::Trial& trial, const Subject& subject) {
  double sum = 0;
  for (const uint32_t group : subject.groups) {
    if (group >= trial.counts->size()) continue;
    const model::GroupCounts& counts = (*trial.counts)[group];
    const auto treatment =
        std::find_if(trial.spec.treatments.begin(), trial.spec.treatments.end(),
                     [&](const model::Treatment& t) { return t.group == group; });
    sum += treatment == trial.spec.treatments.end()
               ? static_cast<double>(counts.calls)
               : static_cast<double>(counts.delayed) * static_cast<double>(treatment->frequency);
  }
  return sum;
}

// The measured time in the subject's delays over the requested one; 1 without delays.
double StretchOf(const model::Trial& trial, const Subject& subject) {
  double spun_ns = 0;
  double asked_ns = 0;
  for (const uint32_t group : subject.groups) {
    if (group >= trial.counts->size()) continue;
    spun_ns += (*trial.counts)[group].spun_ns;
    asked_ns += static_cast<double>((*trial.counts)[group].asked_ns);
  }
  return asked_ns > 0 && spun_ns > 0 ? spun_ns / asked_ns : 1;
}

void SetProcesses(const model::Trial& trial, const Subject& subject,
                  statistics::Observation* observation) {
  // A process with a smaller share of the busiest process's calls is ignored: a launcher or a
  // helper.
  constexpr double kMinShare = 0.01;
  std::vector<double> by_process;
  for (const uint32_t group : subject.groups) {
    if (group >= trial.counts->size()) continue;
    const std::vector<uint64_t>& calls = (*trial.counts)[group].by_process;
    by_process.resize(std::max(by_process.size(), calls.size()));
    for (size_t i = 0; i < calls.size(); ++i) by_process[i] += static_cast<double>(calls[i]);
  }
  double sum = 0;
  double squares = 0;
  double busiest = 0;
  for (const double calls : by_process) {
    sum += calls;
    squares += calls * calls;
    busiest = std::max(busiest, calls);
  }
  if (busiest == 0) return;
  observation->processes = sum * sum / squares;
  observation->processes_calling = static_cast<size_t>(
      std::count_if(by_process.begin(), by_process.end(),
                    [busiest](double calls) { return calls >= kMinShare * busiest; }));
}

}  // namespace

double ExposedSecondsOf(const model::Trial& trial) {
  if (!trial.counts.has_value()) return trial.seconds_per_unit;
  Subject all;
  for (uint32_t group = 0; group < trial.counts->size(); ++group) all.groups.push_back(group);
  return std::max(0.0, trial.seconds_per_unit - SpunSecondsOfProcess(trial, all) / UnitsOf(trial));
}

std::optional<double> WaitedSecondsOf(const model::Trial& trial) {
  // The trial cannot have waited for others longer than others ran or its quota stopped it.
  constexpr double kMostOfTime = 0.95;  // threads that wait at the same time are counted each
  if (!trial.core_wait.has_value()) return std::nullopt;
  double share = std::min(*trial.core_wait, kMostOfTime);
  if (trial.other_load.has_value()) {
    // A thread that the quota stops is runnable without a core: core_wait contains that time.
    share = std::min(
        share, *trial.other_load + trial.stolen_load.value_or(0) + trial.throttled.value_or(0));
  }
  return share * ExposedSecondsOf(trial);
}

double SpunSecondsOf(const model::Trial& trial, const Subject& subject) {
  double sum = 0;
  for (const uint32_t group : subject.groups) {
    if (group < trial.counts->size()) sum += (*trial.counts)[group].spun_ns * 1e-9;
  }
  return sum;
}

double SpunSecondsOfProcess(const model::Trial& trial, const Subject& subject) {
  statistics::Observation observation;
  SetProcesses(trial, subject, &observation);
  return SpunSecondsOf(trial, subject) / observation.processes;
}

double UnitsOf(const model::Trial& trial) {
  return trial.units.value_or(trial.window_seconds / trial.seconds_per_unit);
}

bool HasWindow(const Settings& settings) { return trials::HasWindow(settings.trials); }

bool UnitsAreKnown(const model::Trial& trial, const Settings& settings) {
  return trial.units.has_value() || trials::IsFigureOfWindow(settings.trials);
}

statistics::Observation Observe(const model::Trial& trial, const Subject& subject,
                                int64_t per_call_ns, const Settings& settings) {
  statistics::Observation observation;
  observation.delay_ns = per_call_ns;
  observation.seconds_per_unit = trial.seconds_per_unit;
  if (trial.reading.has_value()) observation.step_seconds = trial.reading->step;
  if (trial.counts.has_value()) {
    const double calls = DelayedCallsOf(trial, subject);
    // 0 calls are 0 per unit, however uncertain the units are.
    if (calls == 0) {
      observation.calls_per_unit = 0;
    } else if (UnitsAreKnown(trial, settings)) {
      observation.calls_per_unit = calls / UnitsOf(trial);
    }
    SetProcesses(trial, subject, &observation);
    observation.stretch = StretchOf(trial, subject);
    // Without a delayed call nothing is delivered, however uncertain the units are.
    if (per_call_ns == 0 || calls == 0) {
      observation.delivered_seconds = 0;
    } else if (observation.calls_per_unit.has_value()) {
      observation.delivered_seconds = SpunSecondsOf(trial, subject) / UnitsOf(trial);
    }
  }
  observation.calm = !trials::IsDisturbed(trial);
  observation.waited_seconds = WaitedSecondsOf(trial);
  for (const std::string& name : MetricNames(settings)) {
    const auto found = trial.metrics.find(name);
    observation.metrics.push_back(
        found == trial.metrics.end() ? std::numeric_limits<double>::quiet_NaN() : found->second);
  }
  return observation;
}

PooledTrials Pooled(const BlockedTrials& trials) {
  PooledTrials pooled;
  for (size_t b = 0; b < trials.blocks.size(); ++b) {
    for (size_t place = 0; place < trials.blocks[b].size(); ++place) {
      const ArmTrial& one = trials.blocks[b][place];
      if (one.is_replaced) continue;
      statistics::PooledTrial& trial = pooled.trials.emplace_back();
      trial.block = b;
      trial.x = static_cast<double>(one.arm);
      trial.y = one.trial.seconds_per_unit;
      trial.waited = WaitedSecondsOf(one.trial);
      trial.exposed = ExposedSecondsOf(one.trial);
      trial.calm = !trials::IsDisturbed(one.trial);
      pooled.arms.push_back(one.arm);
      pooled.places.emplace_back(b, place);
    }
  }
  return pooled;
}

void UpdateWaiting(BlockedTrials* trials) {
  const PooledTrials pooled = Pooled(*trials);
  trials->waiting = statistics::FindWaitingCost(pooled.trials, pooled.arms);
}

std::vector<statistics::Block> Observe(const BlockedTrials& trials,
                                       const std::vector<CurveArm>& arms, const Subject& subject,
                                       const Settings& settings) {
  std::vector<statistics::Block> blocks;
  const std::optional<int> gpu = BusiestGpu(trials);
  for (const std::vector<ArmTrial>& block : trials.blocks) {
    blocks.emplace_back();
    for (const ArmTrial& one : block) {
      const auto arm = std::find_if(arms.begin(), arms.end(),
                                    [&](const CurveArm& a) { return a.arm == one.arm; });
      if (one.is_replaced || arm == arms.end()) continue;
      blocks.back().push_back(Observe(one.trial, subject, arm->per_call_ns, settings));
      if (gpu.has_value()) SetGpu(one.trial, *gpu, &blocks.back().back());
      statistics::SubtractWaiting(trials.waiting, &blocks.back().back());
    }
    if (blocks.back().empty()) blocks.pop_back();
  }
  return blocks;
}

double GridOf(const BlockedTrials& trials) {
  std::vector<statistics::PrintedTime> times;
  for (const std::vector<ArmTrial>& block : trials.blocks) {
    for (const ArmTrial& one : block) {
      if (one.is_replaced || !one.trial.reading.has_value()) continue;
      times.push_back({one.trial.seconds_per_unit, one.trial.reading->step});
    }
  }
  return statistics::GridOf(times);
}

std::vector<double> SecondsOf(const BlockedTrials& trials, size_t arm) {
  std::vector<double> seconds;
  for (const std::vector<ArmTrial>& block : trials.blocks) {
    for (const ArmTrial& one : block) {
      if (one.arm == arm && !one.is_replaced) seconds.push_back(one.trial.seconds_per_unit);
    }
  }
  return seconds;
}

std::vector<std::string> MetricNames(const Settings& settings) {
  std::vector<std::string> names;
  for (const auto& [name, regex] : settings.trials.metrics) names.push_back(name);
  for (const auto& [name, place] : settings.trials.json_metrics) names.push_back(name);
  return names;
}

}  // namespace pyslow::steps
