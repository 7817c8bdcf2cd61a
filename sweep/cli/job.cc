#include "sweep/cli/job.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/report_error.h"
#include "base/sanitize.h"
#include "base/shell_command.h"
#include "base/terminal.h"
#include "base/text.h"
#include "sweep/cli/against_options.h"
#include "sweep/cli/describe.h"
#include "sweep/cli/outputs.h"
#include "sweep/cli/parse_gate.h"
#include "sweep/cli/show_output.h"
#include "sweep/cli/sweep_command_line.h"
#include "sweep/cli/sweep_settings_json.h"
#include "sweep/cli/terminal_observer.h"
#include "sweep/cli/watched_gpus.h"
#include "sweep/model/gate.h"
#include "sweep/render/gate_words.h"
#include "sweep/render/terminal_report.h"
#include "sweep/steps/sweep.h"
#include "sweep/trials/known_benchmarks.h"
#include "sweep/trials/replaying_runner.h"

namespace pyslow::cli {
namespace {

constexpr int kGateStatus = 3;

std::string Quoted(const std::string& word) { return ShellCommand({word}); }

// Whether there is nothing to report of a sweep that ran trials.
bool IsEmpty(const steps::SweepEnd& end, const Job& job) {
  return end.findings.trials == 0 && job.recorded.entries.empty();
}

// Whether the directory of such a sweep is removed. That of --resume may have files of the user.
bool IsRemoved(const steps::SweepEnd& end, const Job& job) {
  return job.is_new && IsEmpty(end, job);
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
  if (!end.outcome.why_quotes_output) {
    ShowOutput(kProgram, "the command's output:", end.outcome.output);
  }
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

// Changes the limits of a recorded sweep to those that `given` has.
absl::Status ChangeLimits(const steps::Settings& given, steps::Settings* settings) {
  if (given.blocks.has_value()) {
    // Its largest delay follows from its trials (R18), and decided subjects leave its blocks: with
    // --runs, other trials would be next, and the recorded ones of no use.
    if (!settings->blocks.has_value()) {
      return absl::InvalidArgumentError(
          "--runs: that sweep goes on until its question is answered, not for a number of blocks; "
          "give it more time with --time-budget");
    }
    settings->blocks = given.blocks;
    settings->budget_seconds.reset();
  }
  if (given.precision.has_value()) {
    settings->precision = given.precision;
    settings->blocks.reset();
  }
  if (given.budget_seconds.has_value()) {
    settings->budget_seconds = given.budget_seconds;
    settings->blocks.reset();
  }
  return absl::OkStatus();
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

}  // namespace

int Error(absl::string_view message, int status) {
  ReportError(kProgram, message);
  return status;
}

int ErrorWithOutput(absl::string_view message, int status) {
  const size_t line = std::min(message.find('\n'), message.size());
  ReportError(kProgram, message.substr(0, line));
  if (line < message.size()) {
    Print(stderr, absl::StrCat(PrintableLines(message.substr(line + 1)), "\n"));
  }
  return status;
}

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
    if (trial == nullptr) continue;
    trials::UseBenchmarkFound(trial->benchmark, &job->settings.trials);
    job->settings.trials.metric_units.insert(trial->metric_units.begin(),
                                             trial->metric_units.end());
  }
  job->started = job->recorded.started;
  job->machine = RecordedMachine(job->recorded);
  if (absl::Status changed = ChangeLimits(line.settings, &job->settings); !changed.ok()) {
    return changed;
  }
  return At("--fail-if", CheckGates(line.gates, job->settings));
}

int LogError(const Job& job, const absl::Status& status) {
  return Error(absl::StrCat(job.LogPath(), ": ", status.message()), kUsageStatus);
}

void Describe(const Job& job, const steps::Settings& settings, double seconds,
              model::Findings* findings) {
  findings->settings = DescribeSettings(settings);
  if (const auto& [printed, read_as] = findings->converted; !printed.empty()) {
    findings->settings.emplace_back("figures are read as",
                                    absl::StrCat("'", printed, "' as ", read_as));
  }
  findings->machine = job.machine;
  DescribeGpus(findings);
  if (findings->comparison.has_value()) {
    findings->comparison->other = OtherVersionText(settings.trials);
  }
  findings->started = job.started;
  findings->seconds = seconds;
  findings->commands.push_back(ShellCommand({"pyslow-sweep", "--from", job.directory}));
  const nlohmann::ordered_json& words = job.recorded.sweep.value("words", nlohmann::ordered_json());
  if (words.is_array()) {
    std::vector<std::string> command = {"pyslow-sweep"};
    for (const auto& word : words) {
      if (word.is_string()) command.push_back(word.get<std::string>());
    }
    findings->commands.insert(findings->commands.begin(), ShellCommand(WithoutOut(command)));
  }
  findings->warnings.insert(findings->warnings.end(), job.recorded.warnings.begin(),
                            job.recorded.warnings.end());
  if (job.recorded.torn) findings->warnings.push_back({model::Warning::Kind::kTornLog});
}

int RunJob(Job job, trials::TrialRunner* runner) {
  TerminalObserver observer(stdout, stderr, job.quiet, steps::BudgetSecondsOf(job.settings));
  const bool runs = job.log != nullptr;
  trials::ReplayingRunner replaying(job.recorded, runner, job.log.get(), job.LogPath());
  steps::SweepEnd end = steps::RunSweep(job.settings, &replaying, &observer);
  observer.Pause();
  Describe(job, end.settings, end.trial_seconds, &end.findings);
  if (runs && IsEmpty(end, job)) {
    // The name becomes free again.
    std::error_code ignored;
    if (IsRemoved(end, job)) std::filesystem::remove_all(job.directory, ignored);
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

}  // namespace pyslow::cli
