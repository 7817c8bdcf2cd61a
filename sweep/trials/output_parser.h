// Reads throughput and further figures from the output of a trial and the JSON files that it
// writes.
#ifndef PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_
#define PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/model/trial.h"
#include "sweep/trials/figure.h"
#include "sweep/trials/json_place.h"
#include "sweep/trials/json_search.h"
#include "sweep/trials/known_benchmarks.h"
#include "sweep/trials/match_summary.h"
#include "sweep/trials/metric_regex.h"
#include "sweep/trials/output_search.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/trial_settings.h"
#include "sweep/trials/written_file.h"

namespace pyslow::trials {

struct OutputFigures {
  std::optional<double> seconds_per_unit;          // of the measured throughput or time
  std::optional<model::FigureReading> reading;     // of that figure
  std::optional<double> units;                     // --units-regex or --units-json
  std::map<std::string, double> metrics;           // --metric and --metric-json, by name
  std::map<std::string, double> metric_units;      // Trial::metric_units
  std::optional<model::BenchmarkFound> benchmark;  // TrialSettings::detects_benchmark
};

class OutputReader;

// A time of --metric is in the unit that it has in the first trial, whatever the unit of later ones
// is; TrialSettings::metric_units are those of trials before. A known benchmark is detected in the
// first trial that is read. Not thread-safe.
class OutputParser {
 public:
  // Compiles the regular expressions and places in JSON of `settings`. InvalidArgument, with a
  // complete message, if one is invalid or two metrics have the same name.
  static absl::StatusOr<OutputParser> Compile(const TrialSettings& settings);

  // A reader for one trial, made before it. The parser must outlive it.
  OutputReader NewReader();

 private:
  friend class OutputReader;
  struct Expression {
    std::string option;  // "--throughput-regex", "--metric p99"
    // Where the figure is: one of both.
    std::optional<MetricRegex> regex;
    std::optional<JsonPlace> json;
    FigureRules rules;
    MatchRule matches = MatchRule::kLast;
    uint64_t skip = 0;
    std::string metric;                         // its name, or ""
    std::optional<std::string> word;            // Figure::word of the first trial
    const KnownBenchmark* candidate = nullptr;  // not detected yet
    bool is_of_benchmark = false;               // a known one, given or detected
    bool may_be_missing = false;
  };

  OutputParser() = default;
  // Adds --NAME-regex or --NAME-json, the one whose text is not "".
  absl::Status AddFigure(const std::string& name, const std::string& regex, const std::string& json,
                         Quantity quantity, const TrialSettings& settings);
  absl::Status AddMeasured(const TrialSettings& settings);
  absl::Status AddCandidates(const TrialSettings& settings);
  absl::Status AddMetrics(const TrialSettings& settings);
  // Only the expressions of `taken` stay, of those of all candidates; nullptr: none.
  void Take(const KnownBenchmark* taken, model::BenchmarkFound found);
  absl::Status AddRegex(const std::string& regex, Expression expression);
  absl::Status AddJson(const std::string& place, Expression expression);

  std::vector<Expression> expressions_;
  bool detects_ = false;
  bool needs_benchmark_ = false;  // a run of the command is no unit
  std::optional<model::BenchmarkFound> found_;
  std::map<std::string, double> metric_units_;  // seconds, by metric
};

// Searches standard output, and standard error for what standard output does not have. JSON is
// searched in standard output and in files. Not thread-safe.
class OutputReader {
 public:
  explicit OutputReader(OutputParser* parser);

  void Append(OutputStream stream, absl::string_view bytes);

  // All figures; to be called once, at the end. `trial_seconds`: a time of a unit that is longer is
  // refused. Error messages are complete and start with the option whose expression failed.
  absl::StatusOr<OutputFigures> Read(double trial_seconds);

 private:
  struct Stream {
    OutputSearch search;
    // By expression:
    std::vector<MatchSummary> summaries;
    std::vector<std::string> lines;  // the last one with a match, of a candidate
  };

  const Stream& StreamOf(size_t expression) const;
  absl::StatusOr<CombinedFigure> Combined(size_t expression);
  absl::Status ReadFile(const std::string& file, const WrittenFile& written);
  // A document of `file`, or of standard output ("-"), for all expressions that read it.
  void AddDocument(const std::string& file, const nlohmann::json& document);
  absl::Status SetFigure(size_t expression, double trial_seconds, OutputFigures* figures);
  absl::Status Detect(double trial_seconds, OutputFigures* figures);
  double InFirstUnit(const std::string& metric, const CombinedFigure& figure);
  void Add(Stream& stream, size_t regex, const RegexMatch& match);

  OutputParser& parser_;
  std::vector<size_t> regexes_;  // the expressions that OutputSearch has, in its order
  std::vector<Stream> streams_;  // by OutputStream
  bool has_json_output_ = false;
  JsonSearch json_output_;
  std::map<std::string, WrittenFile> files_;        // by path
  std::map<std::string, absl::Status> files_read_;  // likewise, after the trial
  std::map<size_t, absl::Status> nowhere_;  // by expression: why the last document lacks the place
  std::string end_;  // the last bytes of both streams, in the order of reading
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_
