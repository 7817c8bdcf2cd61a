// A curve: the time of a unit against the delay of some functions, measured in complete blocks.
#ifndef PYSLOW_SWEEP_STATISTICS_CURVE_H_
#define PYSLOW_SWEEP_STATISTICS_CURVE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace pyslow::statistics {

// One trial at one delay.
struct Observation {
  int64_t delay_ns = 0;         // mean per call; 0: the control
  double seconds_per_unit = 0;  // T
  // n: delayed calls per unit; at the control, those that a delay would affect. nullopt: not
  // counted, or the number of units is too uncertain.
  std::optional<double> calls_per_unit;
  // Effective number of processes that share these calls: (Σn)²/Σn² over processes.
  double processes = 1;
  // The number of processes that make more than a few of these calls; equal to `processes` if they
  // make equally many.
  size_t processes_calling = 1;
  // Further figures of the trial (--metric), in the same order in all trials; NaN if missing.
  std::vector<double> metrics;
};

// Each delay once, ascending, the control first. All blocks of a curve have the same delays.
using Block = std::vector<Observation>;

inline double DelaySeconds(const Observation& o) { return static_cast<double>(o.delay_ns) * 1e-9; }

// D in seconds per unit: n × delay; nullopt if n is unknown.
inline std::optional<double> DoseSeconds(const Observation& o) {
  if (!o.calls_per_unit.has_value()) return std::nullopt;
  return *o.calls_per_unit * DelaySeconds(o);
}

// T of one level, block by block.
inline std::vector<double> TimesOfLevel(const std::vector<Block>& blocks, size_t level) {
  std::vector<double> times;
  times.reserve(blocks.size());
  for (const Block& block : blocks) times.push_back(block[level].seconds_per_unit);
  return times;
}

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_CURVE_H_
