#include "sweep/render/terminal_report.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "base/text_table.h"
#include "base/width.h"
#include "sweep/render/advice_words.h"
#include "sweep/render/comparison_words.h"
#include "sweep/render/figures.h"
#include "sweep/render/gil_words.h"
#include "sweep/render/gpu_words.h"
#include "sweep/render/reason_words.h"
#include "sweep/render/step_words.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::CountedFunction;
using model::CurveFinding;
using model::Findings;
using model::Level;
using model::Prediction;
using model::Priority;
using model::Result;
using model::Step;
using model::StepSummary;
using model::Verdict;
using model::Warning;

std::string OrDash(const std::optional<double>& number) {
  return number.has_value() ? NumberText(*number) : "-";
}

std::string LevelsTable(const Findings& findings, const CurveFinding& curve, const Style& style) {
  const std::string& unit = findings.unit;
  std::vector<TableRow> rows(1);
  rows[0].cells = {"delay", absl::StrCat("calls/", unit), absl::StrCat("dose/", unit),
                   absl::StrCat("time/", unit), absl::StrCat(unit, "s/s")};
  for (const std::string& name : findings.metric_names) rows[0].cells.push_back(Printable(name));
  const bool has_gpu = curve.gpu.has_value();
  if (has_gpu) {
    rows[0].cells.emplace_back("GPU busy");
    rows[0].cells.push_back(absl::StrCat("GPU time/", unit));
  }
  rows[0].cells.emplace_back("change of throughput");
  for (const Level& level : curve.levels) {
    TableRow row;
    row.cells = {DelayText(level.delay_ns), OrDash(level.calls_per_unit),
                 level.dose_seconds.has_value() ? SecondsText(*level.dose_seconds) : "-",
                 SecondsText(level.seconds_per_unit), EstimateText(level.throughput)};
    for (size_t i = 0; i < findings.metric_names.size(); ++i) {
      row.cells.push_back(i < level.metrics.size() ? EstimateText(level.metrics[i]) : "-");
    }
    if (has_gpu) {
      row.cells.push_back(GpuBusyText(level.gpu_busy));
      row.cells.push_back(GpuTimeText(level.gpu_seconds_per_unit));
    }
    row.cells.push_back(level.change.has_value() ? PercentText(*level.change, true) : "control");
    rows.push_back(std::move(row));
  }
  return FormatRows(rows, style);
}

// A line of a list of figures: "  kappa  1.01 [1.00, 1.02]  share of …".
void AddFigure(absl::string_view name, const std::string& figure, absl::string_view what,
               std::string* text) {
  absl::StrAppend(text, name, std::string(7 - std::min<size_t>(DisplayWidth(name), 7), ' '), figure,
                  "  ", what, "\n");
}

std::string Fit(const CurveFinding& curve, absl::string_view unit) {
  if (curve.verdict() == Verdict::kUntested) return "";
  std::string text;
  AddFigure("T0", SecondsText(curve.control), absl::StrCat("time of a ", unit, ", no delay"),
            &text);
  AddFigure("n*", EstimateText(curve.critical_calls),
            absl::StrCat("calls of a ", unit, " that are on the critical path"), &text);
  if (curve.kappa.has_value()) {
    AddFigure("kappa", EstimateText(*curve.kappa),
              "share of the dose that reaches the clock (0: hidden, 1: all)", &text);
  } else {
    AddFigure("kappa", "withheld", KappaWithheldPhrase(curve.kappa_withheld), &text);
  }
  if (curve.kappa_per_process.has_value()) {
    AddFigure("", EstimateText(*curve.kappa_per_process), "the same in each process", &text);
  }
  if (curve.slack_seconds_per_unit.has_value()) {
    AddFigure("D*", SecondsText(*curve.slack_seconds_per_unit),
              absl::StrCat("slack of a ", unit, ": the dose that stays hidden"), &text);
  }
  if (curve.slack_seconds_per_call.has_value()) {
    AddFigure("", SecondsText(*curve.slack_seconds_per_call), "of a call", &text);
  }
  if (curve.gpu.has_value()) {
    AddFigure("GPU", GpuFigure(*curve.gpu), GpuMeaning(*curve.gpu, unit), &text);
  }
  const std::string tolerance = ToleranceText(curve);
  if (!tolerance.empty()) AddFigure("1%", tolerance, ToleranceMeaning(curve), &text);
  return text;
}

std::string Warnings(const Findings& findings, const std::vector<Warning>& warnings,
                     const TerminalOptions& options) {
  std::string text;
  for (const Warning& warning : warnings) {
    const std::string sentence = Printable(WarningSentence(warning, findings.unit));
    absl::StrAppend(&text, options.style.warning, "warning: ", Wrapped(sentence, options.width, 2),
                    options.style.end, "\n");
  }
  return text;
}

std::string Curve(const Findings& findings, const Result& result, const TerminalOptions& options) {
  if (result.curve.levels.empty()) return "";
  const std::string table = LevelsTable(findings, result.curve, options.style);
  const std::string fit = Fit(result.curve, findings.unit);
  std::string text = fit.empty() ? table : absl::StrCat(table, "\n", fit);
  return absl::StrCat(text, Warnings(findings, result.curve.warnings, options));
}

bool IsShownOnItsOwn(const Result& result) { return result.curve.levels.size() > 2; }

std::string TextTable(const std::vector<std::vector<std::string>>& cells, const Style& style) {
  std::vector<TableRow> rows;
  rows.reserve(cells.size());
  for (const std::vector<std::string>& row : cells) rows.push_back({row});
  return FormatRows(rows, style);
}

// Of all functions, or of the first function. "" without trials.
std::string GilTable(const Findings& findings, bool is_global, const TerminalOptions& options) {
  std::vector<const Result*> results = GilResults(findings);
  std::erase_if(results, [is_global](const Result* result) {
    return is_global != (result->kind != model::SubjectKind::kFunction);
  });
  const std::vector<std::vector<std::string>> rows = GilRows(results, findings.unit);
  return rows.size() > 1 ? TextTable(rows, options.style) : "";
}

std::string FocusTables(const Findings& findings, const TerminalOptions& options) {
  std::string text = FormatRanking(findings, findings.functions, options);
  const std::string gil = GilTable(findings, false, options);
  if (!gil.empty()) absl::StrAppend(&text, "\n", gil);
  for (const Result& function : findings.functions) {
    if (!IsShownOnItsOwn(function)) continue;
    absl::StrAppend(&text, "\n", options.style.bold, NameText(function), options.style.end, "\n",
                    FormatCurve(findings, function, options));
  }
  return text;
}

std::string TableOf(const Findings& findings, Step step, const TerminalOptions& options) {
  switch (step) {
    case Step::kCount:
      return FormatCounted(findings, options);
    case Step::kGlobal:
      return findings.global.has_value() ? FormatCurve(findings, *findings.global, options) : "";
    case Step::kOpportunity:
      return FormatOpportunity(findings, options);
    case Step::kGil:
      return GilTable(findings, true, options);
    case Step::kSubsystems:
      return FormatRanking(findings, findings.groups, options);
    case Step::kFocus:
      return FocusTables(findings, options);
    case Step::kSites:
      return FormatRanking(findings, findings.sites, options);
    case Step::kLines:
      return FormatRanking(findings, findings.lines, options);
    case Step::kCompare:
      return FormatComparison(findings, options);
  }
  return "";
}

TableRow RankingRow(const Result& result) {
  const CurveFinding& curve = result.curve;
  const bool has_dose = !curve.levels.empty() && curve.levels.back().dose_seconds.has_value();
  const bool tested = curve.verdict() != Verdict::kUntested;
  TableRow row;
  row.cells = {curve.change_at_largest_dose.has_value() && tested
                   ? PercentText(*curve.change_at_largest_dose, true)
                   : "-",
               has_dose ? SecondsText(*curve.levels.back().dose_seconds) : "-",
               curve.calls_per_unit.has_value() ? NumberText(curve.calls_per_unit->value) : "-",
               OwnTimeText(result.own_seconds_per_unit),
               curve.kappa.has_value() ? EstimateText(*curve.kappa) : "-",
               IsNeverEntered(result) ? "never entered" : absl::StrCat(Meaning(curve)),
               absl::StrCat(NameText(result), result.group.empty() ? "" : "  [",
                            Printable(result.group), result.group.empty() ? "" : "]")};
  row.faint = curve.verdict() == Verdict::kNone || curve.verdict() == Verdict::kUntested;
  return row;
}

std::string LeftOut(size_t left, absl::string_view noun, const Style& style) {
  if (left == 0) return "";
  return absl::StrCat(style.faint, "and ", Counted(left, noun), " more, in report.html", style.end,
                      "\n");
}

std::string Sentence(const std::string& text, const TerminalOptions& options) {
  if (text.empty()) return "";
  return absl::StrCat(Wrapped(Ended(Printable(text)), options.width, 0), "\n");
}

}  // namespace

std::string FormatCounted(const Findings& findings, const TerminalOptions& options) {
  if (findings.counted.empty()) return "";
  std::vector<TableRow> rows = {
      {{absl::StrCat("calls/", findings.unit), absl::StrCat("own time/", findings.unit),
        "processes", "function"}}};
  const size_t shown = std::min(options.top, findings.counted.size());
  for (size_t i = 0; i < shown; ++i) {
    const CountedFunction& f = findings.counted[i];
    rows.push_back({{NumberText(f.calls_per_unit), OwnTimeText(f.own_seconds_per_unit.value),
                     CountText(f.processes),
                     absl::StrCat(Printable(f.id.Name()),
                                  f.only_outside_window ? "  (only outside the window)" : "")},
                    f.only_outside_window});
  }
  return absl::StrCat(FormatRows(rows, options.style),
                      LeftOut(findings.counted.size() - shown, "function", options.style));
}

std::string FormatCurve(const Findings& findings, const Result& result,
                        const TerminalOptions& options) {
  return Curve(findings, result, options);
}

std::string FormatOpportunity(const Findings& findings, const TerminalOptions& options) {
  if (!findings.global.has_value() || findings.global->curve.predictions.empty()) return "";
  std::vector<TableRow> rows = {{{absl::StrCat(findings.unit, "s/s, up to"), "gain, up to", "if"}}};
  for (const Prediction& p : findings.global->curve.predictions) {
    const std::string withheld = WithheldPhrase(p.withheld);
    TableRow row;
    row.cells = {p.throughput.has_value() ? EstimateText(*p.throughput) : "-",
                 p.gain.has_value() ? PercentText(model::Plus(*p.gain, -1), true) : "-",
                 absl::StrCat(IfFaster(p), withheld.empty() ? "" : "; ", withheld,
                              p.limited_by_gpu ? "; limited by the GPU's time" : "")};
    rows.push_back(std::move(row));
  }
  return FormatRows(rows, options.style);
}

std::string FormatRanking(const Findings& findings, const std::vector<Result>& ranked,
                          const TerminalOptions& options) {
  if (ranked.empty()) return "";
  std::vector<TableRow> rows = {
      {{"change", absl::StrCat("dose/", findings.unit), absl::StrCat("calls/", findings.unit),
        absl::StrCat("own time/", findings.unit), "kappa", "verdict", "name"}}};
  const size_t shown = std::min(options.top, ranked.size());
  for (size_t i = 0; i < shown; ++i) rows.push_back(RankingRow(ranked[i]));
  return absl::StrCat(FormatRows(rows, options.style),
                      LeftOut(ranked.size() - shown, "line", options.style));
}

std::string FormatComparison(const Findings& findings, const TerminalOptions& options) {
  if (!findings.comparison.has_value()) return "";
  const model::Comparison& comparison = *findings.comparison;
  std::string text = TextTable(VersionRows(comparison, findings.unit), options.style);
  const auto functions = DifferenceRows(comparison, findings.unit, options.top);
  if (functions.size() == 1) return text;
  absl::StrAppend(
      &text, "\n", TextTable(functions, options.style),
      LeftOut(DifferenceCount(comparison) - (functions.size() - 1), "function", options.style));
  return text;
}

std::string FormatPriorities(const Findings& findings, const TerminalOptions& options) {
  std::string text;
  if (!findings.priorities.empty()) {
    text = absl::StrCat(options.style.bold, PrioritiesTitle(findings.priorities), options.style.end,
                        "\n");
  }
  const bool is_ranking = IsRanking(findings.priorities);
  size_t rank = 0;
  for (const Priority& priority : findings.priorities) {
    ++rank;
    const std::string mark =
        is_ranking ? absl::StrCat(rank < 10 ? " " : "", rank, ".") : std::string("  -");
    const absl::string_view color =
        priority.prediction.has_value() ? options.style.good : options.style.faint;
    absl::StrAppend(
        &text, mark, " ", color, Printable(priority.name), options.style.end, "\n    ",
        Wrapped(absl::StrCat(WorthText(priority, findings.unit), " (", EvidenceText(priority), ")"),
                options.width, 4),
        "\n");
  }
  const std::string left = LeaveAlone(findings);
  if (!left.empty()) {
    absl::StrAppend(&text, Wrapped(absl::StrCat("Leave alone: ", left), options.width, 4), "\n");
  }
  return text;
}

std::string FormatWarnings(const Findings& findings, const TerminalOptions& options) {
  return Warnings(findings, findings.warnings, options);
}

std::string FormatStep(const Findings& findings, const StepSummary& summary,
                       const TerminalOptions& options) {
  const std::string table = TableOf(findings, summary.step, options);
  std::string text = absl::StrCat(options.style.bold, StepName(summary.step), options.style.end,
                                  "\n", Sentence(StepSentence(findings, summary), options));
  if (!table.empty()) absl::StrAppend(&text, "\n", table);
  absl::StrAppend(&text, "\n", options.style.faint,
                  Sentence(NextSentence(findings, summary), options), options.style.end);
  return text;
}

std::string FormatFindings(const Findings& findings, const TerminalOptions& options) {
  std::vector<std::string> parts;
  for (const StepSummary& step : findings.steps) {
    parts.push_back(FormatStep(findings, step, options));
  }
  parts.push_back(FormatPriorities(findings, options));
  parts.push_back(FormatWarnings(findings, options));
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    absl::StrAppend(&text, text.empty() ? "" : "\n", part);
  }
  return text;
}

}  // namespace pyslow::render
