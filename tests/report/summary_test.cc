#include "report/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report_testing.h"

namespace pyslow::report {
namespace {

using session::SessionSnapshot;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

TEST(SummaryTest, SumsByGroup) {
  SessionSnapshot session = EmptySession();
  const uint32_t dumps = AddFunction(&session, "json", "dumps");
  const uint32_t never = AddFunction(&session, "json", "never");
  const uint32_t forward = AddFunction(&session, "model", "forward", 1);
  AddProcess(&session, 0, 4);
  Call(&session, dumps, 100);
  Call(&session, forward, 10);
  AddProcess(&session, 1, 3);
  Call(&session, dumps, 5);
  const Summary summary = Summarize(session);
  (void)never;
  EXPECT_EQ(summary.groups[0].functions, 2U);
  EXPECT_EQ(summary.groups[0].called, 1U);
  EXPECT_EQ(summary.groups[0].processes, 2U);
  EXPECT_EQ(summary.groups[0].counts.calls, 105U);
  EXPECT_EQ(summary.groups[0].counts.asked_ns, 1'050'000U);
  EXPECT_EQ(summary.groups[1].processes, 1U);
  EXPECT_EQ(summary.groups[1].counts.calls, 10U);
  EXPECT_EQ(summary.total.calls, 115U);
  EXPECT_EQ(summary.processes[1].groups[0].calls, 5U);
}

TEST(SummaryTest, UsesTheWallTimeOfTheCallingProcesses) {
  SessionSnapshot session = EmptySession();
  const uint32_t dumps = AddFunction(&session, "json", "dumps");
  const uint32_t forward = AddFunction(&session, "model", "forward", 1);
  AddProcess(&session, 0, 4);
  Call(&session, dumps, 1);
  Call(&session, forward, 1);
  AddProcess(&session, 1, 0).running = true;  // read at 10 s
  Call(&session, dumps, 1);
  const Summary summary = Summarize(session);
  EXPECT_EQ(summary.groups[0].share.wall_ns, 13e9);
  EXPECT_EQ(summary.groups[0].share.injected_ns, 20'000);
  EXPECT_EQ(summary.groups[1].share.wall_ns, 4e9);
  EXPECT_EQ(summary.function_shares[dumps].wall_ns, 13e9);
  EXPECT_EQ(summary.function_shares[forward].wall_ns, 4e9);
  EXPECT_THAT(summary.wall_ns, Optional(10e9));
  EXPECT_EQ(summary.running, 1U);
}

TEST(SummaryTest, ExcludesAKilledProcessFromTheShare) {
  SessionSnapshot session = EmptySession();
  const uint32_t dumps = AddFunction(&session, "json", "dumps");
  const uint32_t loads = AddFunction(&session, "json", "loads");
  AddProcess(&session, 0, 4);
  Call(&session, dumps, 1);
  AddProcess(&session, 0, 0);
  Call(&session, dumps, 100);
  Call(&session, loads, 1);
  const Summary summary = Summarize(session);
  EXPECT_EQ(summary.processes[1].state, ProcessState::kGone);
  EXPECT_EQ(summary.groups[0].counts.calls, 102U);
  EXPECT_EQ(summary.groups[0].share.injected_ns, 10'000);
  EXPECT_EQ(summary.groups[0].share.wall_ns, 4e9);
  EXPECT_EQ(summary.function_shares[loads].wall_ns, 0);
  EXPECT_THAT(summary.wall_ns, Optional(4e9));
}

TEST(SummaryTest, FindsTheStateOfProcesses) {
  SessionSnapshot session = EmptySession();
  AddProcess(&session, 0, 4);
  AddProcess(&session, 0, 0).running = true;
  AddProcess(&session, 0, 0);
  AddProcess(&session, 0, 0).boot_id = "another";
  std::vector<std::string> states;
  for (const ProcessSummary& process : Summarize(session).processes) {
    states.emplace_back(NameOf(process.state));
  }
  EXPECT_THAT(states, ElementsAre("ended", "running", "gone", "unknown"));
}

TEST(SummaryTest, RanksByInjectedTimeThenByCallsAndLeavesTheUncalledOut) {
  SessionSnapshot session = EmptySession();
  for (const char* name : {"a", "b", "c", "d", "e"}) AddFunction(&session, "json", name);
  AddProcess(&session, 0, 4);
  Call(&session, 1, 5);
  Call(&session, 2, 50);
  Call(&session, 3, 5);
  Call(&session, 4, 500);
  session.functions[4].counts.asked_ns = 0;  // a group that is off
  EXPECT_THAT(Summarize(session).ranking, ElementsAre(2, 1, 3, 4));
}

TEST(SummaryTest, ListsEachNoteOnceWithItsProcesses) {
  SessionSnapshot session = EmptySession();
  AddProcess(&session, 0, 4).notes = {"x", "y", "x"};
  AddProcess(&session, 0, 4).notes = {"x"};
  const Summary summary = Summarize(session);
  ASSERT_EQ(summary.notes.size(), 2U);
  EXPECT_EQ(summary.notes[0].text, "x");
  EXPECT_THAT(summary.notes[0].processes, ElementsAre(0, 1));
  EXPECT_THAT(summary.notes[1].processes, ElementsAre(0));
}

TEST(SummaryTest, HasNoWarningForACompleteSession) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "dumps");
  AddProcess(&session, 0, 4);
  Call(&session, 0, 1);
  EXPECT_THAT(Summarize(session).warnings, IsEmpty());
}

TEST(SummaryTest, WarnsOfUncountedCalls) {
  SessionSnapshot session = EmptySession();
  session.uncounted = 2;
  AddProcess(&session, 0, 4).lost = 7;
  AddProcess(&session, 0, 4).flags = session::kDisabled | session::kNoReservation;
  EXPECT_THAT(
      Summarize(session).warnings,
      ElementsAre(HasSubstr("2 processes were delayed without being counted"),
                  HasSubstr("7 functions are not counted in 1 process"),
                  HasSubstr("1 process was not slowed"), HasSubstr("cannot reserve space")));
}

TEST(SummaryTest, WarnsIfThereIsNoRecord) {
  EXPECT_THAT(Summarize(EmptySession()).warnings,
              ElementsAre("the session has no record of a process"));
}

TEST(SummaryTest, WarnsOfDelaysLongerThanRequested) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "dumps");
  AddProcess(&session, 0, 4);
  Call(&session, 0, 100);
  session.processes[0].functions[0].counts.spun_ns *= 1.5;
  EXPECT_THAT(Summarize(session).warnings, ElementsAre(HasSubstr("1.50 times")));
}

std::vector<std::string> UnmatchedTexts(const SessionSnapshot& session) {
  std::vector<std::string> texts;
  for (const UnmatchedTarget& unmatched : FindUnmatched(session)) {
    texts.push_back(session.settings.targets[unmatched.target].text);
  }
  return texts;
}

TEST(UnmatchedTest, FindsATargetWithoutFunctions) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "dumps");
  EXPECT_THAT(UnmatchedTexts(session), ElementsAre("model.*:*"));
}

TEST(UnmatchedTest, IgnoresExclusionsAndGroupsNotChosen) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[0].text = "!json:*";
  session.settings.targets[0].exclusion = true;
  session.settings.groups[1].chosen = false;
  EXPECT_THAT(UnmatchedTexts(session), IsEmpty());
}

TEST(UnmatchedTest, SuggestsAPatternFromCalledFunctions) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[1].text = "numpy.core.multiarray:*";
  AddFunction(&session, "json", "dumps");
  session.unmatched = {{"numpy._core.multiarray", "dot", "/n.py"}};
  const auto unmatched = FindUnmatched(session);
  ASSERT_EQ(unmatched.size(), 1U);
  EXPECT_THAT(unmatched[0].near, ElementsAre("numpy._core.multiarray:*"));
  EXPECT_THAT(unmatched[0].hint, HasSubstr("since numpy 2 this module is numpy._core.multiarray;"));
  EXPECT_FALSE(unmatched[0].shadowed);
}

TEST(UnmatchedTest, SuggestsOnlyFunctionsThatTheGroupCounts) {
  SessionSnapshot session = EmptySession();
  session.settings.text = "on=start\non[model]=call\n";
  session.unmatched = {{"json", "dumps", "/j.py", 7}, {"_json", "dumps", ""}};
  session.settings.targets[0].text = "jso:dumps";
  session.settings.targets[1].text = "jso:dumps";
  auto unmatched = FindUnmatched(session);
  EXPECT_THAT(unmatched[0].near, ElementsAre("json:dumps"));
  EXPECT_THAT(unmatched[1].near, IsEmpty());
  session.unmatched[1].module = "jsonc";
  session.settings.targets[1].text = "json:dumps";
  EXPECT_THAT(FindUnmatched(session)[1].near, ElementsAre("jsonc:dumps"));
  session.settings.text = "on=start,call\n";
  EXPECT_THAT(FindUnmatched(session)[0].near, ElementsAre("json:dumps"));
}

TEST(UnmatchedTest, SuggestsNoFunctionOfAnEarlierGroup) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[1].text = "jsonn:dumps";
  AddFunction(&session, "json", "dumps");
  EXPECT_THAT(FindUnmatched(session)[0].near, IsEmpty());
  session.settings.groups[0].process = "front";
  session.settings.groups[1].process = "worker";
  session.process_names = {"front", "worker"};
  EXPECT_THAT(FindUnmatched(session)[0].near, ElementsAre("json:dumps"));
}

TEST(UnmatchedTest, SuggestsNoAliasOfAFunctionOfAnEarlierGroup) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[1].text = "app:Config.__init__";
  session.unmatched = {
      AliasId({"app", "Config.__init__"}, {"app", "__create_fn__.<locals>.__init__", "/a.py"})};
  EXPECT_THAT(FindUnmatched(session)[1].near, SizeIs(1));
  AddFunction(&session, "app", "__create_fn__.<locals>.__init__");
  session.functions.back().id.file = "/a.py";
  EXPECT_THAT(FindUnmatched(session)[0].near, IsEmpty());
}

TEST(UnmatchedTest, MarksATargetShadowedByAnEarlierTarget) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[1].text = "json:dum*";
  AddFunction(&session, "json", "dumps");
  const auto unmatched = FindUnmatched(session);
  ASSERT_EQ(unmatched.size(), 1U);
  EXPECT_TRUE(unmatched[0].shadowed);
  EXPECT_THAT(unmatched[0].near, IsEmpty());
}

TEST(UnmatchedTest, SuggestsNoCallOfACaller) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[1].text = "app:stepp -> json:dumps";
  AddFunction(&session, "app", "step -> json:dumps");
  session.unmatched = {{"app", "step", "/a.py"}, {"json", "dumps", "/j.py"}};
  EXPECT_THAT(FindUnmatched(session)[0].near, ElementsAre("app:step -> json:dumps"));
}

// Regression: a part of a function was taken for a function of its module.
TEST(UnmatchedTest, IsNotShadowedByAPartOfAFunction) {
  for (const std::string part : {"step -> json:dumps", "step@12-15"}) {
    SessionSnapshot session = EmptySession();
    session.settings.targets[0].text = "app:" + part;
    session.settings.targets[1].text = "app:s*";
    AddFunction(&session, "app", part.c_str());
    ASSERT_EQ(FindUnmatched(session).size(), 1U) << part;
    EXPECT_FALSE(FindUnmatched(session)[0].shadowed) << part;
  }
}

TEST(UnmatchedTest, SaysWhichLinesAFunctionHas) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[0].text = "app:step@40-50";
  session.settings.targets[1].text = "app:stepp@12";
  session.unmatched = {
      {"app", "step", "/a.py"}, {"app", "step@10-31", "/a.py"}, {"b", "step@1-2", "/b.py"}};
  const auto unmatched = FindUnmatched(session);
  ASSERT_EQ(unmatched.size(), 2U);
  EXPECT_EQ(unmatched[0].hint, "step has lines 10-31");
  EXPECT_THAT(unmatched[0].near, IsEmpty());
  EXPECT_EQ(unmatched[1].hint, "");
  EXPECT_THAT(unmatched[1].near, ElementsAre("app:step@12"));
}

TEST(UnmatchedTest, SaysThatLinesOfAFunctionHaveNoCode) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[0].text = "app:step@20";
  session.settings.targets[1].text = "app:s*@+20";
  session.unmatched = {{"app", "step@10-31", "/a.py"}};
  const auto unmatched = FindUnmatched(session);
  ASSERT_EQ(unmatched.size(), 2U);
  EXPECT_EQ(unmatched[0].hint, "step has lines 10-31, and no code in these");
  EXPECT_EQ(unmatched[1].hint, "step has lines 10-31");
}

std::vector<std::string> OperatorWarnings(const std::string& on, const std::string& pattern) {
  SessionSnapshot session = EmptySession();
  AddProcess(&session, 0, 4);
  session.settings.text = on;
  session.settings.targets[1].text = pattern;
  std::vector<std::string> warnings;
  for (std::string& warning : Summarize(session).warnings) {
    if (warning.find("only calls count:") != std::string::npos) {
      warnings.push_back(warning.substr(0, warning.find(": of functions")));
    }
  }
  return warnings;
}

TEST(SummaryTest, WarnsOfTargetsThatAnOperatorRunsWithoutACall) {
  for (const char* on : {"on=call\n", "start=0ns\non=start,call", "on=start\non[model]=call\n"}) {
    for (const char* pattern :
         {"numpy:matmul", "*:*matmul*", "a:int.__add__", "a:f -> torch:Tensor.__getitem__"}) {
      EXPECT_THAT(OperatorWarnings(on, pattern), ElementsAre(pattern)) << on << pattern;
    }
    EXPECT_THAT(OperatorWarnings(on, "numpy:dot"), IsEmpty());
    EXPECT_THAT(OperatorWarnings(on, "builtins:next"), IsEmpty());
    EXPECT_THAT(OperatorWarnings(on, "*:set.add"), IsEmpty());
    EXPECT_THAT(OperatorWarnings(on, "*:*"), IsEmpty());
  }
  EXPECT_THAT(OperatorWarnings("on=start\n", "numpy:matmul"), IsEmpty());
  // The calls of a caller count whatever --on says.
  EXPECT_THAT(OperatorWarnings("on=start\n", "a:f -> numpy:matmul"),
              ElementsAre("a:f -> numpy:matmul"));
  EXPECT_THAT(OperatorWarnings("on=start\non[default]=call\n", "numpy:matmul"), IsEmpty());
}

TEST(SummaryTest, WarnsOfGroupsThatAppliedInNoProcess) {
  SessionSnapshot session = EmptySession();
  AddProcess(&session, 0, 5);
  session.process_names = {"VLLM::EngineCore", "python", "rank=1"};
  session.settings.groups[1].process = "VLLM::EngineCroe";
  EXPECT_THAT(
      Summarize(session).warnings,
      ElementsAre("group model applied in no process: process=VLLM::EngineCroe matches none "
                  "of their names, 'VLLM::EngineCore', 'python', 'rank=1'; similar: "
                  "'VLLM::EngineCore'"));
  EXPECT_EQ(FindUnmatched(session)[1].hint, "its group applied in no process");
  session.settings.groups[1].process = "VLLM::*";
  EXPECT_THAT(Summarize(session).warnings, IsEmpty());
  session.settings.groups[1].process = "rank=[";  // not written by pyslow
  EXPECT_EQ(Summarize(session).warnings.size(), 1U);
}

// Regression: a process with many titles records only the first of them.
TEST(SummaryTest, DoesNotWarnOfAGroupWithCountedFunctions) {
  SessionSnapshot session = EmptySession();
  AddProcess(&session, 0, 5);
  session.process_names = {"job 1", "job 100"};
  session.settings.groups[1].process = "job 101";
  session.settings.targets.push_back({"/t/targets.txt", 4, 1, "other:*", 1, false});
  AddFunction(&session, "model", "step [process=job 101]", 1);
  EXPECT_THAT(Summarize(session).warnings, IsEmpty());
  ASSERT_THAT(UnmatchedTexts(session), ElementsAre("json:*", "other:*"));
  EXPECT_EQ(FindUnmatched(session)[1].hint, "if it is written in C, it counts with --on call");
}

TEST(UnmatchedTest, SaysWhichEventsAFunctionOfTheOtherKindNeeds) {
  SessionSnapshot session = EmptySession();
  session.settings.text = "on=start\non[model]=call\n";
  session.settings.targets = {{"/t/targets.txt", 1, 1, "math:sqrt", 0, false},
                              {"/t/targets.txt", 3, 1, "app:step", 1, false},
                              {"/t/targets.txt", 4, 1, "app:step@3", 0, false}};
  std::vector<UnmatchedTarget> unmatched = FindUnmatched(session);
  EXPECT_EQ(unmatched[0].hint, "if it is written in C, it counts with --on call");
  EXPECT_EQ(unmatched[1].hint, "if it is a Python function, it counts with --on start,call");
  EXPECT_EQ(unmatched[2].hint, "");
  session.settings.text = "on=start,call\n";
  EXPECT_EQ(FindUnmatched(session)[0].hint,
            "if C code alone calls it (map, sort), it has no event; delay its callers");
  session.settings.text = "on=start\n";
  session.unmatched = {{"maths", "sqrt", "/m.py", 1}};
  EXPECT_EQ(FindUnmatched(session)[0].hint, "") << "a near miss is likelier";
}

// Regression: the hint for the name of a file was a change of --on, with which it matched nothing
// either.
TEST(UnmatchedTest, KnowsThatCallablesInCHaveNoFile) {
  SessionSnapshot session = EmptySession();
  session.settings.text = "on=start\non[model]=call\n";
  session.settings.targets = {{"/t/targets.txt", 1, 1, "*/math.py:cos", 0, false},
                              {"/t/targets.txt", 3, 1, "*/math*:cos", 1, false}};
  EXPECT_EQ(FindUnmatched(session)[0].hint, "");
  EXPECT_EQ(
      FindUnmatched(session)[1].hint,
      "a slash in front of the colon means a file name, and callables written in C have none");
}

TEST(UnmatchedTest, TakesNoTargetForShadowedByAnotherProcess) {
  SessionSnapshot session = EmptySession();
  session.process_names = {"front", "worker"};
  session.settings.groups[0].process = "front";
  session.settings.groups[1].process = "worker";
  session.settings.targets[1].text = "json:*";
  AddFunction(&session, "json", "loads [process=front]");
  ASSERT_EQ(FindUnmatched(session).size(), 1U);
  EXPECT_FALSE(FindUnmatched(session)[0].shadowed);
  session.settings.groups[1].process = "front";
  EXPECT_TRUE(FindUnmatched(session)[0].shadowed);
}

TEST(UnmatchedTest, AcceptsTextsThatAreNotTargets) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[0].text = std::string("no colon\n\0[", 11);
  session.settings.targets[1].text = "";
  const auto unmatched = FindUnmatched(session);
  EXPECT_EQ(unmatched.size(), 2U);
  EXPECT_THAT(unmatched[0].near, IsEmpty());
}

}  // namespace
}  // namespace pyslow::report
