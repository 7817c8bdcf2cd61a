#include "sweep/render/reason_words.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/duration_text.h"
#include "sweep/render/figures.h"

namespace pyslow::render {
namespace {

using model::KappaWithheld;
using model::NoGain;
using model::Reason;
using model::Warning;
using model::Withheld;

std::string PhraseOf(const Reason& reason) {
  switch (reason.kind) {
    case Reason::Kind::kEveryCallCounts:
      return "every call counts";
    case Reason::Kind::kStraightLine:
      return "time grows in proportion to the delay";
    case Reason::Kind::kPartCounts:
      return "part of the delay counts";
    case Reason::Kind::kGrowing:
      return "growing: each further delay costs more than the one before";
    case Reason::Kind::kSlack:
      return "hidden up to its slack, then it counts";
    case Reason::Kind::kEffectExcluded:
      return "the interval of the effect lies within a tenth of the dose, or 1% of the time";
    case Reason::Kind::kLatencyMovesAlone:
      return "latency moves and throughput does not: the load, not the code, sets the throughput";
    case Reason::Kind::kLatencyMovesFirst:
      return "latency moves before throughput does: the load, not the code, sets the throughput";
    case Reason::Kind::kNotMeasured:
      return "no block of trials is complete";
    case Reason::Kind::kShareUnknown:
      return "the share of the delay that reaches the clock is not known well enough";
    case Reason::Kind::kNoiseHides:
      return "the noise hides whether the delay reaches the clock";
    case Reason::Kind::kOneBlock:
      return "one block has no interval";
    case Reason::Kind::kFlatStartUnclear:
      return "it costs more and more as the delay grows, and whether short delays are free is not "
             "clear";
    case Reason::Kind::kTooFewCalls:
      return "too few calls: 1 ms each would be under 1% of the time";
    case Reason::Kind::kDisturbed:
      return absl::StrCat("the machine was disturbed: of ", reason.blocks_begun, " blocks, ",
                          reason.calm_trials, " have an undisturbed trial of '", reason.arm, "'");
    case Reason::Kind::kFoundByScreen:
      return "the screen shows an effect, and has no curve";
    case Reason::Kind::kNotFoundByScreen:
      return "the screen shows no effect";
    case Reason::Kind::kNeverCalled:
      return "never called in the window";
  }
  return "";
}

}  // namespace

std::string ReasonPhrase(const Reason& reason) {
  return absl::StrCat(PhraseOf(reason),
                      reason.is_one_dose ? "; one dose does not show the shape" : "");
}

std::string KappaWithheldPhrase(const KappaWithheld& withheld) {
  switch (withheld.kind) {
    case KappaWithheld::Kind::kNothing:
      return "";
    case KappaWithheld::Kind::kNotMeasured:
      return "there is no curve";
    case KappaWithheld::Kind::kNotCounted:
      return "the calls per unit are not known";
    case KappaWithheld::Kind::kElastic:
      return absl::StrCat("the calls per unit change by ", std::lround(withheld.change * 100),
                          "% from the control to the largest delay, as those of polling loops do");
    case KappaWithheld::Kind::kNeverCalled:
      return "there are no calls";
    case KappaWithheld::Kind::kNoDelayedCall:
      return "in some trials no call was delayed";
  }
  return "";
}

std::string WithheldPhrase(const Withheld& withheld) {
  switch (withheld.kind) {
    case Withheld::Kind::kNothing:
      return "";
    case Withheld::Kind::kNoEffectShown:
      return "the interval of the critical calls per unit includes 0: no effect is shown";
    case Withheld::Kind::kNoSlowdown:
      return "no slowdown was measured";
    case Withheld::Kind::kLineMissesControl:
      return absl::StrFormat(
          "the fitted line misses the control by %.1f%%: time against delay is not one straight "
          "line",
          withheld.miss * 100);
    case Withheld::Kind::kExceedsUnit:
      return "it would be more than the whole time of a unit";
    case Withheld::Kind::kExceedsOwnTime:
      return "it would be more than the calls' own time";
    case Withheld::Kind::kTooFewBlocks:
      return absl::StrCat("interval withheld: it needs ", withheld.min_blocks,
                          " complete blocks, and there are ", withheld.blocks);
    case Withheld::Kind::kNoiseExceedsUnit:
      return "interval withheld: the noise is larger than the time of a unit";
    case Withheld::Kind::kIntervalReachesUnit:
      return "interval withheld: it reaches the whole time of a unit";
    case Withheld::Kind::kOneOwnTimeTrial:
      return "interval withheld: own time was measured in only one trial";
  }
  return "";
}

std::string NoGainPhrase(NoGain reason) {
  switch (reason) {
    case NoGain::kHidden:
      return "no gain expected: hidden";
    case NoGain::kHiddenBySlack:
      return "no gain expected: hidden behind other work already";
    case NoGain::kLoadLimited:
      return "no gain in throughput expected: the load sets it";
    case NoGain::kNeverCalled:
      return "no gain is predicted: never called";
    case NoGain::kNoVerdict:
      return "no gain is predicted: there is no verdict";
  }
  return "";
}

std::string WarningSentence(const Warning& warning, absl::string_view unit) {
  switch (warning.kind) {
    case Warning::Kind::kAmplified:
      return absl::StrFormat(
          "The delays are amplified: each second of them costs %.2f s. A delayed call makes others "
          "wait or miss their turn, so faster calls may save less than this line predicts.",
          warning.ratio);
    case Warning::Kind::kUnlikeProcesses:
      return "The processes that share the calls make very different numbers of them: the critical "
             "fraction is given for all of them together and not per process.";
    case Warning::Kind::kFlattens:
      return "Time grows less and less as the delay grows: the critical fraction is a mean over "
             "the delays, and the shortest of them cost more than it says.";
    case Warning::Kind::kLoadLimited:
      return absl::StrFormat(
          "The load sets the throughput: it stays while %s changes by %+.1f%%. Use a load that "
          "waits for each answer (a closed loop), or one that sends more.",
          warning.text.empty() ? "a metric" : warning.text, warning.ratio * 100);
    case Warning::Kind::kDelaysCapped:
      return absl::StrFormat(
          "Delays over %s per call would make a %s more than %g times as long (--max-slowdown), "
          "and were replaced by shorter ones.",
          FormatTimeNs(warning.delay_ns), unit, warning.ratio);
    case Warning::Kind::kNotSettled:
      return "The program had not settled by the end of an interval after a change of its delays: "
             "the measured throughput lags behind. Give longer intervals with --interval.";
    case Warning::Kind::kHiddenSlack:
      return "Some functions hide only while others are fast: slowed together they cost more than "
             "the sum of their single costs. A function with the verdict hidden may be one of "
             "them.";
    case Warning::Kind::kDisturbedTrials:
      return absl::StrCat("Disturbed: in ", warning.count, " of ", warning.total,
                          " trials other programs kept this one waiting for a core for over 1% of "
                          "the time. They were repeated as long as an undisturbed trial was "
                          "likely.");
    case Warning::Kind::kProcessNote:
      return absl::StrCat("A process reported: ", Ended(warning.text));
    case Warning::Kind::kOtherHost:
      return absl::StrCat("The trials since ", warning.since, " were measured on another machine, ",
                          warning.text, " instead of ", warning.before, ".");
    case Warning::Kind::kOtherVersion:
      return absl::StrCat("The trials since ", warning.since,
                          " were measured by another version of pyslow-sweep, ", warning.text,
                          " instead of ", warning.before, ".");
    case Warning::Kind::kReboot:
      return absl::StrCat("The trials since ", warning.since,
                          " were measured after a reboot of the machine.");
    case Warning::Kind::kTornLog:
      return "The last line of trials.jsonl was cut off, as in a crash; that trial is left out.";
  }
  return "";
}

}  // namespace pyslow::render
