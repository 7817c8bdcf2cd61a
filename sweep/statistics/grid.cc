#include "sweep/statistics/grid.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/block_mean.h"

namespace pyslow::statistics {

double GridOf(const std::vector<PrintedTime>& times) {
  constexpr size_t kMinReadings = 4;  // by chance, one in ten ends with a zero
  constexpr int kMaxZeros = 6;
  double grid = 0;
  for (const PrintedTime& time : times) grid = std::max(grid, time.step_seconds);
  const bool varies = std::any_of(times.begin(), times.end(), [&](const PrintedTime& time) {
    return time.seconds != times.front().seconds;
  });
  if (grid == 0 || times.size() < kMinReadings || !varies) return grid;
  // A reading as a whole number of steps: T over its step, for times and for rates.
  const auto all_end_with_zeros = [&](double power) {
    return std::all_of(times.begin(), times.end(), [power](const PrintedTime& time) {
      if (time.step_seconds <= 0) return false;
      const double steps = time.seconds / time.step_seconds;
      const double tens = std::round(steps / power);
      return tens > 0 && std::abs(steps - tens * power) < 1e-6 * steps;
    });
  };
  for (int zeros = 1; zeros <= kMaxZeros && all_end_with_zeros(std::pow(10, zeros)); ++zeros) {
    grid *= 10;
  }
  return grid;
}

double GridOf(const std::vector<Block>& blocks) {
  std::vector<PrintedTime> times;
  for (const Block& block : blocks) {
    for (const Observation& o : block) times.push_back({o.seconds_per_unit, o.step_seconds});
  }
  return GridOf(times);
}

bool WidenTo(double half, model::Estimate* estimate) {
  if (!estimate->range.has_value()) return false;
  model::Range& range = *estimate->range;
  const bool is_narrower = range.high - range.low < 2 * half;
  range.low = std::min(range.low, estimate->value - half);
  range.high = std::max(range.high, estimate->value + half);
  return is_narrower;
}

bool WidenToGrid(double grid, double span, double confidence, Fit* fit) {
  if (grid <= 0 || span <= 0 || !WidenTo(grid / span, &fit->slope)) return false;
  if (fit->degrees_of_freedom > 0) {
    fit->standard_error =
        std::max(fit->standard_error,
                 grid / span / StudentQuantile((1 + confidence) / 2, fit->degrees_of_freedom));
  }
  fit->noise = std::max(fit->noise, grid / std::sqrt(12.0));  // of a rounding error
  return true;
}

}  // namespace pyslow::statistics
