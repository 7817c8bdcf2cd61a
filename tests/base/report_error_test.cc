#include "base/report_error.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "temporary_directory.h"

namespace pyslow {
namespace {

using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

TEST(ReportError, PrintsProgramKindAndMessage) {
  CaptureStderr();
  ReportError("pyslow", "--delay: '1' has no unit");
  ReportWarning("pyslow-report", "no summary");
  ReportNote("pyslow-sweep", "interrupted");
  EXPECT_EQ(GetCapturedStderr(),
            "pyslow: error: --delay: '1' has no unit\n"
            "pyslow-report: warning: no summary\n"
            "pyslow-sweep: interrupted\n");
}

TEST(ReportError, MasksControlCharacters) {
  CaptureStderr();
  ReportError("pyslow", "a\033[2Jb\nc\u202ed\xff");
  EXPECT_EQ(GetCapturedStderr(), "pyslow: error: a\\x1b[2Jb\\x0ac\\xe2\\x80\\xaed\\xff\n");
}

TEST(ReportError, KeepsLinesOfSeveralProcessesApart) {
  constexpr int kProcesses = 4;
  constexpr int kLines = 200;
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/stderr";
  const std::string message(300, 'x');
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      if (std::freopen(path.c_str(), "a", stderr) == nullptr) _exit(1);
      for (int line = 0; line < kLines; ++line) ReportError("p", message);
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  std::ifstream file(path);
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    ASSERT_EQ(line, "p: error: " + message);
  }
  EXPECT_EQ(lines, kProcesses * kLines);
}

}  // namespace
}  // namespace pyslow
