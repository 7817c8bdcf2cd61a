#include "base/sanitize.h"

#include <gtest/gtest.h>

#include <string>

#include "base/utf8.h"

namespace pyslow {
namespace {

TEST(IsControl, IncludesDirectionMarks) {
  for (const char32_t c :
       {0x0, 0x1b, 0x1f, 0x7f, 0x80, 0x9b, 0x9f, 0x202a, 0x202e, 0x2066, 0x2069}) {
    EXPECT_TRUE(IsControl(c)) << static_cast<uint32_t>(c);
  }
  for (const char32_t c : {0x20, 0x7e, 0xa0, 0xe9, 0x2029, 0x202f, 0x2065, 0x206a, 0x10ffff}) {
    EXPECT_FALSE(IsControl(c)) << static_cast<uint32_t>(c);
  }
}

TEST(Printable, KeepsReadableText) {
  EXPECT_EQ(Printable("Größe.<locals>.λ:名前🙂"), "Größe.<locals>.λ:名前🙂");
}

TEST(Printable, ShowsControlCharacters) {
  EXPECT_EQ(Printable(absl::string_view("a\0\n\033[2J\x7f", 8)), "a\\x00\\x0a\\x1b[2J\\x7f");
  EXPECT_EQ(Printable("\u0085"), "\\xc2\\x85");       // a C1 control
  EXPECT_EQ(Printable("\xc2\x9b"), "\\xc2\\x9b");     // ESC [ in one character
  EXPECT_EQ(Printable("\u202e"), "\\xe2\\x80\\xae");  // right to left from here on
}

TEST(Printable, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(Printable("\xff"), "\\xff");
  EXPECT_EQ(Printable("\xc3"), "\\xc3");                             // cut off
  EXPECT_EQ(Printable("\xc0\x80"), "\\xc0\\x80");                    // overlong
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(Printable("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf");           // overlong
}

TEST(Printable, ShowsLoneSurrogates) {
  EXPECT_EQ(Printable("a\xed\xb2\x80z"), "a\\x80z");  // U+DC80: a byte in a file's name
  EXPECT_EQ(Printable("\xed\xb3\xbf"), "\\xff");      // U+DCFF
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\ud800");
  EXPECT_EQ(Printable("\xed\xb2\x7f"), "\\xed\\xb2\\x7f");
  EXPECT_EQ(ValidUtf8("\xed\xbf\xbf"), "\\udfff");
}

TEST(Excerpt, ShowsControlCharactersAndCutsWithAnEllipsis) {
  EXPECT_EQ(Excerpt("a\x1b[31m\xff\u00e9"), "a\\x1b[31m\\xff\u00e9");
  EXPECT_EQ(Excerpt("\u65e5\u65e5\u65e5", 2), "\u65e5\u65e5\u2026");
  EXPECT_EQ(Excerpt("ab", 2), "ab");
}

TEST(PrintableLines, KeepsLineFeedsAndTabs) {
  EXPECT_EQ(PrintableLines("a\tb\n\033[2Jc\r\n"), "a\tb\n\\x1b[2Jc\\x0d\n");
}

TEST(ValidUtf8, KeepsControlCharacters) { EXPECT_EQ(ValidUtf8("a\n\xff"), "a\n\\xff"); }

TEST(Sanitizers, ReturnValidUtf8ForRandomBytes) {
  uint32_t seed = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (int i = 0; i < 6; ++i) {
      seed = seed * 1'664'525 + 1'013'904'223;
      // Lead and continuation bytes more often than chance.
      bytes.push_back(static_cast<char>(i == 0 ? 0xe0 | (seed >> 28) : 0x80 | (seed >> 25)));
    }
    EXPECT_EQ(FindInvalidUtf8(ValidUtf8(bytes)), absl::string_view::npos);
    const std::string line = Printable(bytes);
    EXPECT_EQ(Printable(line), line);
    for (absl::string_view rest = line; !rest.empty();) {
      ASSERT_FALSE(IsControl(TakeCharacter(&rest)));
    }
  }
}

}  // namespace
}  // namespace pyslow
