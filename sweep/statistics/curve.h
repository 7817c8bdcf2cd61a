// A curve: the time of a unit against the delay of some functions, measured in blocks.
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
  double step_seconds = 0;      // of T, if the last printed digit changes by one; 0: unknown
  double measured_seconds = 0;  // T with the waiting that was subtracted (R16); 0: T itself
  // n: delayed calls per unit; at the control, those that a delay would affect. nullopt: not
  // counted, or the number of units is too uncertain.
  std::optional<double> calls_per_unit;
  // Measured time in delays, in seconds per unit, summed over processes. nullopt: not measured.
  std::optional<double> delivered_seconds;
  // Time that other work of the machine may have cost, in seconds per unit (w of R16). nullopt: the
  // machine gives no evidence.
  std::optional<double> waited_seconds;
  // The standard error of the part of that time that was subtracted from T.
  double waiting_error_seconds = 0;
  // The measured time in delays over the requested one: above 1 if delays were preempted.
  double stretch = 1;
  bool calm = true;  // the trial was not disturbed
  // Effective number of processes that share these calls: (Σn)²/Σn² over processes.
  double processes = 1;
  // The number of processes that make more than a few of these calls; equal to `processes` if they
  // make equally many.
  size_t processes_calling = 1;
  // Further figures of the trial (--metric), in the same order in all trials; NaN if missing.
  std::vector<double> metrics;
  // The share of the time in which the busiest GPU worked, and its seconds per unit. nullopt: not
  // measured.
  std::optional<double> gpu_busy;
  std::optional<double> gpu_seconds;
};

// The trials of one block, in any order. A block may lack some of the curve's delays and may have
// several trials of one delay (R13).
using Block = std::vector<Observation>;

inline double DelaySeconds(const Observation& o) { return static_cast<double>(o.delay_ns) * 1e-9; }

// D in seconds per unit: the measured time in delays, else n × delay; nullopt if both are unknown.
inline std::optional<double> DoseSeconds(const Observation& o) {
  if (o.delivered_seconds.has_value()) return o.delivered_seconds;
  if (!o.calls_per_unit.has_value()) return std::nullopt;
  return *o.calls_per_unit * DelaySeconds(o);
}

// The delays of a curve, each once, ascending.
std::vector<int64_t> DelaysOf(const std::vector<Block>& blocks);

// T of all trials at one delay.
std::vector<double> TimesAt(const std::vector<Block>& blocks, int64_t delay_ns);

// T at the control.
struct ControlTimes {
  double mean = 0;
  double trials = 0;
  // The variance of the mean by the trials themselves, with its degrees of freedom: it includes the
  // drift between blocks. 0 for one trial.
  double variance = 0;
  double degrees_of_freedom = 0;
};
ControlTimes ControlTimesOf(const std::vector<Block>& blocks);

// The number of trials.
size_t TrialsOf(const std::vector<Block>& blocks);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_CURVE_H_
