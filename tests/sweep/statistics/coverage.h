// The share of simulated sweeps with a right verdict, and the coverage of their intervals.
#ifndef PYSLOW_TESTS_SWEEP_STATISTICS_COVERAGE_H_
#define PYSLOW_TESTS_SWEEP_STATISTICS_COVERAGE_H_

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "sweep/model/estimate.h"

namespace pyslow::statistics {

// The number of sweeps to simulate: PYSLOW_SIMULATED_SWEEPS, or `in_ci`. The tables of
// docs/simulations.md come from a larger number, with --gtest_output=xml:FILE, whose properties are
// the figures.
inline int SimulatedSweeps(int in_ci) {
  const char* const asked = std::getenv("PYSLOW_SIMULATED_SWEEPS");
  return asked != nullptr ? std::max(1, std::atoi(asked)) : in_ci;
}

// False without an interval.
inline bool Holds(const std::optional<model::Estimate>& estimate, double truth) {
  return estimate.has_value() && estimate->range.has_value() && estimate->range->low <= truth &&
         truth <= estimate->range->high;
}

struct Coverage {
  int given = 0;
  int held = 0;
  void Add(bool holds) {
    ++given;
    held += holds ? 1 : 0;
  }
  // Not counted without an interval.
  void Add(const std::optional<model::Estimate>& estimate, double truth) {
    if (estimate.has_value() && estimate->range.has_value()) Add(Holds(estimate, truth));
  }
  double Percent() const { return given == 0 ? 100 : 100.0 * held / given; }
  std::string Text() const { return std::to_string(Percent()) + "% of " + std::to_string(given); }
};

}  // namespace pyslow::statistics

#endif  // PYSLOW_TESTS_SWEEP_STATISTICS_COVERAGE_H_
