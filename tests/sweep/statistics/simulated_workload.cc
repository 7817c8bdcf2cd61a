#include "simulated_workload.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pyslow::statistics {

SimulatedWorkload OneFunction(const std::string& name, std::function<double(double)> added) {
  SimulatedWorkload workload;
  workload.name = name;
  workload.added = [added = std::move(added)](const std::vector<double>& doses) {
    return added(doses[0]);
  };
  return workload;
}

Simulation::Simulation(SimulatedWorkload workload, size_t trials, uint64_t seed)
    : workload_(std::move(workload)), trials_(trials), random_(seed) {
  // The stationary state of the AR(1) process.
  last_noise_ = normal_(random_);
}

// Noise with variance 1.
double Simulation::Noise() {
  double fresh = 0;
  if (workload_.disturbance.heavy_tails) {
    std::student_t_distribution<double> heavy(3);
    fresh = heavy(random_) / std::sqrt(3.0);
  } else if (workload_.disturbance.skewed) {
    std::gamma_distribution<double> gamma(2, 1);
    fresh = (gamma(random_) - 2) / std::sqrt(2.0);
  } else {
    fresh = normal_(random_);
  }
  const double correlation = workload_.disturbance.correlation;
  last_noise_ = correlation * last_noise_ + std::sqrt(1 - correlation * correlation) * fresh;
  return last_noise_;
}

double Simulation::Attempt(double expected) {
  const Disturbance& d = workload_.disturbance;
  const double control = workload_.seconds_per_unit;
  const double scale = d.power == 0 ? control : control * std::pow(expected / control, d.power);
  const double progress =
      trials_ == 0 ? 0 : static_cast<double>(run_) / static_cast<double>(trials_);
  const double drift = block_shift_ + d.whole_drift * progress;
  double seconds = expected + scale * d.noise * Noise() + control * drift;
  std::uniform_real_distribution<double> uniform;
  if (d.stalls > 0 && uniform(random_) < d.stalls) {
    seconds *= 1 + d.least_stall + (d.most_stall - d.least_stall) * uniform(random_);
  }
  return seconds;
}

SimulatedTrial Simulation::Run(const std::vector<int64_t>& delays_ns, int block) {
  const Disturbance& d = workload_.disturbance;
  if (block != block_) {
    block_ = block;
    block_shift_ = d.block_drift * normal_(random_);
  }
  SimulatedTrial trial;
  std::vector<double> doses;
  for (size_t f = 0; f < workload_.functions.size(); ++f) {
    const SimulatedFunction& function = workload_.functions[f];
    const double delay = static_cast<double>(delays_ns[f]) * 1e-9;
    const double calls = function.calls_at ? function.calls_at(delay) : function.calls_per_unit;
    doses.push_back(function.calls_at ? delay : delay * calls);
    trial.delivered_seconds.push_back(delay * calls);
    trial.calls_per_unit.push_back(calls * (1 + d.count_noise * normal_(random_)));
  }
  const double expected = workload_.seconds_per_unit + workload_.added(doses);
  std::uniform_real_distribution<double> uniform;
  for (;; ++trial.rejected) {
    const double seconds = Attempt(expected);
    const double slower = seconds / workload_.seconds_per_unit - 1;
    trial.seconds_per_unit = seconds;
    if (uniform(random_) >= std::min(0.9, d.rejected + d.rejected_growth * slower)) break;
  }
  if (workload_.metrics) trial.metrics = workload_.metrics(doses);
  for (double& metric : trial.metrics) metric *= 1 + d.noise * normal_(random_);
  ++run_;
  return trial;
}

double Simulation::ProcessesOf(size_t function) const {
  const SimulatedFunction& f = workload_.functions[function];
  const auto processes = static_cast<double>(f.processes);
  if (f.processes < 2 || f.processes_alike) return processes;
  const double rest = 0.1 / (processes - 1);
  return 1 / (0.81 + (processes - 1) * rest * rest);
}

}  // namespace pyslow::statistics
