// The subjects of a sweep, from its counting trial.
#include "sweep/steps/subjects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace pyslow::steps {
namespace {

using ::testing::ElementsAre;

CalledFunction Called(const std::string& module, uint64_t calls,
                      std::vector<double> own_seconds_per_unit) {
  CalledFunction function;
  function.id.module = module;
  function.id.qualname = "f";
  function.calls = calls;
  function.own_seconds_per_unit = std::move(own_seconds_per_unit);
  return function;
}

TEST(PackagesOf, MergeThePackagesWithTheLeastOwnTime) {
  std::vector<CalledFunction> counted = {
      Called("often", 900, {0.1}), Called("seldom.deep", 1, {0.5}), Called("heavy", 10, {0.9})};
  const Subjects packages = PackagesOf(3, 1, &counted);
  EXPECT_THAT(packages.setup.groups, ElementsAre("heavy", "seldom", "other modules"));
}

TEST(PackagesOf, MergeThePackagesWithTheFewestCallsIfOwnTimeIsUnknown) {
  std::vector<CalledFunction> counted = {Called("seldom", 1, {}), Called("often", 900, {}),
                                         Called("never", 0, {})};
  const Subjects packages = PackagesOf(20, 1, &counted);
  EXPECT_THAT(packages.setup.groups, ElementsAre("often", "seldom", "other modules"));
}

// A sweep resumed with more blocks measures own time more often. Its earlier subjects must stay the
// same, or its trials could not be used again.
TEST(PackagesOf, AreTheSameWithMoreTrialsOfOwnTime) {
  std::vector<CalledFunction> once = {Called("a", 1, {0.5}), Called("b", 1, {0.4})};
  std::vector<CalledFunction> often = {Called("a", 1, {0.5, 0.1, 0.1}),
                                       Called("b", 1, {0.4, 0.9, 0.9})};
  const Subjects before = PackagesOf(20, 1, &once);
  const Subjects after = PackagesOf(20, 1, &often);
  EXPECT_EQ(before.setup.targets, after.setup.targets);
}

TEST(FunctionsOf, SelectLinesAndFunctionsByTheirNames) {
  std::vector<CalledFunction> counted(5, Called("a", 1, {}));
  for (CalledFunction& function : counted) function.id.first_line = 1;
  counted[1].id.qualname = "C.f@12-15";
  counted[2].id.qualname = "f@x";
  counted[3].id.first_line = 0;  // no Python function
  counted[4].id.qualname = "f -> b:g";
  const Subjects functions = FunctionsOf(counted, counted, 1);
  EXPECT_EQ(functions.setup.targets,
            "[function 1]\na:f\n[function 2]\na:C.f@12-15\n[function 3]\na:f\\@x\n"
            "[function 4, on=call]\na:f\n[function 5]\na:f -> b:g\n");
  EXPECT_EQ(functions.subjects[1].name, "a:C.f@12-15");
}

CalledFunction InProcesses(const char* module, const char* process) {
  CalledFunction function = Called(module, 10, {});
  function.id.first_line = 1;
  function.id.qualname = QualnameIn("f", process);
  return function;
}

TEST(FunctionsOf, AreKeptApartByTheirProcesses) {
  const std::vector<CalledFunction> all = {InProcesses("a", ""), InProcesses("a", "*w"),
                                           InProcesses("b", "*w"), InProcesses("b", "")};
  const std::vector<CalledFunction> counted = {all[0], all[1], all[3]};
  const Subjects functions = FunctionsOf(counted, all, 1);
  EXPECT_EQ(functions.setup.targets,
            "[function 1, process=*w]\na:f\n[function 2]\na:f\n"
            "[elsewhere 3, process=*w]\nb:f\n[function 3]\nb:f\n");
  ASSERT_EQ(functions.subjects.size(), 3U);
  EXPECT_EQ(functions.subjects[0].name, "a:f");
  EXPECT_THAT(functions.subjects[0].groups, ElementsAre(1));
  EXPECT_EQ(functions.subjects[1].name, "a:f [process=*w]");
  EXPECT_THAT(functions.subjects[1].groups, ElementsAre(0));
  EXPECT_THAT(functions.subjects[2].groups, ElementsAre(3));
}

TEST(AddLines, AreInTheProcessesOfTheirFunction) {
  CalledFunction line = InProcesses("a", "*w");
  std::vector<CalledFunction> lines;
  for (const char* qualname : {"f@12", "f@13"}) {
    line.id.qualname = QualnameIn(qualname, "*w");
    lines.push_back(line);
  }
  Subjects subjects;
  ASSERT_TRUE(AddLines(lines, 1, &subjects));
  EXPECT_EQ(subjects.setup.targets, "[lines 1, process=*w]\na:f@12\na:f@13\n");
  EXPECT_EQ(subjects.subjects[0].name, "a:f@12-13 [process=*w]");
  EXPECT_EQ(subjects.subjects[0].lines, std::pair(12U, 13U));
  std::vector<std::string> groups;
  EXPECT_EQ(SameElsewhere(InProcesses("a", "").id, {InProcesses("a", "*w")}, &groups, "@*"),
            "[elsewhere 1, process=*w]\na:f@*\n");
  EXPECT_EQ(SameElsewhere(lines[0].id, {InProcesses("a", "*w")}, &groups, "@*"), "");
}

TEST(PollsAsSubject, KeepsThePollsOfEachProcessApart) {
  std::vector<CalledFunction> counted = {InProcesses("a", "*w"), InProcesses("b", ""),
                                         InProcesses("b", "*w"), InProcesses("c", "")};
  for (const size_t poll : {size_t{0}, size_t{1}, size_t{3}}) counted[poll].polls_per_unit = 1;
  Subjects subjects;
  subjects.setup.targets = "[w, process=*w]\n*:*\n[rest]\n*:*\n";
  subjects.setup.groups = {"w", "rest"};
  for (const uint32_t group : {0U, 1U}) {
    Subject& subject = subjects.subjects.emplace_back();
    subject.name = subjects.setup.groups[group];
    subject.groups = {group};
  }
  for (CalledFunction& function : counted) {
    function.group = function.id.qualname == "f" ? 1 : 0;
  }
  PollsAsSubject(1, &counted, &subjects);
  EXPECT_EQ(subjects.setup.targets,
            "[waiting loops, process=*w]\na:f\n[waiting loops']\nc:f\n"
            "[w, process=*w]\n*:*\n[rest]\n*:*\n");
  EXPECT_EQ(counted[0].group, 0U);
  EXPECT_EQ(counted[1].group, 3U) << "b:f works in the processes of *w";
  EXPECT_EQ(counted[2].group, 2U);
  EXPECT_EQ(counted[3].group, 1U);
}

}  // namespace
}  // namespace pyslow::steps
