#include "sweep/model/comparison.h"

namespace pyslow::model {

const char* NameOf(VersionTimes::Outcome outcome) {
  switch (outcome) {
    case VersionTimes::Outcome::kFaster:
      return "faster";
    case VersionTimes::Outcome::kSlower:
      return "slower";
    case VersionTimes::Outcome::kEqual:
      return "equal";
    case VersionTimes::Outcome::kUndecided:
      return "undecided";
  }
  return "";
}

const char* NameOf(Comparison::Place place) {
  switch (place) {
    case Comparison::Place::kNothingToPlace:
      return "nothing_to_place";
    case Comparison::Place::kNotPredicted:
      return "not_predicted";
    case Comparison::Place::kInFunctions:
      return "in_functions";
    case Comparison::Place::kPartly:
      return "partly";
    case Comparison::Place::kElsewhere:
      return "elsewhere";
    case Comparison::Place::kUnclear:
      return "unclear";
  }
  return "";
}

}  // namespace pyslow::model
