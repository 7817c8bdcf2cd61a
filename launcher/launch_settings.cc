#include "launcher/launch_settings.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/duration_text.h"
#include "base/limits.h"
#include "base/parse_value.h"
#include "base/text.h"
#include "launcher/pyslow_options.h"
#include "launcher/target_settings.h"

namespace pyslow::launcher {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

class Resolver {
 public:
  Resolver(const CommandLine& line, const Surroundings& surroundings)
      : line_(line), surroundings_(surroundings), source_(line, surroundings.environment) {}

  absl::StatusOr<ResolvedSettings> Resolve();

 private:
  absl::Status ReadDelay();
  absl::Status ReadFrequency();
  absl::Status ReadWindow();
  absl::Status ReadMilliseconds(const char* option, int64_t* ns);
  absl::Status ReadEvents();
  absl::Status ReadGil();
  absl::Status ReadFlag(const char* option, bool* flag);
  absl::Status ReadFlags();
  absl::Status ReadSession();
  absl::Status ReadStartAt();
  absl::Status ReadEpoch();
  absl::Status CheckHasTarget() const;

  const CommandLine& line_;
  const Surroundings& surroundings_;
  SettingSource source_;
  ResolvedSettings settings_;
};

absl::Status Resolver::ReadDelay() {
  const std::optional<GivenSetting> given = source_.Find("--delay");
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  const absl::StatusOr<int64_t> ns = given->is_option
                                         ? ParseTimeNs(text, kMaxDelayNs)
                                         : ParseInteger(text, 0, kMaxDelayNs, "nanoseconds");
  if (!ns.ok()) return At(given->where, ns.status());
  settings_.delay_ns = *ns;
  if (given->is_option) source_.Export("SPEED_BUMP_DELAY_NS", absl::StrCat(*ns));
  return absl::OkStatus();
}

absl::Status Resolver::ReadFrequency() {
  const std::optional<GivenSetting> given = source_.Find("--frequency");
  if (!given.has_value()) return absl::OkStatus();
  const auto frequency = ParseInteger(given->values.back(), 1, kMaxFrequency, "a number of calls");
  if (!frequency.ok()) return At(given->where, frequency.status());
  settings_.frequency = *frequency;
  if (given->is_option) source_.Export("SPEED_BUMP_FREQUENCY", absl::StrCat(*frequency));
  return absl::OkStatus();
}

absl::Status Resolver::ReadMilliseconds(const char* option, int64_t* ns) {
  const std::optional<GivenSetting> given = source_.Find(option);
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  if (given->is_option) {
    const auto parsed = ParseTimeNs(text, kMaxWindowNs);
    if (!parsed.ok()) return At(given->where, parsed.status());
    if (*parsed % kNsPerMs != 0) {
      return InvalidSetting(
          given->where,
          absl::StrCat("'", text, "' is not a whole number of milliseconds, the unit of ",
                       VariableOf(option), ", in which children get it"));
    }
    *ns = *parsed;
    source_.Export(VariableOf(option), absl::StrCat(*ns / kNsPerMs));
    return absl::OkStatus();
  }
  const auto parsed = ParseInteger(text, 0, kMaxWindowNs / kNsPerMs, "milliseconds");
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
  return ReadStartAt();
}

absl::Status Resolver::ReadStartAt() {
  const std::optional<GivenSetting> given = source_.Find("--start-at");
  if (!given.has_value()) return absl::OkStatus();
  if (settings_.engine.start_ns != 0) {
    return InvalidSetting(
        given->where, absl::StrCat("the start of the window is already given by ",
                                   source_.Find("--start")->where, "; give only one of the two"));
  }
  const std::string& text = given->values.back();
  patterns::TargetSet start_at;
  if (absl::Status status = start_at.AddInPlace(text, given->where); !status.ok()) return status;
  if (start_at.targets().size() != 1 || !start_at.targets()[0].SelectsCalls()) {
    return InvalidSetting(given->where, "expected one MODULE:QUALNAME");
  }
  settings_.start_at = std::move(start_at);
  if (given->is_option) source_.Export("SPEED_BUMP_START_AT", text);
  return absl::OkStatus();
}

absl::Status Resolver::ReadEvents() {
  const std::optional<GivenSetting> given = source_.Find("--on");
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  const auto events = ParseWords(text, ChoicesOf("--on"));
  if (!events.ok()) return At(given->where, events.status());
  settings_.engine.on_start = std::count(events->begin(), events->end(), "start") > 0;
  settings_.engine.on_resume = std::count(events->begin(), events->end(), "resume") > 0;
  settings_.engine.on_call = std::count(events->begin(), events->end(), "call") > 0;
  if (given->is_option) source_.Export("SPEED_BUMP_ON", text);
  return absl::OkStatus();
}

absl::Status Resolver::ReadGil() {
  const std::optional<GivenSetting> given = source_.Find("--gil");
  if (!given.has_value()) return absl::OkStatus();
  const auto mode = ParseWord(given->values.back(), ChoicesOf("--gil"));
  if (!mode.ok()) return At(given->where, mode.status());
  settings_.engine.gil = *mode == "hold" ? core::Gil::kHold : core::Gil::kRelease;
  if (given->is_option) source_.Export("SPEED_BUMP_GIL", *mode);
  return absl::OkStatus();
}

absl::Status Resolver::ReadFlag(const char* option, bool* flag) {
  const std::optional<GivenSetting> given = source_.Find(option);
  if (!given.has_value()) return absl::OkStatus();
  const std::string& text = given->values.back();
  if (text != "0" && text != "1") {
    return InvalidSetting(given->where,
                          absl::StrCat("'", text, "': expected 1 (or 0, or nothing)"));
  }
  *flag = text == "1";
  if (given->is_option) source_.Export(VariableOf(option), text);
  return absl::OkStatus();
}

absl::Status Resolver::ReadFlags() {
  if (absl::Status status = ReadFlag("--own-time", &settings_.engine.own_time); !status.ok()) {
    return status;
  }
  return ReadFlag("--summary", &settings_.summary);
}

absl::Status Resolver::ReadSession() {
  const std::optional<GivenSetting> given = source_.Find("--session");
  if (!given.has_value()) return absl::OkStatus();
  if (given->values.back().empty()) {
    return InvalidSetting(given->where, "the directory's name is empty");
  }
  auto absolute =
      AbsolutePath(given->values.back(), surroundings_.current_directory(), given->where);
  if (!absolute.ok()) return absolute.status();
  settings_.session_directory = *absolute;
  source_.Export("SPEED_BUMP_SESSION", *absolute);
  settings_.function_cells = source_.FindVariable(kFunctionCellsVariable) == "1";
  return absl::OkStatus();
}

// The epoch is passed on together with its boot id: on another host, or after a reboot, the number
// has no meaning, and the session starts there with its first process.
absl::Status Resolver::ReadEpoch() {
  const std::optional<std::string> id = source_.FindVariable(kSessionIdVariable);
  settings_.session_id = id.has_value() ? *id : surroundings_.fresh_session_id();
  const std::string boot_id = surroundings_.boot_id();
  settings_.engine.epoch_ns = surroundings_.monotonic_ns;
  const std::optional<std::string> epoch = source_.FindVariable(kEpochVariable);
  if (epoch.has_value()) {
    const std::vector<absl::string_view> parts = absl::StrSplit(*epoch, '@');
    int64_t ns = 0;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &ns) || ns < 0) {
      return InvalidSetting(
          kEpochVariable, absl::StrCat("'", *epoch, "' is not a value that pyslow sets; unset it"));
    }
    if (parts[1] == boot_id) {
      settings_.engine.epoch_ns = ns;
      // The same pid: the first process has replaced itself by exec.
      settings_.is_first_process = parts[2] == absl::StrCat(surroundings_.pid);
      return absl::OkStatus();
    }
  }
  source_.Export(kSessionIdVariable, settings_.session_id);
  source_.Export(kEpochVariable,
                 absl::StrCat(settings_.engine.epoch_ns, "@", boot_id, "@", surroundings_.pid));
  return absl::OkStatus();
}

// An option that does nothing is a mistake. A variable is none: it may be set for several programs.
absl::Status Resolver::CheckHasTarget() const {
  if (source_.Find("--target").has_value() || source_.Find("--targets").has_value()) {
    return absl::OkStatus();
  }
  for (const auto& [name, values] : line_.options) {
    if (name == "--python") continue;
    return InvalidSetting(name,
                          "nothing is targeted, so it has no effect; add --target or --targets");
  }
  return absl::OkStatus();
}

absl::StatusOr<ResolvedSettings> Resolver::Resolve() {
  for (const auto read :
       {&Resolver::ReadDelay, &Resolver::ReadFrequency, &Resolver::ReadWindow,
        &Resolver::ReadEvents, &Resolver::ReadGil, &Resolver::ReadFlags, &Resolver::ReadSession}) {
    if (absl::Status status = (this->*read)(); !status.ok()) return status;
  }
  if (absl::Status status = CheckHasTarget(); !status.ok()) return status;
  if (absl::Status status = ReadTargetSettings(surroundings_, &source_, &settings_); !status.ok()) {
    return status;
  }
  if (settings_.targets.has_value()) {
    if (absl::Status status = ReadEpoch(); !status.ok()) return status;
  }
  settings_.exports = source_.exports();
  return std::move(settings_);
}

}  // namespace

absl::StatusOr<ResolvedSettings> ResolveSettings(const CommandLine& line,
                                                 const Surroundings& surroundings) {
  return Resolver(line, surroundings).Resolve();
}

}  // namespace pyslow::launcher
