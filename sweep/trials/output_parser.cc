#include "sweep/trials/output_parser.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "sweep/trials/no_match.h"

namespace pyslow::trials {
namespace {

constexpr size_t kStreams = 2;
constexpr size_t kMinEndKept = 1 << 18;  // for messages

// The program cannot have measured a unit that lasts longer than it ran.
absl::Status CheckLength(const CombinedFigure& figure, const FigureRules& rules,
                         double trial_seconds) {
  const double least = figure.value - figure.reading.step / 2;
  if (least <= trial_seconds) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "'%s' would be a unit of %.4g s, longer than the whole trial (%.4g s); %s",
      Excerpt(figure.reading.printed), figure.value, trial_seconds,
      rules.unit.empty() ? "give the unit of time, such as --unit ms" : "check --unit"));
}

}  // namespace

absl::Status OutputParser::Add(const std::string& option, const std::string& regex,
                               Quantity quantity, const TrialSettings& settings,
                               const std::string& metric) {
  const bool is_converted = quantity == Quantity::kTime || quantity == Quantity::kRate;
  absl::StatusOr<MetricRegex> compiled = MetricRegex::Compile(
      regex, is_converted ? MetricRegex::Units::kAny : MetricRegex::Units::kAsWritten);
  if (!compiled.ok()) return At(option, compiled.status());
  FigureRules rules;
  rules.quantity = quantity;
  rules.comma = settings.comma;
  if (quantity == Quantity::kTime) rules.unit = settings.unit;
  Expression expression = {option, *std::move(compiled), std::move(rules), MatchRule::kLast, 0,
                           metric};
  if (is_converted) {
    expression.matches = settings.matches;
    expression.skip = settings.skip_matches;
  }
  expressions_.push_back(std::move(expression));
  return absl::OkStatus();
}

absl::StatusOr<OutputParser> OutputParser::Compile(const TrialSettings& settings) {
  OutputParser parser;
  absl::Status status;
  if (settings.measure == Measure::kThroughput) {
    status = parser.Add("--throughput-regex", settings.regex, Quantity::kRate, settings);
  } else if (settings.measure == Measure::kTime) {
    status = parser.Add("--time-regex", settings.regex, Quantity::kTime, settings);
  }
  if (status.ok() && !settings.units_regex.empty()) {
    status = parser.Add("--units-regex", settings.units_regex, Quantity::kCount, settings);
  }
  std::map<std::string, int> names;
  for (const auto& [name, regex] : settings.metrics) {
    if (status.ok() && ++names[name] > 1) {
      status = absl::InvalidArgumentError(absl::StrCat("--metric: '", name, "' is given twice"));
    }
    if (!status.ok()) break;
    status = parser.Add(absl::StrCat("--metric ", name), regex, Quantity::kOther, settings, name);
  }
  if (!status.ok()) return status;
  return parser;
}

OutputReader OutputParser::NewReader() { return OutputReader(this); }

OutputReader::OutputReader(OutputParser* parser) : parser_(*parser) {
  std::vector<const MetricRegex*> regexes;
  std::vector<MatchSummary> summaries;
  for (const OutputParser::Expression& expression : parser->expressions_) {
    regexes.push_back(&expression.regex);
    summaries.emplace_back(expression.matches, expression.skip, expression.rules.quantity);
  }
  for (size_t i = 0; i < kStreams; ++i) streams_.push_back({OutputSearch(regexes), summaries});
}

void OutputReader::Add(Stream& stream, size_t expression, const RegexMatch& match) {
  const OutputParser::Expression& read = parser_.expressions_[expression];
  stream.summaries[expression].Add(ReadFigure(read.regex, match, read.rules));
}

void OutputReader::Append(OutputStream which, absl::string_view bytes) {
  if (parser_.expressions_.empty()) return;
  end_.append(bytes.data(), bytes.size());
  if (end_.size() > 2 * kMinEndKept) end_.erase(0, end_.size() - kMinEndKept);
  Stream& stream = streams_[static_cast<size_t>(which)];
  stream.search.Append(bytes, [&](size_t i, const RegexMatch& match) { Add(stream, i, match); });
}

const MatchSummary& OutputReader::SummaryOf(size_t expression) const {
  const bool in_output = streams_[0].summaries[expression].has_matches();
  return streams_[in_output ? 0 : 1].summaries[expression];
}

absl::StatusOr<CombinedFigure> OutputReader::Combined(size_t expression) const {
  const MatchSummary& summary = SummaryOf(expression);
  if (!summary.has_matches()) {
    return NoMatch(end_);
  }
  const bool is_metric = !parser_.expressions_[expression].metric.empty();
  return summary.Combined(is_metric);
}

double OutputReader::InFirstUnit(const std::string& metric, const CombinedFigure& figure) {
  if (figure.unit_seconds <= 0) return figure.value;
  const double first = parser_.metric_units_.emplace(metric, figure.unit_seconds).first->second;
  return first == figure.unit_seconds ? figure.value : figure.value * figure.unit_seconds / first;
}

absl::Status OutputReader::SetFigure(size_t expression, double trial_seconds,
                                     OutputFigures* figures) {
  const OutputParser::Expression& read = parser_.expressions_[expression];
  const absl::StatusOr<CombinedFigure> figure = Combined(expression);
  if (!figure.ok()) return figure.status();
  switch (read.rules.quantity) {
    case Quantity::kCount:
      figures->units = figure->value;
      return absl::OkStatus();
    case Quantity::kOther:
      figures->metrics[read.metric] = InFirstUnit(read.metric, *figure);
      return absl::OkStatus();
    case Quantity::kRate:
      figures->seconds_per_unit = 1 / figure->value;
      figures->reading = figure->reading;
      // Of T: the step of a rate by the square of that rate.
      figures->reading->step /= figure->value * figure->value;
      return absl::OkStatus();
    case Quantity::kTime:
      break;
  }
  figures->seconds_per_unit = figure->value;
  figures->reading = figure->reading;
  if (read.matches == MatchRule::kSum) return absl::OkStatus();
  return CheckLength(*figure, read.rules, trial_seconds);
}

absl::StatusOr<OutputFigures> OutputReader::Read(double trial_seconds) {
  for (Stream& stream : streams_) {
    stream.search.Finish([&](size_t i, const RegexMatch& match) { Add(stream, i, match); });
  }
  OutputFigures figures;
  for (size_t i = 0; i < parser_.expressions_.size(); ++i) {
    const absl::Status status = SetFigure(i, trial_seconds, &figures);
    if (!status.ok()) return At(parser_.expressions_[i].option, status);
  }
  return figures;
}

}  // namespace pyslow::trials
