#include "sweep/trials/output_parser.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "sweep/trials/no_match.h"

namespace pyslow::trials {
namespace {

constexpr size_t kStreams = 2;
constexpr char kStandardOutput[] = "-";
constexpr char kCommandsOutput[] = "the command's output";
constexpr size_t kMaxLineShown = 120;    // characters
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

absl::Status OutputParser::AddRegex(const std::string& regex, Expression expression) {
  const Quantity quantity = expression.rules.quantity;
  const bool is_converted = quantity == Quantity::kTime || quantity == Quantity::kRate;
  absl::StatusOr<MetricRegex> compiled = MetricRegex::Compile(
      regex, is_converted ? MetricRegex::Units::kAny : MetricRegex::Units::kAsWritten);
  if (!compiled.ok()) return At(expression.option, compiled.status());
  expression.regex = *std::move(compiled);
  expressions_.push_back(std::move(expression));
  return absl::OkStatus();
}

absl::Status OutputParser::AddJson(const std::string& place, Expression expression) {
  absl::StatusOr<JsonPlace> json = ParseJsonPlace(place);
  if (!json.ok()) return At(expression.option, json.status());
  expression.json = *std::move(json);
  expressions_.push_back(std::move(expression));
  return absl::OkStatus();
}

absl::Status OutputParser::AddFigure(const std::string& name, const std::string& regex,
                                     const std::string& json, Quantity quantity,
                                     const TrialSettings& settings) {
  Expression expression;
  const KnownBenchmark* const known = FindBenchmark(settings.benchmark);
  const bool is_units = quantity == Quantity::kCount;
  const bool has_own_units = !json.empty() || (known != nullptr && regex != known->units_regex);
  const bool is_of_benchmark = known != nullptr && !(is_units && has_own_units);
  expression.option = is_of_benchmark ? absl::StrCat("--benchmark ", known->name)
                                      : absl::StrCat("--", name, json.empty() ? "-regex" : "-json");
  expression.is_of_benchmark = is_of_benchmark;
  // Versions of a benchmark differ.
  expression.may_be_missing = is_of_benchmark && is_units;
  expression.rules.quantity = quantity;
  expression.rules.comma = settings.comma;
  if (quantity == Quantity::kTime) expression.rules.unit = settings.unit;
  if (!is_units) {
    expression.matches = settings.matches;
    expression.skip = settings.skip_matches;
  }
  return json.empty() ? AddRegex(regex, std::move(expression))
                      : AddJson(json, std::move(expression));
}

absl::Status OutputParser::AddMetrics(const TrialSettings& settings) {
  std::set<std::string> names;
  for (const bool is_json : {false, true}) {
    const std::string option = is_json ? "--metric-json" : "--metric";
    for (const auto& [name, place] : is_json ? settings.json_metrics : settings.metrics) {
      if (!names.insert(name).second) {
        return absl::InvalidArgumentError(absl::StrCat(option, ": '", name, "' is given twice"));
      }
      Expression expression;
      expression.option = absl::StrCat(option, " ", name);
      expression.rules.comma = settings.comma;
      expression.metric = name;
      absl::Status added =
          is_json ? AddJson(place, std::move(expression)) : AddRegex(place, std::move(expression));
      if (!added.ok()) return added;
    }
  }
  return absl::OkStatus();
}

absl::Status OutputParser::AddMeasured(const TrialSettings& settings) {
  absl::Status status;
  if (settings.measure == Measure::kThroughput) {
    status = AddFigure("throughput", settings.regex, settings.json, Quantity::kRate, settings);
  } else if (settings.measure == Measure::kTime) {
    status = AddFigure("time", settings.regex, settings.json, Quantity::kTime, settings);
  }
  if (!status.ok() || !HasUnits(settings)) return status;
  return AddFigure("units", settings.units_regex, settings.units_json, Quantity::kCount, settings);
}

absl::Status OutputParser::AddCandidates(const TrialSettings& settings) {
  detects_ = true;
  needs_benchmark_ = settings.is_server || settings.live;
  for (const KnownBenchmark& benchmark : KnownBenchmarks()) {
    TrialSettings with_benchmark = settings;
    if (!UseBenchmark(benchmark, &with_benchmark).ok()) continue;
    const size_t first = expressions_.size();
    if (absl::Status added = AddMeasured(with_benchmark); !added.ok()) return added;
    for (size_t i = first; i < expressions_.size(); ++i) expressions_[i].candidate = &benchmark;
  }
  return absl::OkStatus();
}

absl::StatusOr<OutputParser> OutputParser::Compile(const TrialSettings& settings) {
  OutputParser parser;
  absl::Status status = parser.AddMeasured(settings);
  if (status.ok() && settings.detects_benchmark) status = parser.AddCandidates(settings);
  if (status.ok()) status = parser.AddMetrics(settings);
  if (!status.ok()) return status;
  parser.metric_units_ = settings.metric_units;
  return parser;
}

void OutputParser::Take(const KnownBenchmark* taken, model::BenchmarkFound found) {
  std::erase_if(expressions_, [&](const Expression& expression) {
    return expression.candidate != nullptr && expression.candidate != taken;
  });
  for (Expression& expression : expressions_) expression.candidate = nullptr;
  detects_ = false;
  found_ = std::move(found);
}

OutputReader OutputParser::NewReader() { return OutputReader(this); }

OutputReader::OutputReader(OutputParser* parser) : parser_(*parser) {
  std::vector<const MetricRegex*> regexes;
  std::vector<MatchSummary> summaries;
  for (size_t i = 0; i < parser->expressions_.size(); ++i) {
    const OutputParser::Expression& expression = parser->expressions_[i];
    summaries.emplace_back(expression.matches, expression.skip, expression.rules.quantity);
    if (expression.regex.has_value()) {
      regexes.push_back(&*expression.regex);
      regexes_.push_back(i);
    } else if (expression.json->file == kStandardOutput) {
      has_json_output_ = true;
    } else {
      files_.try_emplace(expression.json->file, expression.json->file);
    }
  }
  for (size_t i = 0; i < kStreams; ++i) {
    streams_.push_back(
        {OutputSearch(regexes), summaries, std::vector<std::string>(summaries.size())});
  }
}

void OutputReader::Add(Stream& stream, size_t regex, const RegexMatch& match) {
  const size_t expression = regexes_[regex];
  const OutputParser::Expression& read = parser_.expressions_[expression];
  stream.summaries[expression].Add(ReadFigure(*read.regex, match, read.rules));
  if (read.candidate != nullptr) stream.lines[expression] = std::string(match.line);
}

// A document without the place is none of those that are looked for.
void OutputReader::AddDocument(const std::string& file, const nlohmann::json& document) {
  for (size_t i = 0; i < parser_.expressions_.size(); ++i) {
    const OutputParser::Expression& read = parser_.expressions_[i];
    if (!read.json.has_value() || read.json->file != file) continue;
    absl::StatusOr<Figure> figure = FigureAt(document, *read.json, read.rules);
    if (absl::IsNotFound(figure.status())) {
      nowhere_[i] = figure.status();
    } else {
      streams_[0].summaries[i].Add(std::move(figure));
    }
  }
}

absl::Status OutputReader::ReadFile(const std::string& file, const WrittenFile& written) {
  const absl::StatusOr<WrittenFile::Content> content = written.Read();
  if (!content.ok()) return content.status();
  bool has_document = false;
  const auto add = [&](const nlohmann::json& document) {
    has_document = true;
    AddDocument(file, document);
  };
  const absl::StatusOr<nlohmann::json> whole = ParseJson(content->text);
  if (whole.ok()) {
    add(*whole);
    return absl::OkStatus();
  }
  JsonSearch lines;
  lines.Append(absl::string_view(content->text).substr(content->added_at), add);
  lines.Finish(add);
  return has_document ? absl::OkStatus() : whole.status();
}

void OutputReader::Append(OutputStream which, absl::string_view bytes) {
  if (parser_.expressions_.empty()) return;
  end_.append(bytes.data(), bytes.size());
  if (end_.size() > 2 * kMinEndKept) end_.erase(0, end_.size() - kMinEndKept);
  Stream& stream = streams_[static_cast<size_t>(which)];
  stream.search.Append(bytes, [&](size_t i, const RegexMatch& match) { Add(stream, i, match); });
  if (has_json_output_ && which == OutputStream::kStandardOutput) {
    json_output_.Append(bytes,
                        [&](const nlohmann::json& json) { AddDocument(kStandardOutput, json); });
  }
}

const OutputReader::Stream& OutputReader::StreamOf(size_t expression) const {
  const bool in_output = streams_[0].summaries[expression].has_matches();
  return streams_[in_output ? 0 : 1];
}

absl::StatusOr<CombinedFigure> OutputReader::Combined(size_t expression) {
  const OutputParser::Expression& read = parser_.expressions_[expression];
  const bool is_file = read.json.has_value() && files_.count(read.json->file) != 0;
  // The command ended well, so it would fail again.
  const auto refused = [&](const absl::Status& status) {
    return absl::InvalidArgumentError((is_file ? At(read.json->file, status) : status).message());
  };
  if (is_file) {
    if (const absl::Status& file = files_read_.at(read.json->file); !file.ok()) {
      return refused(file);
    }
  }
  const MatchSummary& summary = StreamOf(expression).summaries[expression];
  if (!summary.has_matches()) {
    const auto nowhere = nowhere_.find(expression);
    if (nowhere == nowhere_.end()) return NoMatch("it matches nothing", end_);
    return refused(nowhere->second);
  }
  return summary.Combined(!read.metric.empty(), is_file ? read.json->file : kCommandsOutput);
}

double OutputReader::InFirstUnit(const std::string& metric, const CombinedFigure& figure) {
  if (figure.unit_seconds <= 0) return figure.value;
  const double first = parser_.metric_units_.emplace(metric, figure.unit_seconds).first->second;
  return first == figure.unit_seconds ? figure.value : figure.value * figure.unit_seconds / first;
}

absl::Status OutputReader::SetFigure(size_t expression, double trial_seconds,
                                     OutputFigures* figures) {
  OutputParser::Expression& read = parser_.expressions_[expression];
  absl::StatusOr<CombinedFigure> figure = Combined(expression);
  if (!figure.ok()) return figure.status();
  if (!read.word.has_value()) read.word = figure->word;
  absl::Status same = CheckPrefix(figure->reading.printed, figure->word, *read.word);
  if (!same.ok()) return same;
  // The last match of a known benchmark is its summary, so that others need no warning.
  if (read.is_of_benchmark && figure->reading.last_counts) figure->reading.matches = 1;
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

// Takes the first of the candidates whose figure can be read.
absl::Status OutputReader::Detect(double trial_seconds, OutputFigures* figures) {
  const KnownBenchmark* taken = nullptr;
  model::BenchmarkFound found;
  for (size_t i = 0; i < parser_.expressions_.size(); ++i) {
    const OutputParser::Expression& read = parser_.expressions_[i];
    if (read.candidate == nullptr) continue;
    if (read.may_be_missing) {
      if (read.candidate == taken) SetFigure(i, trial_seconds, figures).IgnoreError();
      continue;
    }
    OutputFigures its;
    if (!SetFigure(i, trial_seconds, &its).ok()) continue;
    if (taken != nullptr) {
      found.others.emplace_back(read.candidate->name);
      continue;
    }
    taken = read.candidate;
    figures->seconds_per_unit = its.seconds_per_unit;
    figures->reading = its.reading;
    found.printed = Excerpt(
        absl::StripAsciiWhitespace(read.json.has_value() ? read.json->text : StreamOf(i).lines[i]),
        kMaxLineShown);
  }
  if (taken == nullptr && parser_.needs_benchmark_) {
    return absl::InvalidArgumentError(
        NoMatch("no figure is named (--throughput-regex ...), and no known benchmark's "
                "(--list-benchmarks) is",
                end_)
            .message());
  }
  found.name = taken == nullptr ? kNoBenchmark : taken->name;
  if (taken != nullptr) {
    found.program = taken->program;
    found.figure = taken->figure;
  }
  parser_.Take(taken, std::move(found));
  return absl::OkStatus();
}

absl::StatusOr<OutputFigures> OutputReader::Read(double trial_seconds) {
  for (Stream& stream : streams_) {
    stream.search.Finish([&](size_t i, const RegexMatch& match) { Add(stream, i, match); });
  }
  json_output_.Finish([&](const nlohmann::json& json) { AddDocument(kStandardOutput, json); });
  for (const auto& [file, written] : files_) files_read_.emplace(file, ReadFile(file, written));
  OutputFigures figures;
  for (size_t i = 0; i < parser_.expressions_.size(); ++i) {
    const OutputParser::Expression& read = parser_.expressions_[i];
    if (read.candidate != nullptr) continue;
    const absl::Status status = SetFigure(i, trial_seconds, &figures);
    if (!status.ok() && !read.may_be_missing) return At(read.option, status);
  }
  if (parser_.detects_) {
    if (absl::Status detected = Detect(trial_seconds, &figures); !detected.ok()) return detected;
  }
  figures.benchmark = parser_.found_;
  figures.metric_units = parser_.metric_units_;
  return figures;
}

}  // namespace pyslow::trials
