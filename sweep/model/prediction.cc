#include "sweep/model/prediction.h"

namespace pyslow::model {

const char* NameOf(NoGain reason) {
  switch (reason) {
    case NoGain::kHidden:
      return "hidden";
    case NoGain::kHiddenBySlack:
      return "hidden_by_slack";
    case NoGain::kLoadLimited:
      return "load_limited";
    case NoGain::kNeverCalled:
      return "never_called";
    case NoGain::kLittleToGain:
      return "little_to_gain";
    case NoGain::kNotTested:
      return "not_tested";
    case NoGain::kNoVerdict:
      return "no_verdict";
  }
  return "no_verdict";
}

}  // namespace pyslow::model
