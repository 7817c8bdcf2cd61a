#include "base/terminal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace pyslow {
namespace {

TEST(DisplayWidthTest, CountsColumnsAndNotBytes) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("Größe"), 5U);
  EXPECT_EQ(DisplayWidth("名前"), 4U);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);  // a combining accent
  EXPECT_EQ(DisplayWidth("🙂"), 2U);
}

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
    terminal_ = posix_openpt(2);  // O_RDWR
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

TEST(ShortenedTest, CutsBetweenCharacters) {
  EXPECT_EQ(Shortened("abc", 3), "abc");
  EXPECT_EQ(Shortened("abcd", 3), "ab…");
  EXPECT_EQ(Shortened("名前名前", 4), "名…");
  EXPECT_EQ(Shortened("abc", 0), "");
}

TEST(WrappedTest, BreaksAtBlanks) {
  EXPECT_EQ(Wrapped("one two three four", 9, 2), "one two\n  three\n  four\n");
  EXPECT_EQ(Wrapped("", 9, 2), "\n");
}

TEST(WrappedTest, KeepsALongWordWhole) {
  EXPECT_EQ(Wrapped("a long_long_word b", 6, 0), "a\nlong_long_word\nb\n");
}

}  // namespace
}  // namespace pyslow
