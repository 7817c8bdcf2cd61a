#include "launcher/target_settings.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "launcher/group_delay.h"
#include "launcher/pyslow_options.h"

namespace pyslow::launcher {
namespace {

// execve fails if one environment string is longer than 128 KiB (MAX_ARG_STRLEN).
constexpr size_t kMaxVariableBytes = 100'000;

class Reader {
 public:
  Reader(const Surroundings& surroundings, SettingSource* source, ResolvedSettings* settings)
      : surroundings_(surroundings), source_(*source), settings_(*settings) {}

  absl::Status Read();

 private:
  absl::Status ReadPatterns();
  absl::Status ReadTargetFile();
  absl::Status ReadGroups();
  absl::Status ReadGroupDelays();
  absl::Status SetCells();

  const Surroundings& surroundings_;
  SettingSource& source_;
  ResolvedSettings& settings_;
  patterns::TargetSet targets_;
  std::vector<GroupDelay> group_delays_;
  std::string group_delays_where_;
};

absl::Status Reader::ReadPatterns() {
  const std::optional<GivenSetting> given = source_.Find("--target");
  if (!given.has_value()) return absl::OkStatus();
  for (const std::string& pattern : given->values) {
    if (given->is_option && pattern.find('\n') != std::string::npos) {
      return InvalidSetting(given->where,
                            "a pattern must not contain a line break; repeat the option");
    }
    if (absl::Status status = targets_.AddInPlace(pattern, given->where); !status.ok()) {
      return status;
    }
  }
  std::string joined = absl::StrJoin(given->values, "\n");
  if (joined.size() > kMaxVariableBytes) {
    return InvalidSetting(
        given->where,
        absl::StrCat("the patterns have ", joined.size(), " bytes, and the environment can carry ",
                     kMaxVariableBytes, "; put them into a file (--targets)"));
  }
  if (given->is_option) source_.Export("SPEED_BUMP_PATTERNS", std::move(joined));
  return absl::OkStatus();
}

absl::Status Reader::ReadTargetFile() {
  const std::optional<GivenSetting> given = source_.Find("--targets");
  if (!given.has_value()) return absl::OkStatus();
  const std::string& name = given->values.back();
  if (name.empty()) return InvalidSetting(given->where, "the file's name is empty");
  auto path = AbsolutePath(name, surroundings_.current_directory(), given->where);
  if (!path.ok()) return path.status();
  const auto text = ReadRegularFile(*path, kMaxTargetsBytes);
  const std::optional<std::string> known = source_.FindVariable(kTargetsHashVariable);
  const bool is_inherited = known.has_value() && absl::EndsWith(*known, absl::StrCat(":", *path));
  if (is_inherited && !text.ok()) {
    settings_.disabled_reason = absl::StrCat(*path, ": ", text.status().message());
    return absl::OkStatus();
  }
  if (!text.ok()) return At(name, text.status());
  // Detects an edited file.
  std::string hash = absl::StrFormat("%016x:%s", HashOf(*text), *path);
  if (is_inherited && *known != hash) {
    settings_.disabled_reason = absl::StrCat(*path, ": changed since the session began");
    return absl::OkStatus();
  }
  if (absl::Status status = targets_.AddText(*text, name); !status.ok()) return status;
  settings_.targets_path = *path;
  source_.Export("SPEED_BUMP_TARGETS", *std::move(path));
  source_.Export(kTargetsHashVariable, std::move(hash));
  return absl::OkStatus();
}

absl::Status Reader::ReadGroups() {
  const std::optional<GivenSetting> given = source_.Find("--group");
  if (!given.has_value()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const std::string& value : given->values) {
    for (const absl::string_view name : absl::StrSplit(value, ',')) {
      names.emplace_back(absl::StripAsciiWhitespace(name));
    }
  }
  if (absl::Status status = targets_.SelectGroups(names); !status.ok()) {
    return At(given->where, status);
  }
  if (given->is_option) source_.Export("SPEED_BUMP_GROUPS", absl::StrJoin(names, ","));
  return absl::OkStatus();
}

absl::Status Reader::ReadGroupDelays() {
  const std::optional<GivenSetting> given = source_.Find("--group-delay");
  if (!given.has_value()) return absl::OkStatus();
  group_delays_where_ = given->where;
  const auto delays = ParseGroupDelays(given->values, settings_.frequency);
  if (!delays.ok()) return At(given->where, delays.status());
  group_delays_ = *delays;
  if (!given->is_option) return absl::OkStatus();
  std::string joined = absl::StrJoin(given->values, "\n");
  if (joined.size() > kMaxVariableBytes) {
    return InvalidSetting(
        given->where, absl::StrCat("the values have ", joined.size(),
                                   " bytes, and the environment can carry ", kMaxVariableBytes));
  }
  source_.Export("SPEED_BUMP_GROUP_DELAYS", std::move(joined));
  return absl::OkStatus();
}

// A group without a delay from --group-delay gets the one of --delay.
absl::Status Reader::SetCells() {
  const session::Cell common = {settings_.delay_ns, static_cast<uint32_t>(settings_.frequency)};
  settings_.cells.assign(targets_.groups().size(), common);
  for (const GroupDelay& delay : group_delays_) {
    const absl::StatusOr<uint32_t> group = targets_.FindGroup(delay.group);
    if (!group.ok()) return At(group_delays_where_, group.status());
    settings_.cells[*group] = delay.cell;
  }
  return absl::OkStatus();
}

absl::Status Reader::Read() {
  for (const auto read :
       {&Reader::ReadGroupDelays, &Reader::ReadPatterns, &Reader::ReadTargetFile}) {
    if (absl::Status status = (this->*read)(); !status.ok()) return status;
  }
  if (!settings_.disabled_reason.empty() || targets_.targets().empty()) return absl::OkStatus();
  if (absl::Status status = targets_.Check(); !status.ok()) return status;
  if (absl::Status status = ReadGroups(); !status.ok()) return status;
  if (absl::Status status = SetCells(); !status.ok()) return status;
  settings_.targets = std::move(targets_);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> AbsolutePath(const std::string& path, const std::string& directory,
                                         absl::string_view where) {
  if (absl::StartsWith(path, "/")) return path;
  if (directory.empty()) {
    return InvalidSetting(
        where, absl::StrCat("'", path, "' is relative, and the current directory is gone"));
  }
  return absl::StrCat(directory, directory == "/" ? "" : "/", path);
}

absl::Status ReadTargetSettings(const Surroundings& surroundings, SettingSource* source,
                                ResolvedSettings* settings) {
  return Reader(surroundings, source, settings).Read();
}

}  // namespace pyslow::launcher
