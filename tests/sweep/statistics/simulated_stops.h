// Sweeps of one curve that are judged after 2, 3, 4, 6 … blocks until the first verdict, on a
// machine with other work: rules R16 to R18.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_STOPS_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_STOPS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "repeated_stalls.h"
#include "simulated_noise.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/judge.h"
#include "sweep/statistics/waiting.h"

namespace pyslow::statistics {

// Other work holds up some trials, more often as the delay grows. The label is right.
struct OtherWork {
  double share = 0;          // of the trials, at the control
  double share_by_dose = 0;  // added at a dose of T0
  double shift = 0;          // by which a trial that is held up is longer
  double on_path = 1;        // the part of the waiting that makes a unit longer
  double blur = 0;           // the measured waiting is wrong by up to this ratio
};

inline void AddOtherWork(const OtherWork& work, uint64_t seed, SimulatedSweep& sweep) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform;
  for (PooledTrial& trial : sweep.trials) {
    trial.calm = uniform(random) >= work.share + work.share_by_dose * trial.x;
    const double held_up = trial.calm ? 0 : 2 * uniform(random) * work.shift * trial.y;
    trial.waited = held_up / work.on_path * (1 + work.blur * (2 * uniform(random) - 1));
    trial.y += held_up;
    trial.exposed = trial.y;
  }
}

// The cost of waiting in the first `blocks` blocks.
inline WaitingCost WaitingCostOf(const SimulatedSweep& sweep, size_t blocks) {
  std::vector<PooledTrial> trials;
  std::vector<size_t> levels;
  for (size_t i = 0; i < sweep.trials.size(); ++i) {
    if (sweep.trials[i].block >= blocks) continue;
    trials.push_back(sweep.trials[i]);
    levels.push_back(sweep.levels[i]);
  }
  return FindWaitingCost(trials, levels);
}

// T0 is 10 ms, with 100 calls.
inline std::vector<Block> BlocksOf(const SimulatedSweep& sweep, size_t blocks) {
  std::vector<Block> result(blocks);
  const WaitingCost cost = WaitingCostOf(sweep, blocks);
  for (const PooledTrial& trial : sweep.trials) {
    if (trial.block >= blocks) continue;
    Observation o;
    o.delay_ns = std::llround(trial.x * 100'000);
    o.seconds_per_unit = trial.y * 0.010;
    o.calls_per_unit = 100;
    o.delivered_seconds = trial.dose * 0.010;
    if (trial.waited.has_value()) o.waited_seconds = *trial.waited * 0.010;
    o.calm = trial.calm;
    SubtractWaiting(cost, &o);
    result[trial.block].push_back(o);
  }
  return result;
}

// A sweep whose stalls are measured again.
class RepeatedSweep {
 public:
  // A sweep with noise of its own for each number of attempts.
  using Attempts = std::function<SimulatedSweep(size_t attempt)>;

  explicit RepeatedSweep(Attempts attempts) : attempts_(std::move(attempts)), now_(attempts_(0)) {
    repeated_.resize(now_.trials.size());
  }

  const SimulatedSweep& now() const { return now_; }

  // R17, in the first `blocks` blocks.
  void RepeatStallsOf(size_t blocks) {
    std::vector<size_t> levels;
    for (size_t i = 0; i < now_.trials.size() && now_.trials[i].block < blocks; ++i) {
      levels.push_back(now_.levels[i]);
    }
    const auto first = [&] {
      const auto begin = now_.trials.begin();
      return std::vector<PooledTrial>(begin, begin + static_cast<ptrdiff_t>(levels.size()));
    };
    repeater_.Look(first, levels, [this](size_t stall) { Repeat(stall); });
  }

 private:
  void Repeat(size_t stall) {
    const SimulatedSweep again = attempts_(++repeated_[stall]);
    for (size_t i = 0; i < again.trials.size(); ++i) {
      const bool same = again.trials[i].block == now_.trials[stall].block &&
                        again.levels[i] == now_.levels[stall];
      if (same) now_.trials[stall] = again.trials[i];
    }
  }

  Attempts attempts_;
  SimulatedSweep now_;
  std::vector<size_t> repeated_;  // by trial
  StallRepeater repeater_;
};

struct Stop {
  model::CurveFinding finding;
  size_t trials = 0;
};

inline Stop FirstVerdict(const std::function<double(double)>& time, const TrialNoise& noise,
                         const OtherWork& work, size_t max_blocks, uint64_t seed) {
  constexpr size_t kMinBlocksForStalls = 3;
  const std::vector<double> doses = {0, 0.25, 0.5, 1};
  RepeatedSweep sweep([&](size_t attempt) {
    const uint64_t attempt_seed = seed + 1'000'000 * attempt;
    SimulatedSweep one = Simulate(doses, max_blocks, time, noise, attempt_seed);
    AddOtherWork(work, attempt_seed, one);
    return one;
  });
  JudgeOptions options;
  options.confidence = kLookConfidence;
  Stop stop;
  for (const size_t look : kLooks) {
    if (look > max_blocks) break;
    if (look >= kMinBlocksForStalls) sweep.RepeatStallsOf(look);
    const std::vector<Block> blocks = BlocksOf(sweep.now(), look);
    stop.finding = JudgeCurve(blocks, options);
    stop.trials = TrialsOf(blocks);
    if (stop.finding.verdict() != model::Verdict::kInconclusive) break;
  }
  return stop;
}

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_STOPS_H_
