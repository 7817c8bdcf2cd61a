#include "sweep/cli/sweep_program.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/terminal.h"
#include "base/text.h"
#include "sweep/cli/describe.h"
#include "sweep/cli/outputs.h"
#include "sweep/cli/preparation.h"
#include "sweep/cli/sweep_command_line.h"
#include "sweep/cli/sweep_settings_json.h"
#include "sweep/cli/terminal_observer.h"
#include "sweep/render/terminal_report.h"
#include "sweep/steps/sweep.h"
#include "sweep/trials/make_trial_runner.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/pyslow_command.h"
#include "sweep/trials/replaying_runner.h"
#include "sweep/trials/results_directory.h"
#include "sweep/trials/signal_watch.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kMistake = 2;
constexpr int kSignalBase = 128;  // as shells report a command ended by a signal
constexpr size_t kOutputShown = 16 << 10;

int Error(absl::string_view message, int status) {
  Print(stderr, absl::StrCat("pyslow-sweep: error: ", message, "\n"));
  return status;
}

// A sweep that is to be run, gone on with, or looked at again.
// NOLINTNEXTLINE(bugprone-exception-escape): only memory that runs out throws there
struct Job {
  steps::Settings settings;
  std::string directory;
  trials::RecordedSweep recorded;         // what is measured already
  std::unique_ptr<trials::TrialLog> log;  // none: nothing is run
  std::vector<std::string> environment;
  std::string pyslow_version;
  std::string started;
  bool quiet = false;

  std::string LogPath() const { return absl::StrCat(directory, "/trials.jsonl"); }
};

// Whole lines from the end of `output`, as much as a terminal can take.
absl::string_view Tail(absl::string_view output) {
  if (output.size() <= kOutputShown) return output;
  const absl::string_view tail = output.substr(output.size() - kOutputShown);
  const size_t line = tail.find('\n');
  return line == absl::string_view::npos ? tail : tail.substr(line + 1);
}

std::string Quoted(const std::string& word) { return ShellCommand({word}); }

// Tells why the sweep ended early and returns the exit status.
int TellEnd(const steps::SweepEnd& end, const Job& job) {
  const std::string kept =
      absl::StrCat(end.findings.trials, " trials are kept in ", job.directory,
                   "; go on with: pyslow-sweep --resume ", Quoted(job.directory), "\n");
  if (absl::IsCancelled(end.status)) {
    Print(stderr, absl::StrCat("pyslow-sweep: interrupted; ", kept));
    return kSignalBase + end.outcome.signal;
  }
  const absl::string_view output = Tail(end.outcome.output);
  if (!output.empty()) {
    Print(stderr, absl::StrCat("pyslow-sweep: the command's output:\n", output,
                               absl::EndsWith(output, "\n") ? "" : "\n"));
  }
  const bool by_trial =
      (absl::IsAborted(end.status) || absl::IsNotFound(end.status)) && !end.outcome.why.empty();
  const int status =
      Error(by_trial ? absl::StrCat("trial ", end.findings.trials + 1, ", ", end.at.part, ", ",
                                    end.arm, ": ", end.outcome.why)
                     : std::string(end.status.message()),
            kFailed);
  if (end.findings.trials > 0) Print(stderr, absl::StrCat("pyslow-sweep: ", kept));
  return status;
}

void Describe(const Job& job, double seconds, render::Findings* findings) {
  findings->settings = DescribeSettings(job.settings);
  findings->machine = DescribeMachine(job.pyslow_version);
  findings->started = job.started;
  findings->seconds = seconds;
  findings->commands.push_back(ShellCommand({"pyslow-sweep", "--from", job.directory}));
  const nlohmann::ordered_json& words = job.recorded.sweep.value("words", nlohmann::ordered_json());
  if (words.is_array()) {
    std::vector<std::string> command = {"pyslow-sweep"};
    for (const auto& word : words) command.push_back(word.get<std::string>());
    findings->commands.insert(findings->commands.begin(), ShellCommand(command));
  }
  findings->warnings.insert(findings->warnings.end(), job.recorded.warnings.begin(),
                            job.recorded.warnings.end());
  if (job.recorded.torn) {
    findings->warnings.push_back(
        "The last line of trials.jsonl was cut off, as in a crash; that trial is left out.");
  }
}

// Runs the job's trials, or those that are still to be run, shows what they say, and writes it
// down.
int RunJob(Job job, trials::TrialRunner* runner) {
  TerminalObserver observer(stdout, stderr, job.quiet);
  const bool runs = job.log != nullptr;
  trials::ReplayingRunner replaying(job.recorded, runner, job.log.get(), job.LogPath());
  steps::SweepEnd end = steps::RunSweep(job.settings, &replaying, &observer);
  observer.Pause();
  const bool is_empty = end.findings.trials == 0;
  Describe(job, end.trial_seconds, &end.findings);
  if (is_empty && runs && job.recorded.entries.empty()) {
    // Nothing to keep, and the name can be used again.
    std::error_code ignored;
    std::filesystem::remove_all(job.directory, ignored);
    return TellEnd(end, job);
  }
  Print(stdout, render::FormatPriorities(end.findings, observer.options()));
  Print(stdout, render::FormatWarnings(end.findings, observer.options()));
  absl::Status written = WriteOutputs(end.findings, job.directory);
  if (written.ok() && runs) written = At(job.LogPath(), job.log->Sync());
  if (written.ok()) {
    Print(stderr, absl::StrCat("pyslow-sweep: ", end.findings.trials, " trials; see ",
                               job.directory, "/report.html\n"));
  } else {
    Error(written.message(), kFailed);
  }
  // To look again at a sweep that had not come to its end is no failure.
  if (!end.status.ok() && runs) return TellEnd(end, job);
  return written.ok() ? 0 : kFailed;
}

std::string Announcement(const Job& job, const std::vector<std::string>& ignored) {
  std::string text = absl::StrCat("pyslow-sweep: seed ", job.settings.seed, "; results go to ",
                                  job.directory, "\n");
  if (job.settings.control_added) {
    absl::StrAppend(&text, "pyslow-sweep: the control, delay 0, is measured too\n");
  }
  if (!ignored.empty()) {
    absl::StrAppend(&text,
                    "pyslow-sweep: ignored from the environment: ", absl::StrJoin(ignored, ", "),
                    "; use the options\n");
  }
  return text;
}

// What both a new sweep and one that goes on need, to run trials.
int Start(Job job, const std::vector<std::string>& environment,
          const std::function<absl::Status(Job*)>& open) {
  if (const auto yardstick = trials::OutputParser::Compile(job.settings.trials); !yardstick.ok()) {
    return Error(yardstick.status().message(), kMistake);
  }
  absl::StatusOr<std::string> pyslow = FindPyslow(job.settings.trials.pyslow);
  if (!pyslow.ok()) return Error(pyslow.status().message(), kMistake);
  job.settings.trials.pyslow = *std::move(pyslow);
  const absl::StatusOr<std::unique_ptr<trials::SignalWatch>> signals = trials::SignalWatch::Start();
  if (!signals.ok()) return Error(signals.status().message(), kMistake);
  const trials::TrialEnvironment for_trials = trials::EnvironmentForTrials(environment);
  job.environment = for_trials.variables;
  const absl::Status dry = DryStart(job.settings, job.environment, **signals);
  if (absl::IsCancelled(dry)) return kSignalBase + std::atoi(std::string(dry.message()).c_str());
  if (!dry.ok()) return Error(dry.message(), kMistake);
  job.pyslow_version = PyslowVersion(job.settings.trials.pyslow, job.environment, **signals);
  if (absl::Status status = open(&job); !status.ok()) return Error(status.message(), kMistake);
  Print(stderr, Announcement(job, for_trials.ignored));
  const absl::StatusOr<std::unique_ptr<trials::TrialRunner>> runner =
      trials::MakeTrialRunner(job.settings.trials, job.environment, job.directory, signals->get());
  if (!runner.ok()) return Error(runner.status().message(), kMistake);
  return RunJob(std::move(job), runner->get());
}

int NewSweep(const CommandLine& line, const std::vector<std::string>& words,
             const std::vector<std::string>& environment) {
  Job job;
  job.settings = line.settings;
  job.quiet = line.quiet;
  if (!line.seed_given) job.settings.seed = std::random_device{}();
  return Start(std::move(job), environment, [&](Job* opened) {
    const std::time_t now = std::time(nullptr);
    absl::StatusOr<std::string> directory = trials::MakeResultsDirectory(line.out, now);
    if (!directory.ok()) return directory.status();
    opened->directory = *std::move(directory);
    opened->started = trials::FormatUtc(now);
    opened->recorded.sweep["settings"] = ToJson(opened->settings);
    opened->recorded.sweep["words"] = words;
    auto log = trials::TrialLog::Create(opened->LogPath(), opened->recorded.sweep,
                                        trials::OriginHere(PYSLOW_VERSION, opened->started));
    if (!log.ok()) return At(opened->LogPath(), log.status());
    opened->log = *std::move(log);
    return absl::OkStatus();
  });
}

// The settings that were recorded, with what the command line changes of them.
absl::Status TakeSettings(const CommandLine& line, Job* job) {
  const auto settings = job->recorded.sweep.find("settings");
  if (settings == job->recorded.sweep.end()) {
    return absl::DataLossError(absl::StrCat(job->LogPath(), ": line 1: it has no settings"));
  }
  absl::StatusOr<steps::Settings> recorded = SettingsFromJson(*settings);
  if (!recorded.ok()) return At(absl::StrCat(job->LogPath(), ": line 1"), recorded.status());
  job->settings = *std::move(recorded);
  job->started = job->recorded.sweep.value("started", "");
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

int Resume(const CommandLine& line, const std::vector<std::string>& environment) {
  Job job;
  job.directory = line.resume;
  job.quiet = line.quiet;
  auto opened = trials::TrialLog::Continue(
      job.LogPath(), trials::OriginHere(PYSLOW_VERSION, trials::FormatUtc(std::time(nullptr))));
  if (!opened.ok()) {
    return Error(absl::StrCat(job.LogPath(), ": ", opened.status().message()), kMistake);
  }
  job.log = std::move(opened->first);
  job.recorded = std::move(opened->second);
  if (absl::Status status = TakeSettings(line, &job); !status.ok()) {
    return Error(status.message(), kMistake);
  }
  return Start(std::move(job), environment, [](Job*) { return absl::OkStatus(); });
}

int LookAgain(const CommandLine& line) {
  Job job;
  job.directory = line.from;
  job.quiet = true;
  absl::StatusOr<trials::RecordedSweep> recorded = trials::ReadTrialLog(job.LogPath());
  if (!recorded.ok()) {
    return Error(absl::StrCat(job.LogPath(), ": ", recorded.status().message()), kMistake);
  }
  job.recorded = *std::move(recorded);
  if (absl::Status status = TakeSettings(line, &job); !status.ok()) {
    return Error(status.message(), kMistake);
  }
  return RunJob(std::move(job), nullptr);
}

}  // namespace

int RunProgram(const std::vector<std::string>& words, const std::vector<std::string>& environment) {
  const absl::StatusOr<CommandLine> line = ParseCommandLine(words);
  if (!line.ok()) return Error(line.status().message(), kMistake);
  if (line->help || line->version) {
    Print(stdout, line->help ? HelpText() : absl::StrCat("pyslow-sweep ", PYSLOW_VERSION, "\n"));
    return 0;
  }
  if (!line->from.empty()) return LookAgain(*line);
  if (!line->resume.empty()) return Resume(*line, environment);
  return NewSweep(*line, words, environment);
}

}  // namespace pyslow::cli
