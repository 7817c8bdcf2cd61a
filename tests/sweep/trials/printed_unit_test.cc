#include "sweep/trials/printed_unit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow::trials {
namespace {

using UnitOfKind = PrintedUnit::Kind;

struct UnitCase {
  std::string text;
  UnitOfKind kind;
  double multiplier = 1;
  double seconds = 1;
};

TEST(UnitAfterTest, ReadsUnitsAndSuffixes) {
  const std::vector<UnitCase> cases = {
      {" tok/s", UnitOfKind::kPerTime},
      {"it/s]", UnitOfKind::kPerTime},
      {"s/it]", UnitOfKind::kTimePer},
      {"k tok/s", UnitOfKind::kPerTime, 1e3},
      {"kit/s", UnitOfKind::kPerTime, 1e3},
      {"Mit/s", UnitOfKind::kPerTime, 1e6},
      {" MB/s", UnitOfKind::kPerTime, 1e6},
      {" MiB/s", UnitOfKind::kPerTime, 1024 * 1024},
      {"kiB/s", UnitOfKind::kPerTime, 1024},
      {" TiB/s", UnitOfKind::kPerTime, 1024.0 * 1024 * 1024 * 1024},
      {" \u00b5sec", UnitOfKind::kTime, 1, 1e-6},
      {"k", UnitOfKind::kNone, 1e3},
      {"k,", UnitOfKind::kNone, 1e3},
      {"K/s", UnitOfKind::kPerTime, 1e3},
      {"G", UnitOfKind::kNone, 1e9},
      {" ms", UnitOfKind::kTime, 1, 1e-3},
      {"ms/step", UnitOfKind::kTimePer, 1, 1e-3},
      {" ms per step", UnitOfKind::kTimePer, 1, 1e-3},
      {"\u00b5s", UnitOfKind::kTime, 1, 1e-6},
      {"\u00a0us", UnitOfKind::kTime, 1, 1e-6},
      {" seconds per unit", UnitOfKind::kTimePer},
      {" (ms)", UnitOfKind::kTime, 1, 1e-3},
      {" tokens per second", UnitOfKind::kPerTime},
      {" generated tokens / sec", UnitOfKind::kPerTime},
      {" tokens/min", UnitOfKind::kPerTime, 1, 60},
      {"/s", UnitOfKind::kPerTime},
      {" h", UnitOfKind::kTime, 1, 3600},
      {" Mbps", UnitOfKind::kNone, 1e6},
      {" kIOPS", UnitOfKind::kNone, 1e3},
      {" kiops", UnitOfKind::kNone, 1e3},
      {" Melem/s", UnitOfKind::kPerTime, 1e6},
      {" Kelements/s", UnitOfKind::kPerTime, 1e3},
      {" Mpps", UnitOfKind::kNone, 1e6},
      {" K tok/s", UnitOfKind::kPerTime, 1e3},
      {" M requests", UnitOfKind::kNone, 1e6},
      // None of these is a unit.
      {"", UnitOfKind::kNone},
      {" keys/hour of day", UnitOfKind::kPerTime, 1, 3600},
      {"keys", UnitOfKind::kNone},
      {" min=3", UnitOfKind::kNone},
      {" s: 5", UnitOfKind::kNone},
      {", s/it", UnitOfKind::kNone},
      {"%", UnitOfKind::kNone},
      {" K", UnitOfKind::kNone},
      {" K foo/s", UnitOfKind::kPerTime},
      {" done in 5 s", UnitOfKind::kNone},
      {" items", UnitOfKind::kNone},
  };
  for (const UnitCase& one : cases) {
    const PrintedUnit unit = UnitAfter(one.text, "");
    EXPECT_EQ(static_cast<int>(unit.kind), static_cast<int>(one.kind)) << one.text;
    EXPECT_DOUBLE_EQ(unit.multiplier, one.multiplier) << one.text;
    EXPECT_DOUBLE_EQ(unit.seconds, one.seconds) << one.text;
  }
}

TEST(UnitAfterTest, APrefixIsBinaryAlsoIfTheExpressionCountsIB) {
  EXPECT_DOUBLE_EQ(UnitAfter("kiB/s", "iB").multiplier, 1024);
}

TEST(UnitAfterTest, TakesAPrefixOfWhatTheExpressionCounts) {
  EXPECT_EQ(UnitAfter("kfoo/s", "").multiplier, 1);
  EXPECT_EQ(UnitAfter("kfoo/s", "foo").multiplier, 1e3);
  EXPECT_EQ(UnitAfter("keys/s", "keys").multiplier, 1);
}

TEST(UnitAfterTest, NamesWhatIsCounted) {
  EXPECT_EQ(UnitAfter("s/it, loss", "").thing, "it");
  const PrintedUnit unit = UnitAfter("k tok/s, loss", "");
  EXPECT_EQ(unit.thing, "tok");
  EXPECT_EQ(unit.text, "k tok/s");
}

TEST(WordAfterTest, HasThePrefix) {
  EXPECT_EQ(WordAfter(" kfoo/s"), "kfoo");
  EXPECT_EQ(WordAfter("kfoo, done"), "kfoo");
  EXPECT_EQ(WordAfter(" k foo/s"), "kfoo");
  EXPECT_EQ(WordAfter(" K"), "K");
  EXPECT_EQ(WordAfter(" 5 foo"), "");
  EXPECT_EQ(WordAfter(" k=5"), "") << "a label";
}

TEST(MayDifferByPrefixTest, ComparesWordsWithoutPrefix) {
  EXPECT_TRUE(MayDifferByPrefix("Gfoo", "Mfoo"));
  EXPECT_TRUE(MayDifferByPrefix("foo", "kfoo"));
  EXPECT_TRUE(MayDifferByPrefix("kfoo", "foo"));
  EXPECT_TRUE(MayDifferByPrefix("", "K"));
  EXPECT_FALSE(MayDifferByPrefix("Gfoo", "Gfoo"));
  EXPECT_FALSE(MayDifferByPrefix("foo", "bar"));
  EXPECT_FALSE(MayDifferByPrefix("ms", "s")) << "units of time are converted";
  EXPECT_FALSE(MayDifferByPrefix("", "Tok"));
}

TEST(UnitBeforeTest, ReadsTheLabel) {
  const std::vector<UnitCase> cases = {
      {"time per iteration (ms): ", UnitOfKind::kTime, 1, 1e-3},
      {"step 5, latency [us] = ", UnitOfKind::kTime, 1, 1e-6},
      {"(ms) p50: ", UnitOfKind::kTime, 1, 1e-3},
      {"mean_ms=", UnitOfKind::kTime, 1, 1e-3},
      {"p50_us: ", UnitOfKind::kTime, 1, 1e-6},
      {"\"duration_s\": ", UnitOfKind::kTime, 1, 1},
      {"ms_per_step: ", UnitOfKind::kTimePer, 1, 1e-3},
      {"ms per step: ", UnitOfKind::kTimePer, 1, 1e-3},
      {"time in ms: ", UnitOfKind::kTime, 1, 1e-3},
      {"tok/s: ", UnitOfKind::kPerTime, 1, 1},
      {"tokens per second: ", UnitOfKind::kPerTime, 1, 1},
      {"seconds: ", UnitOfKind::kTime, 1, 1},
      {"", UnitOfKind::kNone},
      {"min: ", UnitOfKind::kNone},
      {"latency_min: ", UnitOfKind::kNone},
      {"items: ", UnitOfKind::kNone},
      {"5 ms, then ", UnitOfKind::kNone},
  };
  for (const UnitCase& one : cases) {
    bool is_near = false;
    const PrintedUnit unit = UnitBefore(one.text, &is_near);
    EXPECT_EQ(static_cast<int>(unit.kind), static_cast<int>(one.kind)) << one.text;
    EXPECT_DOUBLE_EQ(unit.seconds, one.seconds) << one.text;
  }
}

TEST(UnitBeforeTest, SaysWhetherTheUnitIsNear) {
  bool is_near = false;
  UnitBefore("time (ms): ", &is_near);
  EXPECT_TRUE(is_near);
  UnitBefore("(ms) mean: ", &is_near);
  EXPECT_FALSE(is_near);
}

}  // namespace
}  // namespace pyslow::trials
