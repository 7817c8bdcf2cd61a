#include "trials/pyslow_command.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/duration_text.h"

namespace pyslow::trials {
namespace {

// `--name=value` in one word: a value that begins with a dash is still the option's.
void AddOption(absl::string_view name, absl::string_view value, std::vector<std::string>& words) {
  words.push_back(absl::StrCat(name, "=", value));
}

std::vector<std::string> CommonWords(const Settings& settings, int64_t delay_ns) {
  std::vector<std::string> words = {settings.pyslow};
  if (!settings.targets_file.empty()) AddOption("--targets", settings.targets_file, words);
  for (const std::string& target : settings.targets) AddOption("--target", target, words);
  for (const std::string& group : settings.groups) AddOption("--group", group, words);
  AddOption("--delay", FormatTimeNs(delay_ns), words);
  AddOption("--frequency", absl::StrCat(settings.frequency), words);
  AddOption("--start", FormatTimeNs(settings.start_ns), words);
  AddOption("--duration", FormatTimeNs(settings.duration_ns), words);
  return words;
}

}  // namespace

std::vector<std::string> PyslowWords(const Settings& settings, int64_t delay_ns,
                                     const std::string& session_directory) {
  std::vector<std::string> words = CommonWords(settings, delay_ns);
  AddOption("--session", session_directory, words);
  words.insert(words.end(), settings.command.begin(), settings.command.end());
  return words;
}

std::vector<std::string> DryStartWords(const Settings& settings) {
  std::vector<std::string> words = CommonWords(settings, 0);
  words.insert(words.end(), {"-I", "-S", "-c", "pass"});
  return words;
}

TrialEnvironment EnvironmentForTrials(const std::vector<std::string>& environment) {
  TrialEnvironment result;
  for (const std::string& variable : environment) {
    const std::string name = variable.substr(0, variable.find('='));
    const bool is_ours = absl::StartsWith(name, "SPEED_BUMP_");
    if (!is_ours || name == "SPEED_BUMP_ON" || name == "SPEED_BUMP_GIL") {
      result.variables.push_back(variable);
    } else if (variable.size() > name.size() + 1) {  // an empty one is as unset
      result.ignored.push_back(name);
    }
  }
  return result;
}

}  // namespace pyslow::trials
