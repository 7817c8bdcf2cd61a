// Tests the hints for targets that matched nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "report/unmatched_targets.h"
#include "report_testing.h"

namespace pyslow::report {
namespace {

using session::SessionSnapshot;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kExcluded[] = "the exclusions of its group match all of its functions";

// A session of app2.py that ran Engine.step, step and helper, with one target in [model].
SessionSnapshot Ran(const std::string& target) {
  SessionSnapshot session = EmptySession();
  session.settings.targets = {{"/t/targets.txt", 3, 1, target, 1, false}};
  for (const char* name : {"<module>", "Engine", "Engine.step", "helper", "step"}) {
    session.unmatched.push_back({"__main__", name, "/a/app2.py"});
  }
  return session;
}

// Adds a function of the program that the target `text`, in [default] in front of it, is credited
// with.
void AddCounted(SessionSnapshot* session, const std::string& text, const std::string& qualname) {
  session->settings.targets.insert(session->settings.targets.begin(),
                                   {"/t/targets.txt", 1, 1, text, 0, false});
  session->functions.push_back({{"__main__", qualname, "/a/app2.py", 3}, 0, 0, {}, 0});
}

UnmatchedTarget Only(const SessionSnapshot& session) {
  const std::vector<UnmatchedTarget> unmatched = FindUnmatched(session);
  EXPECT_EQ(unmatched.size(), 1U);
  return unmatched.empty() ? UnmatchedTarget() : unmatched[0];
}

// Regression: a target with the name of the program had the hint of a function written in C.
TEST(HintTest, KnowsTheRealNameOfTheProgram) {
  EXPECT_THAT(Only(Ran("app2:stpe")).near, ElementsAre("__main__:step"));
  EXPECT_EQ(Only(Ran("app2:stpe")).hint, "");
  EXPECT_THAT(Only(Ran("app2:Engine.stpe -> math:sin")).near,
              ElementsAre("__main__:Engine.step -> math:sin", "__main__:Engine -> math:sin"));
  SessionSnapshot session = Ran("app2:Config.__init__");
  session.unmatched.push_back(AliasId({"__main__", "Config.__init__"},
                                      {"__main__", "__create_fn__.<locals>.__init__", "<string>"}));
  EXPECT_THAT(Only(session).near, ElementsAre("__main__:__create_fn__.<locals>.__init__"));
  session = Ran("app2:step@3");
  session.unmatched.push_back({"__main__", "step@10-31", "/a/app2.py"});
  EXPECT_EQ(Only(session).hint, "step has lines 10-31");
}

TEST(HintTest, KnowsThatAnEarlierTargetHasTheRealName) {
  SessionSnapshot session = Ran("app2:step");
  AddCounted(&session, "app2:step", "step");
  session.settings.targets.push_back({"/t/targets.txt", 4, 1, "__main__:ste*", 1, false});
  const std::vector<UnmatchedTarget> unmatched = FindUnmatched(session);
  ASSERT_EQ(unmatched.size(), 2U);
  EXPECT_TRUE(unmatched[0].shadowed);
  EXPECT_TRUE(unmatched[1].shadowed) << "each of several";
}

// Regression: the suggestion was a pattern that matches nothing either.
TEST(HintTest, SaysThatNoSuchCallWasMade) {
  SessionSnapshot session = Ran("__main__:Engine.step -> __main__:helper");
  EXPECT_EQ(Only(session).hint, "no such call was made");
  EXPECT_THAT(Only(session).near, IsEmpty());
  session.settings.groups[1].process = "worker";
  session.process_names = {"worker"};
  EXPECT_EQ(Only(session).hint, "no such call was made in the processes of its group");
  EXPECT_EQ(Only(Ran("__main__:step -> math:sin")).hint, "") << "seen only in matched calls";
}

// Regression: the suggestion was a function that has no such lines.
TEST(HintTest, SuggestsNoOtherFunctionForLinesOfOneThatRan) {
  SessionSnapshot session = Ran("__main__:Engine.step@30");
  session.unmatched.push_back({"__main__", "Engine.step@10-20", "/a/app2.py"});
  EXPECT_EQ(Only(session).hint, "Engine.step has lines 10-20");
  EXPECT_THAT(Only(session).near, IsEmpty());
}

TEST(HintTest, KnowsThatAnEarlierTargetHasTheLines) {
  SessionSnapshot session = Ran("__main__:step@+1-+9");
  AddCounted(&session, "__main__:step@4-12", "step@4-12");
  EXPECT_TRUE(Only(session).shadowed);
  session.settings.targets[1].text = "__main__:step@4-11";
  EXPECT_FALSE(Only(session).shadowed);
}

TEST(HintTest, KnowsThatAnEarlierTargetHasTheCall) {
  for (const char* earlier : {"step", "<module> -> __main__:step"}) {
    SessionSnapshot session = Ran("__main__:<module> -> __main__:step");
    AddCounted(&session, "app2:x", earlier);
    EXPECT_TRUE(Only(session).shadowed) << earlier;
    session.settings.targets[1].text = "__main__:<module> -> __main__:helper";
    EXPECT_FALSE(Only(session).shadowed) << earlier;
  }
}

// Regression: it had the hint of a function written in C.
TEST(HintTest, KnowsThatEarlierTargetsHaveAllCallsOfAFunction) {
  SessionSnapshot session = EmptySession();
  session.settings.targets = {{"/t/targets.txt", 3, 1, "*:step", 1, false}};
  AddCounted(&session, "*:<module> -> *:step", "<module> -> __main__:step");
  EXPECT_TRUE(Only(session).shadowed);
  session.settings.targets[1].text = "*:step@3";
  EXPECT_FALSE(Only(session).shadowed);
  session.settings.targets[1].text = "*:<module>";
  EXPECT_FALSE(Only(session).shadowed);
}

TEST(HintTest, KnowsThatAnEarlierGroupAppliesInTheSameProcesses) {
  SessionSnapshot session = Ran("__main__:step");
  AddCounted(&session, "__main__:step", "step [process=py*]");
  session.settings.groups[0].process = "py*";
  session.settings.groups[1].process = "*app2*";
  session.process_names = {"python", "python app2.py"};
  EXPECT_TRUE(Only(session).shadowed);
  session.process_names = {"my app2.py", "python app2.py"};
  EXPECT_FALSE(Only(session).shadowed);
  EXPECT_EQ(Only(session).hint, "its functions ran in other processes only");
  session.settings.groups[0].process = "*";
  EXPECT_TRUE(Only(session).shadowed);
}

// Regression: it had the hint of a function written in C.
TEST(HintTest, KnowsTheExclusionsOfTheGroup) {
  for (const char* target : {"*:step", "*:step@3", "__main__:helper -> app2:step"}) {
    SessionSnapshot session = Ran(target);
    session.settings.targets.push_back({"/t/targets.txt", 4, 1, "!app2:s*", 1, true});
    EXPECT_EQ(Only(session).hint, kExcluded) << target;
    EXPECT_THAT(Only(session).near, IsEmpty()) << target;
    session.settings.targets[1].text = "!app2:h*";
    EXPECT_NE(Only(session).hint, kExcluded) << target;
    session.settings.targets[1].text = "!app2:x -> app2:s*";
    EXPECT_NE(Only(session).hint, kExcluded) << target;
  }
}

}  // namespace
}  // namespace pyslow::report
