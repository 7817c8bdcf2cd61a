// What a reader of the findings must know beside them.
#ifndef PYSLOW_SWEEP_MODEL_WARNING_H_
#define PYSLOW_SWEEP_MODEL_WARNING_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace pyslow::model {

struct Warning {
  enum class Kind {
    // On a curve.
    kAmplified,        // `ratio`: seconds that one second of delay costs, above 1
    kUnlikeProcesses,  // the processes make very different numbers of calls
    kFlattens,         // T grows less and less as the delay grows
    kLoadLimited,      // `text`: a metric, whose change is `ratio`, while throughput stays
    // On the sweep.
    kDelaysCapped,     // delays over `delay_ns` would exceed the slowdown `ratio`, --max-slowdown
    kNotSettled,       // a live program follows its delays more slowly than an interval lasts
    kHiddenSlack,      // functions that hide one at a time and count together
    kDisturbedTrials,  // `count` of `total` trials
    kProcessNote,      // `text`: from a process's record
    kOtherHost,        // trials since `since` were measured on the host `text`, not on `before`
    kOtherVersion,     // likewise, by the version `text` of pyslow-sweep, not by `before`
    kReboot,           // likewise, after a reboot of the machine
    kTornLog,          // the last line of trials.jsonl was cut off
  };
  Kind kind = Kind::kTornLog;
  double ratio = 0;
  int64_t delay_ns = 0;
  size_t count = 0;
  size_t total = 0;
  std::string text = {};
  std::string before = {};
  std::string since = {};  // UTC

  friend bool operator==(const Warning&, const Warning&) = default;
};

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_WARNING_H_
