#include "sweep/render/html_report.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "sweep/render/advice_words.h"
#include "sweep/render/comparison_words.h"
#include "sweep/render/figures.h"
#include "sweep/render/gil_words.h"
#include "sweep/render/gpu_words.h"
#include "sweep/render/markup.h"
#include "sweep/render/page_style.h"
#include "sweep/render/plot.h"
#include "sweep/render/reason_words.h"
#include "sweep/render/step_words.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::CountedFunction;
using model::CurveFinding;
using model::Findings;
using model::Priority;
using model::Result;
using model::StepSummary;
using model::Warning;

using Row = std::vector<std::string>;
constexpr size_t kLongestFigure = 40;
constexpr size_t kMostDifferences = 100;
// The column with names, which may be broken anywhere, or with sentences.
enum class Long { kFirstName, kLastWords };
// The first row is the head. Figures stay on one line; a table wider than the page scrolls.
std::string Table(const std::vector<Row>& rows, Long column) {
  std::string html = "<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>";
  for (const std::string& cell : rows.front()) {
    absl::StrAppend(&html, "<th scope=\"col\">", Escaped(cell), "</th>");
  }
  absl::StrAppend(&html, "</tr></thead>\n<tbody>\n");
  for (size_t r = 1; r < rows.size(); ++r) {
    absl::StrAppend(&html, "<tr>");
    for (size_t c = 0; c < rows[r].size(); ++c) {
      const bool is_name = column == Long::kFirstName && c == 0;
      const bool is_words = column == Long::kLastWords && c + 1 == rows[r].size();
      const bool is_long = rows[r][c].size() > kLongestFigure;
      absl::StrAppend(&html, Element("td", rows[r][c],
                                     is_name               ? "name"
                                     : is_words || is_long ? "words"
                                                           : ""));
    }
    absl::StrAppend(&html, "</tr>\n");
  }
  return absl::StrCat(html, "</tbody></table></div>\n");
}

std::string Folded(absl::string_view summary, absl::string_view html) {
  return absl::StrCat("<details>", Element("summary", summary), "\n", html, "</details>\n");
}

// A page under construction.
class Page {
 public:
  explicit Page(const Findings& findings) : findings_(findings) {}

  void AddAnswer();
  void AddComparison();
  void AddGil();
  void AddSteps();
  void AddResult(const Result& result, absl::string_view id);
  void AddRanking(absl::string_view title, const std::vector<Result>& ranked);
  void AddPriorities();
  void AddCounts();
  void AddFacts();
  std::string Finish() const;

 private:
  void Add(absl::string_view html) { absl::StrAppend(&html_, html); }
  void AddPlot(const std::string& svg, absl::string_view what);
  void AddNamedRows(std::vector<Row> rows);
  void AddLevels(const CurveFinding& curve);
  void AddWarnings(const std::vector<Warning>& warnings);

  const Findings& findings_;
  std::string html_;
};

void Page::AddPlot(const std::string& svg, absl::string_view what) {
  Add(absl::StrCat("<figure role=\"img\" aria-label=\"", Escaped(what), "\">", svg,
                   Element("figcaption", what), "</figure>\n"));
}

void Page::AddWarnings(const std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings) {
    Add(absl::StrCat(Element("p", WarningSentence(warning, findings_.unit), "warning"), "\n"));
  }
}

// In one sentence: the verdict on all functions, or else that of the last step.
void Page::AddAnswer() {
  const bool compares = findings_.comparison.has_value();
  Add(compares ? "<h1>Is the other version faster?</h1>\n"
               : "<h1>Does Python's speed matter here?</h1>\n");
  std::string answer;
  if (compares) {
    answer = ComparisonSentence(*findings_.comparison, findings_.unit);
  } else if (findings_.global.has_value()) {
    answer = VerdictSentence(*findings_.global, findings_.unit);
  } else if (!findings_.steps.empty()) {
    answer = StepSentence(findings_, findings_.steps.back());
  }
  if (!answer.empty()) Add(absl::StrCat(Element("p", Ended(answer), "answer"), "\n"));
}

void Page::AddComparison() {
  if (!findings_.comparison.has_value()) return;
  const model::Comparison& comparison = *findings_.comparison;
  Add("<section><h2>Two versions</h2>\n");
  if (!comparison.other.empty()) {
    Add(absl::StrCat("<p>The other version: ", Element("code", comparison.other), "</p>\n"));
  }
  Add(Table(VersionRows(comparison, findings_.unit), Long::kLastWords));
  if (const std::string place = PlaceSentence(comparison); !place.empty()) {
    Add(absl::StrCat(Element("p", Ended(place)), "\n"));
  }
  std::vector<Row> rows = DifferenceRows(comparison, findings_.unit, kMostDifferences);
  const size_t more = DifferenceCount(comparison) - (rows.size() - 1);
  AddNamedRows(std::move(rows));
  if (more > 0) {
    Add(absl::StrCat(
        Element("p", absl::StrCat("and ", Counted(more, "function"), " more, in analysis.json")),
        "\n"));
  }
  Add("</section>\n");
}

// `rows` have the name last; here it is first: on a phone the other columns scroll.
void Page::AddNamedRows(std::vector<Row> rows) {
  for (Row& row : rows) std::rotate(row.begin(), row.end() - 1, row.end());
  if (rows.size() > 1) Add(Table(rows, Long::kFirstName));
}

void Page::AddGil() {
  const std::vector<const Result*> results = GilResults(findings_);
  if (results.empty()) return;
  Add("<section><h2>Waiting for the GIL</h2>\n");
  for (const Result* result : results) {
    Add(absl::StrCat(Element("p", Ended(GilSentence(*result))), "\n"));
  }
  AddNamedRows(GilRows(results, findings_.unit));
  Add("</section>\n");
}

void Page::AddSteps() {
  Add("<section><h2>Step by step</h2>\n");
  for (const StepSummary& step : findings_.steps) {
    Add(absl::StrCat("<div class=\"said\">", Element("b", StepName(step.step)),
                     Escaped(Ended(StepSentence(findings_, step))), " ",
                     Element("span", Ended(NextSentence(findings_, step)), "faint"), "</div>\n"));
  }
  AddWarnings(findings_.warnings);
  Add("</section>\n");
}

void Page::AddLevels(const CurveFinding& curve) {
  std::vector<Row> rows = {{"delay per call", absl::StrCat(findings_.unit, "s/s"), "change",
                            absl::StrCat("time per ", findings_.unit), "dose",
                            absl::StrCat("calls per ", findings_.unit), "trials"}};
  for (const std::string& name : findings_.metric_names) rows[0].push_back(name);
  const bool has_gpu = curve.gpu.has_value();
  if (has_gpu) {
    rows[0].emplace_back("GPU busy");
    rows[0].push_back(absl::StrCat("GPU time per ", findings_.unit));
  }
  for (const model::Level& level : curve.levels) {
    Row row = {DelayText(level.delay_ns),
               EstimateText(level.throughput),
               level.change.has_value() ? PercentText(*level.change, true) : "control",
               SecondsText(level.seconds_per_unit),
               level.dose_seconds.has_value() ? SecondsText(*level.dose_seconds) : "-",
               level.calls_per_unit.has_value() ? NumberText(*level.calls_per_unit) : "-",
               absl::StrCat(level.trials)};
    for (const model::Estimate& metric : level.metrics) row.push_back(EstimateText(metric));
    if (has_gpu) {
      row.push_back(GpuBusyText(level.gpu_busy));
      row.push_back(GpuTimeText(level.gpu_seconds_per_unit));
    }
    rows.push_back(std::move(row));
  }
  Add(Table(rows, Long::kLastWords));
}

void Page::AddResult(const Result& result, absl::string_view id) {
  const CurveFinding& curve = result.curve;
  Add(absl::StrCat("<section id=\"", id, "\"><details open><summary>",
                   Element("h3", NameText(result)), "</summary>\n",
                   Element("p", Ended(VerdictSentence(result, findings_.unit))), "\n"));
  AddWarnings(curve.warnings);
  Add("<div class=\"plots\">\n");
  AddPlot(CurvePlot(curve, Quantity::kTime, findings_.unit),
          absl::StrCat("Time per ", findings_.unit, " against delay: ", NameText(result)));
  AddPlot(CurvePlot(curve, Quantity::kThroughput, findings_.unit),
          absl::StrCat("Throughput against delay: ", NameText(result)));
  Add("</div>\n");
  AddLevels(curve);
  std::vector<Row> rows = {{"figure", "value [95% interval]", "meaning"}};
  rows.push_back({"n*", EstimateText(curve.critical_calls),
                  absl::StrCat("calls of a ", findings_.unit, " on the critical path")});
  rows.push_back({"kappa", curve.kappa.has_value() ? EstimateText(*curve.kappa) : "withheld",
                  curve.kappa.has_value() ? "share of the dose that reaches the clock"
                                          : KappaWithheldPhrase(curve.kappa_withheld)});
  if (curve.kappa_per_process.has_value()) {
    rows.push_back({"kappa, each process", EstimateText(*curve.kappa_per_process),
                    "of the processes that share the calls"});
  }
  if (curve.slack_seconds_per_unit.has_value()) {
    rows.push_back(
        {"D*", SecondsText(*curve.slack_seconds_per_unit), "slack: the dose that stays hidden"});
  }
  if (curve.gpu.has_value()) {
    rows.push_back({"GPU", GpuFigure(*curve.gpu), GpuMeaning(*curve.gpu, findings_.unit)});
  }
  const std::string tolerance = ToleranceText(curve);
  if (!tolerance.empty()) rows.push_back({"1%", tolerance, ToleranceMeaning(curve)});
  for (const model::Prediction& p : curve.predictions) {
    if (p.share_gone > 0) continue;
    rows.push_back({absl::StrCat(DelayText(p.faster_ns), " less a call"),
                    p.throughput.has_value()
                        ? absl::StrCat(EstimateText(*p.throughput), " ", findings_.unit, "s/s")
                        : "withheld",
                    p.limited_by_gpu ? "expected, up to: limited by the GPU's time"
                    : p.withheld.kind == model::Withheld::Kind::kNothing
                        ? "expected, up to"
                        : WithheldPhrase(p.withheld)});
  }
  if (curve.no_gain.has_value()) {
    rows.push_back(
        {"gain", model::IsWithoutGain(curve) ? "none" : "withheld", NoGainPhrase(*curve.no_gain)});
  }
  Add(Table(rows, Long::kLastWords));
  Add("</details></section>\n");
}

void Page::AddRanking(absl::string_view title, const std::vector<Result>& ranked) {
  if (ranked.empty()) return;
  Add(absl::StrCat("<section>", Element("h2", title), "\n"));
  if (const std::optional<RankingChart> chart = RankingPlot(ranked)) {
    AddPlot(chart->svg, chart->what);
  }
  std::vector<Row> rows = {{"name", "verdict", "kappa", absl::StrCat("calls per ", findings_.unit),
                            absl::StrCat("own time per ", findings_.unit),
                            "change at the largest dose", "why"}};
  for (const Result& result : ranked) {
    const CurveFinding& curve = result.curve;
    rows.push_back(
        {NameText(result), std::string(model::NameOf(curve.verdict())),
         curve.kappa.has_value() ? EstimateText(*curve.kappa) : "-",
         curve.calls_per_unit.has_value() ? NumberText(curve.calls_per_unit->value) : "-",
         OwnTimeText(result.own_seconds_per_unit),
         curve.change_at_largest_dose.has_value() && curve.verdict() != model::Verdict::kUntested
             ? PercentText(*curve.change_at_largest_dose, true)
             : "-",
         WhyPhrase(result)});
  }
  Add(Table(rows, Long::kFirstName));
  Add("</section>\n");
}

void Page::AddPriorities() {
  const std::string left = LeaveAlone(findings_, 20);
  if (findings_.priorities.empty() && left.empty()) return;
  Add(absl::StrCat("<section>", Element("h2", PrioritiesTitle(findings_.priorities)), "\n"));
  const bool is_ranking = IsRanking(findings_.priorities);
  std::vector<Row> rows = {{"function", "worth", "evidence"}};
  for (const Priority& priority : findings_.priorities) {
    rows.push_back({is_ranking ? absl::StrCat(rows.size(), ". ", priority.name) : priority.name,
                    WorthText(priority, findings_.unit), EvidenceText(priority)});
  }
  if (rows.size() > 1) Add(Table(rows, Long::kFirstName));
  if (!left.empty()) Add(absl::StrCat("<p>Leave alone: ", Escaped(Ended(left)), "</p>\n"));
  Add("</section>\n");
}

void Page::AddCounts() {
  if (findings_.counted.empty()) return;
  std::vector<Row> rows = {{"function", absl::StrCat("calls per ", findings_.unit),
                            absl::StrCat("own time per ", findings_.unit), "processes", "file"}};
  for (const CountedFunction& f : findings_.counted) {
    rows.push_back(
        {absl::StrCat(f.id.Name(), f.polls_per_unit.has_value() ? " (polls while it waits)" : ""),
         f.only_outside_window ? "only outside the window" : NumberText(f.calls_per_unit),
         OwnTimeText(f.own_seconds_per_unit.value), absl::StrCat(f.processes),
         absl::StrCat(f.id.file, ":", f.id.first_line)});
  }
  Add(absl::StrCat(
      "<section>", Element("h2", "What was called"), "\n",
      Folded(Counted(findings_.counted.size(), "function"), Table(rows, Long::kFirstName)),
      "</section>\n"));
}

void Page::AddFacts() {
  Add("<section><h2>How this was measured</h2>\n");
  std::vector<Row> rows = {{"what", "value"}};
  const auto add = [&rows](const auto& pairs) {
    for (const auto& [name, value] : pairs) rows.push_back({name, value});
  };
  add(findings_.settings);
  add(findings_.machine);
  if (findings_.control.has_value()) {
    rows.push_back({absl::StrCat("time per ", findings_.unit, ", control"),
                    SecondsText(findings_.control->seconds_per_unit)});
  }
  if (findings_.plain.has_value()) {
    rows.push_back({absl::StrCat("time per ", findings_.unit, ", plain Python"),
                    SecondsText(findings_.plain->seconds_per_unit)});
  }
  rows.push_back(
      {"trials", absl::StrCat(findings_.trials, ", ", findings_.disturbed, " disturbed")});
  rows.push_back({"started", findings_.started});
  rows.push_back({"trials took", SecondsText(findings_.seconds)});
  Add(Table(rows, Long::kLastWords));
  Add("<h3>To repeat it</h3>\n<pre>");
  for (const std::string& command : findings_.commands) {
    Add(absl::StrCat(Escaped(command), "\n"));
  }
  Add("</pre></section>\n");
}

std::string Page::Finish() const {
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>pyslow-sweep</title>\n<style>",
      kPlotStyle, kPageStyle, "</style></head>\n<body>\n<main>\n", html_,
      "</main>\n</body></html>\n");
}

bool HasCurve(const Result& result) { return result.curve.levels.size() > 2; }

}  // namespace

std::string HtmlReport(const model::Findings& findings) {
  Page page(findings);
  page.AddAnswer();
  page.AddComparison();
  page.AddPriorities();
  page.AddGil();
  page.AddSteps();
  if (findings.global.has_value() && HasCurve(*findings.global)) {
    page.AddResult(*findings.global, "global");
  }
  size_t curves = 0;
  const auto add_curves = [&](const std::vector<Result>& results) {
    for (const Result& result : results) {
      if (HasCurve(result)) page.AddResult(result, absl::StrCat("curve-", ++curves));
    }
  };
  page.AddRanking("Subsystems", findings.groups);
  add_curves(findings.groups);
  page.AddRanking("Functions", findings.functions);
  add_curves(findings.functions);
  page.AddRanking("Call sites", findings.sites);
  page.AddRanking("Lines", findings.lines);
  page.AddCounts();
  page.AddFacts();
  return page.Finish();
}

}  // namespace pyslow::render
