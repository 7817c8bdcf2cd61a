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
  int64_t delay_ns = 0;         // per delayed call; 0: the control
  double seconds_per_unit = 0;  // T
  // n: calls that are delayed, or that would be at the control, per unit. nullopt: not counted, or
  // the units are not known well enough to divide by.
  std::optional<double> calls_per_unit;
  // How many processes share these calls, effectively: (Σn)²/Σn² over processes; 1: one has them
  // all.
  double processes = 1;
  // How many make more than a few of these calls: `processes`, if these make as many each.
  size_t processes_calling = 1;
  // Further figures of the trial (--metric), in the same order everywhere; NaN where one is
  // missing.
  std::vector<double> metrics;
};

// Every delay once, ascending, the control first. All blocks of a curve have the same delays.
using Block = std::vector<Observation>;

inline double DelaySeconds(const Observation& o) { return static_cast<double>(o.delay_ns) * 1e-9; }

// D in seconds per unit: n × delay; nullopt where n is.
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
