#include "sweep/trials/known_benchmarks.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pyslow::trials {
namespace {

// "12.3it/s", "1.2kit/s", "4.5s/it". A prefix is understood before some units only, see
// printed_unit.cc.
constexpr char kTqdmRate[] =
    "\\[[0-9:]+(?:<[^,\\]]*)?, +([0-9.]+)(?:"
    "[kMGT]?(?:it|B|tok|token|tokens|req|img|step|steps|sample|samples)/s|"
    "[a-jl-zA-FH-LN-SU-Z][a-zA-Z]*/s|s/[a-zA-Z]+)[\\],]";

// The responses of hey and oha, if all have the same status.
constexpr char kOneStatus[] =
    "Status code distribution:\\n\\s*\\[[0-9]+\\]\\s+([0-9]+) responses[ \\t]*"
    "(?:\\n[ \\t]*\\n|\\n?\\z)";

// Programs that print a summary, then logs with a line for each step or interval, whose median
// leaves out a slow start, and last tqdm, which many of the others print too.
constexpr std::array<KnownBenchmark, 23> kBenchmarks = {{
    {.name = "vllm-serve",
     .program = "vLLM, bench serve",
     .figure = "output tokens per second",
     .regex = "(?:Request throughput|Request goodput) \\(req/s\\)[^\\n]*\\n"
              "Output token throughput \\(tok/s\\): +([0-9.]+)",
     .units_regex = "^Total generated tokens: +([0-9]+)"},
    {.name = "vllm-throughput",
     .program = "vLLM, bench throughput",
     .figure = "output tokens per second",
     .regex = "^Throughput: [0-9.]+ requests/s, (?:[0-9.]+ total tokens/s, )?([0-9.]+) "
              "(?:output )?tokens/s",
     .units_regex = "^Total num output tokens: +([0-9]+)"},
    {.name = "vllm-latency",
     .program = "vLLM, bench latency",
     .figure = "seconds per batch",
     .measure = Measure::kTime,
     .regex = "^Avg latency: ([0-9.e+-]+) seconds"},
    {.name = "sglang-serving",
     .program = "SGLang, bench_serving",
     .figure = "output tokens per second",
     .regex = "= Serving Benchmark Result =+\\n(?:[^\\n]*\\n){1,16}?"
              "Input token throughput \\(tok/s\\)[^\\n]*\\n"
              "Output token throughput \\(tok/s\\): +([0-9.]+)",
     .units_regex = "^Total generated tokens: +([0-9]+)"},
    {.name = "sglang-offline",
     .program = "SGLang, bench_offline_throughput",
     .figure = "output tokens per second",
     .regex = "= Offline Throughput Benchmark Result =+\\n(?:[^\\n]*\\n){1,16}?"
              "Output token throughput \\(tok/s\\): +([0-9.]+)",
     .units_regex = "^Total generated tokens: +([0-9]+)"},
    {.name = "sglang-one-batch",
     .program = "SGLang, bench_one_batch",
     .figure = "tokens per second, of prefill and decode",
     .regex = "^Total\\. latency: +[0-9.]+ s, throughput: +([0-9.]+) token/s"},
    {.name = "trtllm-bench",
     .program = "TensorRT-LLM, trtllm-bench",
     .figure = "requests per second",
     .regex = "^Request Throughput \\(req/sec\\):\\s+([0-9.]+)",
     .units_regex = "^Number of requests: +([0-9]+)"},
    {.name = "lm-eval",
     .program = "lm-evaluation-harness",
     .figure = "requests per second, of the last bar \"Running ... requests\"",
     .regex = "Running [a-z_ ]+ requests: [^\\n]*\\[[0-9:]+<[^,\\]]*, +([0-9.]+)(?:it/s|s/it)",
     .units_regex = "Running [a-z_ ]+ requests: [^\\n]* ([0-9]+)/[0-9]+ \\["},
    {.name = "wrk",
     .program = "wrk",
     .figure = "requests per second",
     .regex = "^Requests/sec: +([0-9.]+)",
     .units_regex = "^ +([0-9]+) requests in "},
    {.name = "ab",
     .program = "ab (ApacheBench)",
     .figure = "requests per second",
     .regex = "^Requests per second: +([0-9.]+) \\[#/sec\\]",
     .units_regex = "^Complete requests: +([0-9]+)"},
    {.name = "hey",
     .program = "hey",
     .figure = "requests per second",
     .regex = "Summary:\\n\\s+Total:[^\\n]*\\n(?:[^\\n]*\\n){0,6}?\\s+Requests/sec:\\s+([0-9.]+)",
     .units_regex = kOneStatus},
    {.name = "oha",
     .program = "oha",
     .figure = "requests per second",
     .regex = "Success rate:[^\\n]*\\n(?:[^\\n]*\\n){0,8}?\\s+Requests/sec:\\s+([0-9.]+)",
     .units_regex = kOneStatus},
    {.name = "k6",
     .program = "k6",
     .figure = "requests per second (http_reqs)",
     .regex = "^\\s*http_reqs\\.+: [0-9]+ +([0-9.]+)/s",
     .units_regex = "^\\s*http_reqs\\.+: ([0-9]+) +[0-9.]+/s"},
    {.name = "locust",
     .program = "locust",
     .figure = "requests per second, of all (Aggregated)",
     .regex = "^\\s+Aggregated +[0-9]+ +[^|\\n]*\\|[^|\\n]*\\| +([0-9.]+) +[0-9.]+\\s*$",
     .units_regex = "^\\s+Aggregated +([0-9]+) +[^|\\n]*\\|"},
    {.name = "pytest-benchmark",
     .program = "pytest-benchmark, with --benchmark-json=FILE",
     .figure = "mean seconds of a round, of the only benchmark",
     .measure = Measure::kTime,
     .pointer = "/benchmarks/*/stats/mean",
     .file_option = "--benchmark-json"},
    {.name = "asv",
     .program = "asv (airspeed velocity), results in .asv",
     .figure = "seconds, of the only benchmark",
     .measure = Measure::kTime,
     .pointer = "/results/*/0/0",
     .file = ".asv/results/*/*-*.json"},
    {.name = "timeit",
     .program = "python -m timeit",
     .figure = "seconds per loop",
     .measure = Measure::kTime,
     .regex = "^[0-9]+ loops?, best of [0-9]+: ([0-9.e+-]+) [num]?sec per loop"},
    {.name = "hf-trainer",
     .program = "Hugging Face Trainer",
     .figure = "seconds of the training (train_runtime)",
     .measure = Measure::kTime,
     .regex = "'train_runtime': '?([0-9.]+)"},
    {.name = "megatron",
     .program = "Megatron-LM",
     .figure = "seconds per iteration",
     .measure = Measure::kTime,
     .regex = "iteration +[0-9]+/ *[0-9]+ \\|.*elapsed time per iteration \\(ms\\): ([0-9.]+)",
     .matches = MatchRule::kMedian},
    {.name = "torchtitan",
     .program = "torchtitan",
     .figure = "tokens per second and device (tps)",
     .regex = "step: +[0-9]+ .*\\btps: ([0-9.,]+)",
     .matches = MatchRule::kMedian,
     .comma = CommaMeaning::kThousands},
    {.name = "maxtext",
     .program = "MaxText",
     .figure = "seconds per step",
     .measure = Measure::kTime,
     .regex = "completed step: [0-9]+, seconds: ([0-9.]+)",
     .matches = MatchRule::kMedian},
    {.name = "vllm-engine",
     .program = "vLLM, log of the engine",
     .figure = "generated tokens per second",
     .regex = "Avg generation throughput: ([0-9.]+) tokens/s",
     .matches = MatchRule::kMedian},
    {.name = "tqdm",
     .program = "tqdm",
     .figure = "iterations per second, of the last bar",
     .regex = kTqdmRate,
     .units_regex = "([0-9]+)(?:/[0-9]+|it) \\[[0-9:]+[<,]"},
}};

// The value of an option among the words of the command or of the load; "": none.
std::string ValueIn(const TrialSettings& settings, absl::string_view option) {
  std::vector<std::string> words = settings.command;
  if (!settings.load.empty()) {
    words = absl::StrSplit(settings.load, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  }
  const std::string prefix = absl::StrCat(option, "=");
  for (size_t i = 0; i < words.size(); ++i) {
    if (absl::StartsWith(words[i], prefix)) return words[i].substr(prefix.size());
    if (words[i] == option && i + 1 < words.size()) return words[i + 1];
  }
  return "";
}

}  // namespace

absl::Span<const KnownBenchmark> KnownBenchmarks() { return kBenchmarks; }

const KnownBenchmark* FindBenchmark(absl::string_view name) {
  const auto found = std::find_if(kBenchmarks.begin(), kBenchmarks.end(),
                                  [&](const KnownBenchmark& known) { return known.name == name; });
  return found == kBenchmarks.end() ? nullptr : &*found;
}

absl::Status UseBenchmark(const KnownBenchmark& benchmark, TrialSettings* settings) {
  std::string file = benchmark.file;
  const absl::string_view option = benchmark.file_option;
  if (!option.empty()) {
    file = ValueIn(*settings, option);
    if (file.empty()) {
      return absl::NotFoundError(absl::StrCat(
          "'", benchmark.name, "' needs a file of results; add ", option, "=FILE to the command"));
    }
  }
  settings->benchmark = benchmark.name;
  settings->measure = benchmark.measure;
  settings->regex = benchmark.regex;
  settings->json = file.empty() ? "" : absl::StrCat(file, "#", benchmark.pointer);
  settings->units_regex = benchmark.units_regex;
  settings->matches = benchmark.matches;
  if (benchmark.comma != CommaMeaning::kUnknown) settings->comma = benchmark.comma;
  return absl::OkStatus();
}

void UseBenchmarkFound(const std::optional<model::BenchmarkFound>& found, TrialSettings* settings) {
  if (!settings->detects_benchmark || !found.has_value()) return;
  settings->detects_benchmark = false;
  const KnownBenchmark* const benchmark = FindBenchmark(found->name);
  // Its file was named, as a trial read it.
  if (benchmark != nullptr) UseBenchmark(*benchmark, settings).IgnoreError();
}

}  // namespace pyslow::trials
