// Runs the stub in a directory of the test. env takes the place of python and of
// pyslowX.Y-launcher.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "temporary_directory.h"

namespace pyslow::handoff {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;
namespace fs = std::filesystem;

struct Ran {
  int status = 0;
  std::vector<std::string> lines;  // of stdout and stderr
};

class ExecStubTest : public ::testing::Test {
 protected:
  void SetUp() override { Install(root_); }

  static void Install(const std::string& directory) {
    fs::create_directories(directory + "/bin");
    for (const char* file : {"exec_stub", "outdated_exec_stub", "libneeds.so"}) {
      fs::copy_file(absl::StrCat(PYSLOW_SAMPLES, "/", file), absl::StrCat(directory, "/", file));
    }
    fs::create_symlink(PYSLOW_ENV, directory + "/bin/other");
  }

  // Runs the program with `variables` as its whole environment.
  static Ran Run(const std::string& program, const std::string& variables = "A=1 B=") {
    const std::string command =
        absl::StrCat(PYSLOW_ENV, " -i ", variables, " '", program, "' 2>&1");
    Ran ran;
    FILE* const out = popen(command.c_str(), "r");
    std::string text;
    std::array<char, 4096> buffer;
    while (const size_t got = fread(buffer.data(), 1, buffer.size(), out)) {
      text.append(buffer.data(), got);
    }
    ran.status = WEXITSTATUS(pclose(out));
    ran.lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
    return ran;
  }

  const TemporaryDirectory temporary_;
  const std::string root_ = temporary_.path();
};

TEST_F(ExecStubTest, ExecutesPythonWithTheLibraryPreloaded) {
  const Ran ran = Run(root_ + "/exec_stub");
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(
      ran.lines,
      ElementsAre("A=1", "B=", absl::StrCat("LD_PRELOAD=", root_, "/libneeds.so"),
                  absl::StrCat("PYSLOW_UNVERIFIED_HANDOFF=exec_stub", root_, "/exec_stub")));
}

TEST_F(ExecStubTest, FollowsALinkAndKeepsTheProcessName) {
  fs::create_symlink(root_ + "/exec_stub", root_ + "/bin/python");
  const Ran ran = Run(root_ + "/bin/python");
  EXPECT_THAT(ran.lines,
              ElementsAre("A=1", "B=", absl::StrCat("LD_PRELOAD=", root_, "/libneeds.so"),
                          absl::StrCat("PYSLOW_UNVERIFIED_HANDOFF=python", root_, "/exec_stub")));
}

TEST_F(ExecStubTest, ExecutesTheLauncherInUnusualCases) {
  const std::string blank = root_ + "/a blank";
  Install(blank);
  const std::string bare = root_ + "/bare";
  Install(bare);
  fs::remove(bare + "/libneeds.so");
  // The loader skips an empty library, and the program would run without delays.
  const std::string empty = root_ + "/empty";
  Install(empty);
  fs::resize_file(empty + "/libneeds.so", 0);
  const std::vector<std::pair<std::string, std::string>> cases = {
      {root_ + "/outdated_exec_stub", "A=1"},
      {root_ + "/exec_stub", "LD_PRELOAD=libm.so.6"},
      {blank + "/exec_stub", "A=1"},
      {bare + "/exec_stub", "A=1"},
      {empty + "/exec_stub", "A=1"}};
  for (const auto& [program, variable] : cases) {
    const Ran ran = Run(program, variable);
    EXPECT_EQ(ran.status, 0);
    const std::string name = fs::path(program).filename().string().substr(0, 15);
    EXPECT_THAT(ran.lines, ElementsAre(variable, "PYSLOW_EMBED_REASON=",
                                       absl::StrCat("PYSLOW_HANDOFF=", name, program)));
  }
}

TEST_F(ExecStubTest, ReportsAMissingLauncher) {
  fs::remove(root_ + "/bin/other");
  const Ran ran = Run(root_ + "/outdated_exec_stub");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.lines, ElementsAre(absl::StrCat("pyslow: error: ", root_,
                                                  "/bin/other: it is missing; reinstall pyslow")));
}

TEST_F(ExecStubTest, MasksControlCharactersInAnError) {
  const std::string directory = root_ + "/a\033[2Jb";
  Install(directory);
  fs::remove(directory + "/bin/other");
  const Ran ran = Run(directory + "/outdated_exec_stub");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.lines,
              ElementsAre(absl::StrCat("pyslow: error: ", root_,
                                       "/a?[2Jb/bin/other: it is missing; reinstall pyslow")));
}

TEST_F(ExecStubTest, PassesLongAndManyVariables) {
  std::string variables =
      absl::StrCat("LONG=", std::string(100'000, 'x'));  // the shell's limit is 128 KiB
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&variables, " V", i, "=", i);
  const Ran ran = Run(root_ + "/exec_stub", variables);
  ASSERT_EQ(ran.lines.size(), 1003U);
  EXPECT_THAT(ran.lines[0], StartsWith("LONG=xxx"));
  EXPECT_EQ(ran.lines[1000], "V999=999");
}

}  // namespace
}  // namespace pyslow::handoff
