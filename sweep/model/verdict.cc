#include "sweep/model/verdict.h"

namespace pyslow::model {

const char* NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kLinear:
      return "linear";
    case Verdict::kSubLinear:
      return "sub-linear";
    case Verdict::kThreshold:
      return "threshold";
    case Verdict::kNone:
      return "none";
    case Verdict::kLoadLimited:
      return "load-limited";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kUntested:
      return "untested";
  }
  return "inconclusive";
}

bool IsDecided(Verdict verdict) {
  return verdict != Verdict::kInconclusive && verdict != Verdict::kUntested;
}

Verdict VerdictOf(Reason::Kind kind) {
  switch (kind) {
    case Reason::Kind::kEveryCallCounts:
    case Reason::Kind::kStraightLine:
      return Verdict::kLinear;
    case Reason::Kind::kPartCounts:
    case Reason::Kind::kGrowing:
      return Verdict::kSubLinear;
    case Reason::Kind::kSlack:
    case Reason::Kind::kShortDelayHidden:
      return Verdict::kThreshold;
    case Reason::Kind::kEffectExcluded:
      return Verdict::kNone;
    case Reason::Kind::kLatencyMovesAlone:
    case Reason::Kind::kLatencyMovesFirst:
      return Verdict::kLoadLimited;
    case Reason::Kind::kNotMeasured:
    case Reason::Kind::kShareUnknown:
    case Reason::Kind::kNoiseHides:
    case Reason::Kind::kOneBlock:
    case Reason::Kind::kMayBeChance:
    case Reason::Kind::kSlackPossible:
    case Reason::Kind::kFlatStartUnclear:
      return Verdict::kInconclusive;
    case Reason::Kind::kNeverCalled:
    case Reason::Kind::kLittleToGain:
    case Reason::Kind::kNotTried:
    case Reason::Kind::kOnlyOne:
    case Reason::Kind::kOwnTimeElsewhere:
    case Reason::Kind::kDelayOutside:
    case Reason::Kind::kDoseTooSmall:
    case Reason::Kind::kOtherPython:
    case Reason::Kind::kWorkRanOn:
    case Reason::Kind::kFigureNeverMoves:
    case Reason::Kind::kFigureTooCoarse:
      return Verdict::kUntested;
  }
  return Verdict::kInconclusive;
}

const char* NameOf(Reason::Kind kind) {
  switch (kind) {
    case Reason::Kind::kEveryCallCounts:
      return "every_call_counts";
    case Reason::Kind::kStraightLine:
      return "straight_line";
    case Reason::Kind::kPartCounts:
      return "part_counts";
    case Reason::Kind::kGrowing:
      return "growing";
    case Reason::Kind::kSlack:
      return "slack";
    case Reason::Kind::kShortDelayHidden:
      return "short_delay_hidden";
    case Reason::Kind::kEffectExcluded:
      return "effect_excluded";
    case Reason::Kind::kLatencyMovesAlone:
      return "latency_moves_alone";
    case Reason::Kind::kLatencyMovesFirst:
      return "latency_moves_first";
    case Reason::Kind::kNotMeasured:
      return "not_measured";
    case Reason::Kind::kShareUnknown:
      return "share_unknown";
    case Reason::Kind::kNoiseHides:
      return "noise_hides";
    case Reason::Kind::kOneBlock:
      return "one_block";
    case Reason::Kind::kMayBeChance:
      return "may_be_chance";
    case Reason::Kind::kSlackPossible:
      return "slack_possible";
    case Reason::Kind::kFlatStartUnclear:
      return "flat_start_unclear";
    case Reason::Kind::kNeverCalled:
      return "never_called";
    case Reason::Kind::kLittleToGain:
      return "little_to_gain";
    case Reason::Kind::kNotTried:
      return "not_tried";
    case Reason::Kind::kOnlyOne:
      return "only_one";
    case Reason::Kind::kOwnTimeElsewhere:
      return "own_time_elsewhere";
    case Reason::Kind::kDelayOutside:
      return "delay_outside";
    case Reason::Kind::kDoseTooSmall:
      return "dose_too_small";
    case Reason::Kind::kOtherPython:
      return "other_python";
    case Reason::Kind::kWorkRanOn:
      return "work_ran_on";
    case Reason::Kind::kFigureNeverMoves:
      return "figure_never_moves";
    case Reason::Kind::kFigureTooCoarse:
      return "figure_too_coarse";
  }
  return "not_measured";
}

}  // namespace pyslow::model
