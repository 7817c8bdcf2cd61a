#include "base/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace pyslow {
namespace {

TEST(MayColorTest, NeedsATerminal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_FALSE(MayColor(ends[1]));
  close(ends[0]);
  close(ends[1]);
}

// Sets the variables of a colour terminal and removes them again.
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

TEST_F(MayColorOnATerminalTest, IsTrue) { EXPECT_TRUE(MayColor(terminal_)); }

TEST_F(MayColorOnATerminalTest, IsFalseWithNoColor) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(MayColor(terminal_));
  setenv("NO_COLOR", "", 1);  // empty is as unset
  EXPECT_TRUE(MayColor(terminal_));
}

TEST_F(MayColorOnATerminalTest, IsFalseOnADumbTerminal) {
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(MayColor(terminal_));
}

TEST(SizeOfTest, IsThatOfTheTerminalAndZeroElsewhere) {
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
