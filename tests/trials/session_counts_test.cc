#include "trials/session_counts.h"

#include <gtest/gtest.h>

namespace pyslow::trials {
namespace {

session::SessionSnapshot Example() {
  session::SessionSnapshot snapshot;
  snapshot.settings.groups = {{"chosen", {}, true}, {"left out", {}, false}};
  snapshot.settings.epoch_monotonic_ns = 1'000'000'000;
  snapshot.processes.resize(2);
  snapshot.processes[0].end_monotonic_ns = 5'000'000'000;
  snapshot.processes[1].end_monotonic_ns = 3'000'000'000;
  snapshot.functions.resize(3);
  snapshot.functions[0].counts = {10, 1, 5, 500, 501};
  snapshot.functions[1].counts = {20, 1, 10, 1'000, 1'002};
  snapshot.functions[2].counts = {40, 1, 40, 4'000, 4'004};
  snapshot.functions[2].group = 1;
  return snapshot;
}

TEST(Summarise, AddsUpTheChosenGroups) {
  EXPECT_EQ(Summarise(Example()).counts, (TrialCounts{30, 15, 1'500, 1'503}));
}

TEST(Summarise, HasNoCountsWhereAProcessRanUncounted) {
  session::SessionSnapshot snapshot = Example();
  snapshot.uncounted = 1;
  EXPECT_FALSE(Summarise(snapshot).counts.has_value());
}

TEST(Summarise, HasNoCountsWhereAFunctionWasNotCounted) {
  session::SessionSnapshot snapshot = Example();
  snapshot.processes[1].lost = 1;
  EXPECT_FALSE(Summarise(snapshot).counts.has_value());
}

TEST(Summarise, TakesTheLifeFromTheStartToTheLastEnd) {
  EXPECT_DOUBLE_EQ(*Summarise(Example()).life_seconds, 4);
}

TEST(Summarise, KnowsNoLifeWhereAProcessWasKilled) {
  session::SessionSnapshot snapshot = Example();
  snapshot.processes[0].end_monotonic_ns = 0;
  EXPECT_FALSE(Summarise(snapshot).life_seconds.has_value());
}

TEST(Summarise, KnowsNoLifeWhereClocksCannotBeCompared) {
  session::SessionSnapshot snapshot = Example();
  snapshot.processes[0].boot_id = "another";
  EXPECT_FALSE(Summarise(snapshot).life_seconds.has_value());
}

}  // namespace
}  // namespace pyslow::trials
