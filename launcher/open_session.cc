#include "launcher/open_session.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "base/text.h"
#include "launcher/pyslow_options.h"
#include "launcher/report_error.h"
#include "launcher/run_python.h"

namespace pyslow::launcher {
namespace {

// What the processes of a session have to agree on, beside the targets.
std::string TextOf(const core::Settings& settings) {
  const char* events = !settings.on_resume ? "start"
                       : settings.on_start ? "start,resume"
                                           : "resume";
  return absl::StrCat("start=", FormatTimeNs(settings.start_ns),
                      "\nduration=", FormatTimeNs(settings.duration_ns),
                      "\nstart_at=", settings.start_at, "\non=", events,
                      "\ngil=", settings.gil == core::Gil::kHold ? "hold" : "release",
                      settings.own_time ? "\nown_time=1\n" : "\n");
}

session::Settings SettingsOf(const ResolvedSettings& resolved) {
  session::Settings settings;
  settings.session_id = resolved.session_id;
  settings.epoch_monotonic_ns = resolved.engine.epoch_ns;
  settings.text = TextOf(resolved.engine);
  if (!resolved.targets.has_value()) return settings;
  const std::vector<patterns::Group>& groups = resolved.targets->groups();
  for (size_t i = 0; i < groups.size(); ++i) {
    settings.groups.push_back({groups[i].name, resolved.cells[i], groups[i].selected});
  }
  // Where a target stands is named alike in the process that was given it as an option and in its
  // children, which find it in a variable. Those given in place come first.
  uint32_t in_place = 0;
  for (const patterns::Target& target : resolved.targets->targets()) {
    const absl::string_view source = resolved.targets->SourceOf(target);
    if (source == "--target" || source == VariableOf("--target")) {
      settings.targets.push_back(
          {"--target", ++in_place, 1, target.text, target.group, target.excludes});
    } else {
      settings.targets.push_back({resolved.targets_path, target.line, target.column, target.text,
                                  target.group, target.excludes});
    }
  }
  return settings;
}

// The directory's session, or a private one where this process cannot be part of it.
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
                       ", or set one SPEED_BUMP_SESSION_ID for processes that belong together"));
    }
    ReportWarning(absl::StrCat(directory, ": ", opened.status().message(),
                               "; this process is slowed but not counted"));
    return session::Session::OpenPrivate(settings);
  }
  // Groups and targets are told by their index in the session's settings, so that a process with
  // others (a driver may give its children their own) cannot be counted among them.
  if (resolved.targets.has_value() && !(*opened)->difference().empty()) {
    if (resolved.is_first_process) {
      return absl::AlreadyExistsError(absl::StrCat(
          directory, ": the session there was begun with other settings: ", (*opened)->difference(),
          "; name a new directory"));
    }
    (*opened)->CountUncounted();
    ReportWarning(absl::StrCat(directory, ": this process has other settings than its session (",
                               (*opened)->difference(), "), and is slowed but not counted"));
    return session::Session::OpenPrivate(settings);
  }
  return opened;
}

absl::StatusOr<std::unique_ptr<session::Session>> OpenAny(const ResolvedSettings& resolved) {
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
  auto session = OpenAny(resolved);
  if (!session.ok()) return session.status();
  session::RecorderOptions options;
  options.python_version = PythonVersion();
  options.ns_per_tick = calibration.ns_per_tick;
  options.resolution_ns = calibration.resolution_ns;
  auto recorder = session::Recorder::Create(**session, options);
  if (!recorder.ok()) return At((*session)->directory(), recorder.status());
  if (!resolved.unslowed.empty()) {
    (*recorder)->AddFlags(session::kDisabled);
    (*recorder)->AddNote(absl::StrCat("unslowed: ", resolved.unslowed));
  }
  return Membership{*std::move(session), *std::move(recorder)};
}

}  // namespace pyslow::launcher
