#include "base/width.h"

#include <gtest/gtest.h>

#include <clocale>

namespace pyslow {
namespace {

TEST(DisplayWidthTest, CountsColumnsNotBytesNorCharacters) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("json:dumps"), 10U);
  EXPECT_EQ(DisplayWidth("Größe"), 5U);
  EXPECT_EQ(DisplayWidth("名前"), 4U);
  EXPECT_EQ(DisplayWidth("関数.処理"), 9U);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);  // a combining accent
  EXPECT_EQ(DisplayWidth("e\u0301te\u0301"), 3U);
  EXPECT_EQ(DisplayWidth("🙂"), 2U);
}

TEST(DisplayWidthTest, KeepsTheLocale) {
  const locale_t before = uselocale(nullptr);
  DisplayWidth("関数");
  EXPECT_EQ(uselocale(nullptr), before);
}

TEST(ElidedTest, KeepsTextThatFits) {
  EXPECT_EQ(Elided("json:dumps", 10), "json:dumps");
  EXPECT_EQ(Elided("関数", 4), "関数");
  EXPECT_EQ(Elided("", 1), "");
  EXPECT_EQ(Elided("", 0), "");
}

TEST(ElidedTest, CutsTheMiddleWithAnEllipsis) {
  EXPECT_EQ(Elided("transformers.modeling_llama:LlamaForCausalLM.forward", 31),
            "transforme…aForCausalLM.forward");
  EXPECT_EQ(Elided("abcd", 3), "…cd");
  EXPECT_EQ(Elided("abcdef", 1), "…");
  EXPECT_EQ(Elided("abcdef", 0), "");
  EXPECT_EQ(Elided("abcdef", 2), "…f");
}

TEST(ElidedTest, NeverCutsThroughACharacter) {
  for (size_t columns = 1; columns < 20; ++columns) {
    const std::string cut = Elided("関数処理e\u0301\u0301の🙂名前関数処理", columns);
    EXPECT_LE(DisplayWidth(cut), columns);
    EXPECT_GE(DisplayWidth(cut) + 2, columns);
  }
  EXPECT_EQ(Elided("abcdefe\u0301", 4), "a…fe\u0301");
  EXPECT_EQ(Elided("名前名前", 4), "…前");
}

TEST(WrappedTest, BreaksBetweenWordsAndIndents) {
  EXPECT_EQ(Wrapped("", 9, 2), "");
  EXPECT_EQ(Wrapped("one two three", 0, 2), "one two three");
  EXPECT_EQ(Wrapped("one two three", 13, 2), "one two three");
  EXPECT_EQ(Wrapped("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(Wrapped("one two three four", 9, 2), "one two\n  three\n  four");
}

TEST(WrappedTest, KeepsALongWordWhole) {
  EXPECT_EQ(Wrapped("one incomprehensibilities two", 8, 2), "one\n  incomprehensibilities\n  two");
  EXPECT_EQ(Wrapped("a long_long_word b", 6, 0), "a\nlong_long_word\nb");
}

}  // namespace
}  // namespace pyslow
