// Workloads whose truth is known, in the place of real processes.
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
  double calls_per_unit = 100;  // n, where the function is not slowed
  // n at a delay in seconds, for loops that poll; empty: it does not move.
  std::function<double(double)> calls_at;
  size_t processes = 1;         // that share the calls, in parallel
  bool processes_alike = true;  // or one of them makes nine tenths of the calls
};

// What disturbs a measurement. Ratios are of T at delay 0.
struct Disturbance {
  double noise = 0.02;           // standard deviation of a trial
  bool heavy_tails = false;      // Student's t with 3 degrees of freedom in place of normal
  double correlation = 0;        // of one trial's noise with the one before: AR(1)
  double block_drift = 0;        // each block's own shift
  double whole_drift = 0;        // from the first trial to the last, linearly
  bool grows_with_time = false;  // noise is a ratio of the trial's own T and not of T at delay 0
  double count_noise = 0;        // of the calls counted, as a ratio
  // A trial is disturbed, and run again, with this probability at T0 and so much more for each T0
  // beyond.
  double rejected = 0;
  double rejected_growth = 0;
};

struct SimulatedWorkload {
  std::string name;
  double seconds_per_unit = 0.010;  // T0
  std::vector<SimulatedFunction> functions = {SimulatedFunction{}};
  // Seconds added to a unit by the doses of its functions: seconds of delay per unit that all
  // calls of each take together. For a function with calls_at, the delay itself in seconds.
  std::function<double(const std::vector<double>&)> added;
  // Further figures (--metric) of the same doses, before noise; empty: none.
  std::function<std::vector<double>(const std::vector<double>&)> metrics;
  Disturbance disturbance;
};

// What one trial of it gives.
struct SimulatedTrial {
  double seconds_per_unit = 0;
  std::vector<double> calls_per_unit;  // by function
  std::vector<double> metrics;
  int rejected = 0;  // attempts that were disturbed before this one
};

// One function that adds `added(dose)` seconds to a unit.
SimulatedWorkload OneFunction(const std::string& name, std::function<double(double)> added);

// Runs trials in the order in which they are asked for.
class Simulation {
 public:
  // `trials`: how many there will be, for drift.
  Simulation(SimulatedWorkload workload, size_t trials, uint64_t seed);

  // `delays_ns`: per call, by function. A block that is not the last one's has a shift of its own.
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
