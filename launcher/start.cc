#include "launcher/start.h"

#include <Python.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/posix_clock.h"
#include "base/report_error.h"
#include "base/terminal.h"
#include "base/typed_command.h"
#include "core/clock.h"
#include "core/install.h"
#include "launcher/choose_for_process.h"
#include "launcher/environment.h"
#include "launcher/handoff/handoff.h"
#include "launcher/handoff/process_name.h"
#include "launcher/launch_settings.h"
#include "launcher/open_session.h"
#include "launcher/own_commands.h"
#include "launcher/pyslow_command_line.h"
#include "launcher/pyslow_options.h"
#include "launcher/run_python.h"
#include "launcher/stand_in.h"
#include "launcher/unknown_variables.h"
#include "report/report_table.h"
#include "report/summary.h"
#include "session/host.h"
#include "session/snapshot.h"

namespace pyslow::launcher {
namespace {

// State of AtInterpreterExit.
struct ExitState {
  Membership membership;
  pid_t pid = 0;
  bool prints_summary = false;
  bool removes_directory = false;  // it was created for the summary only
};
// Never destroyed: if a C library calls exit(), Python code may run after the destructors of static
// objects.
ExitState& g_exit = *new ExitState;

std::string CurrentDirectory() {
  std::error_code error;
  std::string directory = std::filesystem::current_path(error).string();
  return error ? "" : directory;
}

Surroundings ThisProcess() {
  return {GetVariable,     MonotonicNs(),         getpid(),
          session::BootId, session::NewSessionId, CurrentDirectory};
}

void PrintSummary(const std::string& directory) {
  const auto snapshot = session::ReadSession(directory);
  if (!snapshot.ok()) {
    ReportWarning("pyslow", absl::StrCat("no summary: ", snapshot.status().message()));
    return;
  }
  report::TableOptions options;
  options.color = MayColor(STDERR_FILENO);
  options.command = false;  // the user has just entered it
  options.columns = SizeOf(STDERR_FILENO).columns;
  const std::string table = report::FormatTable(*snapshot, report::Summarize(*snapshot), options);
  std::fflush(stdout);
  std::fputs(table.c_str(), stderr);
}

// Called at the end of Py_FinalizeEx; also in forked children.
void AtInterpreterExit() {
  g_exit.membership.recorder->MarkEnded();
  if (g_exit.pid != getpid()) return;
  const session::Session& session = *g_exit.membership.session;
  if (g_exit.prints_summary) PrintSummary(session.directory());
  // On an error the files stay in the directory for temporary files.
  if (g_exit.removes_directory) g_exit.membership.session->RemoveDirectory().IgnoreError();
}

absl::Status InstallEngine(const ResolvedSettings& resolved, const core::Calibration& calibration) {
  g_exit.pid = getpid();
  Py_AtExit(AtInterpreterExit);
  return core::InstallEngine({resolved.engine, *resolved.targets, resolved.start_at, calibration,
                              g_exit.membership.session.get(), g_exit.membership.recorder.get()});
}

void PrintVersion(const LaunchContext& context) {
  std::printf("pyslow %s\nPython %s, %s; in place of %s\n", PYSLOW_VERSION, PythonVersion().c_str(),
              context.is_preloaded ? "in its own executable" : "embedded",
              context.choice->base_executable.c_str());
  std::printf("chosen: %s\n", context.choice->rule.c_str());
  if (!context.embed_reason.empty()) {
    std::printf("embedded although that executable may be faster or another release: %s\n",
                context.embed_reason.c_str());
  }
}

// Does not return on success.
absl::Status ExecuteOtherPyslow(const std::string& program, char** argv) {
  execv(program.c_str(), argv);
  return absl::UnavailableError(absl::StrCat(program, ": ", std::strerror(errno)));
}

// Does not return on success.
absl::Status ExecuteLauncher(const LaunchContext& context, char** argv) {
  const std::string program =
      absl::StrCat(std::filesystem::path(context.unverified_library).parent_path().string(),
                   "/pyslow", BuiltForMinor(), "-launcher");
  handoff::HandoffEnvironment environment(environ, "", {context.binary, handoff::ProcessName()});
  execve(program.c_str(), argv, environment.entries());
  return absl::UnavailableError(absl::StrCat(program, ": ", std::strerror(errno)));
}

// Reads the settings and opens the session, which must succeed before Python starts. Returns
// whether anything is to be delayed.
absl::StatusOr<bool> Prepare(const CommandLine& line, const LaunchContext& context, char** argv,
                             ResolvedSettings* resolved, core::Calibration* calibration,
                             const core::ClockReading& start) {
  absl::StatusOr<ResolvedSettings> settings = ResolveSettings(line, ThisProcess());
  if (!settings.ok()) return settings.status();
  *resolved = *std::move(settings);
  if (!resolved->disabled_reason.empty()) {
    ReportWarning("pyslow",
                  absl::StrCat(resolved->disabled_reason, "; this process runs without delays"));
  }
  const std::string unknown = UnknownVariables(environ);
  if (!unknown.empty() && !GetVariable(kWarnedVariable).has_value()) {
    ReportWarning("pyslow", unknown);
    resolved->exports.emplace_back(kWarnedVariable, "1");
  }
  const std::string& python = context.choice->python;
  if (!python.empty() && GetVariable(VariableOf("--python")) != python) {
    resolved->exports.emplace_back(VariableOf("--python"), python);
  }
  const std::string& binary = context.binary;
  // Before a session is created: this may execute the program again.
  absl::Status status = SetVariables(resolved->exports, binary, argv);
  if (!status.ok()) return status;
  const bool is_monitored = resolved->targets.has_value();
  if (is_monitored ||
      (!resolved->disabled_reason.empty() && !resolved->session_directory.empty())) {
    *calibration = core::Calibrate(core::BestCounter(), start);
    absl::StatusOr<Membership> membership = OpenSession(*resolved, *calibration);
    if (!membership.ok()) return membership.status();
    g_exit.membership = *std::move(membership);
    // Of several first processes (ranks of mpirun) one created the session and determines the
    // epoch.
    const session::Session& session = *g_exit.membership.session;
    if (session.is_same_boot()) {
      resolved->engine.epoch_ns = session.settings().epoch_monotonic_ns;
    }
    g_exit.prints_summary = resolved->summary && resolved->is_first_process;
    g_exit.removes_directory = g_exit.prints_summary && resolved->session_directory.empty();
    if (g_exit.removes_directory) {
      const std::string& directory = g_exit.membership.session->directory();
      status = SetVariables({{"SPEED_BUMP_SESSION", directory}}, binary, argv);
      if (!status.ok()) return status;
    }
  }
  return is_monitored;
}

}  // namespace

int Start(int argc, char** argv, const LaunchContext& context) {
  const core::ClockReading start = core::ReadClocks(core::BestCounter());
  const auto fail = [](const absl::Status& status) {
    ReportError("pyslow", status.message());
    return kUsageStatus;
  };
  const std::string argv0 = argc > 0 ? argv[0] : "";
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  CommandLine line;
  std::string dropped;
  size_t option_words = 0;
  if (IsPythonName(argv0)) {
    line.python_words = words;
  } else {
    absl::StatusOr<CommandLine> split = SplitCommandLine(words);
    if (!split.ok()) return fail(split.status());
    line = *std::move(split);
    option_words = words.size() - line.python_words.size();
    const auto invocation = [&] { return InvocationOf(argc, argv, context.binary); };
    if (const auto status = RunOwnCommand(line, std::string(BuiltForMinor()), invocation)) {
      return *status;
    }
    absl::StatusOr<TypedCommand> typed = TypedCommandOf(line);
    if (!typed.ok()) return fail(typed.status());
    line.python_words = std::move(typed->words);
    dropped = std::move(typed->dropped);
  }
  if (!context.choice.ok()) return fail(context.choice.status());
  PythonChoice choice = *context.choice;
  if (!choice.other_pyslow.empty()) return fail(ExecuteOtherPyslow(choice.other_pyslow, argv));
  if (!context.unverified_library.empty() && !IsBuiltFor(choice.base_executable)) {
    return fail(ExecuteLauncher(context, argv));
  }
  if (line.version) {
    PrintVersion(context);
    return 0;
  }
  ResolvedSettings resolved;
  core::Calibration calibration;
  const absl::StatusOr<bool> is_monitored =
      Prepare(line, context, argv, &resolved, &calibration, start);
  if (!is_monitored.ok()) return fail(is_monitored.status());
  resolved.engine.option_words = option_words;
  if (!dropped.empty()) ReportNote("pyslow", DroppedNote(dropped));
  NameEnvironmentToCopy(&line.python_words);
  const std::vector<std::string> command_line(argv, argv + argc);
  const absl::Status stand_in = UseStandIn(&choice);
  // A child, which is started by a name of python, would repeat it.
  if (!stand_in.ok() && !IsPythonName(argv0)) ReportWarning("pyslow", stand_in.message());
  if (!*is_monitored) return RunPython(choice, command_line, line.python_words, nullptr);
  return RunPython(choice, command_line, line.python_words,
                   [&] { return InstallEngine(resolved, calibration); });
}

}  // namespace pyslow::launcher
