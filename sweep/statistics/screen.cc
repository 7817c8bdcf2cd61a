#include "sweep/statistics/screen.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/hadamard.h"

namespace pyslow::statistics {

using model::Estimate;
using model::Range;

namespace {

constexpr size_t kTrials = 64;
constexpr size_t kMaxAlone = 63;      // functions as single factors of 64 trials
constexpr size_t kNoiseDegrees = 12;  // pairs of the second stage beyond its functions
constexpr double kFalseFinds = 0.04;  // of sweeps: 5% less a margin for noise that is not normal

// std::shuffle and the standard distributions differ between libraries, and a seed must give the
// same design everywhere. (The bias of the remainder is below 1e-15.)
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

// Balanced trials of `factors` factors: random columns of a Hadamard matrix other than the first,
// with random signs, since the first row of the matrix would slow all factors.
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

// The mean of T with the factor slowed less the mean of T without.
double EffectOfFactor(const ScreenDesign& design, const ScreenTimes& times, size_t factor) {
  double sum = 0;
  for (size_t t = 0; t < times.size(); ++t) sum += design.trials[t][factor] ? times[t] : -times[t];
  return sum / (static_cast<double>(times.size()) / 2);
}

// The indices of `values` in descending order of values.
std::vector<size_t> MostFirst(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return values[a] > values[b]; });
  return order;
}

double MedianOf(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The mean of saving × κ over the one or two functions of a factor, with κ uniform on 0 … 1
// beforehand, given that slowing them added `effect` with this standard error. In steps of κ.
double ExpectedSaving(const std::vector<size_t>& functions, const ScreenPrior& prior, double effect,
                      double error) {
  constexpr int kSteps = 20;
  const size_t first = functions.front();
  const bool is_pair = functions.size() > 1;
  const double second_dose = is_pair ? prior.dose_seconds[functions.back()] : 0;
  const double second_saving = is_pair ? prior.max_savings[functions.back()] : 0;
  // A smaller error would fall between the steps of κ.
  const double least_error = (prior.dose_seconds[first] + second_dose) / kSteps + 1e-12;
  std::vector<std::pair<double, double>> log_likelihood_and_saving;
  for (int i = 0; i <= kSteps; ++i) {
    for (int j = 0; j <= (is_pair ? kSteps : 0); ++j) {
      const double kappa = static_cast<double>(i) / kSteps;
      const double second_kappa = static_cast<double>(j) / kSteps;
      const double off = (effect - kappa * prior.dose_seconds[first] - second_kappa * second_dose) /
                         std::max(error, least_error);
      log_likelihood_and_saving.emplace_back(
          -off * off / 2, kappa * prior.max_savings[first] + second_kappa * second_saving);
    }
  }
  const double most =
      std::max_element(log_likelihood_and_saving.begin(), log_likelihood_and_saving.end())->first;
  double sum = 0;
  double likelihoods = 0;
  for (const auto& [log_likelihood, saving] : log_likelihood_and_saving) {
    const double likelihood = std::exp(log_likelihood - most);
    sum += likelihood * saving;
    likelihoods += likelihood;
  }
  return sum / likelihoods;
}

// The residual variance of the differences within pairs. A shift of both trials of a pair cancels.
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

// Holm 1979: compares the smallest p-value with kFalseFinds / count, the next with kFalseFinds /
// (count − 1), and stops at the first that exceeds its limit.
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
  const size_t in_factor = functions > kMaxAlone ? 2 : 1;
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
    // The order within a pair is random too, since the signs of the columns are.
    design.trials.push_back(Opposite(trial));
    design.trials.push_back(std::move(trial));
  }
  return design;
}

std::vector<size_t> LeadingFunctions(const ScreenDesign& design, const ScreenTimes& times,
                                     const ScreenPrior& prior, size_t factors) {
  const size_t all = design.trials.front().size();
  const double error = 2 * prior.noise_seconds / std::sqrt(static_cast<double>(times.size()));
  std::vector<std::vector<size_t>> functions_of(all);
  for (size_t f = 0; f < design.functions; ++f) functions_of[design.factor_of[f]].push_back(f);
  std::vector<double> effects;
  std::vector<double> savings;
  for (size_t f = 0; f < all; ++f) {
    effects.push_back(EffectOfFactor(design, times, f));
    if (prior.max_savings.empty()) continue;
    savings.push_back(ExpectedSaving(functions_of[f], prior, effects.back(), error));
  }
  std::vector<size_t> chosen = MostFirst(savings);
  chosen.resize(std::min(factors / 2, chosen.size()));
  for (const size_t factor : MostFirst(effects)) {
    if (chosen.size() >= factors) break;
    if (std::count(chosen.begin(), chosen.end(), factor) == 0) chosen.push_back(factor);
  }
  std::vector<size_t> leading;
  for (const size_t factor : chosen) {
    leading.insert(leading.end(), functions_of[factor].begin(), functions_of[factor].end());
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
    // Without noise every positive effect counts, except rounding errors.
    const double rounding = 1e-12 * std::abs(times.front());
    function.p_value = StudentAbove(effects[f] / std::max(error, rounding), degrees);
    functions.push_back(function);
  }
  MarkFinds(functions);
  return functions;
}

double NoiseOfAlike(const std::vector<double>& off, const std::vector<double>& on) {
  std::vector<double> distances;
  for (const std::vector<double>* alike : {&off, &on}) {
    const double median = MedianOf(*alike);
    for (const double seconds : *alike) distances.push_back(std::abs(seconds - median));
  }
  return 1.4826 * MedianOf(std::move(distances));
}

Estimate Curvature(const std::vector<double>& off, const std::vector<double>& on,
                   const ScreenTimes& screen) {
  const auto offs = static_cast<double>(off.size());
  const auto ons = static_cast<double>(on.size());
  const auto screens = static_cast<double>(screen.size());
  const double value =
      (MeanOfBlocks(off).value + MeanOfBlocks(on).value) / 2 - MeanOfBlocks(screen).value;
  // The spread of the screen includes its effects, which the balance removes only from the mean. So
  // the noise comes from equal trials.
  const double degrees = offs + ons - 2;
  const double variance = (SquaresAboutMean(off) + SquaresAboutMean(on)) / degrees;
  const double error = std::sqrt(variance * (0.25 / offs + 0.25 / ons + 1 / screens));
  const double half = StudentQuantile(0.975, degrees) * error;
  return {value, Range{value - half, value + half}};
}

}  // namespace pyslow::statistics
