#include "experiment/program.h"

#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
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
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/duration_text.h"
#include "experiment/analysis.h"
#include "experiment/command_line.h"
#include "experiment/metric.h"
#include "experiment/plan.h"
#include "experiment/presentation.h"
#include "experiment/process.h"
#include "experiment/pyslow_command.h"
#include "experiment/restart_trials.h"
#include "experiment/results.h"
#include "experiment/session_counts.h"
#include "experiment/signals.h"
#include "experiment/sweep.h"
#include "experiment/trial_log.h"

namespace pyslow::experiment {
namespace {

constexpr int kFailed = 1;
constexpr int kMistake = 2;
constexpr int kSignalBase = 128;  // as shells report a command ended by a signal
constexpr int64_t kDryStartTimeoutNs = int64_t{60} * 1'000'000'000;
constexpr size_t kOutputShown = 16 << 10;
constexpr std::array<int64_t, 2> kFasterNs = {1'000, 10'000};

void Print(std::FILE* stream, absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

int Error(absl::string_view message, int status) {
  Print(stderr, absl::StrCat("pyslow-sweep: error: ", message, "\n"));
  return status;
}

absl::StatusOr<std::string> FindPyslow(const CommandLine& line) {
  std::string path = line.settings.pyslow;
  if (!line.pyslow_given) {
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    path = (self.parent_path() / "pyslow").string();
  }
  std::error_code ignored;
  if (access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path, ignored)) return path;
  return absl::NotFoundError(
      absl::StrCat(line.pyslow_given ? "--pyslow: " : "", path,
                   ": there is no such program; name the pyslow to start with --pyslow PATH"));
}

absl::StatusOr<std::optional<Metric>> CompileMetric(const Settings& settings) {
  if (settings.measure == Measure::kWallTime) return std::optional<Metric>();
  absl::StatusOr<Metric> metric = Metric::Compile(settings.regex);
  if (metric.ok()) return std::optional<Metric>(*std::move(metric));
  const bool is_rate = settings.measure == Measure::kThroughput;
  return absl::InvalidArgumentError(
      absl::StrCat(is_rate ? "--throughput-regex: " : "--time-regex: ", metric.status().message()));
}

// pyslow's own words for a mistake, or where it ended otherwise, all that it printed.
std::string WhyDryStartFailed(const std::string& pyslow, const std::string& output) {
  for (absl::string_view text : absl::StrSplit(output, '\n')) {
    if (absl::ConsumePrefix(&text, "pyslow: error: ")) return absl::StrCat(text);
  }
  return absl::StrCat(pyslow, ": it cannot run 'pass' with these targets; it says: ",
                      absl::StripAsciiWhitespace(output));
}

// The exit status to end with, or nullopt to go on.
std::optional<int> DryStart(const Settings& settings, const std::vector<std::string>& environment,
                            SignalWatch& signals) {
  ProcessSpec spec;
  spec.argv = DryStartWords(settings);
  spec.environment = environment;
  spec.timeout_ns = kDryStartTimeoutNs;
  const absl::StatusOr<ProcessResult> result = RunProcess(spec, signals);
  if (!result.ok()) {
    return Error(absl::StrCat(settings.pyslow, ": ", result.status().message()), kMistake);
  }
  if (result->end == ProcessResult::End::kInterrupted) return kSignalBase + result->number;
  if (result->end == ProcessResult::End::kExited && result->number == 0) return std::nullopt;
  return Error(WhyDryStartFailed(settings.pyslow, result->output), kMistake);
}

std::string Announcement(const Settings& settings, const std::string& directory,
                         const std::vector<std::string>& ignored) {
  std::string text =
      absl::StrCat("pyslow-sweep: ", settings.blocks, settings.blocks == 1 ? " block" : " blocks",
                   " of ", settings.delays_ns.size(), " trials in random order, seed ",
                   settings.seed, "; results go to ", directory, "\n");
  if (settings.control_added) {
    absl::StrAppend(&text, "pyslow-sweep: the control, delay 0, is measured too\n");
  }
  if (!ignored.empty()) {
    absl::StrAppend(&text,
                    "pyslow-sweep: ignored from the environment: ", absl::StrJoin(ignored, ", "),
                    "; use the options\n");
  }
  return text;
}

// Whole lines from the end of `output`, as much as a terminal can take.
absl::string_view Tail(absl::string_view output) {
  if (output.size() <= kOutputShown) return output;
  const absl::string_view tail = output.substr(output.size() - kOutputShown);
  const size_t line = tail.find('\n');
  return line == absl::string_view::npos ? tail : tail.substr(line + 1);
}

std::string WhatWasKept(size_t measured, size_t planned, const std::string& directory) {
  return absl::StrCat(measured, " of ", planned, " trials measured",
                      measured == 0 ? "" : absl::StrCat(", kept in ", directory));
}

// Tells why the sweep ended early and returns the exit status.
int TellEnd(const SweepEnd& end, const std::vector<PlannedTrial>& plan,
            const std::string& directory) {
  const std::string kept = WhatWasKept(end.measured, plan.size(), directory);
  if (end.outcome.kind == TrialOutcome::Kind::kInterrupted) {
    Print(stderr, absl::StrCat("pyslow-sweep: interrupted; ", kept, "\n"));
    return kSignalBase + end.outcome.signal;
  }
  const absl::string_view output = Tail(end.outcome.output);
  if (!output.empty()) {
    Print(stderr, absl::StrCat("pyslow-sweep: the command's output:\n", output,
                               absl::EndsWith(output, "\n") ? "" : "\n"));
  }
  const int status =
      Error(absl::StrCat("trial ", end.measured + 1, " of ", plan.size(), ", delay ",
                         FormatTimeNs(plan[end.measured].delay_ns), ": ", end.outcome.why),
            kFailed);
  Print(stderr, absl::StrCat("pyslow-sweep: ", kept, "\n"));
  return status;
}

// The analysis of what the log holds, if there is a complete block.
absl::Status PrintFindings(const std::string& path) {
  const absl::StatusOr<RecordedSweep> sweep = ReadTrialLog(path);
  if (!sweep.ok()) return sweep.status();
  const Settings& settings = sweep->settings;
  if (CountCompleteBlocks(sweep->trials, settings.delays_ns) == 0) return absl::OkStatus();
  const Analysis analysis = Analyse(sweep->trials, settings.delays_ns, settings.measure,
                                    {kFasterNs.begin(), kFasterNs.end()});
  Print(stdout, FormatAnalysis(analysis));
  return absl::OkStatus();
}

int RunInDirectory(const Settings& settings, std::optional<Metric> metric,
                   const TrialEnvironment& environment, SignalWatch& signals,
                   const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/trials.jsonl");
  absl::StatusOr<std::unique_ptr<TrialLog>> log =
      TrialLog::Create(path, settings, PYSLOW_VERSION, FormatUtc(std::time(nullptr)));
  if (!log.ok()) return Error(absl::StrCat(path, ": ", log.status().message()), kMistake);
  Print(stderr, Announcement(settings, directory, environment.ignored));
  const std::vector<PlannedTrial> plan =
      PlanBlocks(settings.delays_ns, settings.blocks, settings.seed);
  RestartTrials trials(settings, std::move(metric), environment.variables, directory,
                       ReadSessionCounts, &signals);
  double spent_seconds = 0;
  const SweepEnd end = RunTrials(plan, trials, [&](const Trial& trial) {
    absl::Status kept = (*log)->Append(trial);
    if (!kept.ok()) return absl::Status(kept.code(), absl::StrCat(path, ": ", kept.message()));
    spent_seconds += trial.wall_seconds;
    const int done = trial.index + 1;
    const double left = spent_seconds / done * (static_cast<double>(plan.size()) - done);
    Print(stderr, absl::StrCat(FormatTrial(trial, plan.size(), settings.measure), ", about ",
                               std::lround(left), " s left\n"));
    return absl::OkStatus();
  });
  if (end.measured == 0) {  // nothing to keep, and the name can be used again
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    std::filesystem::remove(directory, ignored);
    return TellEnd(end, plan, directory);
  }
  const absl::Status printed = PrintFindings(path);
  if (end.outcome.kind != TrialOutcome::Kind::kMeasured) return TellEnd(end, plan, directory);
  return printed.ok() ? 0 : Error(absl::StrCat(path, ": ", printed.message()), kFailed);
}

int RunSweep(const CommandLine& line, const std::vector<std::string>& environment) {
  Settings settings = line.settings;
  absl::StatusOr<std::optional<Metric>> metric = CompileMetric(settings);
  if (!metric.ok()) return Error(metric.status().message(), kMistake);
  absl::StatusOr<std::string> pyslow = FindPyslow(line);
  if (!pyslow.ok()) return Error(pyslow.status().message(), kMistake);
  settings.pyslow = *std::move(pyslow);
  if (!line.seed_given) settings.seed = std::random_device{}();
  const absl::StatusOr<std::unique_ptr<SignalWatch>> signals = SignalWatch::Start();
  if (!signals.ok()) return Error(signals.status().message(), kMistake);
  const TrialEnvironment for_trials = EnvironmentForTrials(environment);
  if (const auto status = DryStart(settings, for_trials.variables, **signals)) return *status;
  const absl::StatusOr<std::string> directory =
      MakeResultsDirectory(settings.out, std::time(nullptr));
  if (!directory.ok()) return Error(directory.status().message(), kMistake);
  return RunInDirectory(settings, *std::move(metric), for_trials, **signals, *directory);
}

}  // namespace

int RunProgram(const std::vector<std::string>& words, const std::vector<std::string>& environment) {
  const absl::StatusOr<CommandLine> line = ParseCommandLine(words);
  if (!line.ok()) return Error(line.status().message(), kMistake);
  if (line->help || line->version) {
    Print(stdout, line->help ? HelpText() : absl::StrCat("pyslow-sweep ", PYSLOW_VERSION, "\n"));
    return 0;
  }
  return RunSweep(*line, environment);
}

}  // namespace pyslow::experiment
