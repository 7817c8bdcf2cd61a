#include "sweep/trials/python_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class ProgramFilesTest : public ::testing::Test {
 protected:
  ProgramFilesTest() { std::filesystem::current_path(temporary_.path()); }
  ~ProgramFilesTest() override { std::filesystem::current_path(before_); }
  static void WriteTo(const std::string& path, const std::string& text) {
    const std::filesystem::path file(path);
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  const std::filesystem::path before_ = std::filesystem::current_path();
  const TemporaryDirectory temporary_;
};

TEST_F(ProgramFilesTest, AreTheScriptAndTheTargetFile) {
  WriteTo("bench.py", "pass");
  WriteTo("t.targets", "*:*");
  const FileChecksums before = ReadProgramFiles({"-u", "bench.py"}, "t.targets");
  EXPECT_EQ(before.size(), 2U);
  EXPECT_EQ(ReadProgramFiles({"-u", "bench.py"}, "t.targets"), before);
  WriteTo("bench.py", "PASS");
  EXPECT_THAT(ChangedFiles(before, ReadProgramFiles({"bench.py"}, "t.targets")),
              ElementsAre("bench.py"));
  EXPECT_THAT(ChangedFiles(before, before), IsEmpty());
}

TEST_F(ProgramFilesTest, AreThoseOfAModuleOrADirectory) {
  WriteTo("pkg/bench.py", "pass");
  WriteTo("pkg/__main__.py", "pass");
  const auto path_of = [](const std::vector<std::string>& command) {
    const FileChecksums files = ReadProgramFiles(command, "");
    return files.size() == 1 ? files.begin()->first : "";
  };
  EXPECT_EQ(path_of({"-m", "pkg.bench"}), "pkg/bench.py");
  EXPECT_EQ(path_of({"-m", "pkg"}), "pkg/__main__.py");
  EXPECT_EQ(path_of({"pkg"}), "pkg/__main__.py");
  EXPECT_THAT(ReadProgramFiles({"-m", "json.tool"}, ""), IsEmpty());
  EXPECT_THAT(ReadProgramFiles({"-c", "pass"}, ""), IsEmpty());
}

TEST_F(ProgramFilesTest, AMissingFileHasNoChecksum) {
  EXPECT_THAT(ReadProgramFiles({"gone.py"}, ""), ElementsAre(Pair("gone.py", "")));
}

}  // namespace
}  // namespace pyslow::trials
