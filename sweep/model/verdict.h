// The verdict on a curve, and the reason for it.
#ifndef PYSLOW_SWEEP_MODEL_VERDICT_H_
#define PYSLOW_SWEEP_MODEL_VERDICT_H_

namespace pyslow::model {

enum class Verdict {
  kLinear,        // on the critical path: every call counts
  kSubLinear,     // partly on the critical path, or more and more as the delay grows
  kThreshold,     // hidden up to the slack D*, then on the critical path
  kNone,          // hidden up to the largest dose
  kLoadLimited,   // the load sets the throughput; a latency moves
  kInconclusive,  // the data do not decide
  kUntested,      // no delay tested it, such as a function that the window has no call of
};
// The name in analysis.json: "linear", "sub-linear", "threshold", "none", "load-limited",
// "inconclusive", "untested".
const char* NameOf(Verdict verdict);
// Neither inconclusive nor untested.
bool IsDecided(Verdict verdict);

// Why a verdict was reached, or why none was. Each kind belongs to one verdict: see VerdictOf.
struct Reason {
  enum class Kind {
    // kLinear
    kEveryCallCounts,  // the interval of κ says so
    kStraightLine,     // κ is withheld; T grows in proportion to the delay
    // kSubLinear
    kPartCounts,
    kGrowing,  // each further delay costs more than the one before
    // kThreshold
    kSlack,
    kShortDelayHidden,  // a large dose costs time, a small one does not (R22)
    // kNone
    kEffectExcluded,  // by the interval of the effect, E: R5
    // kLoadLimited
    kLatencyMovesAlone,
    kLatencyMovesFirst,  // up to the knee; then throughput moves too
    // kInconclusive
    kNotMeasured,       // no trial of it
    kShareUnknown,      // T grows; the interval of κ is too wide for a verdict
    kNoiseHides,        // the interval of the effect includes 0
    kOneBlock,          // one block has no interval
    kMayBeChance,       // the interval of the effect is above 0, but not the one for all subjects
    kSlackPossible,     // T grows; the points also allow a flat start
    kFlatStartUnclear,  // the curve is bent, and its first part is flat or rising
    // kUntested
    kNeverCalled,
    kLittleToGain,  // CurveFinding::gain_bound is below --min-gain: no trials
    kNotTried,      // likewise none: no time was left, or too many others have more own time
    kOnlyOne,       // likewise none: there is nothing to compare this part of a function with
    // No effect is shown, but none could be:
    kOwnTimeElsewhere,  // most of the own time is in calls that hardly any delay reaches
    kDelayOutside,      // the delays fell outside the time that the figure measures
    kDoseTooSmall,      // the largest dose is shorter than the own time
    kOtherPython,       // a process without pyslow did work, which is or may be a Python
    kWorkRanOn,         // Python processes of the command ran on after it ended
    kFigureNeverMoves,  // the measured figure is the same in all trials
    kFigureTooCoarse,   // its printed digits hide an effect of the size of the dose
  };
  Kind kind = Kind::kNotMeasured;
  // The comparison had one dose, which does not show the shape.
  bool is_one_dose = false;

  friend bool operator==(const Reason&, const Reason&) = default;
};
Verdict VerdictOf(Reason::Kind kind);
// The name in analysis.json: "every_call_counts", "noise_hides" …
const char* NameOf(Reason::Kind kind);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_VERDICT_H_
