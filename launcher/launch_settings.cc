#include "launcher/launch_settings.h"

#include <array>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/duration_text.h"
#include "base/file.h"
#include "base/suggest.h"
#include "base/text.h"
#include "launcher/group_delay.h"
#include "launcher/pyslow_options.h"

namespace pyslow::launcher {
namespace {

constexpr size_t kMaxTargetsBytes = size_t{16} << 20;
// The kernel refuses to start a program with an environment string over 128 KiB (MAX_ARG_STRLEN).
constexpr size_t kMaxInPlaceBytes = 100'000;
constexpr int64_t kMaxWindowMs = 1'000'000'000'000;
constexpr int64_t kNsPerMs = 1'000'000;

// What a setting was given as, and where.
struct Given {
  std::vector<std::string> values;  // of an option, as often as it was given
  std::string where;                // "--delay" or "SPEED_BUMP_DELAY_NS"
  bool is_option = false;
};

class Resolver {
 public:
  Resolver(const CommandLine& line, const Surroundings& surroundings)
      : line_(line), surroundings_(surroundings) {}

  absl::StatusOr<ResolvedSettings> Resolve();

 private:
  std::optional<Given> Lookup(const char* option) const;
  void Export(const char* variable, std::string value);

  absl::Status ReadDelay();
  absl::Status ReadFrequency();
  absl::Status ReadWindow();
  absl::Status ReadMilliseconds(const char* option, int64_t* ns);
  absl::Status ReadEvents();
  absl::Status ReadGil();
  absl::Status ReadFlag(const char* option, bool* flag);
  absl::Status ReadFlags();
  absl::Status ReadSession();
  absl::Status ReadTargets();
  absl::Status ReadInPlace(patterns::TargetSet* targets);
  absl::Status ReadTargetFile(patterns::TargetSet* targets);
  absl::Status ReadGroups(patterns::TargetSet* targets);
  absl::Status ReadGroupDelays();
  absl::Status SetCells();
  absl::Status ReadEpoch();

  const CommandLine& line_;
  const Surroundings& surroundings_;
  ResolvedSettings settings_;
  std::vector<GroupDelay> group_delays_;
  std::string group_delays_where_;
};

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", what));
}

// FNV-1a (Fowler, Noll, Vo 1991), 64 bits: tells an edited file from the same one; no defence.
uint64_t HashOf(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

std::optional<Given> Resolver::Lookup(const char* option) const {
  const auto found = line_.options.find(option);
  if (found != line_.options.end()) return Given{found->second, option, true};
  const char* variable = VariableOf(option);
  std::optional<std::string> value = surroundings_.environment(variable);
  if (!value.has_value()) return std::nullopt;
  return Given{{*std::move(value)}, variable, false};
}

// Only what differs is set: to set a variable again could move the first string of the environment,
// from which setproctitle finds argv.
void Resolver::Export(const char* variable, std::string value) {
  if (surroundings_.environment(variable) == value) return;
  settings_.exports.emplace_back(variable, std::move(value));
}

absl::Status Resolver::ReadDelay() {
  const std::optional<Given> given = Lookup("--delay");
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  const absl::StatusOr<int64_t> ns = given->is_option
                                         ? ParseTimeNs(text, core::kMaxDelayNs)
                                         : ParseInteger(text, 0, core::kMaxDelayNs, "nanoseconds");
  if (!ns.ok()) return At(given->where, ns.status());
  settings_.engine.delay_ns = *ns;
  if (given->is_option) Export("SPEED_BUMP_DELAY_NS", absl::StrCat(*ns));
  return absl::OkStatus();
}

absl::Status Resolver::ReadFrequency() {
  const std::optional<Given> given = Lookup("--frequency");
  if (!given.has_value()) return absl::OkStatus();
  const auto frequency =
      ParseInteger(given->values.back(), 1, core::kMaxFrequency, "a number of calls");
  if (!frequency.ok()) return At(given->where, frequency.status());
  settings_.engine.frequency = *frequency;
  if (given->is_option) Export("SPEED_BUMP_FREQUENCY", absl::StrCat(*frequency));
  return absl::OkStatus();
}

absl::Status Resolver::ReadMilliseconds(const char* option, int64_t* ns) {
  const std::optional<Given> given = Lookup(option);
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  if (given->is_option) {
    const auto parsed = ParseTimeNs(text, kMaxWindowMs * kNsPerMs);
    if (!parsed.ok()) return At(given->where, parsed.status());
    if (*parsed % kNsPerMs != 0) {
      return Wrong(given->where,
                   absl::StrCat("'", text, "' is not a whole number of milliseconds, the unit of ",
                                VariableOf(option), ", which tells it to children"));
    }
    *ns = *parsed;
    Export(VariableOf(option), absl::StrCat(*ns / kNsPerMs));
    return absl::OkStatus();
  }
  const auto parsed = ParseInteger(text, 0, kMaxWindowMs, "milliseconds");
  if (!parsed.ok()) return At(given->where, parsed.status());
  *ns = *parsed * kNsPerMs;
  return absl::OkStatus();
}

absl::Status Resolver::ReadWindow() {
  core::Settings& engine = settings_.engine;
  if (absl::Status status = ReadMilliseconds("--start", &engine.start_ns); !status.ok()) {
    return status;
  }
  if (absl::Status status = ReadMilliseconds("--duration", &engine.duration_ns); !status.ok()) {
    return status;
  }
  const std::optional<Given> given = Lookup("--start-at");
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  if (engine.start_ns != 0) {
    return Wrong(given->where, absl::StrCat("the window has a start already (",
                                            Lookup("--start")->where, "); give one of the two"));
  }
  patterns::TargetSet probe;
  if (absl::Status status = probe.AddInPlace(text, given->where); !status.ok()) return status;
  if (probe.targets().size() != 1) {
    return Wrong(given->where, "one MODULE:QUALNAME is needed");
  }
  engine.start_at = text;
  if (given->is_option) Export("SPEED_BUMP_START_AT", text);
  return absl::OkStatus();
}

absl::Status Resolver::ReadEvents() {
  const std::optional<Given> given = Lookup("--on");
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  bool on_start = false;
  bool on_resume = false;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    bool* event = part == "start" ? &on_start : part == "resume" ? &on_resume : nullptr;
    if (event == nullptr || *event) {
      return Wrong(given->where,
                   absl::StrCat("'", text, "': expected start, resume or start,resume",
                                DidYouMean(part, {"start", "resume"})));
    }
    *event = true;
  }
  settings_.engine.on_start = on_start;
  settings_.engine.on_resume = on_resume;
  if (given->is_option) Export("SPEED_BUMP_ON", text);
  return absl::OkStatus();
}

absl::Status Resolver::ReadGil() {
  const std::optional<Given> given = Lookup("--gil");
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  if (text != "hold" && text != "release") {
    return Wrong(given->where, absl::StrCat("'", text, "': expected hold or release",
                                            DidYouMean(text, {"hold", "release"})));
  }
  settings_.engine.gil = text == "hold" ? core::Gil::kHold : core::Gil::kRelease;
  if (given->is_option) Export("SPEED_BUMP_GIL", text);
  return absl::OkStatus();
}

absl::Status Resolver::ReadFlag(const char* option, bool* flag) {
  const std::optional<Given> given = Lookup(option);
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  if (text != "0" && text != "1") {
    return Wrong(given->where, absl::StrCat("'", text, "': expected 1 (or 0, or nothing)"));
  }
  *flag = text == "1";
  if (given->is_option) Export(VariableOf(option), text);
  return absl::OkStatus();
}

absl::Status Resolver::ReadFlags() {
  if (absl::Status status = ReadFlag("--own-time", &settings_.engine.own_time); !status.ok()) {
    return status;
  }
  return ReadFlag("--summary", &settings_.summary);
}

absl::StatusOr<std::string> Absolute(const std::string& path, const std::string& directory,
                                     absl::string_view where) {
  if (absl::StartsWith(path, "/")) return path;
  if (directory.empty()) {
    return Wrong(where,
                 absl::StrCat("'", path, "' is relative, and the current directory is gone"));
  }
  return absl::StrCat(directory, directory == "/" ? "" : "/", path);
}

absl::Status Resolver::ReadSession() {
  const std::optional<Given> given = Lookup("--session");
  if (!given.has_value()) return absl::OkStatus();
  if (given->values.back().empty()) return Wrong(given->where, "the directory's name is empty");
  auto absolute = Absolute(given->values.back(), surroundings_.current_directory(), given->where);
  if (!absolute.ok()) return absolute.status();
  settings_.session_directory = *absolute;
  Export("SPEED_BUMP_SESSION", *absolute);
  return absl::OkStatus();
}

absl::Status Resolver::ReadInPlace(patterns::TargetSet* targets) {
  const std::optional<Given> given = Lookup("--target");
  if (!given.has_value()) return absl::OkStatus();
  for (const std::string& pattern : given->values) {
    if (given->is_option && pattern.find('\n') != std::string::npos) {
      return Wrong(given->where, "one pattern each time, without a line break");
    }
    if (absl::Status status = targets->AddInPlace(pattern, given->where); !status.ok()) {
      return status;
    }
  }
  std::string joined = absl::StrJoin(given->values, "\n");
  if (joined.size() > kMaxInPlaceBytes) {
    return Wrong(given->where, absl::StrCat(joined.size(), " bytes of patterns are more than the ",
                                            kMaxInPlaceBytes, " that the environment can carry; ",
                                            "put them into a file (--targets)"));
  }
  if (given->is_option) Export("SPEED_BUMP_PATTERNS", std::move(joined));
  return absl::OkStatus();
}

absl::Status Resolver::ReadTargetFile(patterns::TargetSet* targets) {
  const std::optional<Given> given = Lookup("--targets");
  if (!given.has_value()) return absl::OkStatus();
  const std::string& name = given->values.back();
  if (name.empty()) return Wrong(given->where, "the file's name is empty");
  auto path = Absolute(name, surroundings_.current_directory(), given->where);
  if (!path.ok()) return path.status();
  const auto text = ReadRegularFile(*path, kMaxTargetsBytes);
  const std::optional<std::string> known = surroundings_.environment(kTargetsHashVariable);
  const bool is_inherited = known.has_value() && absl::EndsWith(*known, absl::StrCat(":", *path));
  if (is_inherited && !text.ok()) {
    settings_.unslowed = absl::StrCat(*path, ": ", text.status().message());
    return absl::OkStatus();
  }
  if (!text.ok()) return At(name, text.status());
  std::string hash = absl::StrFormat("%016x:%s", HashOf(*text), *path);
  if (is_inherited && *known != hash) {
    settings_.unslowed = absl::StrCat(*path, ": it has changed since the session began");
    return absl::OkStatus();
  }
  if (absl::Status status = targets->AddText(*text, name); !status.ok()) return status;
  settings_.targets_path = *path;
  Export("SPEED_BUMP_TARGETS", *std::move(path));
  Export(kTargetsHashVariable, std::move(hash));
  return absl::OkStatus();
}

absl::Status Resolver::ReadGroups(patterns::TargetSet* targets) {
  const std::optional<Given> given = Lookup("--group");
  if (!given.has_value()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const std::string& value : given->values) {
    for (const absl::string_view name : absl::StrSplit(value, ',')) {
      names.emplace_back(absl::StripAsciiWhitespace(name));
    }
  }
  if (absl::Status status = targets->SelectGroups(names); !status.ok()) {
    return At(given->where, status);
  }
  if (given->is_option) Export("SPEED_BUMP_GROUPS", absl::StrJoin(names, ","));
  return absl::OkStatus();
}

absl::Status Resolver::ReadTargets() {
  patterns::TargetSet targets;
  if (absl::Status status = ReadInPlace(&targets); !status.ok()) return status;
  if (absl::Status status = ReadTargetFile(&targets); !status.ok()) return status;
  if (!settings_.unslowed.empty() || targets.targets().empty()) return absl::OkStatus();
  if (absl::Status status = targets.Check(); !status.ok()) return status;
  if (absl::Status status = ReadGroups(&targets); !status.ok()) return status;
  settings_.targets = std::move(targets);
  return SetCells();
}

absl::Status Resolver::ReadGroupDelays() {
  const std::optional<Given> given = Lookup("--group-delay");
  if (!given.has_value()) return absl::OkStatus();
  group_delays_where_ = given->where;
  const auto delays = ParseGroupDelays(given->values, settings_.engine.frequency);
  if (!delays.ok()) return At(given->where, delays.status());
  group_delays_ = *delays;
  if (!given->is_option) return absl::OkStatus();
  std::string joined = absl::StrJoin(given->values, "\n");
  if (joined.size() > kMaxInPlaceBytes) {
    return Wrong(given->where, absl::StrCat(joined.size(), " bytes are more than the ",
                                            kMaxInPlaceBytes, " that the environment can carry"));
  }
  Export("SPEED_BUMP_GROUP_DELAYS", std::move(joined));
  return absl::OkStatus();
}

// Needs the groups: those that have no delay of their own get the one of --delay.
absl::Status Resolver::SetCells() {
  const session::Cell common = {settings_.engine.delay_ns,
                                static_cast<uint32_t>(settings_.engine.frequency)};
  settings_.cells.assign(settings_.targets->groups().size(), common);
  for (const GroupDelay& delay : group_delays_) {
    const absl::StatusOr<uint32_t> group = settings_.targets->FindGroup(delay.group);
    if (!group.ok()) return At(group_delays_where_, group.status());
    settings_.cells[*group] = delay.cell;
  }
  return absl::OkStatus();
}

// The epoch is told with the boot it belongs to: on another host, or after a reboot, its number
// means nothing, and the session's start there is the first process's.
absl::Status Resolver::ReadEpoch() {
  const std::optional<std::string> id = surroundings_.environment(kSessionIdVariable);
  settings_.session_id = id.has_value() ? *id : surroundings_.fresh_session_id();
  const std::string boot_id = surroundings_.boot_id();
  settings_.engine.epoch_ns = surroundings_.monotonic_ns;
  const std::optional<std::string> epoch = surroundings_.environment(kEpochVariable);
  if (epoch.has_value()) {
    const std::vector<absl::string_view> parts = absl::StrSplit(*epoch, '@');
    int64_t ns = 0;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &ns) || ns < 0) {
      return Wrong(kEpochVariable,
                   absl::StrCat("'", *epoch, "' is not what pyslow sets; unset it"));
    }
    if (parts[1] == boot_id) {
      settings_.engine.epoch_ns = ns;
      // The same process again, when the first one has replaced itself by exec.
      settings_.is_first_process = parts[2] == absl::StrCat(surroundings_.pid);
      return absl::OkStatus();
    }
  }
  Export(kSessionIdVariable, settings_.session_id);
  Export(kEpochVariable,
         absl::StrCat(settings_.engine.epoch_ns, "@", boot_id, "@", surroundings_.pid));
  return absl::OkStatus();
}

absl::StatusOr<ResolvedSettings> Resolver::Resolve() {
  for (const auto read :
       {&Resolver::ReadDelay, &Resolver::ReadFrequency, &Resolver::ReadWindow,
        &Resolver::ReadEvents, &Resolver::ReadGil, &Resolver::ReadFlags, &Resolver::ReadSession,
        &Resolver::ReadGroupDelays, &Resolver::ReadTargets}) {
    if (absl::Status status = (this->*read)(); !status.ok()) return status;
  }
  if (settings_.targets.has_value()) {
    if (absl::Status status = ReadEpoch(); !status.ok()) return status;
  }
  return std::move(settings_);
}

}  // namespace

absl::StatusOr<ResolvedSettings> ResolveSettings(const CommandLine& line,
                                                 const Surroundings& surroundings) {
  return Resolver(line, surroundings).Resolve();
}

}  // namespace pyslow::launcher
