#include "sweep/statistics/polls.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>

namespace pyslow::statistics {
namespace {

constexpr size_t kMinTrials = 2;       // of each kind
constexpr double kMinCalls = 20;       // of a function in a control
constexpr double kFall = -0.3;         // of ln n
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
};

// By how much the calls of most functions fall: the upper median, at most 0.
double CommonFall(const std::vector<Change>& changes) {
  std::vector<double> falls;
  for (const Change& change : changes) falls.push_back(change.Fall());
  const auto middle = falls.begin() + static_cast<ptrdiff_t>(falls.size() / 2);
  std::nth_element(falls.begin(), middle, falls.end());
  return std::min(0.0, *middle);
}

bool HasEnough(const CallsAtTwoDelays& function) {
  return function.control.size() >= kMinTrials && function.delayed.size() >= kMinTrials &&
         std::all_of(function.control.begin(), function.control.end(),
                     [](const TrialCalls& trial) { return trial.calls >= kMinCalls; });
}

}  // namespace

std::vector<bool> FindPolls(const std::vector<CallsAtTwoDelays>& functions) {
  std::vector<Change> changes;
  double squares = 0;
  double weights = 0;
  for (size_t f = 0; f < functions.size(); ++f) {
    if (!HasEnough(functions[f])) continue;
    changes.push_back({f, LogCallsOf(functions[f].control), LogCallsOf(functions[f].delayed)});
    const Change& change = changes.back();
    const double calls = change.control.calls + change.delayed.calls;
    squares += calls * (change.control.squares + change.delayed.squares);
    weights += calls * (change.control.trials + change.delayed.trials - 2);
  }
  std::vector<bool> polls(functions.size());
  if (changes.empty()) return polls;
  const double common = CommonFall(changes);
  const double variance = squares / weights;
  const double quantile = boost::math::quantile(
      boost::math::normal(), 1 - kErrorLimit / static_cast<double>(changes.size()));
  for (const Change& change : changes) {
    const double fall = change.Fall() - common;
    const double error =
        std::sqrt(variance * (1 / change.control.trials + 1 / change.delayed.trials) +
                  1 / (change.control.calls + 1) + 1 / (change.delayed.calls + 1));
    polls[change.function] = fall < kFall && fall + quantile * error < 0;
  }
  return polls;
}

}  // namespace pyslow::statistics
