// Tests which groups apply in a process.
#include "patterns/roles.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/function_id.h"
#include "patterns/line_range.h"

namespace pyslow::patterns {
namespace {

TEST(ProcessGlob, MatchesAWholeName) {
  const ProcessGlob glob("VLLM::*");
  EXPECT_TRUE(glob.Matches("VLLM::EngineCore"));
  EXPECT_FALSE(glob.Matches("a VLLM::EngineCore"));
  EXPECT_TRUE(ProcessGlob("*Worker*").Matches("ray::Worker.run"));
}

TEST(ProcessGlob, MatchesRanksOnlyIfItNamesThem) {
  EXPECT_TRUE(ProcessGlob("rank=3").Matches("rank=3"));
  EXPECT_TRUE(ProcessGlob("local_rank=[0-3]").Matches("local_rank=3"));
  EXPECT_FALSE(ProcessGlob("rank=3").Matches("rank=30"));
  EXPECT_FALSE(ProcessGlob("*3").Matches("rank=3"));
  EXPECT_FALSE(ProcessGlob("*").Matches("local_rank=0"));
  EXPECT_TRUE(ProcessGlob("*").Matches("python"));
}

TEST(Roles, AreTheGroupsThatApplyTogether) {
  TargetSet set;
  ASSERT_TRUE(set.AddText("[a, process=x*]\nm:f\n[b]\nm:f\n[c, process=*y]\nm:f\n", "t").ok());
  Roles roles(set);
  EXPECT_FALSE(roles.empty());
  const std::vector<std::string> both = {"", "xy"};
  const std::vector<std::string> both_by_two = {"x", "y"};
  const std::vector<std::string> none = {"z"};
  EXPECT_EQ(roles.RoleOf(none), kNoRole);
  const Role role = roles.RoleOf(both);
  EXPECT_EQ(roles.RoleOf(both_by_two), role);
  for (uint32_t group = 0; group < 3; ++group) EXPECT_TRUE(roles.Applies(role, group));
  EXPECT_TRUE(roles.Applies(kNoRole, 1));
  EXPECT_FALSE(roles.Applies(kNoRole, 0));
  const Role of_glob = roles.RoleOfGlob("x*");
  EXPECT_TRUE(roles.Applies(of_glob, 0));
  EXPECT_FALSE(roles.Applies(of_glob, 2));
}

TEST(ProcessParts, AreTheInverseOfQualnameIn) {
  EXPECT_EQ(QualnameIn("f", ""), "f");
  const std::string qualname = QualnameIn("C.f@3 -> m:g", "*[ab] x");
  EXPECT_EQ(qualname, "C.f@3 -> m:g [process=*[ab] x]");
  const ProcessParts parts = ProcessPartsOf({"m", qualname, "file", 7});
  EXPECT_EQ(parts.process, "*[ab] x");
  EXPECT_EQ(parts.id, (FunctionIdView{"m", "C.f@3 -> m:g", "file", 7}));
  EXPECT_EQ(ProcessPartsOf({"m", "f"}).id.qualname, "f");
}

TEST(ProcessParts, DoNotMakeAPartOfAFunction) {
  const std::string arrow = QualnameIn("f", "a -> b:c@3");
  EXPECT_FALSE(IsPartOfFunction({"m", arrow, "file", 7}));
  EXPECT_FALSE(IsLinesOfFunction({"m", arrow, "file", 7}));
  const std::string lines = QualnameIn("f@3-5", "a -> b:c");
  EXPECT_TRUE(IsLinesOfFunction({"m", lines, "file", 7}));
}

}  // namespace
}  // namespace pyslow::patterns
