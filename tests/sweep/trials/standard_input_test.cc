#include "sweep/trials/standard_input.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;

class StandardInputTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe(ends_), 0); }
  void TearDown() override {
    close(ends_[0]);
    close(ends_[1]);
  }
  int FileWith(const std::string& text) {
    const std::string path = temporary_.path() + "/input";
    std::ofstream(path) << text;
    return open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }

  const TemporaryDirectory temporary_;
  int ends_[2];
};

TEST(ReadsProgramFromInput, FindsTheProgramAfterPythonsOptions) {
  EXPECT_TRUE(ReadsProgramFromInput({"-"}));
  EXPECT_TRUE(ReadsProgramFromInput({"-u", "-"}));
  EXPECT_TRUE(ReadsProgramFromInput({"-W", "error", "-Xdev", "-", "bench.py"}));
  EXPECT_TRUE(ReadsProgramFromInput({"-u"}));
  EXPECT_FALSE(ReadsProgramFromInput({"bench.py", "-"}));
  EXPECT_FALSE(ReadsProgramFromInput({"-Im", "bench", "-"}));
  EXPECT_FALSE(ReadsProgramFromInput({"-X", "dev", "-c", "pass", "-"}));
  EXPECT_FALSE(ReadsProgramFromInput({"--check-hash-based-pycs", "never", "bench.py"}));
}

TEST_F(StandardInputTest, ReadsTheRestOfAFileAndKeepsThePosition) {
  const int fd = FileWith("read prompts");
  ASSERT_EQ(lseek(fd, 5, SEEK_SET), 5);
  EXPECT_EQ(ReadStandardInput(fd, false)->content, "prompts");
  EXPECT_EQ(ReadStandardInput(fd, true)->content, "prompts");
  close(fd);
}

TEST_F(StandardInputTest, ReadsAPipeOnlyForTheProgram) {
  ASSERT_EQ(write(ends_[1], "print()", 7), 7);
  // The pipe is not closed, so reading it would not end.
  const auto ignored = ReadStandardInput(ends_[0], false);
  EXPECT_EQ(ignored->content, "");
  EXPECT_TRUE(ignored->has_ignored_pipe);
  close(ends_[1]);
  ends_[1] = -1;
  EXPECT_EQ(ReadStandardInput(ends_[0], true)->content, "print()");
}

TEST_F(StandardInputTest, DoesNotReportAnEmptyPipe) {
  EXPECT_FALSE(ReadStandardInput(ends_[0], false)->has_ignored_pipe);
}

TEST_F(StandardInputTest, RejectsAnEmptyProgram) {
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  for (const int fd : {null, -1}) {
    EXPECT_THAT(std::string(ReadStandardInput(fd, true).status().message()),
                HasSubstr("standard input: Python reads the program from it, but it is empty; "));
    EXPECT_EQ(ReadStandardInput(fd, false)->content, "");
  }
  close(null);
}

TEST_F(StandardInputTest, LimitsTheSize) {
  const int fd = FileWith("12345");
  EXPECT_EQ(ReadStandardInput(fd, false, 5)->content, "12345");
  EXPECT_THAT(std::string(ReadStandardInput(fd, false, 4).status().message()),
              HasSubstr("standard input: it is larger than"));
  close(fd);
}

}  // namespace
}  // namespace pyslow::trials
