#include "sweep/statistics/settling.h"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/tools/minima.hpp>
#include <cmath>

#include "sweep/statistics/line.h"

namespace pyslow::statistics {
namespace {

constexpr double kConstants = 3;  // e^-3: 5% of the step remain, and less over the interval
constexpr double kShowsProbability = 0.99;

// Samples of all steps in one direction against exp(−t/τ); the intercept is T_end.
std::vector<Point> Decays(const std::vector<Step>& steps, bool up, double constant) {
  std::vector<Point> points;
  for (const Step& step : steps) {
    if (step.up != up) continue;
    for (const Sample& s : step.samples) {
      points.push_back({std::exp(-s.seconds_since_switch / constant), s.seconds_per_unit});
    }
  }
  return points;
}

double ResidualSquares(const std::vector<Point>& points) {
  if (points.empty()) return 0;
  const Line line = LeastSquares(points);
  double squares = 0;
  for (const Point& p : points) {
    const double rest = p.y - line.intercept - line.slope * p.x;
    squares += rest * rest;
  }
  return squares;
}

double SquaresAt(const std::vector<Step>& steps, double constant) {
  return ResidualSquares(Decays(steps, true, constant)) +
         ResidualSquares(Decays(steps, false, constant));
}

// Around the mean of each direction: T does not change after a switch.
double SquaresOfNoDecay(std::vector<Step> steps) {
  for (Step& step : steps) {
    for (Sample& s : step.samples) s.seconds_since_switch = 0;
  }
  return SquaresAt(steps, 1);
}

// The F above which T changes after a switch. Three parameters: τ and a slope for each direction.
double ShownFrom(double degrees) {
  return boost::math::quantile(boost::math::fisher_f(3, degrees), kShowsProbability);
}

struct SampleTimes {
  double shortest = HUGE_VAL;  // between a switch and a sample
  double longest = 0;
  double samples = 0;
};

SampleTimes TimesOf(const std::vector<Step>& steps) {
  SampleTimes times;
  for (const Step& step : steps) {
    for (const Sample& s : step.samples) {
      times.shortest = std::min(times.shortest, s.seconds_since_switch);
      times.longest = std::max(times.longest, s.seconds_since_switch);
      ++times.samples;
    }
  }
  return times;
}

// log τ between `low` and `high` with the least sum of squares.
double BestLogConstant(const std::vector<Step>& steps, double low, double high) {
  constexpr int kTried = 40;
  const auto squares = [&steps](double log_constant) {
    return SquaresAt(steps, std::exp(log_constant));
  };
  const double width = (high - low) / kTried;
  double best = low;
  for (int i = 1; i <= kTried; ++i) {
    if (squares(low + i * width) < squares(best)) best = low + i * width;
  }
  return boost::math::tools::brent_find_minima(squares, std::max(low, best - width),
                                               std::min(high, best + width), 24)
      .first;
}

}  // namespace

Settling FitSettling(const std::vector<Step>& steps) {
  const SampleTimes times = TimesOf(steps);
  // Shorter constants decay before the first sample; longer ones do not settle within a step.
  const double low = std::log(std::max(times.shortest, times.longest * 1e-3) / 5);
  const double high = std::log(times.longest * 2);
  const double best = BestLogConstant(steps, low, high);
  const double still = SquaresOfNoDecay(steps);
  const double squares = SquaresAt(steps, std::exp(best));
  // A mean and a slope for each direction, and τ.
  const double degrees = times.samples - 5;
  Settling settling;
  if (degrees < 1 || (still - squares) / 3 <= squares / degrees * ShownFrom(degrees)) {
    settling.constant_seconds = 0;
    return settling;
  }
  const double constant = std::exp(best);
  if (kConstants * constant > times.longest) return settling;
  settling.constant_seconds = constant;
  return settling;
}

}  // namespace pyslow::statistics
