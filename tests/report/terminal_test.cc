#include "report/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace pyslow::report {
namespace {

TEST(MayColorTest, IsForTerminalsWithoutNoColor) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) GTEST_SKIP() << "no pseudo-terminals here";
  const char* const before = std::getenv("NO_COLOR");
  unsetenv("NO_COLOR");
  EXPECT_TRUE(MayColor(terminal));
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(MayColor(terminal));
  before == nullptr ? unsetenv("NO_COLOR") : setenv("NO_COLOR", before, 1);
  close(terminal);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_FALSE(MayColor(ends[1]));
  close(ends[0]);
  close(ends[1]);
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
}  // namespace pyslow::report
