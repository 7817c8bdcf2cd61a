#include "report/program.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "report/command_line.h"
#include "report/json.h"
#include "report/summary.h"
#include "report/table.h"
#include "base/text.h"
#include "session/snapshot.h"

namespace pyslow::report {
namespace {

constexpr int kFailed = 2;

absl::Status Print(absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return absl::UnavailableError(
          absl::StrCat("standard output: cannot be written: ", std::strerror(errno)));
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

int Fail(const absl::Status& status) {
  // One write, so that lines of several programs do not mix.
  const std::string line =
      absl::StrCat("pyslow-report: error: ", Printable(status.message()), "\n");
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  return kFailed;
}

void Sleep(int64_t ns) {
  timespec left = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

// Whether there may be more to see: a process runs, or one that cannot be looked at from here has
// not said that it ended, or none has begun.
bool MayGoOn(const Summary& summary) {
  for (const ProcessSummary& process : summary.processes) {
    if (process.state == ProcessState::kRunning || process.state == ProcessState::kUnknown) {
      return true;
    }
  }
  return summary.processes.empty();
}

absl::Status Report(const CommandLine& line) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  for (bool first = true;; first = false) {
    const auto session = session::ReadSession(line.directory);
    if (!session.ok()) return session.status();
    const Summary summary = Summarize(*session);
    std::string text;
    if (line.json) {
      text = FormatJson(*session, summary, line.follow ? -1 : 2);
    } else {
      // On a terminal each report takes the place of the last one.
      absl::string_view before;
      if (line.follow && terminal) before = "\033[H\033[J";
      if (line.follow && !terminal && !first) before = "\n";
      text = absl::StrCat(
          before, FormatTable(*session, summary, {line.top, MayColor(STDOUT_FILENO), true}));
    }
    if (auto status = Print(text); !status.ok()) return status;
    if (!line.follow || !MayGoOn(summary)) return absl::OkStatus();
    Sleep(line.interval_ns);
  }
}

}  // namespace

int RunProgram(const std::vector<std::string>& words) {
  const auto line = ParseCommandLine(words);
  if (!line.ok()) return Fail(line.status());
  absl::Status status;
  if (line->help) {
    status = Print(HelpText());
  } else if (line->version) {
    status = Print("pyslow-report " PYSLOW_VERSION "\n");
  } else {
    status = Report(*line);
  }
  return status.ok() ? 0 : Fail(status);
}

}  // namespace pyslow::report
