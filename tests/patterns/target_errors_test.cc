// Tests that the error for each mistake in a text of targets has the place and a remedy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ErrorOf(absl::string_view text) {
  TargetSet set;
  absl::Status status = set.AddText(text, "t.txt");
  if (status.ok()) status = set.Check();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(status.message());
}

// Pairs of a text and the start of its message.
void ExpectErrors(const std::vector<std::pair<std::string, std::string>>& cases) {
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(ErrorOf(text), StartsWith(message)) << text;
    EXPECT_THAT(ErrorOf(text), ::testing::Not(HasSubstr("\n"))) << text;
  }
}

TEST(TargetErrors, AreCompleteSentencesWithAPlace) {
  EXPECT_EQ(ErrorOf("a:b\n# c\n   numpy.*  # no function\n"),
            "t.txt:3:4: 'numpy.*' has no ':'; expected MODULE:QUALNAME, such as "
            "numpy.*:*");
}

TEST(TargetErrors, ReportPatternsWithoutTwoParts) {
  ExpectErrors({{"a\\:b", "t.txt:1:1: 'a\\:b' has no ':'"},
                {"a[:]b", "t.txt:1:1: 'a[:]b' has no ':'"},
                {"[a:]b", "t.txt:1:1: '[a:]b' has no ':'"},
                {":f", "t.txt:1:1: ':f' has nothing before its ':'"},
                {" !:f", "t.txt:1:3: '!:f' has nothing before its ':'"},
                {"\u65e5\u672c:", "t.txt:1:3: '\u65e5\u672c:' has nothing after its ':'"},
                {":", "t.txt:1:1: ':' has nothing before its ':'"},
                {"  ! # nothing", "t.txt:1:3: '!' excludes nothing"}});
}

TEST(TargetErrors, ReportMalformedGlobs) {
  ExpectErrors({{"a:b[cd", "t.txt:1:4: '[cd' is a class without its ']'"},
                {"a:b[:", "t.txt:1:4: '[:' is a class without its ']'"},
                {"\u65e5:b[]", "t.txt:1:4: '[]' is an empty class"},
                {"a:b[!]", "t.txt:1:4: '[!]' is an empty class"},
                {"a:[z-a]", "t.txt:1:4: 'z-a' is a reversed range"},
                {"[xz-a]:f", "t.txt:1:3: 'z-a' is a reversed range"},
                {"[^_]*:*", "t.txt:1:1: '[^_]' begins with '^'"},
                {"a:b\\", "t.txt:1:4: '\\' at the end escapes nothing"},
                {"a:b\\\r\nc:d", "t.txt:1:4: '\\' at the end escapes nothing"},
                {"a:[ #]", "t.txt:1:3: '[' is a class without its ']'"}});
}

TEST(TargetErrors, ReportWrongHeadings) {
  const std::string long_name(101, 'x');
  ExpectErrors({{"a:b\n[model", "t.txt:2:1: '[model' is a heading without its ']'"},
                {"[model] x", "t.txt:1:9: 'x' follows a heading"},
                {"[a]b]", "t.txt:1:3: ']' in the group name 'a]b'"},
                {"[a[b]", "t.txt:1:3: '[' in the group name 'a[b'"},
                {"[a\\:b]", "t.txt:1:4: ':' in the group name 'a\\:b'"},
                {"[VLLM::EngineCore]", "t.txt:1:6: ':' in the group name 'VLLM::EngineCore'"},
                {"[w process=x]",
                 "t.txt:1:11: an option in the group name 'w process=x'; expected [GROUP], "
                 "[GROUP, on=call] or [GROUP, process=GLOB]"},
                {"[on=call]", "t.txt:1:4: an option in the group name 'on=call'"},
                {"[my w proces=x, on=call]", "t.txt:1:13: an option in the group name"},
                {"[]", "t.txt:1:1: '[]' is a heading without a name"},
                {"[  ]", "t.txt:1:1: '[  ]' is a heading without a name"},
                {"[, on=call]", "t.txt:1:1: '[, on=call]' is a heading without a name"},
                {"[\u00e9, on=resume]", "t.txt:1:5: 'on=resume' is not an option of a group"},
                {"[a, on=call, b]", "t.txt:1:14: 'b' is not an option"},
                {"[a, on=call, on=call]", "t.txt:1:14: 'on=call' repeats an option"},
                {"[a,]", "t.txt:1:4: '' is not an option"},
                {"[a]\nx:y\n[a, on=call]", "t.txt:3:5: group 'a' began without on=call"},
                {"[\u65e5,b]",
                 "t.txt:1:4: 'b' is not an option of a group; expected "
                 "[GROUP], [GROUP, on=call] or [GROUP, process=GLOB]"},
                {"[a\tb]", "t.txt:1:3: '\\x09' in the group name 'a\\x09b'"},
                {"[a\u0085]", "t.txt:1:3: '\\xc2\\x85' in the group name"},
                {"[" + long_name + "]", "t.txt:1:2: the group name '" + std::string(60, 'x') +
                                            "\u2026' has 101 bytes; expected at most 100"}});
  TargetSet set;
  EXPECT_TRUE(set.AddText("[" + std::string(100, 'x') + "]\na:b", "t").ok());
  EXPECT_TRUE(set.AddText("[rank=0]\na:b\n[step = of it]\nc:d", "t").ok());
}

TEST(TargetErrors, ReportWrongProcesses) {
  const std::string long_glob(201, 'x');
  ExpectErrors(
      {{"[w, process=]",
        "t.txt:1:13: 'process=' names no process; expected a glob for its title, such as "
        "process=*Worker*, or process=rank=0"},
       {"[\u65e5, process= , on=call]", "t.txt:1:13: 'process=' names no process"},
       {"[w, process=a::b, process=c]", "t.txt:1:19: 'process=c' repeats an option"},
       {"[w, process=a::[b]", "t.txt:1:16: '[b' is a class without its ']'"},
       {"[w, process=a::[z-a]]", "t.txt:1:17: 'z-a' is a reversed range"},
       {"[w, process=a::b\\]", "t.txt:1:17: '\\' at the end escapes nothing"},
       {"[w, process=a::b] c:d", "t.txt:1:19: 'c:d' follows a heading"},
       {"[w, process=a::b", "t.txt:1:1: '[w, process=a::b' is a heading without its ']'"},
       {"[v:w, process=a]", "t.txt:1:3: ':' in the group name 'v:w'"},
       {"[w, process=a\tb]", "t.txt:1:14: '\\x09' in 'process=a\\x09b'"},
       {"[w, process=a::b, title=c]", "t.txt:1:19: 'title=c' is not an option of a group"},
       {"[w]\nx:y\n[w, process=a::b]",
        "t.txt:3:5: group 'w' began without process=; expected a group of another name"},
       {"[w, process=a]\nx:y\n[w, on=call, process=b]",
        "t.txt:3:5: group 'w' began without on=call"},
       {"[w, process=*on=call*]\nx:y\n[w, process=*on=call*, on=call]",
        "t.txt:3:24: group 'w' began without on=call"},
       {"[w, process=a]\nx:y\n[w, process=b]",
        "t.txt:3:5: group 'w' began with process=a; expected"},
       {"[w, process=" + long_glob + "]", "t.txt:1:13: 'process=" + std::string(60, 'x') +
                                              "\u2026' has a glob of 201 bytes; expected at most "
                                              "200"}});
}

TEST(TargetErrors, ReportWrongCallers) {
  ExpectErrors({{"a:b -> c", "t.txt:1:8: 'c' has no ':'; expected MODULE:QUALNAME"},
                {"! \u65e5 -> c:d", "t.txt:1:3: '\u65e5' has no ':'"},
                {"a:b -> ",
                 "t.txt:1:5: 'a:b ->' has nothing after its '->'; expected CALLER -> "
                 "CALLEE, such as app:step -> numpy:matmul"},
                {"-> a:b", "t.txt:1:1: '-> a:b' has nothing before its '->'"},
                {"a:b -> c:d -> e:f", "t.txt:1:12: 'a:b -> c:d -> e:f' has two '->'"},
                {"a:b->c:d",
                 "t.txt:1:4: 'a:b->c:d' has a '->' without a blank on both sides; expected CALLER "
                 "-> CALLEE, such as app:step -> numpy:matmul (\\-> is plain text)"},
                {"\u65e5:b ->c:d", "t.txt:1:5: '\u65e5:b ->c:d' has a '->' without a blank"},
                {"a:b-> c:d", "t.txt:1:4: 'a:b-> c:d' has a '->' without a blank"},
                {"a:b -> !c:d", "t.txt:1:8: 'a:b -> !c:d' has a '!' after its '->'"},
                {"a: -> c:d", "t.txt:1:2: 'a:' has nothing after its ':'"},
                {"a:[b -> c:d", "t.txt:1:3: '[b -> c:d' is a class without its ']'"}});
}

TEST(TargetErrors, ReportArrowsOfOtherLanguages) {
  ExpectErrors(
      {{"a:b \u2192 c:d",
        "t.txt:1:5: 'a:b \u2192 c:d' has a '\u2192' in place of ' -> '; expected CALLER -> "
        "CALLEE, such as app:step -> numpy:matmul (\\\u2192 is plain text)"},
       {"\u65e5:b => c:d", "t.txt:1:5: '\u65e5:b => c:d' has a '=>' in place of ' -> '"},
       {"!a:b=>c:d", "t.txt:1:5: '!a:b=>c:d' has a '=>' in place of ' -> '"},
       {"a:b -> c:d => e:f", "t.txt:1:12: 'a:b -> c:d => e:f' has a '=>'"}});
  TargetSet set;
  EXPECT_TRUE(set.AddText("a:b\\=>c\nd:[=>]\na:b \\\u2192 c\na:b=c\n", "t").ok());
}

TEST(TargetErrors, ReportWrongLines) {
  EXPECT_EQ(
      ErrorOf("a:b@x"),
      "t.txt:1:4: '@x' is not a range of lines; expected lines of the file, such as @12-15 or "
      "@12, or from the function's first line, such as @+2-+5, or @* for each line (\\@ is a plain "
      "@)");
  ExpectErrors(
      {{"a:b@", "t.txt:1:4: '@' has no lines after it"},
       {"\u65e5:\u65e5@1-", "t.txt:1:4: '@1-' is not a range of lines"},
       {"a:b@1-2-3", "t.txt:1:4: '@1-2-3' is not a range of lines"},
       {"a:b@-3", "t.txt:1:4: '@-3' is not a range of lines"},
       {"a:b@ 3", "t.txt:1:4: '@ 3' is not a range of lines"},
       {"a:b@3 - 4", "t.txt:1:4: '@3 - 4' is not a range of lines"},
       {"a:b@0x3", "t.txt:1:4: '@0x3' is not a range of lines"},
       {"a:b@++3", "t.txt:1:4: '@++3' is not a range of lines"},
       {"a:b@**", "t.txt:1:4: '@**' is not a range of lines"},
       {"a:b@*-3", "t.txt:1:4: '@*-3' is not a range of lines"},
       {"a:b@3@4", "t.txt:1:4: '@3@4' is not a range of lines"},
       {"a:b@99999999999", "t.txt:1:4: '@99999999999' is not a range of lines"},
       {"a:b@100000001", "t.txt:1:4: '@100000001' is not a range of lines"},
       {"a:b@+1-2", "t.txt:1:4: '@+1-2' has one line of the file and one of the function"},
       {"a:b@1-+2", "t.txt:1:4: '@1-+2' has one line of the file and one of the function"},
       {"a:b@5-4", "t.txt:1:4: '@5-4' ends before it begins"},
       {"a:b@0-4", "t.txt:1:4: '@0-4' begins before line 1"},
       {"a:@3", "t.txt:1:2: 'a:@3' has nothing after its ':'"},
       {"a@3", "t.txt:1:1: 'a@3' has no ':'"},
       {"a:b\n!a:c@3", "t.txt:2:5: '!a:c@3' excludes lines"},
       {"a:b@3 -> c:d", "t.txt:1:4: 'a:b@3 -> c:d' has a '->' and lines"},
       {"a:b -> c:d@3", "t.txt:1:11: 'a:b -> c:d@3' has a '->' and lines"},
       {"[g, on=call]\na:b@3", "t.txt:2:4: 'a:b@3' has lines, but its group has on=call"}});
}

TEST(TargetErrors, ReportGroupsWithOnlyExclusions) {
  EXPECT_EQ(ErrorOf("a:b\n[g]\n  !c:d\n!e:f\n"),
            "t.txt:3:3: '!c:d' excludes from group 'g', which includes nothing; expected a pattern "
            "without '!' in this group too");
}

TEST(TargetErrors, ReportTextsWithoutAPattern) {
  ExpectErrors({{"", "t.txt: it contains no pattern; expected MODULE:QUALNAME"},
                {"\n# only a comment\r\n", "t.txt: it contains no pattern"},
                {"[model]\n", "t.txt: it contains no pattern"},
                {"\xef\xbb\xbf", "t.txt: it contains no pattern"}});
}

TEST(TargetErrors, ReportBinaryFiles) {
  const std::string nul("a:b\n# \0x", 8);
  ExpectErrors({{nul, "t.txt:2:3: '\\x00' is a NUL; expected patterns as UTF-8 text"},
                {"a:b\n\u00e9:\xff\n", "t.txt:2:3: '\\xff' is not valid UTF-8"},
                {"\xed\xa0\x80:a", "t.txt:1:1: '\\xed' is not valid UTF-8"},
                {std::string("\x7f"
                             "ELF\x02\x01\x01\0\0",
                             9),
                 "t.txt:1:8: '\\x00' is a NUL"}});
}

TEST(TargetErrors, ShortenLongPatterns) {
  EXPECT_THAT(ErrorOf(std::string(1000, 'x')),
              HasSubstr("'" + std::string(60, 'x') + "\u2026' has no ':'"));
}

TEST(TargetErrors, ShowControlCharactersOfPatternAndSource) {
  TargetSet set;
  EXPECT_THAT(std::string(set.AddText("a\x1b]0;", "x\ny").message()),
              StartsWith("x\\x0ay:1:1: 'a\\x1b]0;' has no ':'"));
}

TEST(TargetErrors, ReportTooManyPatterns) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) absl::StrAppend(&text, "m:f", i, "\n");
  {
    TargetSet set;
    EXPECT_TRUE(set.AddText(text, "t").ok());
  }
  EXPECT_EQ(ErrorOf(text + "  last:f"),
            "t.txt:100001:3: 'last:f' is one too many; expected at most 100000 patterns");
}

TEST(TargetErrors, ReportTooManyGroups) {
  std::string text;
  for (int i = 0; i < 100'001; ++i) absl::StrAppend(&text, "[g", i, "]\n");
  EXPECT_EQ(ErrorOf(text),
            "t.txt:100001:2: group 'g100000' is one too many; expected at most 100000 groups");
}

TEST(TargetErrors, ReportTooManyBytesOfAllTexts) {
  const std::string half = "a:b #" + std::string(TargetSet::kMaxBytes / 2, ' ');
  TargetSet set;
  ASSERT_TRUE(set.AddText(half, "t1").ok());
  EXPECT_EQ(set.AddText(half, "t2").message(),
            "t2: with it the targets exceed the limit of 16 MiB");
}

TEST(TargetErrors, RefuseHeadingsAndEmptyTextInPlace) {
  TargetSet set;
  EXPECT_EQ(set.AddInPlace("a:b\n [model]\n", "SPEED_BUMP_PATTERNS").message(),
            "SPEED_BUMP_PATTERNS:2:2: '[model]' is a heading, which only a target file may "
            "have; expected MODULE:QUALNAME, such as numpy.*:*");
  EXPECT_THAT(std::string(TargetSet().AddInPlace("", "--target").message()),
              StartsWith("--target: it contains no pattern"));
  EXPECT_THAT(std::string(TargetSet().AddInPlace("numpy", "--target").message()),
              StartsWith("--target:1:1: 'numpy' has no ':'"));
}

}  // namespace
}  // namespace pyslow::patterns
