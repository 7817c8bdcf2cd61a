#include "sweep/cli/program_words.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace pyslow::cli {
namespace {

using Words = std::vector<std::string>;

// A directory of Python scripts that have the name of a program in /bin.
class ReadBothProgramsTest : public ::testing::Test {
 protected:
  ReadBothProgramsTest() {
    for (const char* const name : {"active", "venv", "other"}) {
      std::filesystem::create_directories(dir_ + name + "/bin");
      const std::string script = dir_ + name + "/bin/sh";
      std::ofstream(script) << "#!/usr/bin/python3\n";
      std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    }
    settings_.command = {"sh", "x"};
  }
  ~ReadBothProgramsTest() override { std::filesystem::remove_all(dir_); }

  std::string ScriptIn(const std::string& name) const { return dir_ + name + "/bin/sh"; }
  void Read() {
    DroppedWords dropped;
    const absl::Status status = ReadBothPrograms(
        {absl::StrCat("PATH=", dir_, "active/bin:/usr/bin:/bin")}, &settings_, &dropped);
    ASSERT_TRUE(status.ok()) << status;
  }

  const std::string dir_ =
      absl::StrCat(::testing::TempDir(), "program_words_",
                   ::testing::UnitTest::GetInstance()->current_test_info()->name(), "/");
  trials::TrialSettings settings_;
};

// Regression: without --python, /bin came before the directories of PATH.
TEST_F(ReadBothProgramsTest, TheScriptsOfPathComeInItsOrder) {
  settings_.against.emplace();
  Read();
  EXPECT_EQ(settings_.command, (Words{ScriptIn("active"), "x"}));
  EXPECT_EQ(settings_.against->command, (Words{ScriptIn("active"), "x"}));
}

TEST_F(ReadBothProgramsTest, TheScriptsOfTheEnvironmentComeFirst) {
  settings_.python = dir_ + "venv";
  settings_.against.emplace();
  Read();
  EXPECT_EQ(settings_.command, (Words{ScriptIn("venv"), "x"}));
  EXPECT_EQ(settings_.against->command, (Words{ScriptIn("venv"), "x"}));
}

TEST_F(ReadBothProgramsTest, TheOtherVersionMayHaveAnEnvironmentOfItsOwn) {
  settings_.against.emplace();
  settings_.against->python = dir_ + "other";
  Read();
  EXPECT_EQ(settings_.command, (Words{ScriptIn("active"), "x"}));
  EXPECT_EQ(settings_.against->command, (Words{ScriptIn("other"), "x"}));
}

constexpr char kVersion[] =
    "pyslow 0.1.0, Python 3.13.0, embedded; in place of /usr/bin/python3.13";

TEST(CheckDroppedVersion, RefusesTheNameOfAnotherPython) {
  EXPECT_EQ(CheckDroppedVersion("python3.12", kVersion).message(),
            "python3.12: pyslow runs Python 3.13.0 here; remove the word, or set "
            "SPEED_BUMP_PYTHON=python3.12");
}

TEST(CheckDroppedVersion, AcceptsWhatDoesNotContradict) {
  for (const char* dropped : {"", "python", "python3", "python3.13", "python3.13t"}) {
    EXPECT_TRUE(CheckDroppedVersion(dropped, kVersion).ok()) << dropped;
  }
  EXPECT_TRUE(CheckDroppedVersion("python3.12", "").ok());
  EXPECT_TRUE(CheckDroppedVersion("python3.12", "a wrapper says nothing").ok());
}

}  // namespace
}  // namespace pyslow::cli
