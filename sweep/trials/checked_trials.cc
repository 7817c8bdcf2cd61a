#include "sweep/trials/checked_trials.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/file.h"

namespace pyslow::trials {
namespace {

constexpr int kMaxLogsOfATrial = 1000;

// Whether `path` did not exist and is now an empty file. False on errors too.
bool CreateLog(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

}  // namespace

std::string CheckedTrials::WriteLog(int number, const TrialOutcome& outcome) const {
  std::string path = absl::StrCat(directory_, "/trial-", number, ".log");
  for (int i = 2; !CreateLog(path); ++i) {
    if (errno != EEXIST || i > kMaxLogsOfATrial) return "";
    path = absl::StrCat(directory_, "/trial-", number, "-", i, ".log");
  }
  std::string text = outcome.output;
  if (!outcome.server_output.empty()) {
    absl::StrAppend(&text, "\nThe output of the server:\n", outcome.server_output);
  }
  if (WriteFile(path, text).ok()) return path;
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  return "";
}

TrialOutcome CheckedTrials::Run(const TrialSpec& spec) {
  const uint64_t before = signals_.Resumptions();
  TrialOutcome outcome = runner_->Run(spec);
  outcome.was_stopped = signals_.Resumptions() != before;
  if (outcome.kind == TrialOutcome::Kind::kMeasured && outcome.was_stopped) {
    outcome.kind = TrialOutcome::Kind::kFailed;
    outcome.why = "pyslow-sweep was stopped during the trial, as by Ctrl-Z: its time is unknown";
  }
  const bool failed = outcome.kind == TrialOutcome::Kind::kFailed;
  if (failed && !(outcome.output.empty() && outcome.server_output.empty())) {
    outcome.log = WriteLog(spec.index + 1, outcome);
  }
  return outcome;
}

}  // namespace pyslow::trials
