#include "simulated_curve.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace pyslow::statistics {

std::vector<int64_t> SixDelaysUpTo(int64_t largest_ns) {
  std::vector<int64_t> delays;
  for (const double level : {0.0, 0.1, 0.25, 0.5, 0.75, 1.0}) {
    delays.push_back(std::llround(level * static_cast<double>(largest_ns)));
  }
  return delays;
}

std::vector<Block> SimulateCurve(const SimulatedWorkload& workload,
                                 const std::vector<int64_t>& delays_ns, size_t blocks,
                                 uint64_t seed) {
  Simulation simulation(workload, blocks * delays_ns.size(), seed);
  std::vector<size_t> order(delays_ns.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::vector<Block> curve(blocks, Block(delays_ns.size()));
  for (size_t b = 0; b < blocks; ++b) {
    std::shuffle(order.begin(), order.end(), simulation.random());
    for (const size_t level : order) {
      std::vector<int64_t> delays(workload.functions.size(), 0);
      delays[0] = delays_ns[level];
      const SimulatedTrial trial = simulation.Run(delays, static_cast<int>(b));
      Observation& o = curve[b][level];
      o.delay_ns = delays_ns[level];
      o.seconds_per_unit = trial.seconds_per_unit;
      o.calls_per_unit = trial.calls_per_unit[0];
      o.delivered_seconds = trial.delivered_seconds[0];
      o.processes = simulation.ProcessesOf(0);
      o.processes_calling = workload.functions[0].processes;
      o.metrics = trial.metrics;
    }
  }
  return curve;
}

}  // namespace pyslow::statistics
