#include "sweep/statistics/calls.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {

using model::Estimate;
using model::KappaWithheld;

namespace {

bool AllTrials(const std::vector<Block>& blocks, bool (*holds)(const Observation&)) {
  return std::all_of(blocks.begin(), blocks.end(), [holds](const Block& block) {
    return std::all_of(block.begin(), block.end(), holds);
  });
}

bool IsCounted(const Observation& o) { return o.calls_per_unit.has_value(); }
bool IsUncalled(const Observation& o) { return o.calls_per_unit == 0.0; }

// n of each trial at the control, or if some control was not counted, of all counted trials.
std::vector<double> CallsOfTrials(const std::vector<Block>& blocks) {
  std::vector<double> controls;
  std::vector<double> all;
  bool controls_are_counted = true;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      if (IsCounted(o)) all.push_back(*o.calls_per_unit);
      if (o.delay_ns != 0) continue;
      if (IsCounted(o)) controls.push_back(*o.calls_per_unit);
      controls_are_counted = controls_are_counted && IsCounted(o);
    }
  }
  return controls_are_counted && !controls.empty() ? controls : all;
}

// Whether n changes from the control to the largest delay by over 5% and beyond noise. The test is
// at 99%, since most trials are of programs that do not poll. `control`: n at the control.
bool IsElastic(const std::vector<Block>& blocks, double control) {
  constexpr double kElasticChange = 0.05;
  if (control <= 0) return false;
  std::vector<PooledTrial> trials;
  double largest = 0;
  for (size_t b = 0; b < blocks.size(); ++b) {
    for (const Observation& o : blocks[b]) {
      PooledTrial trial;
      trial.block = b;
      trial.x = trial.dose = DelaySeconds(o);
      trial.y = *o.calls_per_unit;
      largest = std::max(largest, trial.x);
      trials.push_back(trial);
    }
  }
  const Fit fit = FitTrials(trials, 0.99);
  const double change = fit.slope.value * largest / control;
  const bool beyond_noise = !fit.slope.range.has_value() || model::ExcludesZero(*fit.slope.range);
  return std::abs(change) > kElasticChange && beyond_noise;
}

// (Σn)²/Σn² is the number of processes if all make equally many calls, and smaller otherwise.
void AddProcesses(const std::vector<Block>& blocks, Calls& calls) {
  constexpr double kMinAlike = 0.75;  // of the processes that call
  double effective = 0;
  double calling = 0;
  double trials = 0;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      effective += o.processes;
      calling += static_cast<double>(o.processes_calling);
      ++trials;
    }
  }
  effective /= trials;
  calling /= trials;
  if (std::max(effective, calling) < 1.01) return;
  calls.unlike_processes = effective < kMinAlike * calling;
  if (!calls.unlike_processes) calls.processes = effective;
}

// The mean dose at the largest delay. All trials are counted.
double LargestDose(const std::vector<Block>& blocks) {
  const int64_t largest_ns = DelaysOf(blocks).back();
  double sum = 0;
  double count = 0;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      if (o.delay_ns != largest_ns) continue;
      sum += *DoseSeconds(o);
      ++count;
    }
  }
  return sum / count;
}

}  // namespace

bool TakeTurns(const model::Estimate& kappa_per_process, double processes) {
  constexpr double kAmplified = 1.1;  // R5
  return processes > 1.01 && kappa_per_process.range.has_value() &&
         kappa_per_process.range->low > kAmplified;
}

Calls CallsOf(const std::vector<Block>& blocks, double confidence) {
  Calls calls;
  const std::vector<double> counts = CallsOfTrials(blocks);
  if (!counts.empty()) calls.per_unit = MeanOfBlocks(counts, confidence);
  AddProcesses(blocks, calls);
  if (!AllTrials(blocks, IsCounted)) {
    calls.kappa_withheld.kind = KappaWithheld::Kind::kNotCounted;
    return calls;
  }
  calls.never = AllTrials(blocks, IsUncalled);
  calls.largest_dose_seconds = LargestDose(blocks);
  calls.elastic = IsElastic(blocks, calls.per_unit->value);
  calls.kappa_withheld.kind =
      calls.never ? KappaWithheld::Kind::kNeverCalled : KappaWithheld::Kind::kNothing;
  return calls;
}

}  // namespace pyslow::statistics
