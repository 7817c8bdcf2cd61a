// Patterns that are expensive on purpose: memory is bounded by the cache and a multiple of the
// text, and time does not grow exponentially. The limits on time are many times the usual time,
// because sanitizers are slow.
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "patterns/matcher.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {
namespace {

constexpr size_t kCacheBytes = 1 << 20;

// Processor time of this process, which other programs hardly influence.
double SecondsSince(std::clock_t start) {
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Names with few common prefixes, so that each needs new states.
std::string Name(uint32_t seed, size_t size) {
  std::string name;
  for (; name.size() < size; seed = seed * 1664525 + 1013904223) {
    name.push_back(static_cast<char>('a' + (seed >> 24) % 26));
  }
  return name;
}

void ExpectBounded(const std::string& text) {
  TargetSet set;
  const absl::Status status = set.AddText(text, "t");
  ASSERT_TRUE(status.ok()) << status;
  const std::clock_t start = std::clock();
  Matcher matcher(set, kCacheBytes);
  const size_t compiled = matcher.MemoryBytes();
  EXPECT_LT(compiled, 40 * text.size() + 100'000);
  for (uint32_t i = 0; i < 200; ++i) {
    matcher.Find(Name(i, 10), "", absl::StrCat("/", Name(i, 20)), Name(i, 60));
    ASSERT_LT(matcher.MemoryBytes(), compiled + kCacheBytes + 40 * text.size());
  }
  EXPECT_LT(SecondsSince(start), 20);
}

TEST(HostilePatterns, OneWithAHundredRuns) {
  std::string glob = "*";
  for (int i = 0; i < 100; ++i)
    absl::StrAppend(&glob, std::string(1, static_cast<char>('a' + i * 7 % 26)), "*");
  ExpectBounded(absl::StrCat(glob, ":", glob));
}

TEST(HostilePatterns, AThousandWithManyRunsEach) {
  std::string text;
  for (uint32_t i = 0; i < 1'000; ++i) {
    std::string glob = "*";
    for (const char c : Name(i, 26)) absl::StrAppend(&glob, std::string(1, c), "*");
    absl::StrAppend(&text, "*:", glob, "\n");
  }
  ExpectBounded(text);
}

TEST(HostilePatterns, RunsBeforeManySingleCharacters) {
  ExpectBounded(absl::StrCat("*:*a", std::string(30, '?'), "\n*:*b", std::string(30, '?'), "x\n"));
  ExpectBounded("*?*?*?*?*?*?*:*?*?*?*?*?*?*?*?*?*\n");
}

TEST(HostilePatterns, AThousandModulePartsThatAllMatch) {
  std::string text;
  for (int i = 0; i < 1'000; ++i)
    absl::StrAppend(&text, std::string(i % 10, '?'), "*:", Name(i, 8), "*\n");
  for (uint32_t i = 0; i < 1'000; ++i)
    absl::StrAppend(&text, "*", Name(i, 1), "*", Name(i + 1, 1), "*:f\n");
  ExpectBounded(text);
}

TEST(HostilePatterns, OneOfAMillionCharacters) {
  ExpectBounded(absl::StrCat("*:*", Name(1, 1'000'000), "*\n"));
  ExpectBounded(absl::StrCat("*:", std::string(1'000'000, '?'), "\n"));
}

TEST(HostilePatterns, OneLineAHundredThousandTimes) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) absl::StrAppend(&text, "*:*a*b\n");
  ExpectBounded(text);
}

TEST(HostilePatterns, PatternsThatArePrefixesOfEachOther) {
  std::string text;
  for (int i = 1; i < 2'000; ++i) absl::StrAppend(&text, "*:", std::string(i, 'a'), "*\n");
  ExpectBounded(text);
}

TEST(HostilePatterns, AlphabetsOfThousandsOfCharacters) {
  std::string text;
  for (uint32_t c = 0x4e00; c < 0x9000; ++c) {
    std::string character;
    AppendUtf8(c, &character);
    absl::StrAppend(&text, "*:*[", character, character, "-\u9fff]\n");
  }
  TargetSet set;
  ASSERT_TRUE(set.AddText(text, "t").ok());
  Matcher matcher(set, kCacheBytes);
  const size_t compiled = matcher.MemoryBytes();
  EXPECT_LT(compiled, 60 * text.size());
  const Match match = matcher.Find("m", "", "", "x\u6000");
  EXPECT_EQ(match.target, 0);
  EXPECT_EQ(matcher.Find("m", "", "", "\u4e00").target, 0);
  EXPECT_FALSE(matcher.Find("m", "", "", "\u6000x").found());
  EXPECT_LT(matcher.MemoryBytes(), compiled + kCacheBytes + 40 * text.size());
}

TEST(ManyPatterns, AHundredThousandCompileInLessThanASecondOrSo) {
  std::string text;
  for (uint32_t i = 0; i < 100'000; ++i) {
    absl::StrAppend(&text, "package", i % 100, ".", Name(i / 10, 12), ":Class", i % 7, ".",
                    Name(i, 10), i % 3 == 0 ? "*" : "", "\n");
  }
  TargetSet set;
  std::clock_t start = std::clock();
  ASSERT_TRUE(set.AddText(text, "t").ok());
  const double read = SecondsSince(start);
  start = std::clock();
  Matcher matcher(set);
  const double compiled = SecondsSince(start);
  RecordProperty("read_seconds", std::to_string(read));
  RecordProperty("compile_seconds", std::to_string(compiled));
  RecordProperty("memory_bytes", std::to_string(matcher.MemoryBytes()));
  EXPECT_LT(read + compiled, 10);
  EXPECT_EQ(matcher
                .Find(absl::StrCat("package3.", Name(0, 12)), "", "",
                      absl::StrCat("Class3.", Name(3, 10), "_x"))
                .target,
            3);
}

}  // namespace
}  // namespace pyslow::patterns
