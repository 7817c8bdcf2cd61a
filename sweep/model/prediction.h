// The throughput expected of faster Python, or the reason why there is no figure.
#ifndef PYSLOW_SWEEP_MODEL_PREDICTION_H_
#define PYSLOW_SWEEP_MODEL_PREDICTION_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sweep/model/estimate.h"

namespace pyslow::model {

// Why a prediction, or only its interval, is withheld.
struct Withheld {
  enum class Kind {
    kNothing,  // the prediction has an interval
    // No figure.
    kNoEffectShown,      // the interval of n* includes 0
    kNoSlowdown,         // n* is not above 0, and has no interval
    kLineMissesControl,  // by `miss`: T against the delay is not one straight line
    kExceedsUnit,        // more would be saved than a unit lasts
    kExceedsOwnTime,     // more would be saved than the calls' own time
    // A figure without an interval.
    kTooFewTrials,         // `trials` do not determine the noise
    kNoiseExceedsUnit,     // the noise is larger than the time of a unit
    kIntervalReachesUnit,  // the interval reaches the whole time of a unit
    kOneOwnTimeTrial,      // own time was measured in one trial
  };
  Kind kind = Kind::kNothing;
  double miss = 0;    // kLineMissesControl: as a ratio of T at the control
  size_t trials = 0;  // kTooFewTrials

  friend bool operator==(const Withheld&, const Withheld&) = default;
};

// Either each delayed call takes `faster_ns` less, or `share_gone` of the calls' own time is saved.
struct Prediction {
  int64_t faster_ns = 0;
  double share_gone = 0;               // 0: the prediction is for faster_ns
  std::optional<Estimate> throughput;  // units per second
  std::optional<Estimate> gain;        // over the control's, as a ratio: 1.05 is 5% more
  Withheld withheld;
  bool limited_by_gpu = false;  // R29: without the limit, the gain would be larger
};

// Why faster Python is expected to gain nothing, or why nothing is predicted.
enum class NoGain {
  kHidden,
  kHiddenBySlack,  // hidden at delay 0: other work takes longer
  kLoadLimited,
  kNeverCalled,
  kLittleToGain,  // its own time is too short
  kNotTested,     // no delay fell into the work
  kNoVerdict,     // the verdict was withheld
};
// The name in analysis.json: "hidden", "hidden_by_slack", "load_limited", "never_called",
// "little_to_gain", "not_tested", "no_verdict".
const char* NameOf(NoGain reason);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_PREDICTION_H_
