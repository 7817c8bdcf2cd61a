#include "sweep/trials/terminal_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/utf8.h"

namespace pyslow::trials {
namespace {

std::string Plain(absl::string_view bytes) {
  TerminalText cleaner;
  std::string text;
  cleaner.Append(bytes, &text);
  cleaner.Finish(&text);
  return text;
}

TEST(TerminalText, KeepsPlainText) { EXPECT_EQ(Plain("a\tb\nc \u00e9\n"), "a\tb\nc \u00e9\n"); }

TEST(TerminalText, EndsLinesAtCarriageReturns) {
  EXPECT_EQ(Plain("1%\r2%\r3%\n"), "1%\n2%\n3%\n");
  EXPECT_EQ(Plain("a\r\nb\r\n"), "a\nb\n");
  EXPECT_EQ(Plain("5%\b\b6%"), "5%\n\n6%");
}

TEST(TerminalText, RemovesColoursAndTitles) {
  EXPECT_EQ(Plain("\x1b[1;32m5.0\x1b[0m it/s\x1b[K"), "5.0 it/s");
  EXPECT_EQ(Plain("\x1b]0;title 7\aend"), "end");
  EXPECT_EQ(Plain("\x1b]8;;http://x/1\x1b\\link\x1b]8;;\x1b\\"), "link");
  EXPECT_EQ(Plain("\x1bPq#0;2\x1b\\x"), "x");
  EXPECT_EQ(Plain("\x1b(Ba\x1b=b\x1b[?25lc"), "abc");
}

// Otherwise two figures would become one.
TEST(TerminalText, EndsLinesWhereTheCursorMoves) {
  EXPECT_EQ(Plain("12.3\x1b[1G45.6"), "12.3\n45.6");
  EXPECT_EQ(Plain("12.3\x1b[A45.6"), "12.3\n45.6");
  EXPECT_EQ(Plain("1\x1b"
                  "E2"),
            "1\n2");
}

TEST(TerminalText, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(Plain("dur\xe9"
                  "e 5"),
            "dur\ufffd"
            "e 5");
  EXPECT_EQ(Plain("\xff\xfe"), "\ufffd\ufffd");
  EXPECT_EQ(Plain("\xe2\x82"), "\ufffd\ufffd");
  EXPECT_EQ(Plain("\xed\xa0\x80x"), "\ufffdx");
}

TEST(TerminalText, GivesUpWhatIsNoSequence) {
  EXPECT_EQ(Plain("\x1b[12\nrate 5\n"), "[12\nrate 5\n");
  EXPECT_EQ(Plain("\x1b]never ends\nrate 5\n"), "]never ends\nrate 5\n");
  EXPECT_EQ(Plain("\x1b]" + std::string(10'000, 'x') + "\n"),
            "]" + std::string(10'000, 'x') + "\n");
  EXPECT_EQ(Plain("a\x1b"), "a");
}

// The result is valid, and does not depend on where reads end.
TEST(TerminalText, DoesNotDependOnThePieces) {
  std::mt19937 random(3);
  const std::string alphabet =
      std::string("ab5.\r\n\b\x1b[]m;G\\\a(P\xe2\x82\xac\xff\xc3\xa9") + '\0';
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    for (int c = 0; c < 30; ++c) bytes += alphabet[random() % alphabet.size()];
    TerminalText cleaner;
    std::string text;
    for (absl::string_view rest = bytes; !rest.empty();) {
      const size_t piece = 1 + random() % rest.size();
      cleaner.Append(rest.substr(0, piece), &text);
      rest.remove_prefix(piece);
    }
    cleaner.Finish(&text);
    ASSERT_EQ(text, Plain(bytes));
    ASSERT_EQ(FindInvalidUtf8(text), std::string::npos);
    ASSERT_EQ(text.find('\r'), std::string::npos);
    ASSERT_EQ(Plain(text).size(), text.size());
  }
}

}  // namespace
}  // namespace pyslow::trials
