#include "patterns/matcher.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "patterns/target_set.h"

namespace pyslow::patterns {
namespace {

class MatcherTest : public ::testing::Test {
 protected:
  void Compile(absl::string_view text, const std::vector<std::string>& groups = {}) {
    set_ = TargetSet();
    const absl::Status status = set_.AddText(text, "t");
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_TRUE(set_.SelectGroups(groups).ok());
    matcher_ = std::make_unique<Matcher>(set_);
  }
  // The text of the line that decides about the function, or "".
  std::string Line(absl::string_view module, absl::string_view qualname,
                   absl::string_view file = "", absl::string_view real_module = "") {
    const Match match = matcher_->Find(module, real_module, file, qualname);
    return match.found() ? set_.targets()[static_cast<size_t>(match.target)].text : "";
  }

  TargetSet set_;
  std::unique_ptr<Matcher> matcher_;
};

TEST_F(MatcherTest, MatchesTheExampleOfTheManual) {
  Compile(
      "*:json_*\n[model]\ntransformers.modeling_*:*\n!transformers.modeling_utils:*\n"
      "*/site-packages/foo/*.py:*\n");
  EXPECT_EQ(Line("app", "json_load"), "*:json_*");
  EXPECT_EQ(Line("app", "load_json"), "");
  EXPECT_EQ(Line("transformers.modeling_bert", "Bert.forward"), "transformers.modeling_*:*");
  EXPECT_EQ(Line("transformers.modeling_utils", "f"), "");
  EXPECT_EQ(Line("transformers.modeling_utils", "json_f"), "*:json_*");
  EXPECT_EQ(Line("foo.bar", "f", "/v/site-packages/foo/bar.py"), "*/site-packages/foo/*.py:*");
  EXPECT_EQ(Line("foo.bar", "f", "/v/site-packages/foo/bar.pyc"), "");
}

TEST_F(MatcherTest, MatchesThePatternsOfTheMethodology) {
  Compile("numpy.*:*\n*:*matmul*\nnumpy.core.multiarray:*\n");
  EXPECT_EQ(Line("numpy.linalg", "solve"), "numpy.*:*");
  EXPECT_EQ(Line("numpy", "solve"), "");
  EXPECT_EQ(Line("numpy", "_matmul_impl"), "*:*matmul*");
  Compile("*:*");
  EXPECT_EQ(Line("", ""), "*:*");
  EXPECT_EQ(Line("m", "outer.<locals>.inner"), "*:*");
}

TEST_F(MatcherTest, ChoosesTheFirstGroupThatDoesNotExcludeTheFunction) {
  Compile("[a]\nm:*\n!m:f\n[b]\n*:f\n*:g\n");
  EXPECT_EQ(Line("m", "f"), "*:f");
  EXPECT_EQ(Line("m", "g"), "m:*");
  EXPECT_EQ(Line("n", "g"), "*:g");
}

TEST_F(MatcherTest, ReturnsTheFirstMatchingLineOfTheGroup) {
  Compile("[a]\nx:y\n[b]\n*:f*\n[a]\nm:*\nm:fast\n");
  EXPECT_EQ(Line("m", "fast"), "m:*");  // group a comes first, by its first line
  EXPECT_EQ(Line("n", "fast"), "*:f*");
}

TEST_F(MatcherTest, KeepsFunctionsInGroupsThatAreNotSelected) {
  Compile("[a]\nm:f\n[b]\nm:*\n", {"b"});
  const Match of_a = matcher_->Find("m", "", "", "f");
  EXPECT_TRUE(of_a.found());
  EXPECT_FALSE(of_a.selected);
  EXPECT_TRUE(matcher_->Find("m", "", "", "g").selected);
}

TEST_F(MatcherTest, MatchesMainByItsRealNameToo) {
  Compile("__main__:f\npkg.tool:g\n*:h\n!pkg.tool:h\n");
  EXPECT_EQ(Line("__main__", "f", "", "pkg.tool"), "__main__:f");
  EXPECT_EQ(Line("__main__", "g", "", "pkg.tool"), "pkg.tool:g");
  EXPECT_EQ(Line("__main__", "h", "", "pkg.tool"), "");  // excluded by either name
  EXPECT_EQ(Line("__main__", "h"), "*:h");
}

TEST_F(MatcherTest, MatchesTheFileOnlyForPatternsWithASlash) {
  Compile("/a/b:f\na.b:g\n");
  EXPECT_EQ(Line("/a/b", "f", "x"), "");
  EXPECT_EQ(Line("x", "f", "/a/b"), "/a/b:f");
  EXPECT_EQ(Line("x", "g", "a.b"), "");
}

TEST_F(MatcherTest, CountsSurrogatesAndInvalidBytesAsOneCharacter) {
  Compile("?:a?b\n");
  EXPECT_EQ(Line("\xff",
                 "a\xed\xa0\x80"
                 "b"),
            "?:a?b");
  EXPECT_EQ(Line("\xc3",
                 "a\xff"
                 "b"),
            "?:a?b");
  EXPECT_EQ(Line("\xff\xff", "a\u00e9b"), "");
  Compile("*:[!a]\n");
  EXPECT_EQ(Line("m", "\xff"), "*:[!a]");
  Compile("*:[\u0080-\U0010ffff]\n");
  EXPECT_EQ(Line("m", "\xff"), "");
  EXPECT_EQ(Line("m", "\xed\xa0\x80"), "*:[\u0080-\U0010ffff]");
}

TEST_F(MatcherTest, MatchesNulsAndLongNames) {
  Compile("*:*end\n");
  EXPECT_EQ(Line(absl::string_view("\0", 1), std::string(100'000, 'e') + "end"), "*:*end");
  EXPECT_EQ(Line("m", absl::string_view("\0end", 4)), "*:*end");
}

TEST_F(MatcherTest, DistinguishesNamesByCaseAndByTheirEnds) {
  Compile("Mod.Sub:Class.method\n");
  EXPECT_EQ(Line("Mod.Sub", "Class.method"), "Mod.Sub:Class.method");
  EXPECT_EQ(Line("mod.sub", "Class.method"), "");
  EXPECT_EQ(Line("Mod.Sub", "Class.methods"), "");
  EXPECT_EQ(Line("Mod.Sub", "Class.metho"), "");
  EXPECT_EQ(Line("Mod.Sub.x", "Class.method"), "");
}

TEST_F(MatcherTest, MatchesPatternsWithLongLiterals) {
  const std::string name(1'000, 'x');
  Compile("m:Class.method\nm:Class.other_*\nm:" + name + "\nm:caf\u00e9\n*:caf\u00e9[s]*\n");
  EXPECT_EQ(Line("m", "Class.method"), "m:Class.method");
  EXPECT_EQ(Line("m", "Class.methodical"), "");
  EXPECT_EQ(Line("m", "Class.m"), "");
  EXPECT_EQ(Line("m", "Class.other_"), "m:Class.other_*");
  EXPECT_EQ(Line("m", "Class.other_one"), "m:Class.other_*");
  EXPECT_EQ(Line("m", "Class.other"), "");
  EXPECT_EQ(Line("m", name), "m:" + name);
  EXPECT_EQ(Line("m", name + "x"), "");
  EXPECT_EQ(Line("m", "caf\u00e9"), "m:caf\u00e9");
  EXPECT_EQ(Line("m", "caf\xc3"), "");
  EXPECT_EQ(Line("n", "caf\u00e9s"), "*:caf\u00e9[s]*");
}

TEST_F(MatcherTest, DecidesAScopeIfNoQualnameCanChangeIt) {
  Compile("[a]\nnumpy.*:*\n!numpy.testing:*\n*:*\n[b]\n*:f\n");
  EXPECT_TRUE(matcher_->EnterScope("numpy.linalg", "", "").decided());
  EXPECT_FALSE(matcher_->EnterScope("numpy.testing", "", "").decided());  // group b is left
  Compile("numpy.*:*\n!numpy.testing:*\nnumpy.*:x*\n");
  EXPECT_TRUE(matcher_->EnterScope("numpy.testing", "", "").decided());
  EXPECT_TRUE(matcher_->EnterScope("torch", "", "").decided());
}

TEST_F(MatcherTest, FindsNothingWithoutTargets) {
  TargetSet empty;
  Matcher matcher(empty);
  EXPECT_FALSE(matcher.Find("m", "r", "/f", "q").found());
  Scope scope;
  EXPECT_FALSE(matcher.Find(&scope, "q").found());
}

}  // namespace
}  // namespace pyslow::patterns
