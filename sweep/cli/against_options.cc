#include "sweep/cli/against_options.h"

#include <wordexp.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sanitize.h"
#include "base/shell_command.h"
#include "sweep/cli/describe.h"

namespace pyslow::cli {
namespace {

// Why the words of a command cannot be read, by the number that wordexp returned.
std::string WhyNoWords(int error) {
  switch (error) {
    case WRDE_BADCHAR:
      return "it is more than one command, or has a character that must be quoted (| & ; < > ( ) { "
             "}); write a script and name it here";
    case WRDE_CMDSUB:
      return "it runs another command ($(...)); write its output here";
    case WRDE_BADVAL:
      return "it uses a variable that is not set; set it or quote the $";
    default:
      return "a quote is not closed; close it";
  }
}

absl::Status CheckVariable(absl::string_view variable) {
  const size_t equals = variable.find('=');
  if (equals == absl::string_view::npos || equals == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", Excerpt(variable), "' is not NAME=VALUE; write NAME= for an empty value"));
  }
  if (absl::StartsWith(variable, "SPEED_BUMP_")) {
    return absl::InvalidArgumentError(
        absl::StrCat("the sweep itself sets ", variable.substr(0, equals),
                     "; both versions are slowed alike (--against-python names another Python)"));
  }
  return absl::OkStatus();
}

// What a comparison cannot have.
void CheckConflicts(OptionReader& reader, const steps::Settings& settings, const char* name) {
  if (settings.trials.is_server || settings.trials.live) {
    reader.NoteError(
        name,
        "two servers at once would disturb each other; sweep each version alone and compare "
        "them with --diff DIR DIR, or measure an offline benchmark without --server and "
        "--live");
  }
  if (settings.steps.gil) {
    reader.NoteError(
        "--gil", "a comparison of versions has steps of its own; name one mode, hold or release");
  }
  if (reader.Has("--steps")) {
    reader.NoteError("--steps",
                     "a comparison of versions has steps of its own; remove this option");
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> WordsOf(const std::string& command) {
  wordexp_t expanded = {};
  const int error = wordexp(command.c_str(), &expanded, WRDE_NOCMD | WRDE_UNDEF);
  if (error != 0) {
    if (error == WRDE_NOSPACE) wordfree(&expanded);
    return absl::InvalidArgumentError(WhyNoWords(error));
  }
  const auto free_words = absl::MakeCleanup([&expanded] { wordfree(&expanded); });
  return std::vector<std::string>(expanded.we_wordv, expanded.we_wordv + expanded.we_wordc);
}

void ReadAgainst(OptionReader& reader, steps::Settings& settings) {
  const char* given = nullptr;
  for (const char* const name : {"--against-python", "--against-env", "--against"}) {
    if (reader.Has(name)) given = name;
  }
  if (given == nullptr) return;
  trials::OtherVersion other;
  std::string command;
  reader.ReadText("--against", &command);
  if (!command.empty()) {
    absl::StatusOr<std::vector<std::string>> words = WordsOf(command);
    reader.NoteStatus("--against", words.status());
    if (words.ok()) other.command = *std::move(words);
    if (words.ok() && other.command.empty()) reader.NoteError("--against", "it has no word");
  }
  other.environment = reader.All("--against-env");
  for (const std::string& variable : other.environment) {
    reader.NoteStatus("--against-env", CheckVariable(variable));
  }
  reader.ReadText("--against-python", &other.python);
  CheckConflicts(reader, settings, given);
  settings.steps = {true, false, false};
  settings.trials.against = std::move(other);
}

std::string OtherVersionText(const trials::TrialSettings& settings) {
  if (!settings.against.has_value()) return "";
  const trials::OtherVersion& other = *settings.against;
  std::vector<std::string> parts;
  if (!other.environment.empty()) parts.push_back(ShellCommand(other.environment));
  if (!other.python.empty()) parts.push_back(ShellCommand({other.python}));
  if (other.command != settings.command) parts.push_back(ShellCommand(other.command));
  return parts.empty() ? "the same" : absl::StrJoin(parts, " ");
}

}  // namespace pyslow::cli
