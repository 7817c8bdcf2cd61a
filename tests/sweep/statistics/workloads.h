// The workloads that test the rules, with their true values.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_WORKLOADS_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_WORKLOADS_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "simulated_workload.h"
#include "sweep/model/verdict.h"

namespace pyslow::statistics {

struct TrueWorkload {
  SimulatedWorkload workload;
  model::Verdict verdict = model::Verdict::kLinear;
  std::optional<double> kappa;           // nullopt: calls are elastic
  std::optional<double> critical_calls;  // n* if the shape is a line
  std::optional<double> slack_seconds;   // D* of a threshold
  int64_t largest_ns = 100'000;          // 100 calls by 100 us: all of T0 = 10 ms
};

// Each with 2% noise and a largest dose of T0.
std::vector<TrueWorkload> TrueWorkloads();

// For the names of parameterised tests.
void PrintTo(const TrueWorkload& truth, std::ostream* stream);
std::string NameForTest(const TrueWorkload& truth);

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_WORKLOADS_H_
