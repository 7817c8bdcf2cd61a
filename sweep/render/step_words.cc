#include "sweep/render/step_words.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sanitize.h"
#include "sweep/render/comparison_words.h"
#include "sweep/render/figures.h"
#include "sweep/render/gil_words.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::Findings;
using model::Result;
using model::Step;
using model::StepSummary;
using model::Verdict;

absl::string_view KindOf(Step step) {
  if (step == Step::kSites) return "call site";
  if (step == Step::kLines) return "line range";
  return step == Step::kFocus ? "function" : "subsystem";
}

const std::vector<Result>& RankingOf(const Findings& findings, Step step) {
  if (step == Step::kSites) return findings.sites;
  if (step == Step::kLines) return findings.lines;
  return step == Step::kFocus ? findings.functions : findings.groups;
}

// Whether RankingOf has one for `step`.
bool HasRanking(Step step) { return step >= Step::kSubsystems && step <= Step::kLines; }

// `text`, and `next` after it, if there is one.
std::string Followed(std::string text, const std::string& next) {
  return next.empty() ? text : absl::StrCat(Ended(text), " ", next);
}

std::string CountedSentence(const Findings& findings, const StepSummary& summary) {
  const std::string too_long =
      summary.least_seconds <= 0
          ? ""
          : absl::StrCat("The next step needs ", SecondsText(summary.least_seconds),
                         " of trials or more, longer than what --time-budget leaves");
  return Followed(
      absl::StrCat(NumberText(summary.calls_per_unit), " calls a ", findings.unit, ", of ",
                   Counted(summary.functions, "function"), " in ",
                   Counted(summary.packages, "package"), "; a ", findings.unit, " lasts ",
                   SecondsText(summary.seconds_per_unit), " with every call counted"),
      too_long);
}

std::string JudgedSentence(const Findings& findings, Step step) {
  if (!findings.global.has_value()) return "";
  if (step == Step::kGil) return GilSentence(*findings.global);
  return step == Step::kOpportunity ? OpportunitySentence(findings.global->curve, findings.unit)
                                    : VerdictSentence(*findings.global, findings.unit);
}

std::string ComparedSentence(const Findings& findings) {
  if (!findings.comparison.has_value()) return "";
  return Followed(Ended(ComparisonSentence(*findings.comparison, findings.unit)),
                  PlaceSentence(*findings.comparison));
}

// `sentence`, and that about the GIL for each result that has one.
std::string WithGil(std::string sentence, const std::vector<Result>& ranked) {
  for (const Result& result : ranked) {
    sentence = Followed(std::move(sentence), GilSentence(result));
  }
  return sentence;
}

// Whether more trials may decide about a result.
bool AnyMayBeDecided(const std::vector<Result>& ranked) {
  return std::any_of(ranked.begin(), ranked.end(),
                     [](const Result& result) { return IsUndecided(result.curve); });
}

// Why no subject was compared.
std::string NothingToCompare(const std::vector<Result>& ranked, absl::string_view kind) {
  const bool any_small = std::any_of(ranked.begin(), ranked.end(), [](const Result& result) {
    return result.curve.reason.kind == model::Reason::Kind::kLittleToGain;
  });
  return absl::StrCat("No ", kind,
                      any_small
                          ? " has enough own time to matter (--min-gain)"
                          : absl::StrCat(" was ", CalledWord(ranked), " in the measured time"));
}

// Whether each result is hidden or was never called.
bool AllHidden(const std::vector<Result>& ranked) {
  return std::all_of(ranked.begin(), ranked.end(), [](const Result& result) {
    const Verdict verdict = result.curve.verdict();
    return verdict == Verdict::kNone || verdict == Verdict::kThreshold ||
           verdict == Verdict::kUntested;
  });
}

bool AnyEffect(const std::vector<Result>& ranked) {
  return std::any_of(ranked.begin(), ranked.end(),
                     [](const Result& result) { return ShowsEffect(result.curve); });
}

std::string NothingStandsOut(const std::vector<Result>& ranked) {
  if (AnyEffect(ranked)) {
    return "Among so many comparisons the effect may be chance; more trials (--time-budget, "
           "--runs) may confirm it. The sweep ends here.";
  }
  if (AnyMayBeDecided(ranked)) {
    return "More trials (--time-budget, --runs) may decide; the sweep ends here.";
  }
  return AllHidden(ranked) ? "Their calls may count only together; the sweep ends here."
                           : "The sweep ends here.";
}

std::string LastStep(const std::vector<Result>& ranked) {
  const bool is_open = !AnyEffect(ranked) && AnyMayBeDecided(ranked);
  return absl::StrCat(is_open ? "More trials (--time-budget, --runs) may decide. " : "",
                      "That was the last step.");
}

std::string WindowNeverOpened(const Findings& findings, const StepSummary& summary) {
  const std::string trial = absl::StrCat("the ", findings.unit == "run" ? "run" : "trial");
  const std::string ended =
      absl::StrCat(trial, " ended after ", SecondsText(summary.trial_seconds));
  return absl::StrCat(
      "Untested: the window never opened. ",
      summary.start_at.empty()
          ? absl::StrCat("It opens ", SecondsText(summary.start_seconds),
                         " after the start (--start), and ", ended)
          : absl::StrCat("It opens at the first call of ", Printable(summary.start_at),
                         " (--start-at), which did not come before ", ended));
}

// Hidden targets do not show that the rest of Python is hidden.
std::string PythonHidden(const Findings& findings) {
  const bool is_all =
      !findings.global.has_value() || findings.global->kind == model::SubjectKind::kAllPython;
  return absl::StrCat(is_all ? "Python is not your bottleneck: look at "
                             : "The targeted code is not your bottleneck: look at other code, ",
                      "GPU kernels, memory bandwidth or I/O. The sweep ends here.");
}

std::string NamesText(const std::vector<std::string>& names) {
  std::vector<std::string> printable;
  printable.reserve(names.size());
  for (const std::string& name : names) printable.push_back(Printable(name));
  return absl::StrJoin(printable, ", ");
}

// The table may have further rows, of subjects that are never called or have little to gain.
std::string OneSubjectSentence(const Findings& findings, const StepSummary& summary) {
  const bool is_alone = RankingOf(findings, summary.step).size() <= 1;
  return absl::StrCat(is_alone ? "There is one " : "One ", KindOf(summary.step),
                      is_alone ? ": " : " is worth a trial: ", NamesText(summary.names));
}

// Why no lines of the function were counted.
std::string NoLinesSentence(const StepSummary& summary) {
  const std::string name = Printable(summary.function);
  switch (summary.no_lines) {
    case StepSummary::NoLines::kNone:
      return "";
    case StepSummary::NoLines::kNative:
      return absl::StrCat(name, " is no Python function, so it has no lines to slow");
    case StepSummary::NoLines::kPartOfFunction:
      return absl::StrCat(name, " is already a part of a function");
    case StepSummary::NoLines::kNoPattern:
      return absl::StrCat("No target can name ", name, ", so its lines cannot be slowed");
    case StepSummary::NoLines::kNoneCounted:
      return absl::StrCat("The lines of ", name,
                          " are not known: its code raised no events of lines, as compiled code "
                          "does not, or was not entered in these trials");
  }
  return "";
}

// The cost of the events of lines, if they were slowed.
std::string LineEventsSentence(const Findings& findings, const StepSummary& summary) {
  if (summary.step != Step::kLines || summary.seconds_per_unit <= 0) return "";
  return absl::StrCat("The lines of ", Printable(summary.function), " are entered ",
                      NumberText(summary.calls_per_unit), " times a ", findings.unit,
                      ". With an event for each, a ", findings.unit, " lasts ",
                      SecondsText(summary.seconds_per_unit), ", in the steps before ",
                      SecondsText(summary.control_seconds),
                      "; the controls of this step have these events too.");
}

}  // namespace

absl::string_view StepName(Step step) {
  switch (step) {
    case Step::kCount:
      return "1. Count";
    case Step::kGlobal:
      return "2. Global impact";
    case Step::kOpportunity:
      return "3. Opportunity";
    case Step::kGil:
      return "The GIL";
    case Step::kSubsystems:
      return "4. Subsystems";
    case Step::kFocus:
      return "5. Focus";
    case Step::kSites:
      return "6. Call sites";
    case Step::kLines:
      return "7. Lines";
    case Step::kCompare:
      return "3. Two versions";
  }
  return "";
}

std::string StepSentence(const Findings& findings, const StepSummary& summary) {
  switch (summary.outcome) {
    case StepSummary::Outcome::kCounted:
      return CountedSentence(findings, summary);
    case StepSummary::Outcome::kNothingCalled:
      return "Untested: no function that the targets match was called";
    case StepSummary::Outcome::kCalledOutsideWindow:
      return absl::StrCat("Untested: ", Counted(summary.functions, "function"),
                          summary.functions == 1 ? " was" : " were",
                          " called before or after the window, none in it. This is typical of "
                          "captured graphs and compiled code");
    case StepSummary::Outcome::kWindowNeverOpened:
      return WindowNeverOpened(findings, summary);
    case StepSummary::Outcome::kJudged:
      return JudgedSentence(findings, summary.step);
    case StepSummary::Outcome::kRanked: {
      const std::vector<Result>& ranked = RankingOf(findings, summary.step);
      return Followed(WithGil(RankingSentence(ranked, KindOf(summary.step)), ranked),
                      LineEventsSentence(findings, summary));
    }
    case StepSummary::Outcome::kNoLines:
      return NoLinesSentence(summary);
    case StepSummary::Outcome::kOneSubject:
      return OneSubjectSentence(findings, summary);
    case StepSummary::Outcome::kNothingToCompare:
      return NothingToCompare(RankingOf(findings, summary.step), KindOf(summary.step));
    case StepSummary::Outcome::kNoTime:
      return absl::StrCat("There was no time left to slow a ", KindOf(summary.step),
                          " by itself (--time-budget)");
    case StepSummary::Outcome::kCompared:
      return ComparedSentence(findings);
  }
  return "";
}

std::string NextSentence(const Findings& findings, const StepSummary& summary) {
  switch (summary.next) {
    case StepSummary::Next::kImpact:
      return "Next, all of these calls are slowed at once: does Python matter at all?";
    case StepSummary::Next::kOpportunity:
      return "Next, the prediction of the fitted line for faster Python.";
    case StepSummary::Next::kGil:
      return "Next, the same delay with the GIL held and with the GIL released.";
    case StepSummary::Next::kSubsystems:
      return "Next, each subsystem is slowed alone.";
    case StepSummary::Next::kFunctions:
      return summary.names.empty()
                 ? "Next, the functions one by one."
                 : absl::StrCat("Next, the functions of ", NamesText(summary.names), ".");
    case StepSummary::Next::kSites:
      return absl::StrCat("Next, the calls of ", NamesText(summary.names), " by their callers.");
    case StepSummary::Next::kLines:
      return absl::StrCat("Next, the lines of ", Printable(summary.function), ".");
    case StepSummary::Next::kVersions:
      return "Next, both versions in turns.";
    case StepSummary::Next::kImpactAgain:
      return "Next, all calls at once again: there is time left to decide that question.";
    case StepSummary::Next::kRequestedEnd:
      return "That was the last requested step.";
    case StepSummary::Next::kLastStep:
      return HasRanking(summary.step) ? LastStep(RankingOf(findings, summary.step))
                                      : "That was the last step.";
    case StepSummary::Next::kNothingToSlow:
      return "There is nothing to slow; the sweep ends here.";
    case StepSummary::Next::kPythonHidden:
      return PythonHidden(findings);
    case StepSummary::Next::kNoConclusion:
      return "The data support no further conclusion; the sweep ends here.";
    case StepSummary::Next::kNothingStandsOut:
      return NothingStandsOut(RankingOf(findings, summary.step));
    case StepSummary::Next::kNothingToCompare:
      return "The sweep ends here.";
  }
  return "";
}

}  // namespace pyslow::render
