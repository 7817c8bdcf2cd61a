#include "sweep/trials/session_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyslow::trials {
namespace {

using session::SessionSnapshot;
using ::testing::ElementsAre;

// A session of two processes and the groups "a" and "b".
SessionSnapshot Example() {
  SessionSnapshot snapshot;
  snapshot.settings.groups = {{"a", {}, true}, {"b", {}, true}};
  snapshot.settings.epoch_monotonic_ns = 1'000'000'000;
  snapshot.processes.resize(2);
  snapshot.processes[0].record = "record-1";
  snapshot.processes[0].pid = 10;
  snapshot.processes[0].end_monotonic_ns = 5'000'000'000;
  snapshot.processes[0].functions = {{0, {10, 1, 5, 500, 501}}, {1, {15, 1, 5, 500, 501}}};
  snapshot.processes[1].record = "record-2";
  snapshot.processes[1].pid = 11;
  snapshot.processes[1].parent_pid = 10;
  snapshot.processes[1].end_monotonic_ns = 3'000'000'000;
  snapshot.processes[1].functions = {{1, {5, 0, 5, 500, 501}}, {2, {40, 1, 40, 4'000, 4'004}}};
  snapshot.functions.resize(3);
  snapshot.functions[0] = {{"m", "f", "/m.py", 3}, 0, 0, {10, 1, 5, 500, 501}, 1};
  snapshot.functions[1] = {{"m", "g", "/m.py", 9}, 0, 0, {20, 1, 10, 1'000, 1'002}, 2};
  snapshot.functions[2] = {{"m", "h", "/m.py", 12}, 1, 0, {40, 1, 40, 4'000, 4'004}, 1};
  return snapshot;
}

TEST(CountsByGroup, AddsUpFunctionsAndProcesses) {
  const auto counts = CountsByGroup(Example(), {"none", "a"});
  ASSERT_TRUE(counts.has_value());
  EXPECT_THAT(*counts, ElementsAre(GroupCounts{0, 0, 0, 0, 0, {0, 0}},
                                   GroupCounts{30, 15, 1'500, 1'503, 2, {25, 5}}));
}

TEST(CountsByGroup, CountsTheRecordsOfOneProcessTogether) {
  SessionSnapshot snapshot = Example();
  for (session::ProcessSnapshot& process : snapshot.processes) {
    process.pid = 7;
    process.start_ticks = 70;
  }
  EXPECT_THAT((*CountsByGroup(snapshot, {"a"}))[0].by_process, ElementsAre(30));
}

TEST(CountsByGroup, IsUnknownIfAProcessWasNotCounted) {
  SessionSnapshot snapshot = Example();
  snapshot.uncounted = 1;
  EXPECT_FALSE(CountsByGroup(snapshot, {"a"}).has_value());
}

TEST(CountsByGroup, IsUnknownIfAFunctionWasNotCounted) {
  SessionSnapshot snapshot = Example();
  snapshot.processes[1].lost = 1;
  EXPECT_FALSE(CountsByGroup(snapshot, {"a"}).has_value());
}

TEST(CountsByFunction, HasTheFunctionsOfTheGroups) {
  EXPECT_THAT(CountsByFunction(Example(), {"b"}),
              ElementsAre(FunctionCounts{{"m", "h", "/m.py", 12}, 0, 40, 1, 1}));
}

TEST(CountsByFunction, HasLinesThatAreNeverEntered) {
  SessionSnapshot snapshot = Example();
  snapshot.functions[2] = {{"m", "h@14", "/m.py", 12}, 1, 0, {}, 0};
  EXPECT_THAT(CountsByFunction(snapshot, {"b"}),
              ElementsAre(FunctionCounts{{"m", "h@14", "/m.py", 12}, 0, 0, 0, 0}));
  snapshot.functions[2].id.qualname = "h";
  EXPECT_TRUE(CountsByFunction(snapshot, {"b"}).empty()) << "a function, of another process";
}

TrialSettings Counting(const std::string& progress, const std::string& on = "start,resume") {
  TrialSettings settings;
  settings.progress = progress;
  settings.on = on;
  return settings;
}

TEST(ProgressOf, LeavesResumptionsOut) {
  SessionSnapshot snapshot = Example();
  snapshot.functions[0].counts.resumed = 4;
  EXPECT_EQ(ProgressOf(snapshot, Counting("m:f"), ""), 6U);
  EXPECT_EQ(ProgressOf(snapshot, Counting("m:f", "resume"), ""), 10U);
}

TEST(ProgressOf, FindsAFunctionInAnyGroup) {
  EXPECT_EQ(ProgressOf(Example(), Counting("m:g"), ""), 20U);
  EXPECT_EQ(ProgressOf(Example(), Counting("m:g"), "b"), 60U);
  EXPECT_EQ(ProgressOf(Example(), Counting("x:g"), ""), 0U);
}

TEST(ProgressOf, AcceptsTheModuleNameOfTheMainProgram) {
  SessionSnapshot snapshot = Example();
  snapshot.functions[0].id.module = "__main__";
  for (const char* file : {"/x/bench.py", "bench.py"}) {
    snapshot.functions[0].id.file = file;
    EXPECT_EQ(ProgressOf(snapshot, Counting("bench:f"), ""), 10U);
  }
  EXPECT_EQ(ProgressOf(snapshot, Counting("ench:f"), ""), 0U);
  snapshot.functions[0].id.file = "/x/pkg/tool/__main__.py";
  EXPECT_EQ(ProgressOf(snapshot, Counting("pkg.tool:f"), ""), 10U);
}

TEST(SimilarToProgress, FindsFunctionsOfTheSession) {
  SessionSnapshot snapshot = Example();
  snapshot.functions[0].id = {"__main__", "Engine.step", "/x/bench.py", 3};
  snapshot.functions[1].id.qualname = "forward -> json:dumps";
  snapshot.functions[2].id.qualname = "forward [process=worker]";
  snapshot.unmatched = {{"json", "dumps", "/json.py"}};
  const auto similar = [&](const std::string& progress) {
    return SimilarToProgress(snapshot, Counting(progress));
  };
  EXPECT_EQ(similar("bench:Engine.stepp"), "; similar: bench:Engine.step");
  EXPECT_EQ(similar("m:forwrad"), "; similar: m:forward");
  EXPECT_EQ(similar("json:dump"), "; similar: json:dumps");
  snapshot.unmatched.push_back({"json", "dump", "/json.py"});
  EXPECT_EQ(similar("json:dumps"), "") << "it was called outside of the window";
  EXPECT_EQ(similar("m:nothing"), "");
}

TEST(NotesOf, HasNoDuplicates) {
  SessionSnapshot snapshot = Example();
  snapshot.processes[0].notes = {"one", "two"};
  snapshot.processes[1].notes = {"one"};
  EXPECT_THAT(NotesOf(snapshot), ElementsAre("one", "two"));
}

TEST(WindowSeconds, LastsFromTheStartToTheLastEnd) {
  EXPECT_DOUBLE_EQ(*WindowSeconds(Example(), TrialSettings()), 4);
}

TEST(WindowSeconds, IsThePartOfTheSessionInTheWindow) {
  constexpr int64_t kSecond = 1'000'000'000;
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 0, 0), 10);
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 3 * kSecond, 0), 7);
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 3 * kSecond, 5 * kSecond), 5);
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 8 * kSecond, 5 * kSecond), 2);
  EXPECT_DOUBLE_EQ(WindowSeconds(10, 11 * kSecond, 0), 0);
}

TEST(WindowSeconds, StartsAtTheCallThatOpensTheWindow) {
  TrialSettings settings;
  settings.start_at = "m:f";
  SessionSnapshot snapshot = Example();
  EXPECT_DOUBLE_EQ(*WindowSeconds(snapshot, settings), 0);
  snapshot.window_opened_ns = 4'500'000'000;
  EXPECT_DOUBLE_EQ(*WindowSeconds(snapshot, settings), 0.5);
}

TEST(WindowSeconds, EndsBeforeTheInterpreterIsFinalized) {
  SessionSnapshot snapshot = Example();
  snapshot.processes[0].main_end_monotonic_ns = 4'000'000'000;
  EXPECT_DOUBLE_EQ(*WindowSeconds(snapshot, TrialSettings()), 3);
}

TEST(WindowSeconds, IsUnknownIfAProcessWasKilled) {
  SessionSnapshot snapshot = Example();
  snapshot.processes[0].end_monotonic_ns = 0;
  EXPECT_FALSE(WindowSeconds(snapshot, TrialSettings()).has_value());
}

TEST(WindowSeconds, EndsWithTheParentOfAChildThatWasKilled) {
  SessionSnapshot snapshot = Example();
  snapshot.processes[1].end_monotonic_ns = 0;
  EXPECT_DOUBLE_EQ(*WindowSeconds(snapshot, TrialSettings()), 4);
}

TEST(WindowSeconds, EndsWithTheLastRecordOfAProcessAfterExec) {
  SessionSnapshot snapshot = Example();
  snapshot.processes[0].start_ticks = 7;
  snapshot.processes.push_back(snapshot.processes[0]);
  snapshot.processes[0].end_monotonic_ns = 0;
  EXPECT_DOUBLE_EQ(*WindowSeconds(snapshot, TrialSettings()), 4);
}

TEST(WindowSeconds, IsUnknownIfClocksCannotBeCompared) {
  SessionSnapshot snapshot = Example();
  snapshot.processes[0].boot_id = "another";
  EXPECT_FALSE(WindowSeconds(snapshot, TrialSettings()).has_value());
}

TEST(Subtract, LeavesTheCountsBetweenTwoSnapshots) {
  const SessionSnapshot earlier = Example();
  SessionSnapshot later = Example();
  // The first function of the later snapshot is of a new process.
  later.functions.insert(later.functions.begin(), {"a", "a", "/a.py", 1, 0, 0, {7, 0, 0, 0, 0}, 1});
  later.functions[1].counts = {13, 1, 7, 700, 703};
  for (session::ProcessSnapshot& process : later.processes) {
    for (session::FunctionInProcess& called : process.functions) ++called.function;
  }
  later.processes[0].functions[0].counts = {13, 1, 7, 700, 703};
  later.processes.emplace_back().record = "record-3";
  later.processes[2].functions = {{0, {7, 0, 0, 0, 0}}};
  Subtract(earlier, &later);
  EXPECT_THAT(*CountsByGroup(later, {"a"}),
              ElementsAre(GroupCounts{10, 2, 200, 202, 0, {3, 0, 7}}));
}

}  // namespace
}  // namespace pyslow::trials
