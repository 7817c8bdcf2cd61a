#include "sweep/cli/sweep_command_line.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/completion.h"
#include "base/duration_text.h"
#include "base/limits.h"
#include "base/option_parser.h"
#include "base/option_reader.h"
#include "base/options.h"
#include "base/text.h"
#include "sweep/cli/against_options.h"
#include "sweep/cli/figure_options.h"
#include "sweep/cli/parse_gate.h"
#include "sweep/cli/sweep_options.h"
#include "sweep/gpu/find_devices.h"
#include "sweep/trials/known_benchmarks.h"

namespace pyslow::cli {
namespace {

constexpr int64_t kMaxBlocks = 100'000;
constexpr int64_t kMaxRepeats = 100;  // of one trial
// The options that may change a sweep that is continued, or analysed again.
constexpr std::array<absl::string_view, 7> kWithResume = {
    "--fail-if", "--runs",   "--precision",     "--time-budget",
    "--quiet",   "--resume", "--accept-changes"};
constexpr std::array<absl::string_view, 2> kWithDiff = {"--diff", "--json"};
constexpr std::array<absl::string_view, 3> kWithFrom = {"--fail-if", "--from", "--quiet"};

absl::Status ErrorAt(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

template <typename Words>
bool Contains(const Words& words, absl::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

absl::Status NotAnOption(absl::string_view word) {
  if (absl::StartsWith(word, "-")) {
    return NoSuchOption(word, OptionNames(kOptions), "pyslow-sweep", "pyslow-sweep");
  }
  return ErrorAt(word,
                 "it is not an option of pyslow-sweep; put -- before the command, as in "
                 "'pyslow-sweep -- benchmark.py'");
}

// The options up to the end of `words` or to `--`, and the position of the command.
absl::StatusOr<LeadingOptions> ParseOptions(const std::vector<std::string>& words) {
  absl::StatusOr<LeadingOptions> options = ParseLeadingOptions(kOptions, words);
  if (!options.ok()) return options;
  if (options->end < words.size()) {
    if (words[options->end] != "--") return NotAnOption(words[options->end]);
    ++options->end;
  }
  if (absl::Status status = CheckRepeats(kOptions, options->given); !status.ok()) return status;
  return options;
}

// Sorts the delays and adds the control if it is missing.
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
        absl::StrCat("'", text, "' contains ", FormatTimeNs(*twice), " twice; remove one"));
  }
  if (delays.back() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text, "' is only the control; add a delay above 0, such as 0,1us,10us,100us"));
  }
  settings.control_added = delays.front() != 0;
  if (settings.control_added) delays.insert(delays.begin(), 0);
  return absl::OkStatus();
}

void ReadTargets(OptionReader& reader, steps::Settings& settings) {
  reader.ReadText("--targets", &settings.targets_file);
  settings.targets = reader.All("--target");
  settings.groups = reader.All("--group");
  if (!settings.groups.empty() && settings.targets_file.empty()) {
    reader.NoteError("--group", "only a target file has groups; name one with --targets FILE");
  }
  std::vector<std::string> steps;
  reader.ReadWords("--steps", &steps);
  if (!steps.empty()) {
    settings.steps = {Contains(steps, "impact"), Contains(steps, "isolate"),
                      Contains(steps, "focus"), Contains(steps, "sites"), Contains(steps, "lines")};
    if (settings.steps.parts() > 0 && !settings.steps.focus) {
      reader.NoteError("--steps",
                       absl::StrCat(settings.steps.sites ? "sites" : "lines",
                                    " examines the function that focus finds; add focus"));
    }
  }
  std::string delays;
  reader.ReadText("--delays", &delays);
  if (!delays.empty()) reader.NoteStatus("--delays", ParseDelays(delays, settings));
  reader.ReadNumber("--frequency", 1, kMaxFrequency, &settings.frequency);
  reader.ReadRatio("--max-slowdown", 1, 1000, &settings.max_slowdown);
}

// With both modes, the sweep is one that holds the GIL, with a further step.
void ReadGil(OptionReader& reader, steps::Settings& settings) {
  std::vector<std::string> modes;
  reader.ReadWords("--gil", &modes);
  if (modes.empty()) return;
  settings.steps.gil = modes.size() > 1;
  settings.trials.gil = settings.steps.gil ? "hold" : modes.front();
  if (settings.steps.gil && !settings.steps.impact && !settings.steps.focus) {
    reader.NoteError("--gil",
                     "both modes are compared for what impact and focus find; add one of these to "
                     "--steps, or name one mode");
  }
}

void ReadServer(OptionReader& reader, trials::TrialSettings& trials) {
  reader.ReadFlag("--server", &trials.is_server);
  reader.ReadFlag("--live", &trials.live);
  reader.ReadText("--ready-command", &trials.ready_command);
  reader.ReadTime("--interval", kMaxWindowNs, &trials.interval_ns);
  reader.ReadTime("--ready-timeout", kMaxWindowNs, &trials.ready_timeout_ns);
  const bool keeps_running = trials.is_server || trials.live;
  for (const char* name : {"--ready-command", "--load", "--ready-timeout"}) {
    if (reader.Has(name) && !keeps_running) {
      reader.NoteError(name, "only a server has it; add --server or --live");
    }
  }
  if (reader.Has("--interval") && !trials.live) {
    reader.NoteError("--interval", "it needs --live");
  } else if (reader.Has("--interval") && reader.Has("--load")) {
    reader.NoteError("--interval", "a trial is as long as --load runs; remove one");
  }
  if (trials.is_server && !trials.live && trials.load.empty()) {
    reader.NoteError("--server", "name the command that loads the server with --load CMD");
  }
  if (trials.live && trials.load.empty() && trials.metric_command.empty() &&
      trials.measure != trials::Measure::kProgress) {
    reader.NoteError("--live",
                     "a command that does not end needs a measure: --progress MODULE:QUALNAME, "
                     "--load CMD or --metric-command CMD");
  }
  if (keeps_running && trials::MeasuresRuns(trials) && !trials.detects_benchmark) {
    reader.NoteError(trials.live ? "--live" : "--server",
                     "it needs a unit: --throughput-regex, --time-regex, --units-regex, one of the "
                     "same in JSON (--throughput-json ...) or --progress");
  }
}

void ReadTrials(OptionReader& reader, trials::TrialSettings& trials) {
  reader.ReadTime("--start", kMaxWindowNs, &trials.start_ns);
  reader.ReadTime("--duration", kMaxWindowNs, &trials.duration_ns);
  reader.ReadText("--start-at", &trials.start_at);
  std::vector<std::string> events;
  reader.ReadWords("--on", &events);
  // Much of the work of a generator or a coroutine follows its resumptions.
  trials.on = events.empty() ? "start,resume" : absl::StrJoin(events, ",");
  reader.ReadText("--gpu", &trials.gpu);
  reader.NoteStatus("--gpu", gpu::ParseChoice(trials.gpu).status());
  reader.ReadTime("--timeout", kMaxWindowNs, &trials.timeout_ns);
  if (reader.Has("--timeout") && trials.timeout_ns == 0) {
    reader.NoteError("--timeout", "0 would stop every trial at once; for none, remove the option");
  }
  int64_t grace_ns = 0;
  reader.ReadTime("--grace", kMaxWindowNs, &grace_ns);
  if (reader.Has("--grace")) trials.grace_ns = grace_ns;
  std::string launcher;
  reader.ReadText("--launcher", &launcher);
  trials.launcher = absl::StrSplit(launcher, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  reader.ReadText("--pyslow", &trials.pyslow);
  reader.ReadText("--python", &trials.python);
  reader.ReadText("--load", &trials.load);
}

void ReadStopping(OptionReader& reader, steps::Settings& settings) {
  int64_t blocks = 0;
  reader.ReadNumber("--runs", 1, kMaxBlocks, &blocks);
  if (blocks > 0) settings.blocks = static_cast<size_t>(blocks);
  reader.ReadPercentage("--precision", &settings.precision);
  reader.ReadLongTime("--time-budget", kMaxWindowNs, &settings.budget_seconds);
  if (settings.blocks.has_value() && settings.budget_seconds.has_value()) {
    reader.NoteError("--time-budget", "--runs is given too; remove one");
  }
  if (settings.blocks.has_value() && settings.precision.has_value()) {
    reader.NoteError("--precision", "--runs is given too; remove one");
  }
  reader.ReadShare("--min-gain", &settings.min_gain);
  reader.ReadNumber("--retries", 0, kMaxRepeats, &settings.retries);
  if (settings.trials.live) settings.warmup = 0;
  reader.ReadNumber("--warmup", 0, kMaxRepeats, &settings.warmup);
  if (settings.trials.live && reader.Has("--warmup")) {
    reader.NoteError("--warmup", "with --live the program starts once; remove this option");
  }
}

// --diff has two values, and the table of options knows one: "--diff A B" becomes "--diff A --diff
// B".
std::vector<std::string> WithEachDirectory(std::vector<std::string> words) {
  for (size_t i = 0; i + 2 < words.size() && words[i] != "--"; ++i) {
    if (words[i] != "--diff") continue;
    if (!absl::StartsWith(words[i + 2], "-")) {
      words.insert(words.begin() + static_cast<std::ptrdiff_t>(i) + 2, "--diff");
    }
    break;
  }
  return words;
}

// Nothing is run for --diff.
absl::Status CheckDiff(const GivenOptions& given, bool has_command) {
  const auto diff = given.find("--diff");
  if (diff == given.end()) {
    return given.contains("--json")
               ? ErrorAt("--json", "only --diff DIR DIR has it; a sweep writes analysis.json")
               : absl::OkStatus();
  }
  if (diff->second.size() != 2) {
    return ErrorAt("--diff", "it needs two directories of sweeps, as in '--diff BEFORE AFTER'");
  }
  for (const auto& [other, values] : given) {
    if (Contains(kWithDiff, other)) continue;
    return ErrorAt(other, other == "--fail-if"
                              ? "two sweeps differ with the machine's hours too, so none fails by "
                                "--diff; gate a comparison in turns, --against"
                              : "--diff runs nothing; remove this option");
  }
  if (!has_command) return absl::OkStatus();
  return ErrorAt("command line", "--diff runs nothing; remove the command");
}

// A recorded sweep has its settings, so few options are allowed with --resume or --from.
absl::Status CheckRecorded(const GivenOptions& given, bool has_command) {
  for (const bool resume : {true, false}) {
    const char* const name = resume ? "--resume" : "--from";
    if (!given.contains(name)) continue;
    for (const auto& [other, values] : given) {
      if (resume ? Contains(kWithResume, other) : Contains(kWithFrom, other)) continue;
      return ErrorAt(other, absl::StrCat("with ", name,
                                         " the settings of that sweep apply; remove this option"));
    }
    if (has_command) {
      return ErrorAt("command line", absl::StrCat("with ", name,
                                                  " the command of that sweep applies; remove "
                                                  "this one"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<CommandLine> ReadOptions(const GivenOptions& given,
                                        std::vector<std::string> command) {
  CommandLine line;
  line.settings.trials.command = std::move(command);
  OptionReader reader(kOptions, given);
  ReadTargets(reader, line.settings);
  ReadGil(reader, line.settings);
  ReadTrials(reader, line.settings.trials);
  ReadFigureOptions(reader, line.settings.trials);
  ReadServer(reader, line.settings.trials);
  ReadStopping(reader, line.settings);
  ReadAgainst(reader, line.settings);
  int64_t seed = 0;
  reader.ReadNumber("--seed", 0, INT64_MAX, &seed);
  line.settings.seed = static_cast<uint64_t>(seed);
  reader.ReadText("--out", &line.out);
  reader.ReadText("--resume", &line.resume);
  reader.ReadText("--from", &line.from);
  line.diff = reader.All("--diff");
  reader.ReadFlag("--json", &line.json);
  reader.ReadFlag("--accept-changes", &line.accept_changes);
  if (line.accept_changes && line.resume.empty()) {
    reader.NoteError("--accept-changes", "only a sweep that is continued has it; add --resume DIR");
  }
  for (const std::string& condition : reader.All("--fail-if")) {
    const absl::StatusOr<model::Gate> gate = ParseGate(condition);
    reader.NoteStatus("--fail-if", gate.status());
    if (gate.ok()) line.gates.push_back(*gate);
  }
  reader.ReadFlag("--quiet", &line.quiet);
  line.seed_given = reader.Has("--seed");
  if (!reader.status().ok()) return reader.status();
  return line;
}

// Options that print something make all others meaningless.
absl::StatusOr<CommandLine> ReadInformationOptions(const GivenOptions& given) {
  CommandLine line;
  OptionReader reader(kOptions, given);
  reader.ReadFlag("--help", &line.help);
  reader.ReadFlag("--version", &line.version);
  reader.ReadFlag("--list-benchmarks", &line.list_benchmarks);
  reader.ReadWord("--completion", &line.completion);
  if (!reader.status().ok()) return reader.status();
  return line;
}

absl::Status CheckCommand(const std::vector<std::string>& command) {
  if (command.empty()) {
    return ErrorAt(
        "command line",
        "the command is missing; write it after --, as in '-- benchmark.py' or '-- -m MODULE'");
  }
  const std::string& first = command.front();
  const std::string name = first.substr(first.rfind('/') + 1);
  if (name == "pyslow" || absl::StartsWith(name, "pyslow3")) {
    return ErrorAt(first, absl::StrCat("remove this word: write what follows pyslow, as in '-- ",
                                       command.size() > 1 ? command[1] : "benchmark.py", "'"));
  }
  if (absl::StartsWith(first, "--") && first != "--check-hash-based-pycs") {
    return ErrorAt(first,
                   "options of pyslow-sweep stand before --, and the command after it, as in "
                   "'-- benchmark.py' or '-- -m MODULE'");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& typed) {
  const std::vector<std::string> words = WithEachDirectory(typed);
  absl::StatusOr<LeadingOptions> options = ParseOptions(words);
  if (!options.ok()) return options.status();
  absl::StatusOr<CommandLine> line = ReadInformationOptions(options->given);
  if (!line.ok() || line->help || line->version || line->list_benchmarks ||
      !line->completion.empty()) {
    return line;
  }
  const bool has_command = options->end < words.size();
  if (absl::Status status = CheckDiff(options->given, has_command); !status.ok()) return status;
  if (absl::Status status = CheckRecorded(options->given, has_command); !status.ok()) return status;
  line =
      ReadOptions(options->given, {words.begin() + static_cast<long>(options->end), words.end()});
  if (!line.ok()) return line.status();
  if (!line->resume.empty() || !line->from.empty() || !line->diff.empty()) return line;
  absl::Status status = CheckCommand(line->settings.trials.command);
  if (!status.ok()) return status;
  const std::optional<trials::OtherVersion>& other = line->settings.trials.against;
  if (other.has_value() && !other->command.empty()) status = CheckCommand(other->command);
  if (!status.ok()) return At("--against", status);
  status = CheckGates(line->gates, line->settings);
  if (!status.ok()) return At("--fail-if", status);
  return line;
}

std::string HelpText() {
  return absl::StrCat(
      OptionsHelp(kOptions, "pyslow-sweep",
                  "[options] -- [python options] FILE|-m MODULE|-c CMD [ARGS]",
                  "measures whether the speed of Python limits a command, and in which functions."),
      "\nTIME: a number with ns, us, ms or s. /bin/sh runs CMD. Example:\n"
      "  pyslow-sweep --throughput-regex '([0-9.]+) tokens/s' -- bench.py --batch 8\n"
      "See pyslow-sweep(1) for the meaning of the figures.\n");
}

std::string BenchmarksText() {
  std::string text =
      "Output of these benchmarks is read without an expression. If it fits several, the first "
      "of them is taken.\n\n";
  for (const trials::KnownBenchmark& known : trials::KnownBenchmarks()) {
    absl::StrAppendFormat(&text, "%-18s%s: %s\n", known.name, known.program, known.figure);
  }
  absl::StrAppendFormat(&text, "%-18s%s\n", trials::kNoBenchmark, "a run of the command is a unit");
  return text;
}

std::string CompletionText(const std::string& shell) {
  return CompletionScript(kOptions, {"pyslow-sweep"}, OptionsEnd::kAtDashes, shell);
}

}  // namespace pyslow::cli
