// The workloads that the rules are held against, each with what is true of it.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_WORKLOADS_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_WORKLOADS_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "simulated_workload.h"
#include "sweep/statistics/verdict.h"

namespace pyslow::statistics {

struct TrueWorkload {
  SimulatedWorkload workload;
  Verdict verdict = Verdict::kLinear;
  std::optional<double> kappa;           // nullopt: it has none, since calls are elastic
  std::optional<double> critical_calls;  // n*, likewise where the shape is a line
  std::optional<double> slack_seconds;   // D* of a threshold
  int64_t largest_ns = 100'000;          // 100 calls by 100 us: all of T0 = 10 ms
};

// Each at 2% noise and a largest dose of all of T0.
std::vector<TrueWorkload> TrueWorkloads();

// For parameterised tests: so that a failed one names its workload.
void PrintTo(const TrueWorkload& truth, std::ostream* stream);
std::string NameForTest(const TrueWorkload& truth);

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_WORKLOADS_H_
