#include "sweep/cli/sweep_command_line.h"

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/duration_text.h"
#include "base/options.h"
#include "base/suggest.h"
#include "sweep/cli/option_values.h"
#include "sweep/cli/sweep_options.h"

namespace pyslow::cli {
namespace {

constexpr int64_t kMaxDelayNs = 10'000'000'000;                        // as in pyslow
constexpr int64_t kMaxFrequency = 1'000'000'000;                       // likewise
constexpr int64_t kMaxWindowNs = int64_t{31'536'000} * 1'000'000'000;  // a year
constexpr int64_t kMaxBlocks = 100'000;
constexpr std::array<absl::string_view, 3> kRepeatable = {"--target", "--group", "--metric"};
// What may be changed of a sweep that goes on; the rest is its own.
constexpr std::array<absl::string_view, 5> kWithResume = {"--runs", "--precision", "--time-budget",
                                                          "--quiet", "--resume"};
constexpr std::array<absl::string_view, 2> kWithFrom = {"--from", "--quiet"};

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

template <size_t size>
bool IsAmong(absl::string_view word, const std::array<absl::string_view, size>& words) {
  return std::count(words.begin(), words.end(), word) > 0;
}

absl::Status NotAnOption(absl::string_view word) {
  if (!absl::StartsWith(word, "-")) {
    return Wrong(word,
                 "it is no option of pyslow-sweep; put -- before the command, as in "
                 "'pyslow-sweep -- benchmark.py'");
  }
  const absl::string_view name = word.substr(0, word.find('='));
  return Wrong(
      name, absl::StrCat("no such option of pyslow-sweep", DidYouMean(name, OptionNames(kOptions)),
                         " (see pyslow-sweep --help)"));
}

// The options of `words` up to its end or to `--`, and where the command begins.
absl::StatusOr<LeadingOptions> TakeOptions(const std::vector<std::string>& words) {
  absl::StatusOr<LeadingOptions> options = TakeLeadingOptions(kOptions, words);
  if (!options.ok()) return options;
  if (options->end < words.size()) {
    if (words[options->end] != "--") return NotAnOption(words[options->end]);
    ++options->end;
  }
  for (const auto& [name, values] : options->given) {
    if (values.size() > 1 && !IsAmong(name, kRepeatable)) {
      return Wrong(name, "it is given twice; leave one out");
    }
  }
  return options;
}

// Sorted, with the control put in if it was left out.
absl::Status ParseDelays(absl::string_view text, steps::Settings& settings) {
  for (const absl::string_view item : absl::StrSplit(text, ',')) {
    const absl::StatusOr<int64_t> ns = ParseTimeNs(item, kMaxDelayNs);
    if (!ns.ok()) return ns.status();
    settings.delays_ns.push_back(*ns);
  }
  std::vector<int64_t>& delays = settings.delays_ns;
  std::sort(delays.begin(), delays.end());
  const auto twice = std::adjacent_find(delays.begin(), delays.end());
  if (twice != delays.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' has ", FormatTimeNs(*twice), " twice; leave one out"));
  }
  if (delays.back() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text, "' is the control alone; add a delay above 0, such as 0,1us,10us,100us"));
  }
  settings.control_added = delays.front() != 0;
  if (settings.control_added) delays.insert(delays.begin(), 0);
  return absl::OkStatus();
}

void ParseTargets(Values& values, steps::Settings& settings) {
  values.Text("--targets", &settings.targets_file);
  settings.targets = values.All("--target");
  settings.groups = values.All("--group");
  if (!settings.groups.empty() && settings.targets_file.empty()) {
    values.Wrong("--group", "groups are those of a target file; give it with --targets FILE");
  }
  std::string steps;
  values.OneOf("--steps", {"impact", "isolate", "focus"}, true, &steps);
  if (!steps.empty()) {
    settings.steps = {absl::StrContains(steps, "impact"), absl::StrContains(steps, "isolate"),
                      absl::StrContains(steps, "focus")};
  }
  std::string delays;
  values.Text("--delays", &delays);
  if (!delays.empty()) values.Note("--delays", ParseDelays(delays, settings));
  values.Number("--frequency", 1, kMaxFrequency, &settings.frequency);
  std::optional<double> slowdown;
  values.Ratio("--max-slowdown", 1, 1000, false, &slowdown);
  settings.max_slowdown = slowdown.value_or(settings.max_slowdown);
}

void ParseMeasure(Values& values, trials::TrialSettings& trials) {
  const std::array<std::pair<const char*, trials::Measure>, 3> measures = {
      {{"--throughput-regex", trials::Measure::kThroughput},
       {"--time-regex", trials::Measure::kTime},
       {"--progress", trials::Measure::kProgress}}};
  const char* given = nullptr;
  for (const auto& [name, measure] : measures) {
    if (!values.Has(name)) continue;
    if (given != nullptr) values.Wrong(name, absl::StrCat(given, " is given too; leave one out"));
    given = name;
    trials.measure = measure;
    values.Text(name, measure == trials::Measure::kProgress ? &trials.progress : &trials.regex);
  }
  for (const std::string& metric : values.All("--metric")) {
    const size_t equals = metric.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == metric.size()) {
      values.Wrong("--metric",
                   absl::StrCat("'", metric, "': expected NAME=RE, such as 'p99=p99: ([0-9.]+)'"));
      continue;
    }
    trials.metrics.emplace_back(metric.substr(0, equals), metric.substr(equals + 1));
  }
  values.Text("--metric-command", &trials.metric_command);
}

void ParseServer(Values& values, trials::TrialSettings& trials) {
  values.Flag("--server", &trials.is_server);
  values.Flag("--live", &trials.live);
  values.Text("--ready-command", &trials.ready_command);
  values.Text("--load", &trials.load);
  values.Time("--interval", kMaxWindowNs, &trials.interval_ns);
  values.Time("--ready-timeout", kMaxWindowNs, &trials.ready_timeout_ns);
  const bool stays = trials.is_server || trials.live;
  for (const char* name : {"--ready-command", "--load", "--ready-timeout"}) {
    if (values.Has(name) && !stays) {
      values.Wrong(name, "it is for a server; add --server, or --live");
    }
  }
  if (values.Has("--interval") && (!trials.live || values.Has("--load"))) {
    values.Wrong("--interval", trials.live ? "--load says how long a trial takes; leave one out"
                                           : "it is for --live");
  }
  if (trials.is_server && !trials.live && trials.load.empty()) {
    values.Wrong("--server", "say what to run against it with --load CMD");
  }
  if (trials.live && trials.load.empty() && trials.metric_command.empty() &&
      trials.measure != trials::Measure::kProgress) {
    values.Wrong("--live",
                 "say what measures a command that does not end: --progress MODULE:QUALNAME, "
                 "--load CMD or --metric-command CMD");
  }
  if (stays && trials.measure == trials::Measure::kWallTime) {
    values.Wrong(trials.live ? "--live" : "--server",
                 "say what throughput is: --throughput-regex, --time-regex or --progress");
  }
}

void ParseTrials(Values& values, trials::TrialSettings& trials) {
  values.Time("--start", kMaxWindowNs, &trials.start_ns);
  values.Time("--duration", kMaxWindowNs, &trials.duration_ns);
  values.Text("--start-at", &trials.start_at);
  values.OneOf("--on", {"start", "resume"}, true, &trials.on);
  values.OneOf("--gil", {"hold", "release"}, false, &trials.gil);
  values.Time("--timeout", kMaxWindowNs, &trials.timeout_ns);
  if (values.Has("--timeout") && trials.timeout_ns == 0) {
    values.Wrong("--timeout", "0 would end every trial at once; leave it out for none");
  }
  std::string launcher;
  values.Text("--launcher", &launcher);
  trials.launcher = absl::StrSplit(launcher, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  values.Text("--pyslow", &trials.pyslow);
}

void ParseStopping(Values& values, steps::Settings& settings) {
  int64_t blocks = 0;
  values.Number("--runs", 1, kMaxBlocks, &blocks);
  if (blocks > 0) settings.blocks = static_cast<size_t>(blocks);
  values.Ratio("--precision", 0, 100, true, &settings.precision);
  values.LongTime("--time-budget", kMaxWindowNs, &settings.budget_seconds);
  if (settings.blocks.has_value() && settings.budget_seconds.has_value()) {
    values.Wrong("--time-budget", "--runs is given too; leave one out");
  }
}

// A sweep that goes on, or is analysed again, has its settings with it.
absl::Status CheckAlone(const Values::Given& given, bool has_command) {
  for (const bool resume : {true, false}) {
    const char* const name = resume ? "--resume" : "--from";
    if (!given.contains(name)) continue;
    for (const auto& [other, values] : given) {
      if (resume ? IsAmong(other, kWithResume) : IsAmong(other, kWithFrom)) continue;
      return Wrong(other, absl::StrCat("with ", name,
                                       " the settings are the ones of that sweep; "
                                       "leave it out"));
    }
    if (has_command) {
      return Wrong("command line", absl::StrCat("with ", name,
                                                " the command is the one of that "
                                                "sweep; leave it out"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<CommandLine> ParseValues(const Values::Given& given) {
  CommandLine line;
  Values values(given);
  ParseTargets(values, line.settings);
  ParseTrials(values, line.settings.trials);
  ParseMeasure(values, line.settings.trials);
  ParseServer(values, line.settings.trials);
  ParseStopping(values, line.settings);
  int64_t seed = 0;
  values.Number("--seed", 0, INT64_MAX, &seed);
  line.settings.seed = static_cast<uint64_t>(seed);
  values.Text("--out", &line.out);
  values.Text("--resume", &line.resume);
  values.Text("--from", &line.from);
  values.Flag("--quiet", &line.quiet);
  line.seed_given = values.Has("--seed");
  if (!values.status().ok()) return values.status();
  return line;
}

absl::Status CheckCommand(const std::vector<std::string>& command) {
  if (command.empty()) {
    return Wrong(
        "command line",
        "the command is missing; write it after --, as in '-- benchmark.py' or '-- -m MODULE'");
  }
  const std::string& first = command.front();
  const std::string name = first.substr(first.rfind('/') + 1);
  const bool is_python = absl::StartsWith(name, "python") && !absl::EndsWith(name, ".py");
  if (is_python || name == "pyslow" || absl::StartsWith(name, "pyslow3")) {
    return Wrong(first, absl::StrCat("leave it out: the command is what follows python, as in '-- ",
                                     command.size() > 1 ? command[1] : "benchmark.py", "'"));
  }
  if (absl::StartsWith(first, "--") && first != "--check-hash-based-pycs") {
    return Wrong(first,
                 "options of pyslow-sweep stand before --; after it comes the command, as in "
                 "'-- benchmark.py' or '-- -m MODULE'");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words) {
  absl::StatusOr<LeadingOptions> options = TakeOptions(words);
  if (!options.ok()) return options.status();
  CommandLine asked;
  asked.help = options->given.contains("--help");
  asked.version = options->given.contains("--version");
  if (asked.help || asked.version) return asked;
  const bool has_command = options->end < words.size();
  if (absl::Status alone = CheckAlone(options->given, has_command); !alone.ok()) return alone;
  absl::StatusOr<CommandLine> line = ParseValues(options->given);
  if (!line.ok()) return line.status();
  if (!line->resume.empty() || !line->from.empty()) return line;
  std::vector<std::string>& command = line->settings.trials.command;
  command.assign(words.begin() + static_cast<long>(options->end), words.end());
  if (absl::Status status = CheckCommand(command); !status.ok()) return status;
  return line;
}

std::string HelpText() {
  return absl::StrCat(
      OptionsHelp(kOptions, "pyslow-sweep",
                  "[options] -- [python options] FILE|-m MODULE|-c CMD [ARGS]",
                  "finds out whether Python's speed matters to a command, and where."),
      "\nTIME: a number with ns, us, ms or s. CMD is run by /bin/sh. Example:\n"
      "  pyslow-sweep --throughput-regex '([0-9.]+) tokens/s' -- bench.py --batch 8\n"
      "See pyslow-sweep(1) for what the figures mean.\n");
}

}  // namespace pyslow::cli
