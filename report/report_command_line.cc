#include "report/report_command_line.h"

#include <array>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/duration_text.h"
#include "base/options.h"
#include "base/suggest.h"

namespace pyslow::report {
namespace {

constexpr std::array<OptionSpec, 6> kOptions = {{
    {"--top", "N", "list the N functions with the most injected time [10]"},
    {"--json", nullptr, "print a JSON object (with --follow: one per line)"},
    {"--follow", nullptr, "repeat the report until the session ends"},
    {"--interval", "TIME", "period of --follow, such as 500ms [1s]"},
    {"--help", nullptr, "show this help"},
    {"--version", nullptr, "show the version"},
}};

constexpr int64_t kMaxFunctions = 1'000'000'000;
constexpr int64_t kMinIntervalNs = 1'000'000;
constexpr int64_t kMaxIntervalNs = int64_t{86'400} * 1'000'000'000;

using Given = std::map<std::string, std::vector<std::string>>;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

absl::Status NotAnOption(absl::string_view word) {
  const absl::string_view name = word.substr(0, word.find('='));
  return Wrong(
      name, absl::StrCat("no such option of pyslow-report", DidYouMean(name, OptionNames(kOptions)),
                         " (see pyslow-report --help)"));
}

// Separates options from other words. Options may follow the directory; none follow `--`.
absl::Status Sort(absl::Span<const std::string> words, Given* given,
                  std::vector<std::string>* others) {
  while (!words.empty()) {
    auto options = TakeLeadingOptions(kOptions, words);
    if (!options.ok()) return options.status();
    for (auto& [name, values] : options->given) {
      std::vector<std::string>& all = (*given)[name];
      all.insert(all.end(), values.begin(), values.end());
      if (all.size() > 1) return Wrong(name, "it is given twice; leave one out");
    }
    words.remove_prefix(options->end);
    if (words.empty()) break;
    const std::string& word = words.front();
    if (word == "--") {
      others->insert(others->end(), words.begin() + 1, words.end());
      break;
    }
    if (absl::StartsWith(word, "-")) return NotAnOption(word);
    others->push_back(word);
    words.remove_prefix(1);
  }
  return absl::OkStatus();
}

absl::StatusOr<CommandLine> ReadValues(const Given& given) {
  CommandLine line;
  line.help = given.contains("--help");
  line.version = given.contains("--version");
  line.json = given.contains("--json");
  line.follow = given.contains("--follow");
  if (const auto found = given.find("--top"); found != given.end()) {
    const auto top = ParseInteger(found->second.front(), 0, kMaxFunctions, "a number");
    if (!top.ok()) return Wrong("--top", top.status().message());
    line.top = static_cast<size_t>(*top);
  }
  if (const auto found = given.find("--interval"); found != given.end()) {
    const auto ns = ParseTimeNs(found->second.front(), kMaxIntervalNs);
    if (!ns.ok()) return Wrong("--interval", ns.status().message());
    if (!line.follow) return Wrong("--interval", "it needs --follow");
    if (*ns < kMinIntervalNs) return Wrong("--interval", "the minimum is 1ms");
    line.interval_ns = *ns;
  }
  return line;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words) {
  Given given;
  std::vector<std::string> others;
  if (auto status = Sort(words, &given, &others); !status.ok()) return status;
  auto line = ReadValues(given);
  if (!line.ok() || line->help || line->version) return line;
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

}  // namespace pyslow::report
