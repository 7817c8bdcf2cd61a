// Step 7: the lines of one function. Every line is counted by itself; lines that are too short to
// matter alone are slowed together with their neighbours.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/function_id.h"
#include "patterns/line_range.h"
#include "sweep/steps/forecast.h"
#include "sweep/steps/parts.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {
namespace {

using NoLines = model::StepSummary::NoLines;

constexpr char kEachLine[] = "@*";

uint32_t LineOf(const CalledFunction& counted) {
  absl::string_view function;
  patterns::LineRange lines;
  const absl::string_view qualname = ProcessPartsOf(counted.id.View()).id.qualname;
  return patterns::SplitQualnameOfLines(qualname, &function, &lines) ? lines.first : 0;
}

// The lines of `function` itself, ascending. Another function may have its name.
std::vector<CalledFunction> LinesOf(const FunctionId& function,
                                    const std::vector<CalledFunction>& parts) {
  std::vector<CalledFunction> lines;
  std::copy_if(parts.begin(), parts.end(), std::back_inserter(lines),
               [&](const CalledFunction& part) {
                 return part.id.file == function.file && part.id.first_line == function.first_line;
               });
  std::sort(lines.begin(), lines.end(),
            [](const CalledFunction& a, const CalledFunction& b) { return LineOf(a) < LineOf(b); });
  return lines;
}

// Neighbouring lines that are slowed together.
struct Range {
  std::vector<CalledFunction> lines;
  double own_seconds = 0;  // per unit

  bool IsEntered() const { return lines.front().calls > 0; }
  void Append(const Range& next) {
    lines.insert(lines.end(), next.lines.begin(), next.lines.end());
    own_seconds += next.own_seconds;
  }
};

// Whether two lines are entered equally often, but for the edges of the window: they are on one
// level of loops and branches.
bool AreOnOneLevel(const Range& a, const Range& b) {
  constexpr double kEdges = 2;
  constexpr double kShare = 0.01;
  const auto last = static_cast<double>(a.lines.back().calls);
  const auto next = static_cast<double>(b.lines.front().calls);
  return std::abs(last - next) <= kEdges + kShare * std::max(last, next);
}

// Joins neighbours for which `may_join` holds, as long as all of them together are below
// `min_own_seconds`. Lines that were never entered join any neighbours that were never entered.
template <typename Predicate>
std::vector<Range> Joined(const std::vector<Range>& ranges, double min_own_seconds,
                          Predicate may_join) {
  std::vector<Range> joined;
  for (const Range& range : ranges) {
    const bool is_short = range.own_seconds < min_own_seconds;
    const bool joins = !joined.empty() && joined.back().IsEntered() == range.IsEntered() &&
                       is_short && joined.back().own_seconds < min_own_seconds &&
                       may_join(joined.back(), range);
    if (joins) {
      joined.back().Append(range);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

// First within loops and branches, then across them.
std::vector<Range> RangesOf(const std::vector<CalledFunction>& lines, double min_own_seconds) {
  std::vector<Range> ranges;
  for (const CalledFunction& line : lines) {
    ranges.push_back({{line}, FirstOwnSecondsOf(line.own_seconds_per_unit)});
  }
  ranges = Joined(ranges, min_own_seconds, AreOnOneLevel);
  return Joined(ranges, min_own_seconds, [](const Range&, const Range&) { return true; });
}

// Why the lines cannot be counted.
NoLines ReasonOfNone(const Subject& function, std::string* pattern) {
  if (!function.function->IsPython()) return NoLines::kNative;
  if (patterns::IsPartOfFunction(function.function->View())) return NoLines::kPartOfFunction;
  if (!ExactPattern(*function.function, pattern)) return NoLines::kNoPattern;
  return NoLines::kNone;
}

// `all`: all functions of the counting trial.
Subjects SubjectsOf(const std::vector<Range>& ranges, const CountedParts& counted,
                    const Subject& function, const std::vector<CalledFunction>& all) {
  Subjects subjects;
  subjects.setup.name = "lines";
  subjects.setup.targets =
      SameElsewhere(*function.function, all, &subjects.setup.groups, kEachLine);
  for (const Range& range : ranges) AddLines(range.lines, counted.units, &subjects);
  for (Subject& subject : subjects.subjects) subject.subsystem = function.name;
  SetOwnTrials(counted.own_trial_seconds, counted.calls_per_unit, &subjects);
  return subjects;
}

// T of the controls, with the events of the lines; 0 if none was measured.
double SecondsWithEvents(const std::vector<model::Result>& results) {
  for (const model::Result& result : results) {
    if (!result.curve.levels.empty()) return result.curve.control.value;
  }
  return 0;
}

}  // namespace

PartsResult ExamineLines(const StepContext& context, const CountResult& count,
                         const Baseline& baseline, const Subject& function,
                         double control_seconds) {
  constexpr double kShare = 0.5;  // of the time budget that is left, for the large dose
  PartsResult result;
  model::StepSummary summary;
  summary.step = model::Step::kLines;
  summary.outcome = model::StepSummary::Outcome::kNoLines;
  summary.function = function.name;
  std::string pattern;
  summary.no_lines = ReasonOfNone(function, &pattern);
  if (summary.no_lines != NoLines::kNone) {
    result.summary = summary;
    return result;
  }
  if (!HasTimeToCount(context)) {
    summary.outcome = model::StepSummary::Outcome::kNoTime;
    result.summary = summary;
    return result;
  }
  context.observer.LaterParts(TrialsOfComparedParts(context.settings));
  const CountedParts counted =
      CountParts(context, *function.function, count.counted,
                 {.name = "each-line",
                  .targets = absl::StrCat(absl::StripSuffix(pattern, "\n"), kEachLine, "\n"),
                  .lines = kEachLine,
                  .trials = "lines counted",
                  .arm = "entries of each line counted"});
  result.status = counted.status;
  if (!result.status.ok()) return result;
  const std::vector<CalledFunction> lines = LinesOf(*function.function, counted.parts);
  if (counted.units <= 0 || lines.empty()) {
    summary.no_lines = NoLines::kNoneCounted;
    result.summary = summary;
    return result;
  }
  summary.outcome = model::StepSummary::Outcome::kNothingToCompare;
  for (const CalledFunction& line : lines) {
    summary.calls_per_unit += static_cast<double>(line.calls) / counted.units;
  }
  result.summary = summary;
  const double min_own_seconds = context.settings.min_gain * baseline.control_seconds;
  Baseline of_lines = baseline;
  of_lines.counting_share = 0;  // a share of calls says nothing of entries of lines
  context.observer.LaterParts(0);
  // No curve follows that would show a slack.
  CompareParts(context, of_lines, "lines", {.budget_share = kShare, .max_found_alone = 0}, true,
               SubjectsOf(RangesOf(lines, min_own_seconds), counted, function, count.counted),
               &result);
  result.summary->seconds_per_unit = SecondsWithEvents(result.parts);
  result.summary->control_seconds = control_seconds;
  if (!result.status.ok()) result.summary.reset();
  return result;
}

}  // namespace pyslow::steps
