#include "patterns/glob.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "reference.h"

namespace pyslow::patterns {
namespace {

using ::testing::HasSubstr;

Glob Parsed(absl::string_view text) {
  Glob glob;
  const absl::Status status = ParseGlob(text, &glob);
  EXPECT_TRUE(status.ok()) << text << ": " << status;
  return glob;
}

TEST(ParseGlob, NormalisesEquivalentForms) {
  EXPECT_EQ(Parsed("a**b").tokens, Parsed("a*b").tokens);
  EXPECT_EQ(Parsed("*?*?*").tokens, Parsed("??*").tokens);
  EXPECT_EQ(Parsed("[a]\\b").tokens, Parsed("ab").tokens);
}

TEST(ParseGlob, ReadsClasses) {
  const std::vector<std::pair<std::string, CharSet>> cases = {
      {"[abc]", {{'a', 'c'}}},
      {"[a-cx]", {{'a', 'c'}, {'x', 'x'}}},
      {"[]x]", {{']', ']'}, {'x', 'x'}}},
      {"[!]]", {{0, ']' - 1}, {']' + 1, kInvalidByte}}},
      {"[a-]", {{'-', '-'}, {'a', 'a'}}},
      {"[-a]", {{'-', '-'}, {'a', 'a'}}},
      {"[a-c-e]", {{'-', '-'}, {'a', 'c'}, {'e', 'e'}}},
      {"[a\\-c]", {{'-', '-'}, {'a', 'a'}, {'c', 'c'}}},
      {"[\\]x]", {{']', ']'}, {'x', 'x'}}},
      {"[\\!x]", {{'!', '!'}, {'x', 'x'}}},
      {"[*?]", {{'*', '*'}, {'?', '?'}}},
      {"[\u00e0-\u00ff\u00e9]", {{0xe0, 0xff}}},
      {"[\\^a]", {{'^', '^'}, {'a', 'a'}}},
      {"[a^]", {{'^', '^'}, {'a', 'a'}}},
      {"[!^]", {{0, '^' - 1}, {'^' + 1, kInvalidByte}}}};
  for (const auto& [text, set] : cases) {
    const Glob glob = Parsed(text);
    ASSERT_EQ(glob.sets.size(), 1u) << text;
    EXPECT_EQ(glob.sets[0], set) << text;
  }
}

TEST(ParseGlob, ReportsMistakes) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a[bc", "'[bc' is a class without its ']'"},
      {"a[", "'[' is a class without its ']'"},
      {"a[b\\]", "'[b\\]' is a class without its ']'"},
      {"[b-", "'[b-' is a class without its ']'"},
      {"[]", "'[]' is an empty class"},
      {"[!]", "'[!]' is an empty class"},
      {"[xz-a]", "'z-a' is a reversed range"},
      {"[z-a", "is a class without its ']'"},
      {"a[^b]c",
       "'[^b]' begins with '^'; write [!abc] for other characters, or \\^ for a plain '^'"},
      {"[^]", "'[^]' begins with '^'"},
      {"[^b", "'[^b' is a class without its ']'"},
      {"[\\z-\\a]", "'\\z-\\a' is a reversed range"},
      {"a\\", "escapes nothing"}};
  for (const auto& [text, why] : cases) {
    Glob glob;
    const absl::Status status = ParseGlob(text, &glob);
    ASSERT_FALSE(status.ok()) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why)) << text;
  }
}

// The other tests use this function as the reference.
TEST(ReferenceGlobMatches, ImplementsTheLanguage) {
  EXPECT_TRUE(ReferenceGlobMatches(U"a*[!b-c]\\*", U"a/.d*"));
  EXPECT_FALSE(ReferenceGlobMatches(U"a*[!b-c]\\*", U"a/.c*"));
  EXPECT_TRUE(ReferenceGlobMatches(U"[]-a]?", U"^日"));
  EXPECT_FALSE(ReferenceGlobMatches(U"abc", U"ABC"));
  EXPECT_FALSE(ReferenceGlobMatches(U"ab", U"abc"));
}

}  // namespace
}  // namespace pyslow::patterns
