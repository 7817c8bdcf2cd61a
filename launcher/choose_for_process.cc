#include "launcher/choose_for_process.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/path.h"
#include "base/typed_command.h"
#include "launcher/environment.h"
#include "launcher/pyslow_command_line.h"
#include "launcher/setting_source.h"
#include "launcher/stand_in.h"

namespace pyslow::launcher {

Invocation InvocationOf(int argc, char** argv, const std::string& binary) {
  const auto variable = [](const char* name) { return GetVariable(name).value_or(""); };
  Invocation invocation = {argc > 0 ? argv[0] : "", binary, variable("PATH"),
                           variable("VIRTUAL_ENV")};
  invocation.conda_prefix = variable("CONDA_PREFIX");
  invocation.pyenv_version = variable("PYENV_VERSION");
  std::error_code ignored;
  invocation.directory = std::filesystem::current_path(ignored).string();
  CommandLine line;
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (IsPythonName(invocation.argv0)) {
    line.python_words = words;
  } else if (auto split = SplitCommandLine(words); split.ok()) {
    line = *std::move(split);
    // Start reports an error of these words.
    if (auto typed = TypedCommandOf(line); typed.ok()) {
      line.python_words = std::move(typed->words);
      invocation.wanted = std::move(typed->minor);
    }
  }
  const std::optional<size_t> script = ScriptIn(line.python_words);
  if (script.has_value()) invocation.script = line.python_words[*script];
  invocation.module = ModuleIn(line.python_words);
  const Environment environment = GetVariable;
  const auto given = SettingSource(line, environment).Find("--python");
  if (given.has_value()) {
    invocation.python = given->values.back();
    invocation.python_from = given->where;
  }
  return invocation;
}

absl::Status UseStandIn(PythonChoice* choice) {
  if (choice->absent_from.empty()) return absl::OkStatus();
  const std::string& python = choice->absent_from;
  std::string& child = choice->final_executable;
  std::string directory = choice->stand_in;
  if (directory.empty()) {
    directory = StandIn(CacheDirectory(), python, child);
  } else if (!UpdateStandIn(directory, python, child)) {
    directory.clear();
  }
  if (directory.empty()) {
    return absl::UnavailableError(absl::StrCat(
        "sys.executable: it is ", child, ", which has none of the programs of ",
        DirectoryOf(python),
        " beside it, because this user has no directory for caches that can be written; set "
        "XDG_CACHE_HOME to one"));
  }
  child = absl::StrCat(directory, "/", BaseNameOf(python));
  return absl::OkStatus();
}

}  // namespace pyslow::launcher
