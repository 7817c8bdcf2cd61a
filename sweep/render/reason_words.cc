#include "sweep/render/reason_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/duration_text.h"
#include "base/sanitize.h"
#include "sweep/render/figures.h"
#include "sweep/render/gpu_words.h"

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
    case Reason::Kind::kShortDelayHidden:
      return "a small dose costs nothing, a large one does";
    case Reason::Kind::kEffectExcluded:
      return "the interval of the effect lies within a tenth of the dose, or 1% of the time";
    case Reason::Kind::kLatencyMovesAlone:
      return "latency moves and throughput does not: the load, not the code, sets the throughput";
    case Reason::Kind::kLatencyMovesFirst:
      return "latency moves before throughput does: the load, not the code, sets the throughput";
    case Reason::Kind::kNotMeasured:
      return "it has no trial";
    case Reason::Kind::kShareUnknown:
      return "the share of the delay that reaches the clock is not known well enough";
    case Reason::Kind::kNoiseHides:
      return "the noise hides whether the delay reaches the clock";
    case Reason::Kind::kOneBlock:
      return "one block has no interval";
    case Reason::Kind::kMayBeChance:
      return "it seems to cost time, which may be chance in so many comparisons";
    case Reason::Kind::kSlackPossible:
      return "it costs time, and whether short delays are free is not clear yet";
    case Reason::Kind::kFlatStartUnclear:
      return "it costs more and more as the delay grows, and whether short delays are free is not "
             "clear";
    case Reason::Kind::kNeverCalled:
      return "never called in the window";
    case Reason::Kind::kLittleToGain:
      return "its own time is too short to matter";
    case Reason::Kind::kNotTried:
      return "no time was left for it, or too many others came first";
    case Reason::Kind::kOnlyOne:
      return "only this part of the function is worth a trial, so the function's curve is mostly "
             "its own";
    case Reason::Kind::kOwnTimeElsewhere:
      return "most of its own time is in calls that begin once or twice in a trial, where hardly "
             "any delay falls";
    case Reason::Kind::kDelayOutside:
      return "the delays fell outside the time that the figure measures; give it with --start or "
             "--start-at";
    case Reason::Kind::kDoseTooSmall:
      return "the largest dose is shorter than its own time; give longer delays or a larger "
             "--max-slowdown";
    case Reason::Kind::kOtherPython:
      return "a process that is not pyslow, and is or may be another Python, did work that was not "
             "slowed";
    case Reason::Kind::kWorkRanOn:
      return "Python processes of the command ran on after it ended, and their work was not "
             "measured";
    case Reason::Kind::kFigureNeverMoves:
      return "the figure is the same in all trials, so it measures nothing";
    case Reason::Kind::kFigureTooCoarse:
      return "the figure has too few digits to show an effect of this size; print more of them";
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
      return "the calls per unit are not known; --start or --units-regex would give them";
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
    case Withheld::Kind::kTooFewTrials:
      return absl::StrCat("interval withheld: ", withheld.trials, " trials do not show the noise");
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
    case NoGain::kLittleToGain:
      return "no gain expected: its own time is too short to matter";
    case NoGain::kNotTested:
      return "no gain is predicted: it was not tested";
    case NoGain::kNoVerdict:
      return "no gain is predicted: there is no verdict";
  }
  return "";
}

std::string MatchesDifferLine(const Warning& warning) {
  return absl::StrFormat(
      "the expression matched %d times in a trial, from %.10g to %.10g, and the last one counts; "
      "see --matches mean and --skip-matches",
      warning.count, warning.low, warning.high);
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
    case Warning::Kind::kOthersGrow:
      return absl::StrFormat(
          "Other work on the machine grows with the delay, by up to %.0f%% of the effect: the "
          "lower end of the interval allows for it.",
          warning.ratio * 100);
    case Warning::Kind::kLoadLimited:
      return absl::StrFormat(
          "The load sets the throughput: it stays while %s changes by %+.1f%%. Use a load that "
          "waits for each answer (a closed loop), or one that sends more.",
          warning.text.empty() ? "a metric" : warning.text, warning.ratio * 100);
    case Warning::Kind::kSeldomCalled:
      return absl::StrFormat(
          "%.0f%% of its own time is in functions that are called once or twice in a trial, such "
          "as %s: that part was not tested, because a delay falls at the start of a call. Move a "
          "loop into a function, or give --start-at.",
          warning.ratio * 100, Printable(warning.text));
    case Warning::Kind::kCoarseFigure:
      return absl::StrFormat(
          "The figure is rounded: its last digit is %.2g%% of a %s's time. No interval is "
          "narrower. "
          "Print more digits.",
          warning.ratio * 100, unit);
    case Warning::Kind::kMatchesDiffer: {
      std::string sentence = MatchesDifferLine(warning);
      sentence.front() = 'T';
      return absl::StrCat(sentence, ".");
    }
    case Warning::Kind::kUnwaitedWork:
      return absl::StrFormat(
          "The figure and the length of a trial disagree: with the largest delay the time of a %s "
          "is %+.0f%%, but at most %.0f%% of the time in delays makes the trial longer. The figure "
          "leaves out work that is queued and not waited for, as on a device (wait for it before "
          "the clock is read: block_until_ready, synchronize), or it is a latency.",
          unit, warning.ratio * 100, warning.share * 100);
    case Warning::Kind::kFigureShort:
      return absl::StrFormat(
          "By the figure, the %ss take at most %.2g%% of %s. Work that is queued and not waited "
          "for, "
          "as on a device (wait for it before the clock is read: block_until_ready, synchronize), "
          "is not in the figure%s.",
          unit, warning.ratio * 100, warning.text.empty() ? "a trial" : "the window",
          warning.text.empty() ? ". If the rest is the start of the program, leave it out with "
                                 "--start or --start-at"
                               : ", and neither is work besides the units");
    case Warning::Kind::kFigureLong:
      return absl::StrFormat(
          "By the figure, the %ss of a trial take %.3g times as long as the trial lasted: they "
          "overlap, or the figure has another unit of time than seconds.",
          unit, warning.ratio);
    case Warning::Kind::kUnrecorded:
      return absl::StrCat("Programs of the command that are not pyslow used ",
                          Printable(warning.text),
                          ". Their code was neither slowed nor counted. If one of them is another "
                          "Python, put a link to pyslow in its place.");
    case Warning::Kind::kOutsidePython:
      return absl::StrCat("Pythons that are not of the command used ", Printable(warning.text),
                          ", more than the command. If they work for it, as a cluster or a daemon "
                          "that was started before does, their code was neither slowed nor "
                          "counted: start them with pyslow, in the command.");
    case Warning::Kind::kRanOn:
      return absl::StrFormat(
          "In %d of %d trials, Python processes ran on after the command that had started them: "
          "the time of a run is that of the command, not of their work. Run the program in the "
          "foreground, or measure it with --server or --live.",
          warning.count, warning.total);
    case Warning::Kind::kPolls:
      return absl::StrFormat(
          "%s while the program waits, such as %s: %.0f%% of all calls (%s a %s; %s with the "
          "largest delay, as slower work leaves less time to wait). They are the subsystem "
          "\"waiting loops\", and not among the functions that are slowed together.",
          warning.count == 1 ? "A function polls" : absl::StrCat(warning.count, " functions poll"),
          Printable(warning.text), warning.share * 100, NumberText(warning.high), unit,
          NumberText(warning.low));
    case Warning::Kind::kDelaysCapped:
      return absl::StrFormat(
          "Delays over %s per call would make a %s more than %g times as long (--max-slowdown), "
          "and were replaced by shorter ones.",
          FormatTimeNs(warning.delay_ns), unit, warning.ratio);
    case Warning::Kind::kNotSettled:
      return "The program had not settled by the end of an interval after a change of its delays: "
             "the measured throughput lags behind. Give longer intervals with --interval.";
    case Warning::Kind::kLineEvents:
      return absl::StrFormat(
          "The events of the lines of %s make a %s %.2f times as long. Lines that are hidden by "
          "less than this difference may seem to count, and the gains of lines are of this longer "
          "%s.",
          Printable(warning.text), unit, warning.ratio, unit);
    case Warning::Kind::kDisturbedTrials:
      return absl::StrFormat(
          "Disturbed: in %d of %d trials others kept this program waiting for a core for over 1%% "
          "of the time. On average, other programs used %.0f%% of a core in them, and the host "
          "gave %.0f%% of a core to other machines (steal). They count: the waiting is "
          "subtracted "
          "as far as it made a %s longer, and the intervals allow for the rest.",
          warning.count, warning.total, warning.ratio * 100, warning.stolen * 100, unit);
    case Warning::Kind::kQuota:
      return absl::StrFormat(
          "In %d of %d trials, a CPU quota (cgroup) stopped the program for %.0f%% of the time: "
          "raise the quota or expect figures of the quota.",
          warning.count, warning.total, warning.ratio * 100);
    case Warning::Kind::kOverheated:
      return absl::StrFormat(
          "In %d of %d trials, processors slowed down because they were hot: improve the cooling "
          "or limit the frequency.",
          warning.count, warning.total);
    case Warning::Kind::kGpuLimits:
    case Warning::Kind::kGpuThrottled:
    case Warning::Kind::kGpuShared:
      return GpuWarning(warning, unit);
    case Warning::Kind::kWaitUnknown:
      return "This kernel does not show how long the program waited for a core, so disturbed "
             "trials "
             "cannot be detected.";
    case Warning::Kind::kFailedTrials:
      return absl::StrCat(Counted(warning.count, "trial"), " failed and ",
                          warning.count == 1 ? "was" : "were",
                          " repeated; any output is in trial-*.log beside trials.jsonl. If "
                          "failures depend on the delay, the trials that remain are a selection.");
    case Warning::Kind::kStalls:
      return absl::StrFormat(
          "Stalls: %d of %d trials took longer than others with the same delay, by %.0f%% on "
          "average. They were measured again and do not count. A processor that is shared with "
          "other machines does this; if the program itself does, its throughput is lower than the "
          "tables say.",
          warning.count, warning.total, warning.ratio * 100);
    case Warning::Kind::kLeftProcesses:
      return absl::StrCat("The command left processes behind ", Counted(warning.count, "time"),
                          ", such as ", warning.text,
                          ". They were ended, so that they do not disturb other trials.");
    case Warning::Kind::kProcessNote:
      return absl::StrCat("A process reported: ", Ended(warning.text));
    case Warning::Kind::kOtherHost:
      return absl::StrCat("The trials since ", warning.since, " were measured on another machine, ",
                          warning.text, " instead of ", warning.before, ".");
    case Warning::Kind::kOtherVersion:
      return absl::StrCat("The trials since ", warning.since,
                          " were measured by another version of pyslow-sweep, ", warning.text,
                          " instead of ", warning.before, ".");
    case Warning::Kind::kProgramChanged:
      return absl::StrCat("The trials since ", warning.since, " were measured after a change of ",
                          Printable(warning.text),
                          " (--accept-changes): the figures mix two programs.");
    case Warning::Kind::kReboot:
      return absl::StrCat("The trials since ", warning.since,
                          " were measured after a reboot of the machine.");
    case Warning::Kind::kTornLog:
      return "The last line of trials.jsonl was cut off, as in a crash; that trial is left out.";
  }
  return "";
}

}  // namespace pyslow::render
