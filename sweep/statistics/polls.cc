#include "sweep/statistics/polls.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>

namespace pyslow::statistics {
namespace {

constexpr size_t kMinTrials = 2;       // of each kind
constexpr double kMinCalls = 20;       // of a function in a control
constexpr double kFall = -0.3;         // of ln n
constexpr double kIrregular = 0.2;     // standard deviation of ln n in equal trials
constexpr double kErrorLimit = 0.025;  // for all functions

// ln n of the trials of one kind.
struct LogCalls {
  double mean = 0;
  double squares = 0;  // sum of the squared deviations from the mean
  double trials = 0;
  double calls = 0;  // in all trials
};

LogCalls LogCallsOf(const std::vector<TrialCalls>& trials) {
  LogCalls log;
  log.trials = static_cast<double>(trials.size());
  std::vector<double> values;
  for (const TrialCalls& trial : trials) {
    // Half a call more: a function may have none.
    values.push_back(std::log((trial.calls + 0.5) / trial.units));
    log.mean += values.back() / log.trials;
    log.calls += trial.calls;
  }
  for (const double value : values) log.squares += (value - log.mean) * (value - log.mean);
  return log;
}

struct Change {
  size_t function;
  LogCalls control;
  LogCalls delayed;
  double Fall() const { return delayed.mean - control.mean; }
  double Freedom() const { return control.trials + delayed.trials - 2; }
  double Squares() const { return control.squares + delayed.squares; }
  // The variance of the mean of ln n of both kinds, by the counts themselves (Poisson).
  double CountVariance() const { return 1 / (control.calls + 1) + 1 / (delayed.calls + 1); }
};

// `limit`: the probability of an error.
bool IsIrregular(const Change& change, double limit) {
  const double trials = std::min(change.control.trials, change.delayed.trials);
  const double variance = kIrregular * kIrregular + trials * change.CountVariance();
  const boost::math::chi_squared squares(change.Freedom());
  return change.Squares() >
         variance * boost::math::quantile(boost::math::complement(squares, limit));
}

// By how much the calls of most functions fall: the upper median, at most 0.
double CommonFall(const std::vector<Change>& changes) {
  std::vector<double> falls;
  for (const Change& change : changes) falls.push_back(change.Fall());
  const auto middle = falls.begin() + static_cast<ptrdiff_t>(falls.size() / 2);
  std::nth_element(falls.begin(), middle, falls.end());
  return std::min(0.0, *middle);
}

// Of ln n in equal trials, over the functions that are not irregular.
double PooledVariance(const std::vector<Change>& changes, double limit) {
  double squares = 0;
  double weights = 0;
  for (const Change& change : changes) {
    if (IsIrregular(change, limit)) continue;
    const double calls = change.control.calls + change.delayed.calls;
    squares += calls * change.Squares();
    weights += calls * change.Freedom();
  }
  return weights > 0 ? squares / weights : kIrregular * kIrregular;
}

bool HasEnough(const CallsAtTwoDelays& function) {
  return function.control.size() >= kMinTrials && function.delayed.size() >= kMinTrials &&
         std::all_of(function.control.begin(), function.control.end(),
                     [](const TrialCalls& trial) { return trial.calls >= kMinCalls; });
}

}  // namespace

std::vector<bool> FindPolls(const std::vector<CallsAtTwoDelays>& functions) {
  std::vector<Change> changes;
  for (size_t f = 0; f < functions.size(); ++f) {
    if (!HasEnough(functions[f])) continue;
    changes.push_back({f, LogCallsOf(functions[f].control), LogCallsOf(functions[f].delayed)});
  }
  std::vector<bool> polls(functions.size());
  if (changes.empty()) return polls;
  const double limit = kErrorLimit / static_cast<double>(changes.size());
  const double variance = PooledVariance(changes, limit);
  const double quantile = boost::math::quantile(boost::math::normal(), 1 - limit);
  const double common = CommonFall(changes);
  for (const Change& change : changes) {
    const double fall = change.Fall() - common;
    const double error =
        std::sqrt(variance * (1 / change.control.trials + 1 / change.delayed.trials) +
                  change.CountVariance());
    const bool is_beyond_noise = fall + quantile * error < 0;
    polls[change.function] = fall < kFall && (is_beyond_noise || IsIrregular(change, limit));
  }
  return polls;
}

}  // namespace pyslow::statistics
