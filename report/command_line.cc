#include "report/command_line.h"

#include <algorithm>
#include <array>
#include <cxxopts.hpp>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/duration_text.h"
#include "base/suggest.h"

namespace pyslow::report {
namespace {

struct OptionSpec {
  const char* name;   // with its dashes
  const char* value;  // what stands for the value in --help; nullptr: a flag
  const char* help;
};

constexpr std::array<OptionSpec, 6> kOptions = {{
    {"--top", "N", "list the N functions with the most injected time [10]"},
    {"--json", nullptr, "print one JSON object instead (one a line with --follow)"},
    {"--follow", nullptr, "print again and again until the session has ended"},
    {"--interval", "TIME", "how often with --follow, such as 500ms [1s]"},
    {"--help", nullptr, "show this"},
    {"--version", nullptr, "show the version"},
}};

constexpr int64_t kMostFunctions = 1'000'000'000;
constexpr int64_t kShortestIntervalNs = 1'000'000;
constexpr int64_t kLongestIntervalNs = int64_t{86'400} * 1'000'000'000;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

const OptionSpec* FindOption(absl::string_view name) {
  const auto found = std::find_if(kOptions.begin(), kOptions.end(),
                                  [name](const OptionSpec& spec) { return name == spec.name; });
  return found == kOptions.end() ? nullptr : &*found;
}

absl::Status NotAnOption(absl::string_view word) {
  std::vector<std::string> names;
  names.reserve(kOptions.size());
  for (const OptionSpec& spec : kOptions) names.emplace_back(spec.name);
  return Wrong(word, absl::StrCat("no such option of pyslow-report", DidYouMean(word, names),
                                  " (see pyslow-report --help)"));
}

cxxopts::Options Declared() {
  cxxopts::Options declared("pyslow-report",
                            "says what a session of pyslow did: which functions its targets took "
                            "in,\nhow often they ran, and how much delay was injected.\n");
  declared.custom_help("[options] DIR");
  declared.set_width(100);
  auto add = declared.add_options();
  for (const OptionSpec& spec : kOptions) {
    const std::string name = spec.name + 2;
    if (spec.value != nullptr) {
      add(name, spec.help, cxxopts::value<std::string>(), spec.value);
    } else {
      add(name, spec.help);
    }
  }
  return declared;
}

// argv in parts: options with their values joined to them, and the other words.
struct Words {
  std::vector<std::string> options;
  std::vector<std::string> others;
};

// Every mistake is told here, in our words, so that cxxopts meets none.
absl::StatusOr<Words> Sort(const std::vector<std::string>& words) {
  Words sorted;
  std::vector<std::string> seen;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      sorted.others.insert(sorted.others.end(), words.begin() + static_cast<ptrdiff_t>(i) + 1,
                           words.end());
      break;
    }
    if (!absl::StartsWith(word, "-") || word == "-") {
      sorted.others.push_back(word);
      continue;
    }
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionSpec* const spec = FindOption(name);
    if (spec == nullptr) return NotAnOption(name);
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return Wrong(name, "it is given twice; leave one out");
    }
    seen.push_back(name);
    const bool has_value = equals != std::string::npos;
    if (spec->value == nullptr && has_value) return Wrong(name, "it takes no value");
    if (spec->value == nullptr || has_value) {
      sorted.options.push_back(word);
    } else if (i + 1 < words.size()) {
      sorted.options.push_back(absl::StrCat(name, "=", words[++i]));
    } else {
      return Wrong(name, absl::StrCat("its ", spec->value, " is missing"));
    }
  }
  return sorted;
}

absl::StatusOr<CommandLine> ReadValues(const cxxopts::ParseResult& given) {
  CommandLine line;
  line.help = given.count("help") > 0;
  line.version = given.count("version") > 0;
  line.json = given.count("json") > 0;
  line.follow = given.count("follow") > 0;
  if (given.count("top") > 0) {
    const auto top = ParseInteger(given["top"].as<std::string>(), 0, kMostFunctions, "a number");
    if (!top.ok()) return Wrong("--top", top.status().message());
    line.top = static_cast<size_t>(*top);
  }
  if (given.count("interval") > 0) {
    const auto ns = ParseTimeNs(given["interval"].as<std::string>(), kLongestIntervalNs);
    if (!ns.ok()) return Wrong("--interval", ns.status().message());
    if (!line.follow) return Wrong("--interval", "it needs --follow");
    if (*ns < kShortestIntervalNs) return Wrong("--interval", "it is under 1ms");
    line.interval_ns = *ns;
  }
  return line;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& words) {
  auto sorted = Sort(words);
  if (!sorted.ok()) return sorted.status();
  std::vector<const char*> argv = {"pyslow-report"};
  for (const std::string& word : sorted->options) argv.push_back(word.c_str());
  absl::StatusOr<CommandLine> line;
  try {
    cxxopts::Options declared = Declared();
    line = ReadValues(declared.parse(static_cast<int>(argv.size()), argv.data()));
  } catch (const std::exception& error) {  // cxxopts reports by throwing
    return Wrong("command line", error.what());
  }
  if (!line.ok() || line->help || line->version) return line;
  if (sorted->others.empty()) {
    return Wrong("command line",
                 "the session's directory is missing; name what --session named, as in "
                 "'pyslow-report DIR'");
  }
  if (sorted->others.size() > 1) {
    return Wrong(sorted->others[1], "one directory at a time; leave it out");
  }
  line->directory = sorted->others[0];
  return line;
}

std::string HelpText() {
  return absl::StrCat(Declared().help(),
                      "\nDIR: the directory that 'pyslow --session DIR' made. It may be read while "
                      "the session runs.\nSee pyslow-report(1) for what the figures mean.\n");
}

}  // namespace pyslow::report
