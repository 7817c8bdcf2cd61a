#include "sweep/render/diff_words.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "base/text_table.h"
#include "base/width.h"
#include "sweep/render/figures.h"
#include "sweep/render/json_figures.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using Json = nlohmann::ordered_json;
using model::Estimate;
using model::FigureDiff;
using model::SettingDiff;
using model::SubjectDiff;
using model::SweepDiff;

using Text = std::string (*)(const Estimate&);

std::string Plain(const Estimate& estimate) { return EstimateText(estimate); }
std::string Seconds(const Estimate& estimate) { return SecondsText(estimate); }
std::string Percent(const Estimate& estimate) { return PercentText(estimate, true); }

std::string OrDash(const std::optional<Estimate>& estimate, Text text) {
  return estimate.has_value() ? text(*estimate) : "-";
}

// A change of a figure, with its sign.
std::string ChangeText(const std::optional<Estimate>& change, Text text) {
  if (!change.has_value()) return "-";
  const std::string words = text(*change);
  return change->value > 0 && words.front() != '+' ? absl::StrCat("+", words) : words;
}

void AddRow(const FigureDiff& figure, absl::string_view what, Text text, const std::string& name,
            std::vector<TableRow>* rows) {
  if (!figure.first.has_value() && !figure.other.has_value()) return;
  TableRow row;
  row.cells = {OrDash(figure.first, text), OrDash(figure.other, text),
               ChangeText(figure.change, text), std::string(what), name};
  row.faint = !figure.is_shown();
  rows->push_back(std::move(row));
}

std::string SubjectsTable(const SweepDiff& diff, const TerminalOptions& options,
                          absl::string_view unit) {
  std::vector<TableRow> rows = {{{"first", "other", "difference", "figure", "name"}}};
  for (const SubjectDiff& subject : diff.subjects) {
    const std::string name = NameText(*subject.first);
    const std::string first(Meaning(subject.first->curve));
    const std::string other(Meaning(subject.other->curve));
    TableRow verdict;
    verdict.cells = {first, other, first == other ? "the same" : "changed", "verdict", name};
    verdict.faint = first == other;
    rows.push_back(std::move(verdict));
    AddRow(subject.kappa, "kappa", Plain, name, &rows);
    AddRow(subject.critical_calls, "n*", Plain, name, &rows);
    AddRow(subject.slack_seconds, "slack a call", Seconds, name, &rows);
    AddRow(subject.own_seconds, absl::StrCat("own time/", unit), Seconds, name, &rows);
    AddRow(subject.change_at_largest_dose, "change at the largest dose", Percent, name, &rows);
  }
  return rows.size() == 1 ? "" : FormatRows(rows, options.style);
}

std::string OrNone(const std::string& value) {
  return value.empty() ? "none" : absl::StrCat("'", Printable(value), "'");
}

std::string SettingSentence(const SettingDiff& setting) {
  return absl::StrCat(Printable(setting.name), " differs: ", OrNone(setting.first), ", ",
                      OrNone(setting.other));
}

std::vector<std::string> WarningsOf(const SweepDiff& diff) {
  std::vector<std::string> warnings;
  for (const SettingDiff& setting : diff.settings) {
    if (setting.matters) warnings.push_back(SettingSentence(setting));
  }
  if (diff.first_largest_ns > 0 || diff.other_largest_ns > 0) {
    warnings.push_back(absl::StrCat(
        "the largest delays of all functions differ: ", DelayText(diff.first_largest_ns), ", ",
        DelayText(diff.other_largest_ns),
        "; kappa and n* are comparable if the curves are straight lines"));
  }
  return warnings;
}

std::string ControlSentence(const SweepDiff& diff, absl::string_view unit) {
  if (!diff.control_change.has_value()) return "Time at the control: not measured in both";
  return absl::StrCat("Control: ", SecondsText(*diff.control_seconds.first), " a ", unit, ", then ",
                      SecondsText(*diff.control_seconds.other), ": ",
                      PercentText(*diff.control_change, true), " ", unit, "s/s");
}

// "new: a, b and 3 more".
std::string Names(absl::string_view title, const std::vector<std::string>& names, size_t most) {
  if (names.empty()) return "";
  std::vector<std::string> printable;
  printable.reserve(names.size());
  for (const std::string& name : names) printable.push_back(Printable(name));
  return absl::StrCat(title, ListText(printable, most));
}

std::string Line(const std::string& text, const TerminalOptions& options) {
  return text.empty() ? "" : absl::StrCat(Wrapped(text, options.width, 2), "\n");
}

std::string Independence(const DiffedSweep& first, const DiffedSweep& other) {
  return absl::StrCat("The sweeps were measured apart, from ", first.started, " and from ",
                      other.started,
                      " on: a difference may be that of the machine in these hours. pyslow-sweep "
                      "--against measures both in turns.");
}

Json FigureJson(const FigureDiff& figure) {
  return {{"first", Figures(figure.first)},
          {"other", Figures(figure.other)},
          {"difference", Figures(figure.change)}};
}

Json SweepJson(const DiffedSweep& sweep) {
  return {{"directory", ValidUtf8(sweep.directory)}, {"started", ValidUtf8(sweep.started)}};
}

Json SubjectJson(const SubjectDiff& subject) {
  return {{"name", ValidUtf8(NameOf(*subject.first))},
          {"verdict", model::NameOf(subject.first->curve.verdict())},
          {"other_verdict", model::NameOf(subject.other->curve.verdict())},
          {"kappa", FigureJson(subject.kappa)},
          {"critical_calls_per_unit", FigureJson(subject.critical_calls)},
          {"slack_seconds_per_call", FigureJson(subject.slack_seconds)},
          {"own_seconds_per_unit", FigureJson(subject.own_seconds)},
          {"change_at_largest_dose", FigureJson(subject.change_at_largest_dose)}};
}

}  // namespace

std::string FormatDiff(const SweepDiff& diff, const DiffedSweep& first, const DiffedSweep& other,
                       const TerminalOptions& options) {
  std::string text = Line(absl::StrCat("first: ", Printable(first.directory)), options);
  absl::StrAppend(&text, Line(absl::StrCat("other: ", Printable(other.directory)), options), "\n",
                  options.style.bold, Line(ControlSentence(diff, first.unit), options),
                  options.style.end, "\n");
  const std::string table = SubjectsTable(diff, options, first.unit);
  absl::StrAppend(&text, table, table.empty() ? "" : "\n",
                  Line(Names("gone: ", diff.gone, options.top), options),
                  Line(Names("new: ", diff.added, options.top), options));
  for (const SettingDiff& setting : diff.settings) {
    if (!setting.matters && setting.name != "seed") {
      absl::StrAppend(&text, Line(SettingSentence(setting), options));
    }
  }
  absl::StrAppend(&text, Line(Independence(first, other), options));
  for (const std::string& warning : WarningsOf(diff)) {
    absl::StrAppend(&text, options.style.warning, Line(absl::StrCat("warning: ", warning), options),
                    options.style.end);
  }
  return text;
}

std::string DiffJson(const SweepDiff& diff, const DiffedSweep& first, const DiffedSweep& other) {
  Json subjects = Json::array();
  for (const SubjectDiff& subject : diff.subjects) subjects.push_back(SubjectJson(subject));
  const Json json = {{"schema", 1},
                     {"first", SweepJson(first)},
                     {"other", SweepJson(other)},
                     {"control_seconds_per_unit", FigureJson(diff.control_seconds)},
                     {"change", Figures(diff.control_change)},
                     {"subjects", std::move(subjects)},
                     {"gone", Texts(diff.gone)},
                     {"new", Texts(diff.added)},
                     {"warnings", Texts(WarningsOf(diff))}};
  return absl::StrCat(json.dump(2), "\n");
}

}  // namespace pyslow::render
