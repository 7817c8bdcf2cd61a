// Sweeps of one curve with the noise of real trials: skewed or heavy-tailed, proportional to time,
// drifting, with blocks that differ and with stalls. T at the control is 1.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_NOISE_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_NOISE_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {

struct TrialNoise {
  std::string name;
  double sigma = 0.05;  // standard deviation of a trial at the control
  // A standardised deviate: gamma(2) has skew 1.4 and excess kurtosis 3, as the demo's trials have.
  enum class Kind { kNormal, kSkewed, kHeavyTails, kAutoregressive } kind = Kind::kNormal;
  double autocorrelation = 0;  // kAutoregressive
  double power = 0;            // the deviation grows as T^power
  double drift = 0;            // added over the whole sweep
  double block_sd = 0;         // of the blocks' effects
  double slope_sd = 0;         // of the blocks' slopes, as a ratio of the slope
  double stall_share = 0;      // of the trials that take longer
  double least_stall = 0.3;    // by this ratio
  double most_stall = 1;       // to this
  // How much longer than asked a delay is, at most (a spin that is preempted); evenly distributed.
  double overspin = 0;
};

// How many times as long as usual a trial takes: 1, or more if it stalls.
inline double StallFactor(const TrialNoise& noise, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  if (uniform(random) >= noise.stall_share) return 1;
  return 1 + noise.least_stall + (noise.most_stall - noise.least_stall) * uniform(random);
}

struct SimulatedSweep {
  std::vector<PooledTrial> trials;
  std::vector<size_t> levels;  // of each trial
  std::vector<bool> stalled;
};

// `blocks` blocks of every dose once, each in an order of its own. `time`: T less the control's, by
// the dose that was spent.
inline SimulatedSweep Simulate(const std::vector<double>& doses, size_t blocks,
                               const std::function<double(double)>& time, const TrialNoise& noise,
                               uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::gamma_distribution<double> gamma(2, 1);
  std::student_t_distribution<double> student(3);
  std::uniform_real_distribution<double> uniform;
  double last = normal(random);
  const auto deviate = [&] {
    switch (noise.kind) {
      case TrialNoise::Kind::kNormal:
        return normal(random);
      case TrialNoise::Kind::kSkewed:
        return (gamma(random) - 2) / std::sqrt(2.0);
      case TrialNoise::Kind::kHeavyTails:
        return student(random) / std::sqrt(3.0);
      case TrialNoise::Kind::kAutoregressive:
        last = noise.autocorrelation * last +
               std::sqrt(1 - noise.autocorrelation * noise.autocorrelation) * normal(random);
        return last;
    }
    return 0.0;
  };
  SimulatedSweep sweep;
  std::vector<size_t> order(doses.size());
  for (size_t l = 0; l < order.size(); ++l) order[l] = l;
  const auto all = static_cast<double>(blocks * doses.size());
  for (size_t b = 0; b < blocks; ++b) {
    std::shuffle(order.begin(), order.end(), random);
    const double block = noise.block_sd * normal(random);
    const double steeper = 1 + noise.slope_sd * normal(random);
    for (const size_t level : order) {
      const double spent = doses[level] * (1 + noise.overspin * uniform(random));
      const double exact = 1 + steeper * time(spent);
      double y = exact + noise.sigma * deviate() * std::pow(exact, noise.power) + block +
                 noise.drift * static_cast<double>(sweep.trials.size()) / all;
      const double stall = StallFactor(noise, random);
      y *= stall;
      sweep.trials.push_back({b, doses[level], spent, y});
      sweep.levels.push_back(level);
      sweep.stalled.push_back(stall > 1);
    }
  }
  return sweep;
}

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_NOISE_H_
