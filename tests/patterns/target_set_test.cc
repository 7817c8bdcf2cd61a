#include "patterns/target_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace pyslow::patterns {
namespace {

using ::testing::ElementsAre;

// "group: text" of each target.
std::vector<std::string> Lines(const TargetSet& set) {
  std::vector<std::string> lines;
  for (const Target& target : set.targets()) {
    lines.push_back(absl::StrCat(set.groups()[target.group].name, ": ", target.text));
  }
  return lines;
}

TargetSet Read(absl::string_view text) {
  TargetSet set;
  const absl::Status status = set.AddText(text, "t");
  EXPECT_TRUE(status.ok()) << status;
  return set;
}

constexpr absl::string_view kExample =
    R"(# a comment, alone or after a space
*:json_*                          # in group "default": before any heading
[model]                           # a group
transformers.modeling_*:*
!transformers.modeling_utils:*    # not these
*/site-packages/foo/*.py:*        # a module part with a slash is matched against the file name
)";

TEST(TargetSet, ReadsTheExampleOfTheManual) {
  const TargetSet set = Read(kExample);
  EXPECT_THAT(Lines(set), ElementsAre("default: *:json_*", "model: transformers.modeling_*:*",
                                      "model: !transformers.modeling_utils:*",
                                      "model: */site-packages/foo/*.py:*"));
  EXPECT_TRUE(set.Check().ok());
  const Target& excluded = set.targets()[2];
  EXPECT_TRUE(excluded.excludes);
  EXPECT_EQ(excluded.ModulePart(), "transformers.modeling_utils");
  EXPECT_EQ(excluded.QualnamePart(), "*");
  EXPECT_EQ(set.Where(excluded), "t:5:1");
  EXPECT_FALSE(excluded.MatchesFile());
  EXPECT_TRUE(set.targets()[3].MatchesFile());
}

TEST(TargetSet, PutsPatternsGivenInPlaceFirst) {
  TargetSet set;
  ASSERT_TRUE(set.AddInPlace("a:b", "--target").ok());
  ASSERT_TRUE(set.AddInPlace("c:d\n  e:f # why\n\n", "SPEED_BUMP_PATTERNS").ok());
  ASSERT_TRUE(set.AddText("[g]\nh:i\n", "t").ok());
  EXPECT_THAT(Lines(set), ElementsAre("default: a:b", "default: c:d", "default: e:f", "g: h:i"));
  EXPECT_EQ(set.Where(set.targets()[2]), "SPEED_BUMP_PATTERNS:2:3");
  EXPECT_EQ(set.SourceOf(set.targets()[0]), "--target");
}

TEST(TargetSet, ContinuesAGroupThatIsNamedAgain) {
  const TargetSet set = Read("[x]\na:b\n[default]\nc:d\n[ x ]\ne:f\n");
  EXPECT_THAT(Lines(set), ElementsAre("x: a:b", "default: c:d", "x: e:f"));
}

TEST(TargetSet, ReadsALineWithAColonAsAPatternAndWithoutAsAHeading) {
  EXPECT_THAT(Lines(Read("[ab]*:f\n[c d]\n[!a]:*\n")),
              ElementsAre("default: [ab]*:f", "c d: [!a]:*"));
}

TEST(TargetSet, SplitsAtTheLastColonOutsideEscapesAndClasses) {
  const std::vector<std::vector<std::string>> cases = {
      {"a:b:c", "a:b", "c"},   {"a:b\\:c", "a", "b\\:c"},     {"a:b[:]c", "a", "b[:]c"},
      {"a[:]:b", "a[:]", "b"}, {"C:/x.py:f", "C:/x.py", "f"}, {"a:[]:]", "a", "[]:]"},
      {"!a:b", "a", "b"},      {"! a:b", "a", "b"},           {"\\!a:b", "\\!a", "b"}};
  for (const auto& parts : cases) {
    const TargetSet set = Read(parts[0]);
    ASSERT_EQ(set.targets().size(), 1u);
    EXPECT_EQ(set.targets()[0].text, parts[0]);
    EXPECT_EQ(set.targets()[0].ModulePart(), parts[1]) << parts[0];
    EXPECT_EQ(set.targets()[0].QualnamePart(), parts[2]) << parts[0];
  }
}

TEST(TargetSet, MatchesAgainstTheFileIfTheModulePartHasASlash) {
  for (const char* text : {"/a:f", "a\\/b:f", "[/]:f"}) {
    EXPECT_TRUE(Read(text).targets()[0].MatchesFile()) << text;
  }
  EXPECT_FALSE(Read("a:f/g").targets()[0].MatchesFile());
}

TEST(TargetSet, RemovesCommentsAndSpaceUnlessEscaped) {
  const std::vector<std::vector<std::string>> cases = {
      {"  a:b\t ", "a:b"},      {"a:b # c:d", "a:b"},       {"a:b\t#", "a:b"},
      {"a:b#c", "a:b#c"},       {"a:b \\#c", "a:b \\#c"},   {"a:b\\ #c", "a:b\\ #c"},
      {"a:b\\  # c", "a:b\\ "}, {"a:b\\\\ # c", "a:b\\\\"}, {"a:b\\ ", "a:b\\ "},
      {"\\#a:b", "\\#a:b"},     {"a b:c d", "a b:c d"}};
  for (const auto& both : cases) {
    const TargetSet set = Read(both[0]);
    ASSERT_EQ(set.targets().size(), 1u) << both[0];
    EXPECT_EQ(set.targets()[0].text, both[1]) << both[0];
  }
}

TEST(TargetSet, AcceptsWindowsLineEndsAndAByteOrderMark) {
  const TargetSet set = Read(
      "\xef\xbb\xbf"
      "a:b\r\n[g]\r\n  c:d # e\r\n\r\nf:g");
  EXPECT_THAT(Lines(set), ElementsAre("default: a:b", "g: c:d", "g: f:g"));
  EXPECT_EQ(set.Where(set.targets()[0]), "t:1:1");
  EXPECT_EQ(set.Where(set.targets()[1]), "t:3:3");
}

TEST(TargetSet, AllowsAnyTextInAComment) {
  EXPECT_THAT(Lines(Read("# [ \\ : \u65e5\na:b # [z-a] \\\n")), ElementsAre("default: a:b"));
}

TEST(TargetSet, SplitsACallerFromItsCallee) {
  const TargetSet set = Read("! a/*:b c  ->  d:e # f\na:b [-]> c:d\na:b \\-> c:d\n");
  ASSERT_EQ(set.targets().size(), 3u);
  const Target& target = set.targets()[0];
  EXPECT_TRUE(target.HasCaller());
  EXPECT_TRUE(target.excludes);
  EXPECT_EQ(target.CallerModulePart(), "a/*");
  EXPECT_EQ(target.CallerQualnamePart(), "b c");
  EXPECT_TRUE(target.CallerMatchesFile());
  EXPECT_EQ(target.ModulePart(), "d");
  EXPECT_EQ(target.QualnamePart(), "e");
  EXPECT_FALSE(target.MatchesFile());
  for (size_t i = 1; i < 3; ++i) EXPECT_FALSE(set.targets()[i].HasCaller()) << i;
}

TEST(TargetSet, SplitsLinesFromTheirFunction) {
  const TargetSet set =
      Read("a@1/*.py:f@12-15  # c\na:f.*@+0\na:[@]f@+2-+2\na:\\@3\na:[@]3\na:f@007\na@1:f\n");
  ASSERT_EQ(set.targets().size(), 7u);
  const Target& target = set.targets()[0];
  EXPECT_TRUE(target.HasLines());
  EXPECT_FALSE(target.SelectsCalls());
  EXPECT_EQ(target.ModulePart(), "a@1/*.py");
  EXPECT_EQ(target.QualnamePart(), "f");
  EXPECT_EQ(target.lines, (LineRange{12, 15, false}));
  EXPECT_EQ(set.targets()[1].QualnamePart(), "f.*");
  EXPECT_EQ(set.targets()[1].lines, (LineRange{0, 0, true}));
  EXPECT_EQ(set.targets()[2].QualnamePart(), "[@]f");
  EXPECT_EQ(set.targets()[2].lines, (LineRange{2, 2, true}));
  EXPECT_EQ(set.targets()[5].lines, (LineRange{7, 7, false}));
  for (const size_t i : {3, 4, 6}) {
    EXPECT_FALSE(set.targets()[i].HasLines()) << i;
    EXPECT_TRUE(set.targets()[i].SelectsCalls()) << i;
  }
}

TEST(LineRange, HasANameInRecords) {
  EXPECT_EQ(QualnameOfLines("C.f", {12, 15}), "C.f@12-15");
  EXPECT_EQ(QualnameOfLines("f", {12, 12}), "f@12");
  absl::string_view function;
  LineRange lines;
  ASSERT_TRUE(SplitQualnameOfLines("C.f@12-15", &function, &lines));
  EXPECT_EQ(function, "C.f");
  EXPECT_EQ(lines, (LineRange{12, 15}));
  for (const char* other :
       {"f", "f@", "@3", "f@x", "f@+3", "f@3-", "f@12-12", "f@03", "f@3 ", "f@*"}) {
    EXPECT_FALSE(SplitQualnameOfLines(other, &function, &lines)) << other;
  }
}

TEST(TargetSet, ReadsGroupsOfCallables) {
  const TargetSet set = Read("[a]\nm:f\n[ b , on=call ]\nm:g\n[b]\nm:h\n[b,on=call]\nm:i\n");
  ASSERT_EQ(set.groups().size(), 2u);
  EXPECT_FALSE(set.groups()[0].on_call);
  EXPECT_EQ(set.groups()[1].name, "b");
  EXPECT_TRUE(set.groups()[1].on_call);
}

TEST(TargetSet, AllowsExclusionsFirstAndInAnotherText) {
  TargetSet set;
  ASSERT_TRUE(set.AddInPlace("!a:b", "--target").ok());
  EXPECT_FALSE(set.Check().ok());
  ASSERT_TRUE(set.AddText("a:*", "t").ok());
  EXPECT_TRUE(set.Check().ok());
}

std::vector<std::string> Selected(const TargetSet& set) {
  std::vector<std::string> names;
  for (const Group& group : set.groups()) {
    if (group.selected) names.push_back(group.name);
  }
  return names;
}

TEST(SelectGroups, SelectsTheNamedGroupsOrAll) {
  TargetSet set = Read("a:b\n[model]\nc:d\n[data]\ne:f\n");
  EXPECT_THAT(Selected(set), ElementsAre("default", "model", "data"));
  ASSERT_TRUE(set.SelectGroups({"data", "default", "data"}).ok());
  EXPECT_THAT(Selected(set), ElementsAre("default", "data"));
  ASSERT_TRUE(set.SelectGroups({}).ok());
  EXPECT_THAT(Selected(set), ElementsAre("default", "model", "data"));
}

TEST(SelectGroups, RefusesAnUnknownNameAndChangesNothing) {
  TargetSet set = Read("a:b\n[model]\nc:d\n");
  EXPECT_EQ(set.SelectGroups({"default", "modle"}).message(),
            "'modle' is not a group of the targets; did you mean 'model'? The groups are: default, "
            "model");
  EXPECT_EQ(set.SelectGroups({"frobnicate"}).message(),
            "'frobnicate' is not a group of the targets; the groups are: default, model");
  EXPECT_THAT(Selected(set), ElementsAre("default", "model"));
}

TEST(SelectGroups, RefusesAGroupWithoutAPattern) {
  TargetSet set = Read("a:b\n[model]\n[data]\nc:d\n");
  EXPECT_EQ(set.SelectGroups({"default", "model"}).message(),
            "'model' is a group without a pattern; write one below its heading");
  EXPECT_TRUE(set.SelectGroups({"data"}).ok());
}

TEST(TargetSet, ReadsTheProcessOfAGroup) {
  const TargetSet set = Read(
      "[engine, process=VLLM::EngineCore]\nm:f\n[ w ,on=call,  process = no]:g\n"
      "[b, process= a title\\, with [,\\]] , on=call]\nm:h\n[engine]\nm:i\n"
      "[engine, process=VLLM::EngineCore]\nm:j\n[a,b]:[c]\n");
  ASSERT_EQ(set.groups().size(), 2U);
  EXPECT_EQ(set.groups()[0].process, "VLLM::EngineCore");
  EXPECT_FALSE(set.groups()[0].on_call);
  EXPECT_EQ(set.groups()[1].process, "a title\\, with [,\\]]");
  EXPECT_TRUE(set.groups()[1].on_call);
  EXPECT_THAT(Lines(set), ElementsAre("engine: m:f", "engine: [ w ,on=call,  process = no]:g",
                                      "b: m:h", "engine: m:i", "engine: m:j", "engine: [a,b]:[c]"));
}

}  // namespace
}  // namespace pyslow::patterns
