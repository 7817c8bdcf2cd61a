#include "experiment/command_line.h"

#include <algorithm>
#include <array>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/duration_text.h"
#include "base/options.h"
#include "base/suggest.h"

namespace pyslow::experiment {
namespace {

constexpr std::array<OptionSpec, 16> kOptions = {{
    {"--targets", "FILE", "target file: which functions, see pyslow-targets(5)"},
    {"--target", "PATTERN", "a target, MODULE:QUALNAME globs (may repeat)"},
    {"--group", "NAME", "only this group of the file (may repeat)"},
    {"--delays", "TIME,...", "delays per call [0,1us,10us,100us]"},
    {"--frequency", "N", "delay every Nth call of each function [1]"},
    {"--start", "TIME", "delay from this time after the start on [0]"},
    {"--duration", "TIME", "and for this long; 0: no end [0]"},
    {"--throughput-regex", "RE", "finds units per second in the command's output"},
    {"--time-regex", "RE", "or seconds per unit; neither: a run is one unit"},
    {"--runs", "N", "blocks; each runs every delay once [8]"},
    {"--seed", "N", "of the random order [drawn, and printed]"},
    {"--out", "DIR", "new directory for trials.jsonl [pyslow-sweep-DATE-TIME]"},
    {"--timeout", "TIME", "a trial that takes longer is ended [none]"},
    {"--pyslow", "PATH", "the pyslow to start [the one beside this program]"},
    {"--help", nullptr, "show this"},
    {"--version", nullptr, "show the version"},
}};

constexpr int64_t kMaxDelayNs = 10'000'000'000;                        // as in pyslow
constexpr int64_t kMaxFrequency = 1'000'000'000;                       // likewise
constexpr int64_t kMaxWindowNs = int64_t{31'536'000} * 1'000'000'000;  // a year
constexpr int64_t kMaxBlocks = 100'000;
constexpr absl::string_view kDefaultDelays = "0,1us,10us,100us";

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

absl::Status NotAnOption(absl::string_view word) {
  if (!absl::StartsWith(word, "-")) {
    return Wrong(word,
                 "it is no option of pyslow-sweep; put -- before the command, as in "
                 "'pyslow-sweep --delays 0,10us -- benchmark.py'");
  }
  const absl::string_view name = word.substr(0, word.find('='));
  return Wrong(
      name, absl::StrCat("no such option of pyslow-sweep", DidYouMean(name, OptionNames(kOptions)),
                         " (see pyslow-sweep --help)"));
}

// Each option given, by name with its dashes, in order.
using Given = std::map<std::string, std::vector<std::string>>;

// The options of `words` up to its end or to `--`, and where the command begins.
absl::StatusOr<LeadingOptions> TakeOptions(const std::vector<std::string>& words) {
  absl::StatusOr<LeadingOptions> options = TakeLeadingOptions(kOptions, words);
  if (!options.ok()) return options;
  if (options->end < words.size()) {
    if (words[options->end] != "--") return NotAnOption(words[options->end]);
    ++options->end;
  }
  for (const auto& [name, values] : options->given) {
    if (values.size() > 1 && name != "--target" && name != "--group") {
      return Wrong(name, "it is given twice; leave one out");
    }
  }
  return options;
}

std::vector<std::string> All(const Given& given, const std::string& name) {
  const auto found = given.find(name);
  return found == given.end() ? std::vector<std::string>{} : found->second;
}

// The values of single options, read one after the other; the first mistake stays.
class Values {
 public:
  explicit Values(const Given& given) : given_(given) {}

  bool Has(const std::string& name) const { return given_.contains(name); }

  void Text(const std::string& name, std::string* value) {
    if (!Has(name)) return;
    *value = given_.at(name).front();
    if (value->empty()) Note(name, absl::InvalidArgumentError("its value is empty"));
  }
  void Time(const std::string& name, int64_t max_ns, int64_t* ns) {
    if (Has(name)) Keep(name, ParseTimeNs(given_.at(name).front(), max_ns), ns);
  }
  template <typename Integer>
  void Number(const std::string& name, int64_t min, int64_t max, Integer* value) {
    if (Has(name)) Keep(name, ParseInteger(given_.at(name).front(), min, max, ""), value);
  }
  void Note(const std::string& name, const absl::Status& status) {
    if (status_.ok() && !status.ok()) status_ = Wrong(name, status.message());
  }
  const absl::Status& status() const { return status_; }

 private:
  template <typename Integer>
  void Keep(const std::string& name, const absl::StatusOr<int64_t>& parsed, Integer* value) {
    Note(name, parsed.status());
    if (parsed.ok()) *value = static_cast<Integer>(*parsed);
  }

  const Given& given_;
  absl::Status status_;
};

// Sorted, with the control put in if it was left out.
absl::Status ParseDelays(absl::string_view text, Settings& settings) {
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

absl::Status ParseMeasure(Values& values, Settings& settings) {
  const bool throughput = values.Has("--throughput-regex");
  if (throughput && values.Has("--time-regex")) {
    return Wrong("--time-regex", "--throughput-regex is given too; leave one out");
  }
  if (throughput || values.Has("--time-regex")) {
    settings.measure = throughput ? Measure::kThroughput : Measure::kTime;
    values.Text(throughput ? "--throughput-regex" : "--time-regex", &settings.regex);
  }
  return absl::OkStatus();
}

absl::StatusOr<CommandLine> ParseValues(const Given& given) {
  CommandLine line;
  Settings& settings = line.settings;
  Values values(given);
  values.Text("--targets", &settings.targets_file);
  settings.targets = All(given, "--target");
  settings.groups = All(given, "--group");
  std::string delays(kDefaultDelays);
  values.Text("--delays", &delays);
  values.Note("--delays", ParseDelays(delays, settings));
  values.Number("--frequency", 1, kMaxFrequency, &settings.frequency);
  values.Time("--start", kMaxWindowNs, &settings.start_ns);
  values.Time("--duration", kMaxWindowNs, &settings.duration_ns);
  values.Number("--runs", 1, kMaxBlocks, &settings.blocks);
  values.Number("--seed", 0, INT64_MAX, &settings.seed);
  values.Text("--out", &settings.out);
  values.Time("--timeout", kMaxWindowNs, &settings.timeout_ns);
  if (values.Has("--timeout") && settings.timeout_ns == 0) {
    values.Note("--timeout", absl::InvalidArgumentError(
                                 "0 would end every trial at once; leave it out for none"));
  }
  values.Text("--pyslow", &settings.pyslow);
  line.pyslow_given = values.Has("--pyslow");
  line.seed_given = values.Has("--seed");
  const absl::Status measure = ParseMeasure(values, settings);
  if (!values.status().ok()) return values.status();
  if (!measure.ok()) return measure;
  if (settings.targets_file.empty() && settings.targets.empty()) {
    return Wrong("command line",
                 "nothing is targeted; give --targets FILE, or --target '*:*' for everything");
  }
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
  absl::StatusOr<CommandLine> line = ParseValues(options->given);
  if (!line.ok()) return line.status();
  line->settings.command.assign(words.begin() + static_cast<long>(options->end), words.end());
  absl::Status command = CheckCommand(line->settings.command);
  if (!command.ok()) return command;
  return line;
}

std::string HelpText() {
  return absl::StrCat(
      OptionsHelp(kOptions, "pyslow-sweep",
                  "[options] -- [python options] FILE|-m MODULE|-c CMD [ARGS]",
                  "runs a command under pyslow with several delays, and fits its time per unit "
                  "against them."),
      "\nTIME: a number with ns, us, ms or s. The command is what would follow 'python'. Example:\n"
      "  pyslow-sweep --target 'myapp.*:*' --throughput-regex '([0-9.]+) tokens/s' -- bench.py\n"
      "See pyslow-sweep(1) for what the figures mean.\n");
}

}  // namespace pyslow::experiment
