#include "launcher/open_session.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/duration_text.h"
#include "base/report_error.h"
#include "base/text.h"
#include "launcher/pyslow_options.h"
#include "launcher/run_python.h"

namespace pyslow::launcher {
namespace {

// The settings, other than targets, in which all processes of a session must agree.
std::string SettingsText(const ResolvedSettings& resolved) {
  const core::Settings& settings = resolved.engine;
  const absl::string_view start_at =
      resolved.start_at.has_value() ? resolved.start_at->targets()[0].text : absl::string_view();
  std::vector<absl::string_view> events;
  if (settings.on_start) events.emplace_back("start");
  if (settings.on_resume) events.emplace_back("resume");
  if (settings.on_call) events.emplace_back("call");
  std::string of_groups;
  if (resolved.targets.has_value()) {
    for (const patterns::Group& group : resolved.targets->groups()) {
      if (group.on_call) absl::StrAppend(&of_groups, "on[", group.name, "]=call\n");
    }
  }
  return absl::StrCat("start=", FormatTimeNs(settings.start_ns),
                      "\nduration=", FormatTimeNs(settings.duration_ns), "\nstart_at=", start_at,
                      "\non=", absl::StrJoin(events, ","),
                      "\ngil=", settings.gil == core::Gil::kHold ? "hold" : "release",
                      settings.own_time ? "\nown_time=1\n" : "\n", of_groups);
}

session::Settings SettingsOf(const ResolvedSettings& resolved) {
  session::Settings settings;
  settings.session_id = resolved.session_id;
  settings.epoch_monotonic_ns = resolved.engine.epoch_ns;
  settings.text = SettingsText(resolved);
  settings.function_cells = resolved.function_cells;
  if (!resolved.targets.has_value()) return settings;
  const std::vector<patterns::Group>& groups = resolved.targets->groups();
  for (size_t i = 0; i < groups.size(); ++i) {
    settings.groups.push_back(
        {groups[i].name, resolved.cells[i], groups[i].selected, groups[i].process});
  }
  // The place of a target must be the same in the process that read it from an option and in its
  // children, which read it from a variable. The targets of --target come first.
  uint32_t of_options = 0;
  for (const patterns::Target& target : resolved.targets->targets()) {
    const absl::string_view source = resolved.targets->SourceOf(target);
    if (source == "--target" || source == VariableOf("--target")) {
      settings.targets.push_back(
          {"--target", ++of_options, 1, target.text, target.group, target.excludes});
    } else {
      settings.targets.push_back({resolved.targets_path, target.line, target.column, target.text,
                                  target.group, target.excludes});
    }
  }
  return settings;
}

// The directory's session, or a private one if this process cannot join it.
absl::StatusOr<std::unique_ptr<session::Session>> Join(const ResolvedSettings& resolved,
                                                       const session::Settings& settings) {
  const std::string& directory = resolved.session_directory;
  auto opened = session::Session::Open(directory, settings, !resolved.is_first_process);
  if (!opened.ok()) {
    if (resolved.is_first_process) {
      const absl::Status status = At(directory, opened.status());
      if (!absl::IsAlreadyExists(status)) return status;
      return absl::AlreadyExistsError(
          absl::StrCat(status.message(),
                       ", or set the same SPEED_BUMP_SESSION_ID for all processes of one session"));
    }
    ReportWarning("pyslow", absl::StrCat(directory, ": ", opened.status().message(),
                                         "; its delays apply, but its calls are not counted"));
    return session::Session::OpenPrivate(settings);
  }
  // Records refer to groups and targets by their index in the session's settings. So a process with
  // other ones (a driver may give its children their own) cannot be counted.
  if (resolved.targets.has_value() && !(*opened)->difference().empty()) {
    if (resolved.is_first_process) {
      return absl::AlreadyExistsError(absl::StrCat(
          directory, ": this session was created with other settings: ", (*opened)->difference(),
          "; use a new directory"));
    }
    (*opened)->CountUncounted();
    ReportWarning("pyslow", absl::StrCat(directory,
                                         ": the settings of this process differ from its session (",
                                         (*opened)->difference(),
                                         "); its delays apply, but its calls are not counted"));
    return session::Session::OpenPrivate(settings);
  }
  return opened;
}

absl::StatusOr<std::unique_ptr<session::Session>> OpenSessionFiles(
    const ResolvedSettings& resolved) {
  const session::Settings settings = SettingsOf(resolved);
  if (!resolved.session_directory.empty()) return Join(resolved, settings);
  if (!resolved.summary || !resolved.is_first_process) {
    return session::Session::OpenPrivate(settings);
  }
  auto opened = session::Session::OpenTemporary(settings);
  if (!opened.ok()) return At("--summary", opened.status());
  return opened;
}

}  // namespace

absl::StatusOr<Membership> OpenSession(const ResolvedSettings& resolved,
                                       const core::Calibration& calibration) {
  auto session = OpenSessionFiles(resolved);
  if (!session.ok()) return session.status();
  session::RecorderOptions options;
  options.python_version = PythonVersion();
  options.ns_per_tick = calibration.ns_per_tick;
  options.resolution_ns = calibration.resolution_ns;
  auto recorder = session::Recorder::Create(**session, options);
  if (!recorder.ok()) return At((*session)->directory(), recorder.status());
  if (!resolved.disabled_reason.empty()) {
    (*recorder)->AddFlags(session::kDisabled);
    (*recorder)->AddNote(absl::StrCat("no delays: ", resolved.disabled_reason));
  }
  return Membership{*std::move(session), *std::move(recorder)};
}

}  // namespace pyslow::launcher
