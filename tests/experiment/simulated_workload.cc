#include "simulated_workload.h"

#include <cmath>

namespace pyslow::experiment {

double SimulatedTrials::Noise() {
  std::normal_distribution<double> normal;
  if (!workload_.heavy_tails) return workload_.noise * normal(random_);
  std::student_t_distribution<double> heavy(3);
  return workload_.noise * heavy(random_) / std::sqrt(3.0);  // variance 3 to 1
}

TrialOutcome SimulatedTrials::Run(const PlannedTrial& planned) {
  if (planned.block != block_) {
    std::normal_distribution<double> normal;
    block_ = planned.block;
    block_shift_ = workload_.block_drift * normal(random_);
  }
  const double calls =
      workload_.calls_per_unit *
      (1 - workload_.call_elasticity * static_cast<double>(planned.delay_ns) / 100'000);
  const double dose = calls * static_cast<double>(planned.delay_ns) * 1e-9;
  const double progress = static_cast<double>(planned.index) / planned_;
  const double shift = Noise() + block_shift_ + workload_.whole_drift * progress;
  TrialOutcome outcome;
  outcome.kind = TrialOutcome::Kind::kMeasured;
  Trial& trial = outcome.trial;
  trial.index = planned.index;
  trial.block = planned.block;
  trial.delay_ns = planned.delay_ns;
  trial.seconds_per_unit = workload_.seconds_per_unit * (1 + shift) + workload_.added(dose);
  // A hundred units in a run that is all window.
  trial.wall_seconds = trial.seconds_per_unit * 100;
  trial.window_seconds = trial.wall_seconds;
  const auto delayed = static_cast<uint64_t>(std::llround(calls * 100));
  trial.counts = TrialCounts{delayed, delayed, delayed * static_cast<uint64_t>(planned.delay_ns),
                             dose * 100 * 1e9};
  return outcome;
}

}  // namespace pyslow::experiment
