#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow {
namespace {

std::vector<char32_t> Characters(absl::string_view text) {
  std::vector<char32_t> characters;
  while (!text.empty()) characters.push_back(TakeCharacter(&text));
  return characters;
}

TEST(TakeCharacter, ReadsWhatAppendUtf8Wrote) {
  for (char32_t c = 0; c < kInvalidByte; ++c) {
    std::string text;
    AppendUtf8(c, &text);
    ASSERT_EQ(Characters(text), std::vector<char32_t>{c});
  }
}

TEST(TakeCharacter, ReturnsEachByteOfAnInvalidSequenceAlone) {
  const char32_t bad = kInvalidByte;
  EXPECT_EQ(Characters("\xff"
                       "a\x80"),
            (std::vector<char32_t>{bad, 'a', bad}));
  EXPECT_EQ(Characters("\xc0\x80"), (std::vector<char32_t>{bad, bad}));           // overlong
  EXPECT_EQ(Characters("\xe0\x9f\xbf"), (std::vector<char32_t>{bad, bad, bad}));  // overlong
  EXPECT_EQ(Characters("\xf4\x90\x80\x80"), (std::vector<char32_t>{bad, bad, bad, bad}));
  EXPECT_EQ(Characters("\xe6\x97"), (std::vector<char32_t>{bad, bad}));  // cut off
  EXPECT_EQ(Characters("\xe6\x97q"), (std::vector<char32_t>{bad, bad, 'q'}));
}

TEST(FindInvalidUtf8, FindsTheFirstByteThatIsNotStrictUtf8) {
  EXPECT_EQ(FindInvalidUtf8("a\u00e9\u65e5\U0001d11e"), absl::string_view::npos);
  EXPECT_EQ(FindInvalidUtf8("\u00e9\xff"), 2u);
  EXPECT_EQ(FindInvalidUtf8("a\xed\xa0\x80"), 1u);  // a surrogate
}

}  // namespace
}  // namespace pyslow
