#include "report/report_command_line.h"

#include <array>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/completion.h"
#include "base/option_parser.h"
#include "base/option_reader.h"
#include "base/options.h"

namespace pyslow::report {
namespace {

constexpr std::array<OptionSpec, 7> kOptions = {{
    {"--top", "N", "list the N functions with the most injected time [10]"},
    {"--json", nullptr, "print a JSON object (with --follow: one per line)"},
    {"--follow", nullptr, "repeat the report until the session ends"},
    {"--interval", "TIME", "period of --follow, such as 500ms [1s]"},
    kCompletionOption,
    {"--help", nullptr, "show this help"},
    {"--version", nullptr, "show the version"},
}};

constexpr int64_t kMaxFunctions = 1'000'000'000;
constexpr int64_t kMinIntervalNs = 1'000'000;
constexpr int64_t kMaxIntervalNs = int64_t{86'400} * 1'000'000'000;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

// Separates options from other words. Options may follow the directory; none follow `--`.
absl::Status SplitWords(absl::Span<const std::string> words, GivenOptions* given,
                        std::vector<std::string>* others) {
  while (!words.empty()) {
    auto options = ParseLeadingOptions(kOptions, words);
    if (!options.ok()) return options.status();
    for (auto& [name, values] : options->given) {
      std::vector<std::string>& all = (*given)[name];
      all.insert(all.end(), values.begin(), values.end());
    }
    words.remove_prefix(options->end);
    if (words.empty()) break;
    const std::string& word = words.front();
    if (word == "--") {
      others->insert(others->end(), words.begin() + 1, words.end());
      break;
    }
    if (absl::StartsWith(word, "-")) {
      return NoSuchOption(word, OptionNames(kOptions), "pyslow-report", "pyslow-report");
    }
    others->push_back(word);
    words.remove_prefix(1);
  }
  return CheckRepeats(kOptions, *given);
}

absl::StatusOr<CommandLine> ReadValues(const GivenOptions& given) {
  CommandLine line;
  OptionReader reader(kOptions, given);
  reader.ReadFlag("--help", &line.help);
  reader.ReadFlag("--version", &line.version);
  reader.ReadWord("--completion", &line.completion);
  reader.ReadFlag("--json", &line.json);
  reader.ReadFlag("--follow", &line.follow);
  auto top = static_cast<int64_t>(line.top);
  reader.ReadNumber("--top", 0, kMaxFunctions, &top);
  line.top = static_cast<size_t>(top);
  reader.ReadTime("--interval", kMaxIntervalNs, &line.interval_ns);
  if (reader.Has("--interval") && !line.follow) reader.NoteError("--interval", "it needs --follow");
  if (line.interval_ns < kMinIntervalNs) reader.NoteError("--interval", "the minimum is 1ms");
  if (!reader.status().ok()) return reader.status();
  return line;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words) {
  GivenOptions given;
  std::vector<std::string> others;
  if (auto status = SplitWords(words, &given, &others); !status.ok()) return status;
  auto line = ReadValues(given);
  if (!line.ok() || line->help || line->version || !line->completion.empty()) return line;
  if (others.empty()) {
    return Wrong("command line",
                 "the session directory is missing; write pyslow-report DIR, with the DIR of "
                 "'pyslow --session DIR'");
  }
  if (others.size() > 1) return Wrong(others[1], "only one directory is allowed; leave it out");
  line->directory = others[0];
  return line;
}

std::string HelpText() {
  return absl::StrCat(
      OptionsHelp(kOptions, "pyslow-report", "[options] DIR",
                  "reports on a pyslow session: which functions its targets matched,\n"
                  "how often they were called, and how much delay was injected."),
      "\nDIR: the directory that 'pyslow --session DIR' created. The session may still be "
      "running.\nSee pyslow-report(1) for the meaning of the figures.\n");
}

std::string CompletionText(const std::string& shell) {
  return CompletionScript(kOptions, {"pyslow-report"}, OptionsEnd::kNever, shell);
}

}  // namespace pyslow::report
