#include "sweep/cli/sweep_program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <system_error>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/report_error.h"
#include "base/sanitize.h"
#include "base/terminal.h"
#include "base/text.h"
#include "base/typed_command.h"
#include "sweep/cli/describe.h"
#include "sweep/cli/dry_start.h"
#include "sweep/cli/outputs.h"
#include "sweep/cli/program_words.h"
#include "sweep/cli/ready_check.h"
#include "sweep/cli/same_program.h"
#include "sweep/cli/show_output.h"
#include "sweep/cli/sweep_command_line.h"
#include "sweep/cli/sweep_settings_json.h"
#include "sweep/cli/terminal_observer.h"
#include "sweep/cli/watched_gpus.h"
#include "sweep/gpu/gpu_watch.h"
#include "sweep/model/gate.h"
#include "sweep/render/gate_words.h"
#include "sweep/render/terminal_report.h"
#include "sweep/steps/sweep.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/known_benchmarks.h"
#include "sweep/trials/left_processes.h"
#include "sweep/trials/make_trial_runner.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/python_program.h"
#include "sweep/trials/replaying_runner.h"
#include "sweep/trials/results_directory.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/standard_input.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::cli {
namespace {

constexpr char kProgram[] = "pyslow-sweep";
constexpr int kFailed = 1;
constexpr int kGateStatus = 3;
constexpr int kSignalBase = 128;  // shells report a command that a signal ended in this way

int Error(absl::string_view message, int status) {
  ReportError(kProgram, message);
  return status;
}

// The same for a message that may continue with lines of a program's output.
int ErrorWithOutput(absl::string_view message, int status) {
  const size_t line = std::min(message.find('\n'), message.size());
  ReportError(kProgram, message.substr(0, line));
  if (line < message.size()) {
    Print(stderr, absl::StrCat(PrintableLines(message.substr(line + 1)), "\n"));
  }
  return status;
}

// A sweep that is started, continued or analysed again.
// NOLINTNEXTLINE(bugprone-exception-escape): only a failed allocation throws there
struct Job {
  steps::Settings settings;
  std::string directory;
  trials::RecordedSweep recorded;         // the trials measured so far
  std::unique_ptr<trials::TrialLog> log;  // nullptr: nothing is run
  std::vector<std::string> environment;
  std::string pyslow_version;
  std::string started;
  bool quiet = false;
  std::vector<model::Gate> gates;

  std::string LogPath() const { return absl::StrCat(directory, "/trials.jsonl"); }
  // The file of the trials' standard input, if they have one.
  std::string InputPath() const { return absl::StrCat(directory, "/stdin"); }
};

std::string Quoted(const std::string& word) { return ShellCommand({word}); }

// Whether the directory of a sweep that runs trials has nothing to keep.
bool IsRemoved(const steps::SweepEnd& end, const Job& job) {
  return end.findings.trials == 0 && job.recorded.entries.empty();
}

// Reports why the sweep ended early. Returns the exit status.
int ReportEnd(const steps::SweepEnd& end, const Job& job) {
  const bool is_removed = IsRemoved(end, job);
  const std::string kept =
      is_removed ? "no trial was measured"
                 : absl::StrCat(end.findings.trials, " trials are kept in ", job.directory,
                                "; continue with: pyslow-sweep --resume ", Quoted(job.directory));
  if (absl::IsCancelled(end.status)) {
    ReportNote(kProgram, absl::StrCat("interrupted; ", kept));
    return kSignalBase + end.outcome.signal;
  }
  if (!end.outcome.why_quotes_output)
    ShowOutput(kProgram, "the command's output:", end.outcome.output);
  ShowOutput(kProgram, "the server's output:", end.outcome.server_output);
  const bool by_trial =
      (absl::IsAborted(end.status) || absl::IsNotFound(end.status)) && !end.outcome.why.empty();
  const int status =
      ErrorWithOutput(by_trial ? absl::StrCat("trial ", end.findings.trials + 1, ", ", end.at.part,
                                              ", ", end.arm, ": ", end.outcome.why)
                               : std::string(end.status.message()),
                      kFailed);
  if (!end.outcome.log.empty() && !is_removed) {
    ReportNote(kProgram, absl::StrCat("the output of this trial is in ", end.outcome.log));
  }
  if (end.findings.trials > 0) ReportNote(kProgram, kept);
  return status;
}

void Describe(const Job& job, const steps::Settings& settings, double seconds,
              model::Findings* findings) {
  findings->settings = DescribeSettings(settings);
  if (const auto& [printed, read_as] = findings->converted; !printed.empty()) {
    findings->settings.emplace_back("figures are read as",
                                    absl::StrCat("'", printed, "' as ", read_as));
  }
  findings->machine = DescribeMachine(job.pyslow_version);
  DescribeGpus(findings);
  findings->started = job.started;
  findings->seconds = seconds;
  findings->commands.push_back(ShellCommand({"pyslow-sweep", "--from", job.directory}));
  const nlohmann::ordered_json& words = job.recorded.sweep.value("words", nlohmann::ordered_json());
  if (words.is_array()) {
    std::vector<std::string> command = {"pyslow-sweep"};
    for (const auto& word : words) command.push_back(word.get<std::string>());
    findings->commands.insert(findings->commands.begin(), ShellCommand(WithoutOut(command)));
  }
  findings->warnings.insert(findings->warnings.end(), job.recorded.warnings.begin(),
                            job.recorded.warnings.end());
  if (job.recorded.torn) findings->warnings.push_back({model::Warning::Kind::kTornLog});
}

// Returns the exit status.
int ReportGates(const std::vector<model::Gate>& gates, const model::Findings& findings) {
  int status = 0;
  for (const model::Gate& gate : gates) {
    const model::GateJudgement judgement = model::Judge(gate, findings);
    ReportNote(kProgram, render::GateLine(gate, judgement));
    if (!judgement.holds.empty()) status = kGateStatus;
  }
  return status;
}

// Runs the job's trials, except those that are recorded, prints the findings and writes them to
// files. Returns the exit status.
int RunJob(Job job, trials::TrialRunner* runner) {
  TerminalObserver observer(stdout, stderr, job.quiet);
  const bool runs = job.log != nullptr;
  trials::ReplayingRunner replaying(job.recorded, runner, job.log.get(), job.LogPath());
  steps::SweepEnd end = steps::RunSweep(job.settings, &replaying, &observer);
  observer.Pause();
  Describe(job, end.settings, end.trial_seconds, &end.findings);
  if (runs && IsRemoved(end, job)) {
    // The name becomes free again.
    std::error_code ignored;
    std::filesystem::remove_all(job.directory, ignored);
    return ReportEnd(end, job);
  }
  Print(stdout, render::FormatPriorities(end.findings, observer.options()));
  Print(stdout, render::FormatWarnings(end.findings, observer.options()));
  absl::Status written = WriteOutputs(end.findings, job.directory);
  if (written.ok() && runs) written = At(job.LogPath(), job.log->Sync());
  if (written.ok()) {
    ReportNote(kProgram,
               absl::StrCat(end.findings.trials, " trials; see ", job.directory, "/report.html"));
  } else {
    Error(written.message(), kFailed);
  }
  // To analyse an unfinished sweep again is not a failure.
  if (!end.status.ok() && runs) return ReportEnd(end, job);
  return written.ok() ? ReportGates(job.gates, end.findings) : kFailed;
}

void ReportStart(const Job& job, const std::vector<std::string>& ignored) {
  ReportNote(kProgram, absl::StrCat("seed ", job.settings.seed, "; results go to ", job.directory));
  ReportNote(kProgram, PlanText(job.settings));
  if (job.settings.control_added) {
    ReportNote(kProgram, "the control, delay 0, is measured too");
  }
  if (!ignored.empty()) {
    ReportNote(kProgram, absl::StrCat("ignored from the environment: ",
                                      absl::StrJoin(ignored, ", "), "; use the options"));
  }
}

// The exit status after a check that a signal interrupted.
int InterruptedStatus(const absl::Status& cancelled) {
  return kSignalBase + std::atoi(std::string(cancelled.message()).c_str());
}

// Checks what every sweep that runs trials needs, calls `open` for its directory and log, and runs
// it. Returns the exit status.
int Start(Job job, const std::vector<std::string>& environment,
          const std::function<absl::Status(Job*)>& open) {
  if (const auto parser = trials::OutputParser::Compile(job.settings.trials); !parser.ok()) {
    return Error(parser.status().message(), kUsageStatus);
  }
  absl::StatusOr<std::string> pyslow = FindPyslow(job.settings.trials.pyslow);
  if (!pyslow.ok()) return Error(pyslow.status().message(), kUsageStatus);
  job.settings.trials.pyslow = *std::move(pyslow);
  const absl::StatusOr<std::unique_ptr<trials::SignalWatch>> signals = trials::SignalWatch::Start();
  if (!signals.ok()) return Error(signals.status().message(), kUsageStatus);
  trials::AdoptOrphans();
  const trials::TrialEnvironment for_trials = trials::EnvironmentForTrials(environment);
  job.environment = for_trials.variables;
  absl::StatusOr<gpu::Found> found = FindGpus(job.settings.trials.gpu, job.environment);
  if (!found.ok()) return Error(found.status().message(), kUsageStatus);
  const absl::Status dry = DryStart(job.settings, job.environment, **signals);
  if (absl::IsCancelled(dry)) return InterruptedStatus(dry);
  if (!dry.ok()) return ErrorWithOutput(dry.message(), kUsageStatus);
  const absl::Status ready = CheckReadyCommand(job.settings, job.environment, **signals);
  if (absl::IsCancelled(ready)) return InterruptedStatus(ready);
  if (!ready.ok()) return Error(ready.message(), kUsageStatus);
  job.pyslow_version = PyslowVersion(job.settings.trials.pyslow, job.environment, **signals);
  if (absl::Status status = open(&job); !status.ok()) return Error(status.message(), kUsageStatus);
  std::error_code ignored;
  if (const std::string input = job.InputPath(); std::filesystem::exists(input, ignored)) {
    job.settings.trials.input = input;
  }
  ReportStart(job, for_trials.ignored);
  if (!found->note.empty()) ReportNote(kProgram, found->note);
  gpu::GpuWatch gpus(*std::move(found));
  trials::LeaveOutBusyPythons();
  const absl::StatusOr<std::unique_ptr<trials::TrialRunner>> runner = trials::MakeTrialRunner(
      job.settings.trials, job.environment, job.directory, signals->get(), &gpus);
  if (!runner.ok()) return Error(runner.status().message(), kUsageStatus);
  return RunJob(std::move(job), runner->get());
}

trials::FileChecksums FilesOf(const steps::Settings& settings) {
  return trials::ReadProgramFiles(settings.trials.command, settings.targets_file);
}

int NewSweep(const CommandLine& line, const std::vector<std::string>& words,
             const std::vector<std::string>& environment) {
  Job job;
  job.settings = line.settings;
  job.quiet = line.quiet;
  job.gates = line.gates;
  std::string dropped;
  const absl::Status read = ReadProgramWords(environment, &job.settings.trials, &dropped);
  if (!read.ok()) return Error(read.message(), kUsageStatus);
  if (!dropped.empty()) ReportNote(kProgram, DroppedNote(dropped));
  const auto input = trials::ReadStandardInput(
      STDIN_FILENO, trials::ReadsProgramFromInput(job.settings.trials.command));
  if (!input.ok()) return Error(input.status().message(), kUsageStatus);
  if (input->has_ignored_pipe) {
    ReportWarning(
        kProgram,
        "standard input: trials do not read this pipe; write it to a file and use < FILE");
  }
  if (!line.seed_given) job.settings.seed = std::random_device{}();
  return Start(std::move(job), environment, [&](Job* opened) {
    const std::time_t now = std::time(nullptr);
    absl::StatusOr<std::string> directory = trials::MakeResultsDirectory(line.out, now);
    if (!directory.ok()) return directory.status();
    opened->directory = *std::move(directory);
    opened->started = trials::FormatUtc(now);
    if (!input->content.empty()) {
      absl::Status written = WriteFile(opened->InputPath(), input->content);
      if (!written.ok()) return At(opened->InputPath(), written);
    }
    opened->recorded.sweep["settings"] = ToJson(opened->settings);
    opened->recorded.sweep["words"] = words;
    std::error_code ignored;
    opened->recorded.sweep["directory"] = std::filesystem::current_path(ignored).string();
    auto log = trials::TrialLog::Create(
        opened->LogPath(), opened->recorded.sweep,
        trials::OriginHere(PYSLOW_VERSION, opened->started, FilesOf(opened->settings)));
    if (!log.ok()) return At(opened->LogPath(), log.status());
    opened->log = *std::move(log);
    return absl::OkStatus();
  });
}

// Sets the job's settings to the recorded ones, with the changes that the command line makes.
absl::Status LoadSettings(const CommandLine& line, Job* job) {
  const auto settings = job->recorded.sweep.find("settings");
  if (settings == job->recorded.sweep.end()) {
    return absl::DataLossError(absl::StrCat(job->LogPath(), ": line 1: the settings are missing"));
  }
  absl::StatusOr<steps::Settings> recorded = SettingsFromJson(*settings);
  if (!recorded.ok()) return At(absl::StrCat(job->LogPath(), ": line 1"), recorded.status());
  job->settings = *std::move(recorded);
  for (const auto& entry : job->recorded.entries) {
    const auto* const trial = std::get_if<trials::Trial>(&entry);
    if (trial != nullptr) trials::UseBenchmarkFound(trial->benchmark, &job->settings.trials);
  }
  job->started = job->recorded.started;
  if (line.settings.blocks.has_value()) {
    job->settings.blocks = line.settings.blocks;
    job->settings.budget_seconds.reset();
  }
  if (line.settings.precision.has_value()) job->settings.precision = line.settings.precision;
  if (line.settings.budget_seconds.has_value()) {
    job->settings.budget_seconds = line.settings.budget_seconds;
    job->settings.blocks.reset();
  }
  return absl::OkStatus();
}

// The error of reading or opening the job's log.
int LogError(const Job& job, const absl::Status& status) {
  return Error(absl::StrCat(job.LogPath(), ": ", status.message()), kUsageStatus);
}

int Resume(const CommandLine& line, const std::vector<std::string>& environment) {
  Job job;
  job.directory = line.resume;
  job.quiet = line.quiet;
  job.gates = line.gates;
  // Checked before the log has a line of the continuation.
  absl::StatusOr<trials::RecordedSweep> recorded = trials::ReadTrialLog(job.LogPath());
  if (!recorded.ok()) return LogError(job, recorded.status());
  job.recorded = *std::move(recorded);
  absl::Status status = LoadSettings(line, &job);
  if (status.ok()) status = EnterStartDirectory(job.recorded, &job.directory);
  const trials::FileChecksums files = FilesOf(job.settings);
  if (status.ok() && !line.accept_changes) status = CheckUnchanged(job.recorded, files);
  if (!status.ok()) return Error(status.message(), kUsageStatus);
  auto opened = trials::TrialLog::Continue(
      job.LogPath(),
      trials::OriginHere(PYSLOW_VERSION, trials::FormatUtc(std::time(nullptr)), files));
  if (!opened.ok()) return LogError(job, opened.status());
  job.log = std::move(opened->first);
  job.recorded = std::move(opened->second);
  return Start(std::move(job), environment, [](Job*) { return absl::OkStatus(); });
}

int AnalyseAgain(const CommandLine& line) {
  Job job;
  job.directory = line.from;
  job.quiet = true;
  job.gates = line.gates;
  absl::StatusOr<trials::RecordedSweep> recorded = trials::ReadTrialLog(job.LogPath());
  if (!recorded.ok()) return LogError(job, recorded.status());
  job.recorded = *std::move(recorded);
  if (absl::Status status = LoadSettings(line, &job); !status.ok()) {
    return Error(status.message(), kUsageStatus);
  }
  return RunJob(std::move(job), nullptr);
}

int Run(const std::vector<std::string>& words, const std::vector<std::string>& environment) {
  const absl::StatusOr<CommandLine> line = ParseCommandLine(words);
  if (!line.ok()) return Error(line.status().message(), kUsageStatus);
  if (line->help || line->version || line->list_benchmarks || !line->completion.empty()) {
    Print(stdout, line->help              ? HelpText()
                  : line->version         ? absl::StrCat("pyslow-sweep ", PYSLOW_VERSION, "\n")
                  : line->list_benchmarks ? BenchmarksText()
                                          : CompletionText(line->completion));
    return 0;
  }
  if (!line->from.empty()) return AnalyseAgain(*line);
  if (!line->resume.empty()) return Resume(*line, environment);
  return NewSweep(*line, words, environment);
}

}  // namespace

int RunProgram(const std::vector<std::string>& words, const std::vector<std::string>& environment) {
  const int status = Run(words, environment);
  if (std::ferror(stdout) == 0) return status;
  Error("standard output: not all of it could be written; is the disk full?", kFailed);
  return status == 0 ? kFailed : status;
}

}  // namespace pyslow::cli
