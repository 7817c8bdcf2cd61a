#include "patterns/main_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace pyslow::patterns {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(MainNames, AreTheEndsOfThePath) {
  const std::vector<FunctionIdView> seen = {{"__main__", "f", "/a/pkg/mod.py"},
                                            {"__main__", "g", "dir.d/tool"},
                                            {"__main__", "h", ".py"}};
  const MainNames names(seen);
  EXPECT_THAT(names.Of(seen[0]), ElementsAre("mod", "pkg.mod", "a.pkg.mod"));
  EXPECT_THAT(names.Of(seen[1]), ElementsAre("tool", "dir.d.tool"));
  EXPECT_THAT(names.Of(seen[2]), ElementsAre(".py"));
}

TEST(MainNames, IncludeThePackage) {
  const std::vector<FunctionIdView> seen = {{"__main__", "f", "a/pkg/__main__.py"}};
  EXPECT_THAT(MainNames(seen).Of(seen[0]),
              ElementsAre("pkg.__main__", "pkg", "a.pkg.__main__", "a.pkg"));
}

TEST(MainNames, OfCodeWithoutAFileAreThoseOfAllFiles) {
  const std::vector<FunctionIdView> seen = {
      {"__main__", "f", "a.py"}, {"__main__", "g", "b.py"}, {"__main__", "h", "<string>"}};
  const MainNames names(seen);
  EXPECT_THAT(names.Of(seen[2]), ::testing::UnorderedElementsAre("a", "b"));
  EXPECT_THAT(names.Of({"__main__", "sin", ""}), ::testing::UnorderedElementsAre("a", "b"));
}

TEST(MainNames, MatchASide) {
  const std::vector<FunctionIdView> seen = {{"__main__", "f", "/a/pkg/mod.py"}};
  const std::vector<NameCharacters> names = MainNames(seen).CharactersOf(seen[0]);
  for (const char* module : {"__main__", "mod", "pkg.*", "*/mod.py"}) {
    EXPECT_TRUE(MatchesAny(FunctionSide(module, "f"), names)) << module;
  }
  EXPECT_FALSE(MatchesAny(FunctionSide("mod", "g"), names));
  EXPECT_FALSE(MatchesAny(FunctionSide("pkg", "f"), names));
}

TEST(MainNames, AreEmptyForOtherModules) {
  const std::vector<FunctionIdView> seen = {{"__main__", "f", "a.py"}, {"lib", "g", "b.py"}};
  const MainNames names(seen);
  EXPECT_THAT(names.Of(seen[1]), IsEmpty());
  EXPECT_THAT(names.Of({"__main__", "h", "c.py"}), IsEmpty());
}

}  // namespace
}  // namespace pyslow::patterns
