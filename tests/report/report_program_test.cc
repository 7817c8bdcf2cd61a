// Runs pyslow-report on sessions that the test creates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "session/recorder.h"
#include "session/session.h"
#include "temporary_directory.h"

namespace pyslow::report {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Result {
  int status = -1;
  std::string out;  // both streams
};

Result RunShell(const std::string& command) {
  Result result;
  FILE* const pipe = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> buffer;
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) {
    result.out.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

class ProgramTest : public ::testing::Test {
 protected:
  // A session with a process that has called json:dumps three times with a delay of 10 us.
  void MakeSession() {
    session::Settings settings;
    settings.session_id = "sample";
    settings.groups = {{"default", {10'000, 1}, true}};
    settings.targets = {{"--target", 1, 1, "json:*", 0, false}};
    auto session = session::Session::Open(dir_, settings, false);
    ASSERT_TRUE(session.ok()) << session.status();
    session_ = *std::move(session);
    auto recorder = session::Recorder::Create(*session_, {"3.13.0", 1, 40});
    ASSERT_TRUE(recorder.ok()) << recorder.status();
    recorder_ = *std::move(recorder);
    session::FunctionCounters* counters =
        recorder_->AddFunction({{"json", "dumps", "j.py", 1}, 0, 0}).counters;
    session::Add(counters->calls, 3);
    session::Add(counters->delayed, 3);
    session::Add(counters->asked_ns, 30'000);
    session::Add(counters->spun_ticks, 30'300);
  }
  Result Report(const std::string& arguments) const {
    return RunShell(absl::StrCat("'" PYSLOW_REPORT "' ", arguments));
  }

  const TemporaryDirectory temporary_;
  const std::string parent_ = temporary_.path();
  std::string dir_ = parent_ + "/session";
  std::unique_ptr<session::Session> session_;
  std::unique_ptr<session::Recorder> recorder_;
};

TEST_F(ProgramTest, ReportsASessionWhileItRuns) {
  MakeSession();
  const Result result = Report(dir_);
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, HasSubstr("\nsession sample: "));
  EXPECT_THAT(result.out, HasSubstr("1 process, running"));
  EXPECT_THAT(result.out, HasSubstr("json:dumps\n"));
  EXPECT_THAT(result.out, HasSubstr("delivered 30.3us of delay for 30.0us requested (x1.010)"));
}

TEST_F(ProgramTest, WritesJson) {
  MakeSession();
  const Result result = Report(absl::StrCat("--json ", dir_));
  EXPECT_EQ(result.status, 0);
  const auto report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report["functions"][0]["delayed"], 3);
  EXPECT_EQ(report["processes"][0]["pid"], getpid());
}

TEST_F(ProgramTest, FollowsUntilTheSessionEnds) {
  MakeSession();
  FILE* const pipe = popen(
      absl::StrCat("'" PYSLOW_REPORT "' --follow --interval 20ms --json ", dir_).c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 8192> line;
  for (int i = 0; i < 3; ++i) {
    ASSERT_NE(fgets(line.data(), line.size(), pipe), nullptr);
    EXPECT_EQ(nlohmann::json::parse(line.data())["session"]["running"], 1);
  }
  recorder_->MarkEnded();
  std::string last;
  while (fgets(line.data(), line.size(), pipe) != nullptr) last = line.data();
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(nlohmann::json::parse(last)["processes"][0]["state"], "ended");
}

TEST_F(ProgramTest, ReportsAMistakeInOneLineWithStatus2) {
  const Result none = Report(dir_);
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.out, absl::StrCat("pyslow-report: error: ", dir_, ": no such directory\n"));
  EXPECT_EQ(Report("").status, 2);
  std::filesystem::create_directory(dir_);
  EXPECT_THAT(Report(dir_).out, HasSubstr("it holds no pyslow session"));
}

TEST_F(ProgramTest, SuggestsASessionDirectory) {
  MakeSession();
  EXPECT_EQ(Report(parent_ + "/sesion").out,
            absl::StrCat("pyslow-report: error: ", parent_, "/sesion: no such directory; did you ",
                         "mean '", dir_, "'?\n"));
  EXPECT_EQ(Report(parent_ + "/").out,
            absl::StrCat("pyslow-report: error: ", parent_, "/: it holds no pyslow session; ",
                         "did you mean '", dir_, "'?\n"));
  EXPECT_THAT(RunShell(absl::StrCat("cd ", parent_, " && '" PYSLOW_REPORT "' sessio")).out,
              HasSubstr("did you mean 'session'?"));
}

TEST_F(ProgramTest, ReportsADamagedRecord) {
  MakeSession();
  std::ofstream(dir_ + "/record-00", std::ios::binary) << "garbage";
  const Result result = Report(dir_);
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, absl::StrCat("pyslow-report: error: ", dir_,
                                     "/record-00: damaged: it is too short for a record\n"));
}

TEST_F(ProgramTest, ReportsAWriteError) {
  MakeSession();
  const Result result = RunShell(absl::StrCat("('" PYSLOW_REPORT "' ", dir_, " >/dev/full)"));
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out,
            "pyslow-report: error: standard output: cannot be written: No space left on device\n");
}

TEST_F(ProgramTest, ColoursOnlyATerminal) {
  MakeSession();
  if (RunShell("script --version").status != 0) GTEST_SKIP() << "no script(1) here";
  const std::string in_terminal =
      absl::StrCat("script -qec \"'" PYSLOW_REPORT "' ", dir_, "\" /dev/null");
  EXPECT_THAT(RunShell("env -u NO_COLOR TERM=xterm " + in_terminal).out, HasSubstr("\033[1m"));
  EXPECT_EQ(RunShell("NO_COLOR=1 " + in_terminal).out.find('\033'), std::string::npos);
  EXPECT_EQ(Report(dir_).out.find('\033'), std::string::npos);
}

TEST_F(ProgramTest, ShowsHelpAndVersion) {
  EXPECT_THAT(Report("--help").out, HasSubstr("pyslow-report [options] DIR"));
  EXPECT_THAT(Report("--version").out, StartsWith("pyslow-report "));
}

}  // namespace
}  // namespace pyslow::report
