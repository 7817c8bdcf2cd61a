#include "statistics/screen.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

#include "statistics/hadamard.h"

namespace pyslow::statistics {
namespace {

constexpr size_t kTrials = 64;
constexpr size_t kMostAlone = 63;     // functions, that 64 trials can tell one by one
constexpr size_t kNoiseDegrees = 12;  // pairs of the second stage beyond its functions
constexpr double kFalseFinds = 0.04;  // of sweeps: 5% with a margin for noise that is not normal

// std::shuffle and the standard distributions differ between libraries; a seed shall give the same
// design everywhere. (The remainder's bias is below 1e-15.)
template <typename T>
void Shuffle(std::vector<T>& values, std::mt19937_64& random) {
  for (size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random() % i]);
}

std::vector<size_t> ShuffledUpTo(size_t count, std::mt19937_64& random) {
  std::vector<size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  Shuffle(numbers, random);
  return numbers;
}

// Balanced trials of `factors` factors: columns of a Hadamard matrix but the first, chosen and
// turned round at random, since as it stands its first row slows all.
std::vector<std::vector<bool>> BalancedTrials(size_t order, size_t factors,
                                              std::mt19937_64& random) {
  const Eigen::MatrixXi matrix = HadamardMatrix(order);
  const std::vector<size_t> columns = ShuffledUpTo(order - 1, random);
  std::vector<std::vector<bool>> trials(order, std::vector<bool>(factors));
  for (size_t f = 0; f < factors; ++f) {
    const int on = random() % 2 == 0 ? 1 : -1;
    const auto column = static_cast<Eigen::Index>(columns[f] + 1);
    for (size_t t = 0; t < order; ++t) {
      trials[t][f] = matrix(static_cast<Eigen::Index>(t), column) == on;
    }
  }
  Shuffle(trials, random);
  return trials;
}

std::vector<bool> Opposite(std::vector<bool> trial) {
  trial.flip();
  return trial;
}

// The mean of T with the factor slowed, less that without.
double EffectOfFactor(const ScreenDesign& design, const ScreenTimes& times, size_t factor) {
  double sum = 0;
  for (size_t t = 0; t < times.size(); ++t) sum += design.trials[t][factor] ? times[t] : -times[t];
  return sum / (static_cast<double>(times.size()) / 2);
}

// The variance of a pair's difference that no effect explains. What shifts both of a pair is gone.
double VarianceOfPairs(const ScreenDesign& design, const ScreenTimes& times,
                       const std::vector<double>& effects) {
  double squares = 0;
  for (size_t t = 0; t + 1 < times.size(); t += 2) {
    double rest = times[t] - times[t + 1];
    for (size_t f = 0; f < effects.size(); ++f) {
      rest -= design.trials[t][f] ? effects[f] : -effects[f];
    }
    squares += rest * rest;
  }
  return squares / (static_cast<double>(times.size()) / 2 - static_cast<double>(effects.size()));
}

// Holm 1979: the smallest p-value against kFalseFinds over all of them, the next over one fewer,
// and no further than the first that fails.
void MarkFinds(std::vector<ScreenedFunction>& functions) {
  std::vector<ScreenedFunction*> sorted;
  sorted.reserve(functions.size());
  for (ScreenedFunction& function : functions) sorted.push_back(&function);
  std::sort(sorted.begin(), sorted.end(), [](const ScreenedFunction* a, const ScreenedFunction* b) {
    return a->p_value < b->p_value;
  });
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i]->p_value > kFalseFinds / static_cast<double>(sorted.size() - i)) return;
    sorted[i]->found = true;
  }
}

double SquaresAboutMean(const std::vector<double>& values) {
  const double mean = MeanOfBlocks(values).value;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares;
}

}  // namespace

ScreenDesign DesignScreen(size_t functions, uint64_t seed) {
  std::mt19937_64 random(seed);
  const size_t in_factor = functions > kMostAlone ? 2 : 1;
  const size_t factors = (functions + in_factor - 1) / in_factor;
  ScreenDesign design;
  design.functions = functions;
  design.factor_of = ShuffledUpTo(functions, random);
  for (size_t& factor : design.factor_of) factor /= in_factor;
  design.trials = BalancedTrials(HadamardOrder(std::max(kTrials, factors + 1)), factors, random);
  return design;
}

ScreenDesign DesignSecondScreen(const std::vector<size_t>& functions, uint64_t seed) {
  std::mt19937_64 random(seed);
  ScreenDesign design;
  design.functions = functions.size();
  design.factor_of.resize(functions.size());
  std::iota(design.factor_of.begin(), design.factor_of.end(), size_t{0});
  design.in_pairs = true;
  const size_t pairs = HadamardOrder(std::max(kTrials / 2, functions.size() + kNoiseDegrees));
  for (std::vector<bool>& trial : BalancedTrials(pairs, functions.size(), random)) {
    // Which of the two is first is random as well, since the columns' signs are.
    design.trials.push_back(Opposite(trial));
    design.trials.push_back(std::move(trial));
  }
  return design;
}

std::vector<size_t> LeadingFunctions(const ScreenDesign& design, const ScreenTimes& times,
                                     size_t factors) {
  const size_t all = design.trials.front().size();
  std::vector<double> effects;
  for (size_t f = 0; f < all; ++f) effects.push_back(EffectOfFactor(design, times, f));
  std::vector<size_t> order(all);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return effects[a] > effects[b]; });
  std::vector<size_t> leading;
  for (size_t i = 0; i < std::min(factors, all); ++i) {
    for (size_t function = 0; function < design.functions; ++function) {
      if (design.factor_of[function] == order[i]) leading.push_back(function);
    }
  }
  return leading;
}

std::vector<ScreenedFunction> JudgeScreen(const ScreenDesign& design, const ScreenTimes& times) {
  const auto pairs = static_cast<double>(times.size()) / 2;
  std::vector<double> effects;
  for (size_t f = 0; f < design.functions; ++f) {
    effects.push_back(EffectOfFactor(design, times, f));
  }
  const double degrees = pairs - static_cast<double>(effects.size());
  const double error = std::sqrt(VarianceOfPairs(design, times, effects) / pairs);
  const double half = StudentQuantile(0.975, degrees) * error;
  std::vector<ScreenedFunction> functions;
  for (size_t f = 0; f < effects.size(); ++f) {
    ScreenedFunction function;
    function.function = f;
    function.effect_seconds = {effects[f], Range{effects[f] - half, effects[f] + half}};
    // Times without any noise: what is above 0 is an effect, but for rounding.
    const double rounding = 1e-12 * std::abs(times.front());
    function.p_value = StudentAbove(effects[f] / std::max(error, rounding), degrees);
    functions.push_back(function);
  }
  MarkFinds(functions);
  return functions;
}

Estimate Curvature(const std::vector<double>& off, const std::vector<double>& on,
                   const ScreenTimes& screen) {
  const auto offs = static_cast<double>(off.size());
  const auto ons = static_cast<double>(on.size());
  const auto screens = static_cast<double>(screen.size());
  const double value =
      (MeanOfBlocks(off).value + MeanOfBlocks(on).value) / 2 - MeanOfBlocks(screen).value;
  // The screen's own spread holds its effects, which its balance takes out of the mean alone: the
  // noise is that of trials that are alike.
  const double degrees = offs + ons - 2;
  const double variance = (SquaresAboutMean(off) + SquaresAboutMean(on)) / degrees;
  const double error = std::sqrt(variance * (0.25 / offs + 0.25 / ons + 1 / screens));
  const double half = StudentQuantile(0.975, degrees) * error;
  return {value, Range{value - half, value + half}};
}

}  // namespace pyslow::statistics
