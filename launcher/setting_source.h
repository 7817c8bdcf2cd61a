// Looks up pyslow's settings: an option of the command line overrides its environment variable.
#ifndef PYSLOW_LAUNCHER_SETTING_SOURCE_H_
#define PYSLOW_LAUNCHER_SETTING_SOURCE_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "launcher/pyslow_command_line.h"

namespace pyslow::launcher {

// The value of a variable; nullopt if it is unset or empty, which mean the same.
using Environment = std::function<std::optional<std::string>(const char* name)>;

struct GivenSetting {
  std::vector<std::string> values;  // one for each use of the option; never empty
  std::string where;                // the option or the variable, for messages
  bool is_option = false;           // false: from the variable
};

class SettingSource {
 public:
  // Both must outlive this object.
  SettingSource(const CommandLine& line, const Environment& environment)
      : line_(line), environment_(environment) {}

  // nullopt if neither the option nor its variable is given.
  std::optional<GivenSetting> Find(const char* option) const;
  std::optional<std::string> FindVariable(const char* name) const { return environment_(name); }

  // Adds a variable to exports(), unless it has this value already: setting a variable again could
  // move the first string of the environment, from which setproctitle finds argv.
  void Export(const char* variable, std::string value);
  // The variables to set for descendants.
  const std::vector<std::pair<std::string, std::string>>& exports() const { return exports_; }

 private:
  const CommandLine& line_;
  const Environment& environment_;
  std::vector<std::pair<std::string, std::string>> exports_;
};

// InvalidArgument, "WHERE: WHAT".
absl::Status InvalidSetting(absl::string_view where, absl::string_view what);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_SETTING_SOURCE_H_
