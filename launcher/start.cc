#include "launcher/start.h"

#include <Python.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/terminal.h"
#include "core/clock.h"
#include "core/engine.h"
#include "launcher/environment.h"
#include "launcher/handover.h"
#include "launcher/launch_settings.h"
#include "launcher/open_session.h"
#include "launcher/process_name.h"
#include "launcher/pyslow_command_line.h"
#include "launcher/report_error.h"
#include "launcher/run_python.h"
#include "launcher/which_python.h"
#include "report/report_table.h"
#include "report/summary.h"
#include "session/host.h"
#include "session/snapshot.h"

namespace pyslow::launcher {
namespace {

// The process's membership, for the function that the interpreter calls at its end.
struct AtEnd {
  Membership membership;
  pid_t pid = 0;
  bool prints_summary = false;
  bool removes_directory = false;  // it was made for the summary alone
};
AtEnd g_at_end;

std::string CurrentDirectory() {
  std::error_code error;
  std::string directory = std::filesystem::current_path(error).string();
  return error ? "" : directory;
}

Surroundings ThisProcess() {
  return {GetVariable,     core::MonotonicNs(),   getpid(),
          session::BootId, session::NewSessionId, CurrentDirectory};
}

void PrintSummary(const std::string& directory) {
  const auto snapshot = session::ReadSession(directory);
  if (!snapshot.ok()) {
    ReportWarning(absl::StrCat("no summary: ", snapshot.status().message()));
    return;
  }
  report::TableOptions options;
  options.color = MayColor(STDERR_FILENO);
  options.command = false;  // the user has just typed it
  options.columns = SizeOf(STDERR_FILENO).columns;
  const std::string table = report::FormatTable(*snapshot, report::Summarize(*snapshot), options);
  std::fflush(stdout);
  std::fputs(table.c_str(), stderr);
}

// Called when the interpreter is gone; also in forks, which inherit it.
void AtInterpretersEnd() {
  g_at_end.membership.recorder->MarkEnded();
  if (g_at_end.pid != getpid()) return;
  const session::Session& session = *g_at_end.membership.session;
  if (g_at_end.prints_summary) PrintSummary(session.directory());
  // What cannot be removed is left in the directory for temporary files.
  if (g_at_end.removes_directory) g_at_end.membership.session->RemoveDirectory().IgnoreError();
}

absl::Status InstallEngine(const ResolvedSettings& resolved, const core::Calibration& calibration) {
  std::optional<patterns::TargetSet> start_at;
  if (!resolved.engine.start_at.empty()) {
    start_at.emplace();
    absl::Status status = start_at->AddInPlace(resolved.engine.start_at, "--start-at");
    if (!status.ok()) return status;
  }
  g_at_end.pid = getpid();
  Py_AtExit(AtInterpretersEnd);
  return core::Engine::Install({resolved.engine, *resolved.targets, std::move(start_at),
                                calibration, g_at_end.membership.session.get(),
                                g_at_end.membership.recorder.get()});
}

void PrintVersion(const PythonChoice& choice, const Hosting& hosting) {
  std::printf("pyslow %s\nPython %s, %s; it stands for %s\n", PYSLOW_VERSION,
              PythonVersion().c_str(), hosting.is_hosted ? "run by its own executable" : "embedded",
              choice.base_executable.c_str());
  if (!hosting.embedded_because.empty()) {
    std::printf("embedded instead of that one, which may be faster or of another release: %s\n",
                hosting.embedded_because.c_str());
  }
}

// Does not return where it succeeds.
absl::Status BecomeFront(const Hosting& hosting, char** argv) {
  const std::string program =
      absl::StrCat(std::filesystem::path(hosting.supposed_by).parent_path().string(), "/pyslow",
                   BuiltForMinor(), "-front");
  HandoverEnvironment environment(environ, "", {hosting.binary, ProcessName()});
  execve(program.c_str(), argv, environment.entries());
  return absl::UnavailableError(absl::StrCat(program, ": ", std::strerror(errno)));
}

// Settings, then the session: what has to be right before Python starts. False: plain python.
absl::StatusOr<bool> Prepare(const CommandLine& line, const std::string& binary, char** argv,
                             ResolvedSettings* resolved, core::Calibration* calibration,
                             const core::ClockReading& start) {
  absl::StatusOr<ResolvedSettings> settings = ResolveSettings(line, ThisProcess());
  if (!settings.ok()) return settings.status();
  *resolved = *std::move(settings);
  if (!resolved->unslowed.empty()) {
    ReportWarning(absl::StrCat(resolved->unslowed, "; this process runs unslowed"));
  }
  // Before a session is made: this may start the process anew.
  absl::Status status = SetVariables(resolved->exports, binary, argv);
  if (!status.ok()) return status;
  const bool is_monitored = resolved->targets.has_value();
  if (is_monitored || (!resolved->unslowed.empty() && !resolved->session_directory.empty())) {
    *calibration = core::Calibrate(core::BestCounter(), start);
    absl::StatusOr<Membership> membership = OpenSession(*resolved, *calibration);
    if (!membership.ok()) return membership.status();
    g_at_end.membership = *std::move(membership);
    // Of several first processes (mpirun's ranks) one began the session, and with it the window.
    const session::Session& session = *g_at_end.membership.session;
    if (session.is_same_boot()) {
      resolved->engine.epoch_ns = session.settings().epoch_monotonic_ns;
    }
    g_at_end.prints_summary = resolved->summary && resolved->is_first_process;
    g_at_end.removes_directory = g_at_end.prints_summary && resolved->session_directory.empty();
    if (g_at_end.removes_directory) {
      const std::string& directory = g_at_end.membership.session->directory();
      status = SetVariables({{"SPEED_BUMP_SESSION", directory}}, binary, argv);
      if (!status.ok()) return status;
    }
  }
  return is_monitored;
}

}  // namespace

int Start(int argc, char** argv, const Hosting& hosting) {
  const core::ClockReading start = core::ReadClocks(core::BestCounter());
  const auto fail = [](const absl::Status& status) {
    ReportError(status);
    return kUsageStatus;
  };
  const std::string argv0 = argc > 0 ? argv[0] : "";
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  CommandLine line;
  if (IsPythonName(argv0)) {
    line.python_words = words;
  } else {
    absl::StatusOr<CommandLine> split = SplitCommandLine(words);
    if (!split.ok()) return fail(split.status());
    line = *std::move(split);
  }
  if (line.help) {
    std::fputs(HelpText().c_str(), stdout);
    return 0;
  }
  const absl::StatusOr<PythonChoice> choice =
      ChoosePython({argv0, hosting.binary, GetVariable("PATH").value_or(""),
                    GetVariable("VIRTUAL_ENV").value_or("")});
  if (!choice.ok()) return fail(choice.status());
  if (!choice->become.empty()) {
    execv(choice->become.c_str(), argv);
    return fail(absl::UnavailableError(absl::StrCat(choice->become, ": ", std::strerror(errno))));
  }
  if (!hosting.supposed_by.empty() && !IsBuiltFor(choice->base_executable)) {
    return fail(BecomeFront(hosting, argv));
  }
  if (line.version) {
    PrintVersion(*choice, hosting);
    return 0;
  }
  ResolvedSettings resolved;
  core::Calibration calibration;
  const absl::StatusOr<bool> is_monitored =
      Prepare(line, hosting.binary, argv, &resolved, &calibration, start);
  if (!is_monitored.ok()) return fail(is_monitored.status());
  const std::vector<std::string> typed(argv, argv + argc);
  if (!*is_monitored) return RunPython(*choice, typed, line.python_words, nullptr);
  return RunPython(*choice, typed, line.python_words,
                   [&] { return InstallEngine(resolved, calibration); });
}

}  // namespace pyslow::launcher
