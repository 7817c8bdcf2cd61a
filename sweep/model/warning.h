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
    kOthersGrow,       // R16: other work grows with the delay, by `ratio` of the slope
    kLoadLimited,      // `text`: a metric, whose change is `ratio`, while throughput stays
    kSeldomCalled,     // `ratio` of the own time is in calls that a delay hardly reaches: `text`
    kCoarseFigure,     // the printed digits of the figure hide changes of T below `ratio` of T0
    // The figure grows by `ratio` of T0; the trial grows by at most the part `share` of the delays.
    kUnwaitedWork,
    // By the figure, the units take at most `ratio` of the trial; `text` "window": of the window.
    kFigureShort,
    kFigureLong,  // likewise of the trial, which is more
    // R29: `count` predictions were limited, since the GPU works for `share` of a unit's time
    // whatever the delay: to a gain of `ratio`, with its interval from `low` to `high`.
    kGpuLimits,
    // On the sweep.
    kUnrecorded,     // `text`: processors used by programs that are not pyslow, and their names
    kOutsidePython,  // `text`: processors used by Pythons that are not of the command, likewise
    kRanOn,          // Python processes ran on after the command in `count` of `total` trials
    // `count` functions poll while the program waits, `text` most often. Their calls per unit,
    // `share` of all, fall from `high` to `low` with the largest delay.
    kPolls,
    kDelaysCapped,  // delays over `delay_ns` would exceed the slowdown `ratio`, --max-slowdown
    // The events of the lines of the function `text` make a unit `ratio` times as long.
    kLineEvents,
    kNotSettled,  // a live program follows its delays more slowly than an interval lasts
    // `count` of `total` trials waited for others: processes that used `ratio` cores, and a host
    // that gave `stolen` cores to other machines, in the mean of these trials.
    kDisturbedTrials,
    kQuota,       // a CPU quota stopped `count` of `total` trials for `ratio` of their time
    kOverheated,  // processors slowed down because of heat in `count` of `total` trials
    // A GPU lowered its clock, for the reasons `text`, in `count` of `total` trials. Its mean clock
    // in a trial was `low` to `high` MHz; 0: unknown.
    kGpuThrottled,
    kGpuShared,     // others used the GPU too in `count` of `total` trials
    kWaitUnknown,   // the kernel does not show how long the trials waited for a core
    kFailedTrials,  // `count` trials failed and were repeated
    // `count` of `total` trials took longer than others, by `ratio` in the mean (R17).
    kStalls,
    kLeftProcesses,  // the command left processes behind `count` times, such as `text`
    // The matches of a trial's figure differ, from `low` to `high`; the last of `count` counts.
    kMatchesDiffer,
    kProcessNote,     // `text`: from a process's record
    kOtherHost,       // trials since `since` were measured on the host `text`, not on `before`
    kOtherVersion,    // likewise, by the version `text` of pyslow-sweep, not by `before`
    kProgramChanged,  // likewise, with other files `text`, at the user's request
    kReboot,          // likewise, after a reboot of the machine
    kTornLog,         // the last line of trials.jsonl was cut off
  };
  Kind kind = Kind::kTornLog;
  double ratio = 0;
  double stolen = 0;
  double low = 0;
  double high = 0;
  double share = 0;
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
