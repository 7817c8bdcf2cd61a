#include "sweep/cli/program_words.h"

#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/text.h"
#include "base/typed_command.h"
#include "base/variables.h"

namespace pyslow::cli {
namespace {

std::string PathIn(const std::vector<std::string>& environment) {
  return VariableIn(environment, "PATH").value_or("");
}

// If `python` is an environment, its scripts come first, as if it were active. "": unchanged.
std::vector<std::string> WithScriptsOf(const std::string& python,
                                       std::vector<std::string> environment) {
  std::error_code ignored;
  if (python.empty() || !std::filesystem::is_directory(python + "/bin", ignored)) {
    return environment;
  }
  std::string path = absl::StrCat("PATH=", python, "/bin:", PathIn(environment));
  return WithVariables(std::move(environment), {std::move(path)});
}

}  // namespace

absl::Status ReadProgramWords(const std::vector<std::string>& environment,
                              trials::TrialSettings* settings, std::string* dropped) {
  if (!settings->launcher.empty()) return absl::OkStatus();
  absl::StatusOr<TypedCommand> typed =
      ReadTypedCommand(settings->command, PathIn(environment),
                       "start pyslow by it, as with --launcher 'mpirun -n 4'");
  if (!typed.ok()) return typed.status();
  if (typed->words.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(typed->dropped,
                     ": the command is missing after this word; write it, as in "
                     "'-- benchmark.py' or '-- -m MODULE'"));
  }
  if (typed->is_missing) {
    return absl::InvalidArgumentError(
        absl::StrCat(typed->words[*ScriptIn(typed->words)],
                     ": there is no such file, and no program of this name on PATH; name a Python "
                     "file, or a module with -m"));
  }
  settings->command = std::move(typed->words);
  *dropped = std::move(typed->dropped);
  return absl::OkStatus();
}

absl::Status ReadBothPrograms(const std::vector<std::string>& environment,
                              trials::TrialSettings* settings, DroppedWords* dropped) {
  const std::vector<std::string> typed = settings->command;
  const std::vector<std::string> of_first = WithScriptsOf(settings->python, environment);
  absl::Status status = ReadProgramWords(of_first, settings, &dropped->first);
  if (!status.ok() || !settings->against.has_value()) return status;
  trials::OtherVersion& other = *settings->against;
  const std::vector<std::string> variables =
      WithScriptsOf(other.python, WithVariables(of_first, other.environment));
  trials::TrialSettings of_other = *settings;
  of_other.command = other.command.empty() ? typed : other.command;
  status = ReadProgramWords(variables, &of_other, &dropped->other);
  if (!status.ok()) return At("--against", status);
  other.command = std::move(of_other.command);
  return absl::OkStatus();
}

absl::Status CheckDroppedVersion(const std::string& dropped, const std::string& version) {
  const std::string minor = MinorInName(dropped);
  // "3.13.0" is also the version of 3.13t.
  const std::string wanted = absl::StrCat("Python ", absl::StripSuffix(minor, "t"), ".");
  const size_t at = version.find("Python 3.");
  if (minor.empty() || at == std::string::npos || absl::StrContains(version, wanted)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(dropped, ": pyslow runs ", version.substr(at, version.find(',', at) - at),
                   " here; remove the word, or set SPEED_BUMP_PYTHON=", dropped));
}

}  // namespace pyslow::cli
