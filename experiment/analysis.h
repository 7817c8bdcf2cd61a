// What a sweep found, as plain figures ready to be shown.
#ifndef PYSLOW_EXPERIMENT_ANALYSIS_H_
#define PYSLOW_EXPERIMENT_ANALYSIS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiment/estimate.h"
#include "experiment/line.h"
#include "experiment/settings.h"
#include "experiment/trial.h"

namespace pyslow::experiment {

// One delay, over the complete blocks.
struct LevelResult {
  int64_t delay_ns = 0;
  Estimate seconds_per_unit;  // T
  Estimate throughput;        // 1/T: all units over all time, not a mean of rates
  // Throughput's change against the control of the same block, as a ratio less 1; nullopt for the
  // control itself.
  std::optional<Estimate> change;
  std::optional<double> calls_per_unit;  // n, delayed calls
  std::optional<double> dose_seconds;    // D, per unit
};

struct Analysis {
  Measure measure = Measure::kWallTime;
  size_t blocks = 0;           // complete ones
  size_t trials_left_out = 0;  // of incomplete blocks
  // Trials whose command waited for a core for more than 1% of its time: other programs had it, and
  // a delay then costs more than it says.
  size_t trials_disturbed = 0;
  std::vector<LevelResult> levels;
  // Calls were counted, and none was delayed: the slowdown was never tried.
  bool never_called = false;
  std::optional<Fit> delay_fit;  // its slope is n*; nullopt where never_called
  std::optional<Estimate> kappa;
  std::string kappa_withheld;  // why kappa is nullopt, or ""
  std::vector<Prediction> predictions;
};

// The analysis of the complete blocks of `trials`, of which there is at least one. `delays_ns` is
// ascending, starts with 0 and has at least one more; `faster_ns` are the speed-ups to predict.
Analysis Analyse(const std::vector<Trial>& trials, const std::vector<int64_t>& delays_ns,
                 Measure measure, const std::vector<int64_t>& faster_ns);

// How many complete blocks Analyse would find.
size_t CountCompleteBlocks(const std::vector<Trial>& trials, const std::vector<int64_t>& delays_ns);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_ANALYSIS_H_
