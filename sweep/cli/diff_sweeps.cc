#include "sweep/cli/diff_sweeps.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/report_error.h"
#include "base/terminal.h"
#include "sweep/cli/job.h"
#include "sweep/cli/terminal_observer.h"
#include "sweep/model/sweep_diff.h"
#include "sweep/render/diff_words.h"
#include "sweep/steps/observer.h"
#include "sweep/steps/sweep.h"
#include "sweep/trials/replaying_runner.h"
#include "sweep/trials/trial_log.h"

namespace pyslow::cli {
namespace {

// The findings of the sweep in job->directory; nullopt after an error, which is reported.
std::optional<model::Findings> FindingsOf(const CommandLine& line, Job* job) {
  absl::StatusOr<trials::RecordedSweep> recorded = trials::ReadTrialLog(job->LogPath());
  if (!recorded.ok()) {
    LogError(*job, recorded.status());
    return std::nullopt;
  }
  job->recorded = *std::move(recorded);
  if (absl::Status status = LoadSettings(line, job); !status.ok()) {
    Error(status.message(), kUsageStatus);
    return std::nullopt;
  }
  steps::NoObserver observer;
  trials::ReplayingRunner replaying(job->recorded, nullptr, nullptr, job->LogPath());
  steps::SweepEnd end = steps::RunSweep(job->settings, &replaying, &observer);
  if (end.findings.trials == 0) {
    Error(absl::StrCat(job->LogPath(), ": it has no trial; run the sweep first"), kUsageStatus);
    return std::nullopt;
  }
  if (!end.status.ok()) {
    ReportWarning(kProgram,
                  absl::StrCat(job->directory, ": it is not finished; continue it with --resume"));
  }
  Describe(*job, end.settings, end.trial_seconds, &end.findings);
  return std::move(end.findings);
}

}  // namespace

int DiffSweeps(const CommandLine& line) {
  Job first;
  Job other;
  first.directory = line.diff.front();
  other.directory = line.diff.back();
  const std::optional<model::Findings> before = FindingsOf(line, &first);
  if (!before.has_value()) return kUsageStatus;
  const std::optional<model::Findings> after = FindingsOf(line, &other);
  if (!after.has_value()) return kUsageStatus;
  const model::SweepDiff diff = model::DiffOf(*before, *after);
  const render::DiffedSweep a = {first.directory, before->started, before->unit};
  const render::DiffedSweep b = {other.directory, after->started, after->unit};
  const TerminalObserver terminal(stdout, stderr, true);
  Print(stdout, line.json ? render::DiffJson(diff, a, b)
                          : render::FormatDiff(diff, a, b, terminal.options()));
  return 0;
}

}  // namespace pyslow::cli
