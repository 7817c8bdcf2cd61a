#include "sweep/cli/terminal_observer.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/report_error.h"
#include "base/terminal.h"
#include "sweep/render/figures.h"
#include "sweep/render/reason_words.h"
#include "sweep/steps/trial_warnings.h"

namespace pyslow::cli {
namespace {

constexpr char kProgramName[] = "pyslow-sweep";
constexpr size_t kMinWidth = 40;
constexpr size_t kMaxWidth = 100;  // longer lines are hard to read

size_t WidthFor(std::FILE* stream) {
  const size_t columns = SizeOf(fileno(stream)).columns;
  return columns == 0 ? kMaxWidth : std::clamp(columns, kMinWidth, kMaxWidth);
}

}  // namespace

TerminalObserver::TerminalObserver(std::FILE* out, std::FILE* progress, bool quiet,
                                   double budget_seconds)
    : out_(out),
      progress_(progress),
      quiet_(quiet),
      has_bar_(isatty(fileno(progress)) != 0),
      budget_seconds_(budget_seconds) {
  options_.style = Style(MayColor(fileno(out)));
  options_.width = WidthFor(out);
}

void TerminalObserver::PartBegins(const std::string& what, size_t trials) {
  part_ = what;
  planned_ = trials;
  done_ = 0;
}

void TerminalObserver::LaterParts(size_t trials) { later_ = trials; }

render::Progress TerminalObserver::ProgressAfter(double trial_seconds) const {
  render::Progress progress;
  progress.done = trials_;
  if (!later_.has_value()) return progress;
  const double budget_left = std::max(0.0, budget_seconds_ - seconds_);
  size_t left = *later_ + (planned_ - std::min(planned_, done_));
  // The forecast of the parts is without the budget.
  if (trial_seconds * static_cast<double>(left) > budget_left) {
    left = static_cast<size_t>(std::ceil(budget_left / trial_seconds));
  }
  progress.total = trials_ + left;
  progress.seconds_left = std::min(budget_left, trial_seconds * static_cast<double>(left));
  progress.most_seconds_left = budget_left;
  return progress;
}

void TerminalObserver::ShowBenchmark(const model::Trial& trial) {
  // Without one, a run is the unit, as the first step says.
  const bool has_one = trial.benchmark.has_value() && !trial.benchmark->figure.empty();
  if (!has_one || benchmark_shown_) return;
  Pause();
  ReportNote(kProgramName, render::BenchmarkLine(*trial.benchmark));
  benchmark_shown_ = true;
}

void TerminalObserver::ShowReading(const model::Trial& trial) {
  if (!trial.reading.has_value()) return;
  if (!trial.reading->read_as.empty() && !converted_shown_) {
    Pause();
    ReportNote(kProgramName, render::ReadAsLine(trial.reading->printed, trial.reading->read_as));
    converted_shown_ = true;
  }
  const std::optional<model::Warning> differ = steps::MatchesDiffer(trial);
  if (!differ.has_value() || matches_shown_) return;
  Pause();
  ReportWarning(kProgramName, render::MatchesDifferLine(*differ));
  matches_shown_ = true;
}

void TerminalObserver::TrialDone(const model::Trial& trial, const std::string& arm, bool disturbed,
                                 double trial_seconds) {
  ++trials_;
  ++done_;
  seconds_ += trial.wall_seconds + trial.other_seconds;
  if (!trial.left.empty() && !left_shown_) {
    Pause();
    ReportWarning(kProgramName, render::LeftProcessesLine(trial.left));
    left_shown_ = true;
  }
  ShowBenchmark(trial);
  ShowReading(trial);
  if (quiet_) return;
  render::Progress progress = ProgressAfter(trial_seconds);
  progress.now = absl::StrCat(part_, ": ", arm);
  if (has_bar_) {
    Print(progress_, render::ProgressBar(progress, WidthFor(progress_)));
    bar_shown_ = true;
    return;
  }
  Print(progress_, absl::StrCat("pyslow-sweep: ", render::ProgressLine(progress), ": ",
                                render::SecondsText(trial.seconds_per_unit),
                                disturbed ? ", disturbed" : "", "\n"));
}

void TerminalObserver::TrialRepeated(const model::TrialSpec& spec, const std::string& arm,
                                     const model::TrialOutcome& failure, int64_t repetition,
                                     int64_t repetitions) {
  render::FailedTrial failed;
  failed.number = trials_ + 1;
  failed.now = absl::StrCat(spec.part, ", ", arm);
  failed.why = failure.why;
  // The directory of a sweep without a trial is removed.
  if (trials_ > 0) failed.log = failure.log;
  failed.repetition = repetition;
  failed.repetitions = repetitions;
  Pause();
  ReportWarning(kProgramName, render::FailedTrialLine(failed));
}

void TerminalObserver::Pause() {
  if (bar_shown_) Print(progress_, render::ProgressBarEnd());
  bar_shown_ = false;
}

void TerminalObserver::StepDone(const model::StepSummary& step, const model::Findings& findings) {
  Pause();
  Print(out_, absl::StrCat(render::FormatStep(findings, step, options_), "\n"));
}

}  // namespace pyslow::cli
