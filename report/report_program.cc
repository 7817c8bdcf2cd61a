#include "report/report_program.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/report_error.h"
#include "base/terminal.h"
#include "base/text.h"
#include "report/report_command_line.h"
#include "report/report_json.h"
#include "report/report_table.h"
#include "report/suggest_session.h"
#include "report/summary.h"
#include "session/snapshot.h"

namespace pyslow::report {
namespace {

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
  ReportError("pyslow-report", status.message());
  return kUsageStatus;
}

void Sleep(int64_t ns) {
  timespec left = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

// Whether the session may still change: a process runs, or may run on another machine, or no
// process has started.
bool MayGoOn(const Summary& summary) {
  for (const ProcessSummary& process : summary.processes) {
    if (process.state == ProcessState::kRunning || process.state == ProcessState::kUnknown) {
      return true;
    }
  }
  return summary.processes.empty();
}

std::string TableText(const CommandLine& line, const session::SessionSnapshot& session,
                      const Summary& summary) {
  TableOptions options;
  options.top = line.top;
  options.color = MayColor(STDOUT_FILENO);
  options.columns = SizeOf(STDOUT_FILENO).columns;
  options.name_options = true;
  return FormatTable(session, summary, options);
}

// Overwrites the previous report on a terminal, line by line to avoid flicker. Lines that do not
// fit are counted; the last report is complete.
std::string Frame(absl::string_view report, bool is_first, bool is_last) {
  std::vector<absl::string_view> lines = absl::StrSplit(absl::StripSuffix(report, "\n"), '\n');
  const size_t room = SizeOf(STDOUT_FILENO).lines;
  std::string left_out;
  if (!is_last && room > 2 && lines.size() > room - 1) {
    left_out = CountedText(lines.size() - (room - 2), "more line", "more lines");
    lines.resize(room - 2);
    lines.push_back(left_out);
  }
  return absl::StrCat(is_first ? "\033[H\033[J" : "\033[H", absl::StrJoin(lines, "\033[K\n"),
                      "\033[K\n\033[J");
}

absl::StatusOr<session::SessionSnapshot> Read(const std::string& directory) {
  auto session = session::ReadSession(directory);
  if (!absl::IsNotFound(session.status())) return session;
  return absl::NotFoundError(
      absl::StrCat(session.status().message(), DidYouMeanSession(directory)));
}

absl::Status Report(const CommandLine& line) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  for (bool first = true;; first = false) {
    const auto session = Read(line.directory);
    if (!session.ok()) return session.status();
    const Summary summary = Summarize(*session);
    const bool is_last = !line.follow || !MayGoOn(summary);
    std::string text;
    if (line.json) {
      text = FormatJson(*session, summary, line.follow);
    } else {
      text = TableText(line, *session, summary);
      if (line.follow && terminal) text = Frame(text, first, is_last);
      if (line.follow && !terminal && !first) text = absl::StrCat("\n", text);
    }
    if (auto status = Print(text); !status.ok()) return status;
    if (is_last) return absl::OkStatus();
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
  } else if (!line->completion.empty()) {
    status = Print(CompletionText(line->completion));
  } else if (line->version) {
    status = Print("pyslow-report " PYSLOW_VERSION "\n");
  } else {
    status = Report(*line);
  }
  return status.ok() ? 0 : Fail(status);
}

}  // namespace pyslow::report
