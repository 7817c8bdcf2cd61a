#include "sweep/trials/pyslow_command.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "base/file.h"
#include "base/text.h"
#include "patterns/escape.h"
#include "session/session_settings.h"
#include "sweep/trials/results_directory.h"

namespace pyslow::trials {
namespace {

constexpr char kSessionIdPrefix[] = "SPEED_BUMP_SESSION_ID=";

// Appends one word, `--name=value`, because a value may start with a dash.
void AddOption(absl::string_view name, absl::string_view value, std::vector<std::string>& words) {
  words.push_back(absl::StrCat(name, "=", value));
}

std::string FileName(const std::string& name) {
  std::string file = name;
  for (char& c : file) {
    const bool is_plain =
        absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    if (!is_plain) c = '_';
  }
  return file;
}

std::string FreeName(std::string name, const std::vector<std::string>& taken) {
  while (std::find(taken.begin(), taken.end(), name) != taken.end()) name += "'";
  return name;
}

// Adds --group for the chosen groups and for the group that counts --progress.
void AddChoice(const Instrumentation& instrumentation, std::vector<std::string>& words) {
  for (const std::string& group : SelectedGroups(instrumentation)) {
    AddOption("--group", group, words);
  }
}

void AddWindow(const TrialSettings& settings, std::vector<std::string>& words) {
  // A program that keeps running has no window of its own: trials take differences of counters.
  if (settings.is_server || settings.live) return;
  AddOption("--start", FormatTimeNs(settings.start_ns), words);
  AddOption("--duration", FormatTimeNs(settings.duration_ns), words);
  if (!settings.start_at.empty()) AddOption("--start-at", settings.start_at, words);
}

}  // namespace

absl::StatusOr<std::string> SingleFunctionGroup(absl::string_view group,
                                                absl::string_view function) {
  const size_t colon = function.rfind(':');
  const bool is_line = std::none_of(function.begin(), function.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  if (colon == absl::string_view::npos || colon + 1 == function.size() || !is_line) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", function, "' is not a MODULE:QUALNAME such as engine.core:Engine.step"));
  }
  if (absl::StrContains(function, "->") || absl::StrContains(function.substr(colon), "@")) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", function, "' must name one function, without a caller and lines"));
  }
  // The path of a file may have brackets.
  const bool is_file = absl::StrContains(function.substr(0, colon), "/");
  if (function.substr(is_file ? colon : 0).find_first_of("*?[") != absl::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", function, "' must name one function, without *, ? and [; pyslow --target '", function,
        "' --delay 0 --summary shows which functions match"));
  }
  return absl::StrCat("[", group, "]\n", patterns::EscapedName(function.substr(0, colon)), ":",
                      patterns::EscapedName(function.substr(colon + 1)), "\n");
}

absl::StatusOr<Instrumentation> WriteTargets(const Setup& setup, const TrialSettings& settings,
                                             const std::string& directory) {
  Instrumentation instrumentation;
  instrumentation.groups = setup.groups;
  instrumentation.chosen = setup.chosen;
  instrumentation.own_time = setup.own_time;
  const std::string absolute = AbsoluteDirectory(directory);
  std::string text = setup.targets;
  if (settings.measure == Measure::kProgress) {
    instrumentation.progress_group = FreeName("progress of the sweep", setup.groups);
    const auto own = SingleFunctionGroup(instrumentation.progress_group, settings.progress);
    if (!own.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--progress: ", own.status().message()));
    }
    absl::StrAppend(&text, "\n", *own);
    instrumentation.plain_targets_file = absolute + "/progress.targets";
    if (absl::Status written = WriteFile(instrumentation.plain_targets_file, *own); !written.ok()) {
      return At(instrumentation.plain_targets_file, written);
    }
  }
  instrumentation.targets_file = absl::StrCat(absolute, "/", FileName(setup.name), ".targets");
  if (absl::Status written = WriteFile(instrumentation.targets_file, text); !written.ok()) {
    return At(instrumentation.targets_file, written);
  }
  instrumentation.targets = std::move(text);
  return instrumentation;
}

std::vector<std::string> SelectedGroups(const Instrumentation& instrumentation) {
  std::vector<std::string> groups = instrumentation.chosen;
  if (!groups.empty() && !instrumentation.progress_group.empty()) {
    groups.push_back(instrumentation.progress_group);
  }
  return groups;
}

bool HasSession(const Instrumentation& instrumentation, bool instrumented) {
  return instrumented || !instrumentation.plain_targets_file.empty();
}

std::vector<std::string> PyslowArgv(const TrialSettings& settings,
                                    const Instrumentation& instrumentation, bool instrumented,
                                    const std::vector<Treatment>& treatments,
                                    const std::string& session_directory, bool releases_gil) {
  std::vector<std::string> words = settings.launcher;
  // With a slash, so that neither pyslow-sweep nor a launcher searches PATH.
  const bool is_path = absl::StrContains(settings.pyslow, "/");
  words.push_back(is_path ? settings.pyslow : absl::StrCat("./", settings.pyslow));
  if (!settings.python.empty()) AddOption("--python", settings.python, words);
  if (HasSession(instrumentation, instrumented)) {
    AddOption("--targets",
              instrumented ? instrumentation.targets_file : instrumentation.plain_targets_file,
              words);
    if (instrumented) AddChoice(instrumentation, words);
    AddOption("--delay", "0", words);
    for (const Treatment& treatment : treatments) {
      AddOption("--group-delay",
                absl::StrCat(instrumentation.groups[treatment.group], "=",
                             FormatTimeNs(treatment.delay_ns), "/", treatment.frequency),
                words);
    }
    AddWindow(settings, words);
    if (!settings.on.empty()) AddOption("--on", settings.on, words);
    const std::string gil = releases_gil ? "release" : settings.gil;
    if (!gil.empty()) AddOption("--gil", gil, words);
    if (instrumented && instrumentation.own_time) words.emplace_back("--own-time");
    AddOption("--session", session_directory, words);
  }
  words.insert(words.end(), settings.command.begin(), settings.command.end());
  return words;
}

TrialEnvironment EnvironmentForTrials(const std::vector<std::string>& environment) {
  TrialEnvironment result;
  bool has_buffering = false;
  for (const std::string& variable : environment) {
    const std::string name = variable.substr(0, variable.find('='));
    const bool is_ours = absl::StartsWith(name, "SPEED_BUMP_");
    has_buffering = has_buffering || name == "PYTHONUNBUFFERED";
    if (!is_ours || name == "SPEED_BUMP_ON" || name == "SPEED_BUMP_GIL" ||
        name == "SPEED_BUMP_PYTHON") {
      result.variables.push_back(variable);
    } else if (variable.size() > name.size() + 1) {  // an empty variable is the same as none
      result.ignored.push_back(name);
    }
  }
  if (!has_buffering) result.variables.emplace_back("PYTHONUNBUFFERED=1");
  return result;
}

std::vector<std::string> EnvironmentOfSession(std::vector<std::string> environment,
                                              bool function_cells) {
  // Appended, so that the first entry stays the same and pyslow need not execute itself again.
  environment.push_back(absl::StrCat(kSessionIdPrefix, session::NewSessionId()));
  if (function_cells) environment.emplace_back("SPEED_BUMP_FUNCTION_CELLS=1");
  return environment;
}

std::string SessionVariable(const std::vector<std::string>& environment) {
  for (const std::string& variable : environment) {
    if (absl::StartsWith(variable, kSessionIdPrefix)) return variable;
  }
  return "";
}

}  // namespace pyslow::trials
