#include "sweep/statistics/grid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>

#include "sweep/statistics/block_mean.h"

namespace pyslow::statistics {

using model::CurveFinding;
using model::Level;
using model::Reason;
using model::Warning;

namespace {

// The powers of ten of a printed number and of its last digit, against the last digit of another.
struct PrintedPowers {
  int number = 0;
  int step = 0;
};

// nullopt if the numbers are not of this quantity: a time or, if `is_rate`, its inverse.
std::optional<PrintedPowers> PowersOf(const PrintedTime& time, const PrintedTime& other,
                                      bool is_rate) {
  // A rate r with the step s has a step of T of s/r².
  const double scale = is_rate ? std::pow(other.seconds / time.seconds, 2) : 1;
  const double step = std::log10(time.step_seconds / other.step_seconds * scale);
  if (!(std::abs(step - std::round(step)) < 1e-6)) return std::nullopt;
  PrintedPowers powers;
  powers.step = static_cast<int>(std::round(step));
  const double digits = std::log10(time.seconds / time.step_seconds);
  powers.number = powers.step + static_cast<int>(std::floor(digits + 1e-12));
  return powers;
}

// Programs may drop zeros at the end: 12.3 for 12.30. Each reading gets the digits of the longest
// one of its power of ten, which is right for a number of decimals and for one of digits (%g).
// False, and without effect, if the readings are not of this quantity.
bool RestoreZeros(bool is_rate, std::vector<PrintedTime>* times) {
  std::vector<PrintedPowers> powers;
  std::map<int, int> smallest;  // step, by the power of the number
  for (const PrintedTime& time : *times) {
    const std::optional<PrintedPowers> one = PowersOf(time, times->front(), is_rate);
    if (!one.has_value()) return false;
    powers.push_back(*one);
    const auto found = smallest.emplace(one->number, one->step).first;
    found->second = std::min(found->second, one->step);
  }
  for (size_t i = 0; i < times->size(); ++i) {
    (*times)[i].step_seconds *= std::pow(10, smallest.at(powers[i].number) - powers[i].step);
  }
  return true;
}

}  // namespace

double GridOf(const std::vector<PrintedTime>& all) {
  constexpr size_t kMinReadings = 4;  // by chance, one in ten ends with a zero
  constexpr int kMaxZeros = 6;
  std::vector<PrintedTime> times;
  std::copy_if(all.begin(), all.end(), std::back_inserter(times),
               [](const PrintedTime& time) { return time.step_seconds > 0 && time.seconds > 0; });
  if (!RestoreZeros(false, &times)) RestoreZeros(true, &times);
  double grid = 0;
  for (const PrintedTime& time : times) grid = std::max(grid, time.step_seconds);
  const bool varies = std::any_of(times.begin(), times.end(), [&](const PrintedTime& time) {
    return time.seconds != times.front().seconds;
  });
  if (grid == 0 || times.size() < kMinReadings || !varies) return grid;
  // A reading as a whole number of steps: T over its step, for times and for rates.
  const auto all_end_with_zeros = [&](double power) {
    return std::all_of(times.begin(), times.end(), [power](const PrintedTime& time) {
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
    for (const Observation& o : block) {
      const double measured = o.measured_seconds > 0 ? o.measured_seconds : o.seconds_per_unit;
      times.push_back({measured, o.step_seconds});
    }
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

void WidenLevels(double grid, CurveFinding& finding) {
  if (grid <= 0) return;
  const double control = finding.levels.front().seconds_per_unit.value;
  for (Level& level : finding.levels) {
    const double seconds = level.seconds_per_unit.value;
    if (seconds <= grid) continue;  // its throughput has no upper bound
    if (!WidenTo(grid / 2, &level.seconds_per_unit)) continue;
    if (level.seconds_per_unit.range->low > 0) {
      level.throughput = Reciprocal(level.seconds_per_unit, 1);
    }
    const double half = control / seconds * (grid / 2 / control + grid / 2 / seconds);
    if (level.change.has_value()) WidenTo(half, &*level.change);
  }
}

void AllowForRounding(bool is_coarse, double grid, CurveFinding& finding) {
  if (!is_coarse) return;
  if (finding.reason.kind == Reason::Kind::kNoiseHides) {
    finding.reason.kind = Reason::Kind::kFigureTooCoarse;
  }
  finding.more_blocks = 0;
  Warning warning;
  warning.kind = Warning::Kind::kCoarseFigure;
  warning.ratio = grid / finding.control.value;
  finding.warnings.push_back(warning);
}

bool IsStraightOnGrid(const std::vector<Level>& levels, const Fit& line, double grid) {
  return std::all_of(levels.begin(), levels.end(), [&](const Level& level) {
    const double fitted =
        line.intercept + line.slope.value * static_cast<double>(level.delay_ns) * 1e-9;
    return std::abs(level.seconds_per_unit.value - fitted) < grid;
  });
}

}  // namespace pyslow::statistics
