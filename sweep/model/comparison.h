// What a comparison of two versions of a program shows (--against).
#ifndef PYSLOW_SWEEP_MODEL_COMPARISON_H_
#define PYSLOW_SWEEP_MODEL_COMPARISON_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sweep/model/estimate.h"

namespace pyslow::model {

// T of both versions under one condition.
struct VersionTimes {
  enum class Outcome {
    kFaster,  // the other version
    kSlower,
    kEqual,      // the change is smaller than what matters
    kUndecided,  // the interval of the change is too wide
  };
  Outcome outcome = Outcome::kUndecided;
  Estimate first_seconds;  // per unit
  Estimate other_seconds;
  Estimate time_change;  // of T from the first version to the other one, as a ratio less 1
  Estimate change;       // of throughput, likewise
  size_t first_trials = 0;
  size_t other_trials = 0;
  bool is_coarse = false;  // R25: the digits of the figure set the interval
};
// The name in analysis.json and --fail-if: "faster", "slower", "equal", "undecided".
const char* NameOf(VersionTimes::Outcome outcome);

// A function in both versions, matched by module and qualified name. Per unit.
struct FunctionDifference {
  std::string name;        // module:qualname
  double first_calls = 0;  // 0: not called
  double other_calls = 0;
  double first_own_seconds = 0;  // without what measuring it added
  double other_own_seconds = 0;
  Estimate own_change_seconds;
  // The change of throughput that this difference alone predicts, as a ratio less 1.
  std::optional<Estimate> predicted_change;
};

struct Comparison {
  // Where the change of T lies.
  enum class Place {
    kNothingToPlace,  // the other version is not known to be faster or slower
    kNotPredicted,    // why: no_prediction
    kInFunctions,     // the functions' own time predicts it
    kPartly,          // it predicts a part, in the same direction
    kElsewhere,       // it predicts less than a quarter, or the opposite
    kUnclear,         // the prediction is too uncertain
  };
  // Why nothing is predicted.
  enum class NoPrediction {
    kNothing,    // there is a prediction
    kNoOwnTime,  // own time was not measured in both versions
    kNoShare,    // it is not known what a delay of all functions costs
    kNoControl,  // the versions were not compared with instrumented functions
  };
  std::string other;  // what differs: command, environment, Python
  size_t blocks = 0;
  double smallest_change = 0;           // --min-gain: smaller ones do not matter
  std::optional<VersionTimes> plain;    // without any target
  std::optional<VersionTimes> control;  // every function instrumented, no delay
  size_t own_blocks = 0;                // in which own time was measured
  double first_calls = 0;               // of all functions, per unit
  double other_calls = 0;
  Estimate own_change_seconds;  // of all functions, per unit
  // Of T, as ratios less 1; of all functions.
  std::optional<Estimate> predicted_time_change;
  std::optional<Estimate> predicted_change;  // of throughput
  // The measured change of T less the predicted one, as a ratio of the first version's T.
  std::optional<Estimate> rest;
  NoPrediction no_prediction = NoPrediction::kNothing;
  Place place = Place::kNothingToPlace;
  std::vector<FunctionDifference> functions;  // descending size of own_change_seconds

  // The comparison that answers the question: of plain Python, else of the control.
  const VersionTimes* answer() const {
    return plain.has_value() ? &*plain : control.has_value() ? &*control : nullptr;
  }
};
// The name in analysis.json: "in_functions", "partly", "elsewhere" …
const char* NameOf(Comparison::Place place);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_COMPARISON_H_
