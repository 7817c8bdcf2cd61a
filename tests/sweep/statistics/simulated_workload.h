// Simulated workloads with a known truth.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_WORKLOAD_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace pyslow::statistics {

struct SimulatedFunction {
  double calls_per_unit = 100;  // n without delay
  // n as a function of the delay in seconds, for polling loops; empty: constant.
  std::function<double(double)> calls_at;
  size_t processes = 1;         // that share the calls, in parallel
  bool processes_alike = true;  // false: one of them makes 90% of the calls
};

// Noise of a measurement. Ratios are of T at delay 0.
struct Disturbance {
  double noise = 0.02;       // standard deviation of a trial
  bool heavy_tails = false;  // Student's t with 3 degrees of freedom instead of normal
  bool skewed = false;       // a gamma distribution of shape 2 instead of normal
  double correlation = 0;    // with the noise of the previous trial: AR(1)
  double block_drift = 0;    // standard deviation of a shift by block
  double whole_drift = 0;    // from the first trial to the last, linearly
  double power = 0;          // the noise grows as T^power
  double stalls = 0;         // probability that a trial takes longer
  double least_stall = 0.3;  // by this ratio
  double most_stall = 1;     // to this
  double count_noise = 0;    // of the calls counted, as a ratio
  // Probability that a trial is disturbed and repeated, at T0 and in addition for each further T0.
  double rejected = 0;
  double rejected_growth = 0;
};

struct SimulatedWorkload {
  std::string name;
  double seconds_per_unit = 0.010;  // T0
  std::vector<SimulatedFunction> functions = {SimulatedFunction{}};
  // Seconds added to a unit by the doses of its functions, in seconds of delay per unit. For a
  // function with calls_at, the argument is the delay in seconds.
  std::function<double(const std::vector<double>&)> added;
  // Further figures (--metric) without noise; empty: none.
  std::function<std::vector<double>(const std::vector<double>&)> metrics;
  Disturbance disturbance;
};

// The result of one trial.
struct SimulatedTrial {
  double seconds_per_unit = 0;
  std::vector<double> calls_per_unit;     // by function, as counted
  std::vector<double> delivered_seconds;  // by function: in delays, per unit
  std::vector<double> metrics;
  int rejected = 0;  // disturbed attempts before this one
};

// One function that adds `added(dose)` seconds to a unit.
SimulatedWorkload OneFunction(const std::string& name, std::function<double(double)> added);

// Simulates trials, one after another.
class Simulation {
 public:
  // `trials`: the expected number, for the drift.
  Simulation(SimulatedWorkload workload, size_t trials, uint64_t seed);

  // `delays_ns`: per call, by function. A new block gets a new random shift.
  SimulatedTrial Run(const std::vector<int64_t>& delays_ns, int block);

  // (Σn)²/Σn² of a function's calls over its processes.
  double ProcessesOf(size_t function) const;

  std::mt19937_64& random() { return random_; }

 private:
  double Noise();
  double Attempt(double expected);

  const SimulatedWorkload workload_;
  const size_t trials_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  size_t run_ = 0;
  int block_ = -1;
  double block_shift_ = 0;
  double last_noise_ = 0;
};

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_SIMULATED_WORKLOAD_H_
