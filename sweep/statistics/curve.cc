#include "sweep/statistics/curve.h"

#include <numeric>
#include <set>

namespace pyslow::statistics {

std::vector<int64_t> DelaysOf(const std::vector<Block>& blocks) {
  std::set<int64_t> delays;
  for (const Block& block : blocks) {
    for (const Observation& o : block) delays.insert(o.delay_ns);
  }
  return {delays.begin(), delays.end()};
}

std::vector<double> TimesAt(const std::vector<Block>& blocks, int64_t delay_ns) {
  std::vector<double> times;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      if (o.delay_ns == delay_ns) times.push_back(o.seconds_per_unit);
    }
  }
  return times;
}

ControlTimes ControlTimesOf(const std::vector<Block>& blocks) {
  const std::vector<double> times = TimesAt(blocks, 0);
  ControlTimes control;
  control.trials = static_cast<double>(times.size());
  control.mean = std::accumulate(times.begin(), times.end(), 0.0) / control.trials;
  if (times.size() < 2) return control;
  control.degrees_of_freedom = control.trials - 1;
  for (const double time : times) {
    control.variance +=
        (time - control.mean) * (time - control.mean) / control.degrees_of_freedom / control.trials;
  }
  return control;
}

size_t TrialsOf(const std::vector<Block>& blocks) {
  size_t trials = 0;
  for (const Block& block : blocks) trials += block.size();
  return trials;
}

}  // namespace pyslow::statistics
