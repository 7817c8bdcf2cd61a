#include "sweep/cli/figure_options.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/options.h"
#include "base/suggest.h"
#include "sweep/cli/sweep_options.h"
#include "sweep/trials/known_benchmarks.h"

namespace pyslow::cli {
namespace {

constexpr int64_t kMaxSkippedMatches = 1'000'000'000;

// How numbers in the output are read.
void ReadFigures(OptionReader& reader, trials::TrialSettings& trials) {
  const bool is_time = trials.measure == trials::Measure::kTime;
  const bool is_figure = is_time || trials.measure == trials::Measure::kThroughput;
  reader.ReadWord("--unit", &trials.unit);
  if (reader.Has("--unit") && !is_time) {
    reader.NoteError("--unit", "only a time has one; it needs --time-regex or --time-json");
  }
  std::string rule;
  reader.ReadWord("--matches", &rule);
  for (const auto& [value, name] : trials::kMatchRules) {
    if (rule == name) trials.matches = value;
  }
  int64_t skip = 0;
  reader.ReadNumber("--skip-matches", 0, kMaxSkippedMatches, &skip);
  trials.skip_matches = static_cast<uint64_t>(skip);
  for (const char* name : {"--matches", "--skip-matches"}) {
    if (reader.Has(name) && !is_figure) {
      reader.NoteError(name, "it needs a figure, such as --throughput-regex or --time-json");
    }
  }
  bool thousands = false;
  bool decimal = false;
  reader.ReadFlag("--thousands", &thousands);
  reader.ReadFlag("--decimal-comma", &decimal);
  if (thousands && decimal) {
    reader.NoteError("--decimal-comma", "--thousands is given too; remove one");
  }
  if (thousands) trials.comma = trials::CommaMeaning::kThousands;
  if (decimal) trials.comma = trials::CommaMeaning::kDecimal;
}

// NAME=TEXT pairs of an option that repeats. `example`: of the text.
void ReadMetrics(OptionReader& reader, const char* option, absl::string_view example,
                 std::vector<std::pair<std::string, std::string>>* metrics) {
  for (const std::string& metric : reader.All(option)) {
    const size_t equals = metric.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == metric.size()) {
      reader.NoteError(
          option, absl::StrCat("'", metric, "': expected ", FindOption(kOptions, option)->value,
                               ", such as 'p99=", example, "'"));
      continue;
    }
    metrics->emplace_back(metric.substr(0, equals), metric.substr(equals + 1));
  }
}

// The measure that an option sets, and where its text goes.
struct MeasureOption {
  const char* name;
  trials::Measure measure;
  std::string trials::TrialSettings::*text;
};
constexpr std::array<MeasureOption, 5> kMeasureOptions = {
    {{"--throughput-regex", trials::Measure::kThroughput, &trials::TrialSettings::regex},
     {"--throughput-json", trials::Measure::kThroughput, &trials::TrialSettings::json},
     {"--time-regex", trials::Measure::kTime, &trials::TrialSettings::regex},
     {"--time-json", trials::Measure::kTime, &trials::TrialSettings::json},
     {"--progress", trials::Measure::kProgress, &trials::TrialSettings::progress}}};

constexpr char kBenchmark[] = "--benchmark";

void ReadBenchmark(OptionReader& reader, trials::TrialSettings& trials) {
  std::string name;
  reader.ReadText(kBenchmark, &name);
  if (name.empty() || name == trials::kNoBenchmark) return;
  if (const trials::KnownBenchmark* const known = trials::FindBenchmark(name)) {
    reader.NoteStatus(kBenchmark, trials::UseBenchmark(*known, &trials));
    return;
  }
  std::vector<std::string> names;
  for (const trials::KnownBenchmark& known : trials::KnownBenchmarks()) {
    names.emplace_back(known.name);
  }
  reader.NoteError(kBenchmark, absl::StrCat("'", name, "' is no known benchmark",
                                            DidYouMean(name, names), " (see --list-benchmarks)"));
}

void ReadMeasure(OptionReader& reader, trials::TrialSettings& trials) {
  const char* given = reader.Has(kBenchmark) ? kBenchmark : nullptr;
  for (const auto& [name, measure, text] : kMeasureOptions) {
    if (!reader.Has(name)) continue;
    if (given != nullptr) {
      reader.NoteError(name, absl::StrCat(given, " is given too; remove one"));
    }
    given = name;
    trials.measure = measure;
    reader.ReadText(name, &(trials.*text));
  }
}

void ReadUnits(OptionReader& reader, trials::TrialSettings& trials) {
  if (reader.Has("--units-json")) trials.units_regex.clear();  // that of a benchmark
  reader.ReadText("--units-regex", &trials.units_regex);
  reader.ReadText("--units-json", &trials.units_json);
  if (reader.Has("--units-regex") && reader.Has("--units-json")) {
    reader.NoteError("--units-json", "--units-regex is given too; remove one");
  }
  for (const char* name : {"--units-regex", "--units-json"}) {
    if (reader.Has(name) && trials.measure == trials::Measure::kProgress) {
      reader.NoteError(name, "--progress counts the units; remove one");
    }
  }
}

}  // namespace

void ReadFigureOptions(OptionReader& reader, trials::TrialSettings& trials) {
  ReadBenchmark(reader, trials);
  ReadMeasure(reader, trials);
  ReadFigures(reader, trials);
  ReadMetrics(reader, "--metric", "p99: ([0-9.]+)", &trials.metrics);
  ReadMetrics(reader, "--metric-json", "results.json#/p99_ms", &trials.json_metrics);
  reader.ReadText("--metric-command", &trials.metric_command);
  ReadUnits(reader, trials);
  trials.detects_benchmark = trials::MeasuresRuns(trials) && !reader.Has(kBenchmark);
}

}  // namespace pyslow::cli
