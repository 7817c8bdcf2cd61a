#include "base/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace pyslow {
namespace {

TEST(FormatRowsTest, AlignsWideNames) {
  const std::vector<TableRow> rows = {{{"a", "名前", "name"}}, {{"12", "abcde", "f"}, true}};
  EXPECT_EQ(FormatRows(rows, Style(false)),
            " a   名前  name\n"
            "12  abcde  f\n");
}

TEST(FormatRowsTest, ColoursWholeLines) {
  const std::vector<TableRow> rows = {{{"a", "n"}}, {{"b", "m"}, true}};
  EXPECT_EQ(FormatRows(rows, Style(true)), "\033[1ma  n\033[0m\n\033[2mb  m\033[0m\n");
}

TEST(FormatRowsTest, LeavesNoBlanksAtTheEnd) {
  EXPECT_EQ(FormatRows({{{"a", ""}}}, Style(false)), "a\n");
}

TEST(MayColorTest, NeedsATerminal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_FALSE(MayColor(ends[1]));
  close(ends[0]);
  close(ends[1]);
}

// Sets variables and puts them back.
class MayColorOnATerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    terminal_ = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal_ < 0) GTEST_SKIP() << "no pseudo-terminal here";
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
  }
  void TearDown() override {
    if (terminal_ >= 0) close(terminal_);
    unsetenv("NO_COLOR");
  }
  int terminal_ = -1;
};

TEST_F(MayColorOnATerminalTest, SaysYes) { EXPECT_TRUE(MayColor(terminal_)); }

TEST_F(MayColorOnATerminalTest, ObeysNoColor) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(MayColor(terminal_));
  setenv("NO_COLOR", "", 1);  // empty is as unset
  EXPECT_TRUE(MayColor(terminal_));
}

TEST_F(MayColorOnATerminalTest, SparesADumbTerminal) {
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(MayColor(terminal_));
}

TEST(SizeOfTest, IsWhatTheTerminalSaysAndNothingElsewhere) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) GTEST_SKIP() << "no pseudo-terminals here";
  const winsize size = {30, 97, 0, 0};
  ASSERT_EQ(ioctl(terminal, TIOCSWINSZ, &size), 0);
  EXPECT_EQ(SizeOf(terminal).columns, 97U);
  EXPECT_EQ(SizeOf(terminal).lines, 30U);
  close(terminal);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(SizeOf(ends[1]).columns, 0U);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace pyslow
