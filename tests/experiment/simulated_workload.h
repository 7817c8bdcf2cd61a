// A workload whose truth is known, in the place of real processes.
#ifndef PYSLOW_TESTS_EXPERIMENT_SIMULATED_WORKLOAD_H_
#define PYSLOW_TESTS_EXPERIMENT_SIMULATED_WORKLOAD_H_

#include <cstdint>
#include <functional>
#include <random>

#include "experiment/trial.h"

namespace pyslow::experiment {

struct Workload {
  double seconds_per_unit = 0.010;  // T0, at delay 0
  double calls_per_unit = 100;      // n
  // Seconds added to a unit by a dose of so many seconds.
  std::function<double(double)> added = [](double dose) { return dose; };
  // Of a trial, as a ratio of T0.
  double noise = 0.02;
  bool heavy_tails = false;    // Student's t with 3 degrees of freedom in place of normal
  double block_drift = 0;      // each block's own shift, likewise a ratio
  double whole_drift = 0;      // from the first trial to the last, linearly
  double call_elasticity = 0;  // calls per unit that are gone at 100 us, as a ratio
};

class SimulatedTrials : public TrialRunner {
 public:
  SimulatedTrials(Workload workload, int planned, uint64_t seed)
      : workload_(std::move(workload)), planned_(planned), random_(seed) {}

  TrialOutcome Run(const PlannedTrial& planned) override;

 private:
  double Noise();

  const Workload workload_;
  const int planned_;
  std::mt19937_64 random_;
  int block_ = -1;
  double block_shift_ = 0;
};

}  // namespace pyslow::experiment

#endif  // PYSLOW_TESTS_EXPERIMENT_SIMULATED_WORKLOAD_H_
