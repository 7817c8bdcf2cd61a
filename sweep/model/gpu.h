// What the GPUs did: in a trial, and over the delays of a curve.
#ifndef PYSLOW_SWEEP_MODEL_GPU_H_
#define PYSLOW_SWEEP_MODEL_GPU_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "sweep/model/estimate.h"

namespace pyslow::model {

// One GPU in the window of a trial.
struct GpuUse {
  int index = 0;       // as nvidia-smi counts
  std::string name;    // of the model
  std::string source;  // of the busy share: "gpm", "samples", "utilization", "sysfs"
  double busy = 0;     // share of the window in which the GPU worked, 0 to 1
  // `busy` times the window over the units of the trial. nullopt: the units are not known, or they
  // are not those of the whole window.
  std::optional<double> seconds_per_unit;
  std::optional<double> clock_mhz;  // mean clock of the processors (SM) while the GPU worked
  // Why the GPU lowered its clock, and the share of the samples that show it: {"heat": 0.2}. No
  // reason of normal operation (idle, a chosen clock).
  std::map<std::string, double> throttled;
  bool is_shared = false;  // processes that are not the command's were on it too
  friend bool operator==(const GpuUse&, const GpuUse&) = default;
};

// The busiest GPU over the delays of a curve: rule R29 of docs/statistics.md.
struct GpuFinding {
  // Of the GPU time per unit from the control to the largest delay.
  enum class Trend { kUnknown, kFlat, kGrows, kFalls };
  Estimate busy;  // at the control, as a ratio
  // nullopt: GpuUse::seconds_per_unit is unknown.
  std::optional<Estimate> seconds_per_unit;       // at the control
  std::optional<Estimate> idle_seconds_per_unit;  // likewise: T without it
  std::optional<Estimate> change;                 // over the delays, as a ratio less 1
  Trend trend = Trend::kUnknown;
  // kFlat: no faster Python makes throughput more than this times the control's.
  std::optional<Estimate> gain_limit;
  size_t limited = 0;  // predictions that were above it
};
// The name in analysis.json: "unknown", "flat", "grows", "falls".
const char* NameOf(GpuFinding::Trend trend);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_GPU_H_
