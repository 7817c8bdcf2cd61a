// Reads the settings that select functions: targets, groups, and the delays of groups.
#ifndef PYSLOW_LAUNCHER_TARGET_SETTINGS_H_
#define PYSLOW_LAUNCHER_TARGET_SETTINGS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "launcher/launch_settings.h"
#include "launcher/setting_source.h"

namespace pyslow::launcher {

// `path` as an absolute path. InvalidArgument if it is relative and `directory`, the current
// directory, is "".
absl::StatusOr<std::string> AbsolutePath(const std::string& path, const std::string& directory,
                                         absl::string_view where);

// Sets targets, cells, targets_path and disabled_reason. Requires delay_ns and frequency to be set.
// InvalidArgument for an error in a setting or in the target file.
absl::Status ReadTargetSettings(const Surroundings& surroundings, SettingSource* source,
                                ResolvedSettings* settings);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_TARGET_SETTINGS_H_
