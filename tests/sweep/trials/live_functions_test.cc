// The groups of a running program's functions when the setup changes.
#include "sweep/trials/live_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

Instrumentation Made(std::string targets, std::vector<std::string> groups,
                     std::vector<std::string> chosen = {}) {
  Instrumentation made;
  made.targets_file = "/t/targets";
  made.targets = std::move(targets);
  made.groups = std::move(groups);
  made.chosen = std::move(chosen);
  return made;
}

// A session of the functions m:f, m:g and n:f, all in `group`.
session::SessionSnapshot Snapshot(const std::string& group = "default") {
  session::SessionSnapshot snapshot;
  snapshot.settings.groups = {{group, {}, true}};
  for (const auto& [module, qualname] : {std::pair("m", "f"), {"m", "g"}, {"n", "f"}}) {
    session::FunctionSnapshot& function = snapshot.functions.emplace_back();
    function.id = {module, qualname, std::string("/t/") + module + ".py", 1};
  }
  return snapshot;
}

class LiveFunctionsTest : public ::testing::Test {
 protected:
  void Base(const Instrumentation& base, const std::string& group = "default") {
    EXPECT_TRUE(functions_.SetBase(base).ok());
    functions_.Add(Snapshot(group));
  }
  bool Select(const Instrumentation& setup) {
    const absl::StatusOr<bool> is_covered = functions_.Select(setup);
    EXPECT_TRUE(is_covered.ok()) << is_covered.status();
    return is_covered.value_or(false);
  }
  // The group of each function; "" for none.
  std::vector<std::string> Groups(const Instrumentation& setup) {
    std::vector<std::string> groups;
    for (const LiveFunction& function : functions_.all()) {
      groups.push_back(function.group.has_value() ? setup.groups[*function.group] : "");
    }
    return groups;
  }

  LiveFunctions functions_;
};

TEST_F(LiveFunctionsTest, HaveTheRecordedGroupsWithTheBaseSetup) {
  // The function was matched by a name that its record does not contain.
  const Instrumentation base = Made("[a]\nreal:*\n[b]\n*:*\n", {"a", "b"});
  Base(base, "a");
  EXPECT_THAT(Groups(base), ElementsAre("a", "a", "a"));
  EXPECT_TRUE(Select(Made("*:f\n", {"default"})));
  EXPECT_FALSE(functions_.is_base());
  EXPECT_TRUE(Select(base));
  EXPECT_TRUE(functions_.is_base());
  EXPECT_THAT(Groups(base), ElementsAre("a", "a", "a"));
}

TEST_F(LiveFunctionsTest, AreMatchedWithTheCurrentSetup) {
  Base(Made("*:*\n", {"default"}));
  const Instrumentation setup = Made("[x]\nm:*\n!m:g\n[y]\n*/n.py:f\n", {"x", "y"});
  EXPECT_TRUE(Select(setup));
  EXPECT_THAT(Groups(setup), ElementsAre("x", "", "y"));
  const Instrumentation chosen = Made("[x]\nm:*\n[y]\nn:f\n", {"x", "y"}, {"y"});
  EXPECT_TRUE(Select(chosen));
  EXPECT_THAT(Groups(chosen), ElementsAre("", "", "y"));
}

// A callable that is no Python function has neither file nor line.
void AddNative(const std::string& module, const std::string& qualname,
               session::SessionSnapshot* snapshot) {
  snapshot->functions.emplace_back().id = {module, qualname, "", 0};
}

TEST_F(LiveFunctionsTest, OfNativeCallablesBelongToGroupsOnCall) {
  const Instrumentation base = Made("[a]\nm:*\n[c, on=call]\nm:*\n", {"a", "c"});
  EXPECT_TRUE(functions_.SetBase(base).ok());
  session::SessionSnapshot snapshot = Snapshot("a");
  AddNative("m", "f", &snapshot);
  functions_.Add(snapshot);
  const Instrumentation both = Made("[x, on=call]\nm:f\n[y]\nm:f\n", {"x", "y"});
  EXPECT_TRUE(Select(both));
  EXPECT_THAT(Groups(both), ElementsAre("y", "", "", "x"));
  EXPECT_TRUE(Select(Made("[x, on=call]\nm:later\n", {"x"})));
  EXPECT_FALSE(Select(Made("[x, on=call]\nother:later\n", {"x"})));
}

TEST(LiveFunctions, OfNativeCallablesBelongToAllGroupsWithOnCall) {
  LiveFunctions functions(true);
  EXPECT_TRUE(functions.SetBase(Made("*:*\n", {"default"})).ok());
  session::SessionSnapshot snapshot = Snapshot();
  AddNative("m", "f", &snapshot);
  functions.Add(snapshot);
  EXPECT_TRUE(*functions.Select(Made("[x]\nn:*\n[y]\nm:f\n", {"x", "y"})));
  EXPECT_EQ(functions.all().back().group, 1U);
}

TEST_F(LiveFunctionsTest, OfCallsBelongToTheGroupOfTheirCaller) {
  EXPECT_TRUE(functions_.SetBase(Made("[calls]\n*:* -> m:f\n", {"calls"})).ok());
  session::SessionSnapshot snapshot;
  snapshot.settings.groups = {{"calls", {}, true}};
  for (const char* caller : {"a", "b"}) {
    snapshot.functions.emplace_back().id = {"n", std::string(caller) + " -> m:f", "/t/n.py", 1};
  }
  functions_.Add(snapshot);
  const Instrumentation setup = Made("[x]\nn:b -> m:f\n[y]\nn:a -> m:f\n", {"x", "y"});
  EXPECT_TRUE(Select(setup)) << "each target was recorded";
  EXPECT_THAT(Groups(setup), ElementsAre("y", "x"));
  EXPECT_TRUE(Select(Made("n:c -> m:f\n", {"default"})));
  EXPECT_FALSE(Select(Made("n:c -> m:g\n", {"default"})));
  EXPECT_FALSE(Select(Made("m:f\n", {"default"}))) << "all calls";
}

// A pattern of another kind that matches what is called does not hide the call.
TEST_F(LiveFunctionsTest, OfNativeCallsBelongToTheGroupOfTheirCaller) {
  EXPECT_TRUE(
      functions_.SetBase(Made("[all]\n*:*\n[calls]\nm:f -> n:dot\n", {"all", "calls"})).ok());
  session::SessionSnapshot snapshot;
  snapshot.settings.groups = {{"all", {}, true}, {"calls", {}, true}};
  snapshot.functions.emplace_back().id = {"m", "f -> n:dot", "/t/m.py", 1};
  snapshot.functions.back().group = 1;
  functions_.Add(snapshot);
  const Instrumentation setup = Made("[x]\n*:*\n[y]\nm:f -> n:dot\n", {"x", "y"});
  EXPECT_TRUE(Select(setup));
  EXPECT_THAT(Groups(setup), ElementsAre("y"));
}

TEST_F(LiveFunctionsTest, ThatAreCountedWholeDoNotCoverTheirCalls) {
  Base(Made("*:*\n", {"default"}));
  EXPECT_FALSE(Select(Made("*:* -> m:f\n", {"default"})));
  EXPECT_FALSE(Select(Made("n:a -> m:f\n", {"default"})));
}

TEST_F(LiveFunctionsTest, AreMatchedByTheirLines) {
  EXPECT_TRUE(functions_.SetBase(Made("m:f@+2-+5\n[all]\nm:f\n", {"default", "all"})).ok());
  session::SessionSnapshot snapshot;
  snapshot.settings.groups = {{"default", {}, true}, {"all", {}, true}};
  for (const char* name : {"f@12-15", "f"}) {
    snapshot.functions.emplace_back().id = {"m", name, "/t/m.py", 10};
    snapshot.functions.back().group = name == std::string("f") ? 1 : 0;
  }
  functions_.Add(snapshot);
  const Instrumentation setup = Made("[x]\nm:f@12-15\n[y]\nm:f\n", {"x", "y"});
  EXPECT_TRUE(Select(setup));
  EXPECT_THAT(Groups(setup), ElementsAre("x", "y"));
  EXPECT_FALSE(Select(Made("m:f@13\n", {"default"}))) << "it is not counted";
}

TEST_F(LiveFunctionsTest, BelongToGroupsOfTheirProcesses) {
  const Instrumentation base = Made("[w, process=*w]\n*:*\n[rest]\n*:*\n", {"w", "rest"});
  EXPECT_TRUE(functions_.SetBase(base).ok());
  session::SessionSnapshot snapshot;
  snapshot.settings.groups = {{"w", {}, true}, {"rest", {}, true}};
  for (const auto& [qualname, group] : {std::pair("f", 1U), {"f [process=*w]", 0U}, {"g", 1U}}) {
    session::FunctionSnapshot& function = snapshot.functions.emplace_back();
    function.id = {"m", qualname, "/t/m.py", 1};
    function.group = group;
  }
  functions_.Add(snapshot);
  EXPECT_THAT(Groups(base), ElementsAre("rest", "w", "rest"));
  const Instrumentation setup = Made("[1, process=*w]\nm:f\n[2]\nm:f\n", {"1", "2"});
  EXPECT_TRUE(Select(setup));
  EXPECT_THAT(Groups(setup), ElementsAre("2", "1", ""));
  EXPECT_FALSE(Select(Made("[1, process=*w]\nm:g\n", {"1"}))) << "not called there";
  EXPECT_FALSE(Select(Made("[1, process=other]\nm:f\n", {"1"})));
}

TEST_F(LiveFunctionsTest, CoverEachLineThatWasCounted) {
  const Instrumentation base = Made("[lines]\nm:f@*\n[others]\n*:*\n", {"lines", "others"});
  EXPECT_TRUE(functions_.SetBase(base).ok());
  session::SessionSnapshot snapshot;
  snapshot.settings.groups = {{"lines", {}, true}, {"others", {}, true}};
  for (const char* name : {"f@12", "f@13"}) {
    snapshot.functions.emplace_back().id = {"m", name, "/t/m.py", 10};
  }
  functions_.Add(snapshot);
  EXPECT_THAT(Groups(base), ElementsAre("lines", "lines"));
  const Instrumentation setup = Made("[x]\nm:f@13\n[y]\nm:f@12\n", {"x", "y"});
  EXPECT_TRUE(Select(setup));
  EXPECT_THAT(Groups(setup), ElementsAre("y", "x"));
  EXPECT_FALSE(Select(Made("m:f@12-13\n", {"default"}))) << "a range is not its lines";
  EXPECT_FALSE(Select(Made("m:f@14\n", {"default"})));
}

TEST_F(LiveFunctionsTest, OfOneCallerDoNotCoverAnother) {
  EXPECT_TRUE(functions_.SetBase(Made("n:a -> m:f\n", {"default"})).ok());
  EXPECT_TRUE(Select(Made("n:a -> m:f\n!n:b -> m:f\n", {"default"})));
  EXPECT_FALSE(Select(Made("n:c -> m:f\n", {"default"})));
}

TEST_F(LiveFunctionsTest, ThatAreNewAreMatchedToo) {
  EXPECT_TRUE(functions_.SetBase(Made("*:*\n", {"default"})).ok());
  const Instrumentation setup = Made("m:f\n", {"default"});
  EXPECT_TRUE(Select(setup));
  EXPECT_EQ(functions_.Add(Snapshot()), 0U);
  EXPECT_THAT(Groups(setup), ElementsAre("default", "", ""));
  EXPECT_EQ(functions_.Add(Snapshot()), 3U);
  EXPECT_EQ(functions_.all().size(), 3U);
}

TEST_F(LiveFunctionsTest, AreRegroupedInASnapshot) {
  Base(Made("*:*\n", {"default"}));
  EXPECT_TRUE(Select(Made("[x]\nm:g\n[y]\nn:*\n", {"x", "y"})));
  const session::SessionSnapshot snapshot = functions_.Regrouped(Snapshot());
  std::vector<std::pair<std::string, std::string>> found;
  for (const session::FunctionSnapshot& function : snapshot.functions) {
    found.emplace_back(function.id.Name(), snapshot.settings.groups.at(function.group).name);
  }
  EXPECT_THAT(found, ElementsAre(Pair("m:f", ""), Pair("m:g", "x"), Pair("n:f", "y")));
}

TEST_F(LiveFunctionsTest, ABaseThatSelectsEverythingCoversAll) {
  Base(Made("[a]\nm:*\n[b]\n*:*\n", {"a", "b"}));
  EXPECT_TRUE(Select(Made("unknown.*:*\n", {"default"})));
}

TEST_F(LiveFunctionsTest, ABaseWithExclusionsOrUnselectedGroupsDoesNotCoverAll) {
  Base(Made("*:*\n!m:f\n", {"default"}));
  EXPECT_FALSE(Select(Made("unknown.*:*\n", {"default"})));
  Base(Made("[a]\nm:*\n[b]\n*:*\n", {"a", "b"}, {"b"}));
  EXPECT_FALSE(Select(Made("m:*\n", {"default"})));
}

TEST_F(LiveFunctionsTest, ABaseCoversItsPatternsAndNamesOfItsFunctions) {
  Base(Made("[a]\nm:*\n[b]\nn:*\n", {"a", "b"}));
  EXPECT_TRUE(Select(Made("n:*\n", {"default"})));
  EXPECT_TRUE(Select(Made("[1]\nm:f\n[2]\nn:f\n", {"1", "2"})));
  EXPECT_TRUE(Select(Made("m:not_called_yet\n", {"default"})));
  EXPECT_FALSE(Select(Made("m*:*\n", {"default"})));
  EXPECT_FALSE(Select(Made("other:f\n", {"default"})));
}

TEST_F(LiveFunctionsTest, ASetupThatIsNotCoveredChangesNothing) {
  const Instrumentation base = Made("m:*\n", {"default"});
  Base(base);
  EXPECT_FALSE(Select(Made("other:f\n", {"default"})));
  EXPECT_TRUE(functions_.is_base());
  EXPECT_THAT(Groups(base), ElementsAre("default", "default", "default"));
}

TEST_F(LiveFunctionsTest, ReportTargetsThatAreWrong) {
  Base(Made("*:*\n", {"default"}));
  const absl::Status status = functions_.Select(Made("no colon\n", {"default"})).status();
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("/t/targets:1:"));
}

}  // namespace
}  // namespace pyslow::trials
