#include "sweep/cli/sweep_program.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/report_error.h"
#include "base/terminal.h"
#include "base/text.h"
#include "base/typed_command.h"
#include "base/variables.h"
#include "sweep/cli/describe.h"
#include "sweep/cli/diff_sweeps.h"
#include "sweep/cli/dry_start.h"
#include "sweep/cli/job.h"
#include "sweep/cli/program_words.h"
#include "sweep/cli/ready_check.h"
#include "sweep/cli/same_program.h"
#include "sweep/cli/sweep_command_line.h"
#include "sweep/cli/sweep_settings_json.h"
#include "sweep/cli/watched_gpus.h"
#include "sweep/gpu/gpu_watch.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/left_processes.h"
#include "sweep/trials/make_trial_runner.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/python_program.h"
#include "sweep/trials/results_directory.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/standard_input.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::cli {
namespace {

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

// The same check of the other version, if there is one.
absl::Status DryStartOfOther(steps::Settings settings, const std::vector<std::string>& environment,
                             trials::SignalWatch& signals) {
  if (!settings.trials.against.has_value()) return absl::OkStatus();
  const std::vector<std::string> variables =
      WithVariables(environment, settings.trials.against->environment);
  settings.trials = trials::OtherVersionOf(std::move(settings.trials));
  const absl::Status status = DryStart(settings, variables, signals);
  return status.ok() || absl::IsCancelled(status) ? status : At("the other version", status);
}

NamedTexts Machine(const Job& job, trials::SignalWatch& signals) {
  const trials::TrialSettings& settings = job.settings.trials;
  NamedTexts machine = DescribeMachine(PyslowVersion(settings, job.environment, signals));
  if (settings.against.has_value()) {
    const std::string other =
        PyslowVersion(trials::OtherVersionOf(settings),
                      WithVariables(job.environment, settings.against->environment), signals);
    machine.emplace_back("pyslow of the other version", OneLine(other));
  }
  return machine;
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
  if (!found.ok()) {
    // A sweep that goes on was started where they could be read.
    if (job.recorded.entries.empty()) return Error(found.status().message(), kUsageStatus);
    found = gpu::Found{};
    found->note = "the GPUs of --gpu cannot be read here; the sweep goes on without them";
  }
  absl::Status dry = DryStart(job.settings, job.environment, **signals);
  if (dry.ok()) dry = DryStartOfOther(job.settings, job.environment, **signals);
  if (absl::IsCancelled(dry)) return InterruptedStatus(dry);
  if (!dry.ok()) return ErrorWithOutput(dry.message(), kUsageStatus);
  const absl::Status ready = CheckReadyCommand(job.settings, job.environment, **signals);
  if (absl::IsCancelled(ready)) return InterruptedStatus(ready);
  if (!ready.ok()) return Error(ready.message(), kUsageStatus);
  // That of the start is recorded; a sweep that goes on elsewhere has a warning.
  if (job.machine.empty()) job.machine = Machine(job, **signals);
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
  trials::FileChecksums files =
      trials::ReadProgramFiles(settings.trials.command, settings.targets_file);
  if (settings.trials.against.has_value()) {
    files.merge(trials::ReadProgramFiles(settings.trials.against->command, ""));
  }
  return files;
}

int NewSweep(const CommandLine& line, const std::vector<std::string>& words,
             const std::vector<std::string>& environment) {
  Job job;
  job.settings = line.settings;
  job.quiet = line.quiet;
  job.gates = line.gates;
  DroppedWords dropped;
  const absl::Status read = ReadBothPrograms(environment, &job.settings.trials, &dropped);
  if (!read.ok()) return Error(read.message(), kUsageStatus);
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
    for (const auto& [name, text] : opened->machine) {
      if (name != "pyslow") continue;
      absl::Status same = CheckDroppedVersion(dropped.first, text);
      if (!same.ok()) return same;
    }
    const std::string& word = dropped.first.empty() ? dropped.other : dropped.first;
    if (!word.empty()) ReportNote(kProgram, DroppedNote(word));
    const std::time_t now = std::time(nullptr);
    absl::StatusOr<std::string> directory = trials::MakeResultsDirectory(line.out, now);
    if (!directory.ok()) return directory.status();
    opened->directory = *std::move(directory);
    opened->is_new = true;
    opened->started = trials::FormatUtc(now);
    if (!input->content.empty()) {
      absl::Status written = WriteFile(opened->InputPath(), input->content);
      if (!written.ok()) return At(opened->InputPath(), written);
    }
    opened->recorded.sweep["settings"] = ToJson(opened->settings);
    opened->recorded.sweep["words"] = words;
    opened->recorded.sweep["machine"] = opened->machine;
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
      trials::OriginHere(PYSLOW_VERSION, trials::FormatUtc(std::time(nullptr)), files),
      LimitsToJson(job.settings));
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
  if (!line->diff.empty()) return DiffSweeps(*line);
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
