#include "report/width.h"

#include <gtest/gtest.h>

#include <clocale>

namespace pyslow::report {
namespace {

TEST(WidthTest, CountsColumnsNotBytesNorCharacters) {
  EXPECT_EQ(WidthOf(""), 0U);
  EXPECT_EQ(WidthOf("json:dumps"), 10U);
  EXPECT_EQ(WidthOf("größe"), 5U);
  EXPECT_EQ(WidthOf("関数.処理"), 9U);
  EXPECT_EQ(WidthOf("e\u0301te\u0301"), 3U);  // combining accents
  EXPECT_EQ(WidthOf("🙂"), 2U);
}

TEST(WidthTest, LeavesTheLocaleAsItWas) {
  const locale_t before = uselocale(nullptr);
  WidthOf("関数");
  EXPECT_EQ(uselocale(nullptr), before);
}

TEST(ElidedTest, LeavesWhatFits) {
  EXPECT_EQ(Elided("json:dumps", 10), "json:dumps");
  EXPECT_EQ(Elided("関数", 4), "関数");
  EXPECT_EQ(Elided("", 1), "");
}

TEST(ElidedTest, CutsTheMiddleWithASign) {
  EXPECT_EQ(Elided("transformers.modeling_llama:LlamaForCausalLM.forward", 31),
            "transforme…aForCausalLM.forward");
  EXPECT_EQ(Elided("abcdef", 1), "…");
  EXPECT_EQ(Elided("abcdef", 2), "…f");
}

TEST(ElidedTest, NeverCutsThroughACharacter) {
  for (size_t columns = 1; columns < 20; ++columns) {
    const std::string cut = Elided("関数処理e\u0301\u0301の🙂名前関数処理", columns);
    EXPECT_LE(WidthOf(cut), columns);
    EXPECT_GE(WidthOf(cut) + 2, columns);
  }
  EXPECT_EQ(Elided("abcdefe\u0301", 4), "a…fe\u0301");
}

TEST(WrappedTest, BreaksBetweenWordsAndIndents) {
  EXPECT_EQ(Wrapped("one two three", 0, 2), "one two three");
  EXPECT_EQ(Wrapped("one two three", 13, 2), "one two three");
  EXPECT_EQ(Wrapped("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(Wrapped("one incomprehensibilities two", 8, 2), "one\n  incomprehensibilities\n  two");
}

}  // namespace
}  // namespace pyslow::report
