#include "patterns/near_miss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "patterns/matcher.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Near(absl::string_view pattern, const std::vector<FunctionIdView>& seen) {
  TargetSet set;
  const absl::Status status = set.AddText(pattern, "t");
  EXPECT_TRUE(status.ok()) << status;
  return NearMisses(set.targets()[0], seen);
}

const std::vector<FunctionIdView> kSeen = {
    {"numpy._core.multiarray", "matmul", "/v/numpy/_core/multiarray.py"},
    {"numpy._core.numeric", "ones_like", "/v/numpy/_core/numeric.py"},
    {"numpy.linalg", "norm", "/v/numpy/linalg/__init__.py"},
    {"json.decoder", "JSONDecoder.raw_decode", "/l/json/decoder.py"},
    {"json", "loads", "/l/json/__init__.py"},
    {"torch.nn", "Linear.forward", "/v/torch/nn.py"}};

TEST(NearMisses, FindsARenamedModule) {
  EXPECT_EQ(Near("numpy.core.multiarray:*", kSeen).at(0), "numpy._core.multiarray:*");
}

TEST(NearMisses, FindsATypingErrorInEitherPart) {
  EXPECT_THAT(Near("jsno:*", kSeen), ElementsAre("json:*"));
  EXPECT_THAT(Near("json:laods", kSeen), ElementsAre("json:loads"));
  EXPECT_THAT(Near("jsno:laods", kSeen), ElementsAre("json:loads"));
  EXPECT_THAT(Near("*:*Decoder.raw_deocde", kSeen), ElementsAre("*:JSONDecoder.raw_decode"));
}

TEST(NearMisses, FindsThePackageIfOnlyItsModulesMatch) {
  EXPECT_EQ(Near("torch.nn.*:*", kSeen).at(0), "torch.nn:*");
}

TEST(NearMisses, FindsFilesByTheirPath) {
  EXPECT_EQ(Near("/v/numpy/core/multiarray.py:*", kSeen).at(0), "/v/numpy/_core/multiarray.py:*");
}

TEST(NearMisses, KeepsTheMarkOfAnExclusion) {
  EXPECT_THAT(Near("!jsno:*", kSeen), ElementsAre("!json:*"));
}

// Regression: `app:Config.__init__` of a dataclass gave the __init__ of another class, and that of
// a class without one gave the code of a dataclass.
TEST(NearMisses, FindsTheMethodsOfDataclasses) {
  const std::vector<FunctionIdView> seen = {
      {"app", "__create_fn__.<locals>.__init__", ""},
      {"app", "Config.__init__ = app:__create_fn__.<locals>.__init__", ""},
      {"app", "Confic.__init__", ""},
      {"app", "__create_fn__.<locals>.__eq__", ""},
      {"lib", "__create_fn__.<locals>.__init__", ""}};
  EXPECT_THAT(Near("app:Config.__init__", seen),
              ElementsAre("app:__create_fn__.<locals>.__init__", "app:Confic.__init__"));
  EXPECT_THAT(Near("app:Plain.__init__", seen), ElementsAre("app:Confic.__init__"));
}

// A function may be named otherwise than its code.
TEST(NearMisses, FindsTheCodeOfAnAlias) {
  const std::vector<FunctionIdView> seen = {
      {"app", "Config.__init__ = app:__create_fn__.<locals>.__init__", ""},
      {"app", "Other.__init__ = app:__create_fn__.<locals>.__init__", ""},
      {"app", "handle = web.routes:route.<locals>.wrapper", ""},
      {"app", "Point.__eq__ = :__eq__", ""},
      {"numpy", "ones_like = numpy._core.numeric:ones_like", ""},
      {"numpy", "full = numpy._core.numeric:full", ""}};
  EXPECT_THAT(Near("app:Config.__init__", seen),
              ElementsAre("app:__create_fn__.<locals>.__init__"));
  EXPECT_THAT(Near("app:handle@+3", seen), ElementsAre("web.routes:route.<locals>.wrapper@+3"));
  EXPECT_THAT(Near("x:y -> app:handle", seen),
              ElementsAre("x:y -> web.routes:route.<locals>.wrapper"));
  EXPECT_THAT(Near("app:Point.__eq__", seen), ElementsAre("*:__eq__"));
  EXPECT_THAT(Near("numpy:*", seen), ElementsAre("numpy._core.numeric:*"));
  EXPECT_THAT(Near("app:handlee", seen), ElementsAre("web.routes:route.<locals>.wrapper"));
  EXPECT_THAT(Near("app:Other.__init", seen), ElementsAre("app:__create_fn__.<locals>.__init__"));
}

// Regression: only __main__ was compared, though a target may have the name of the program.
TEST(NearMisses, ComparesTheRealNameOfTheMainProgram) {
  const std::vector<FunctionIdView> seen = {
      {"__main__", "step", "/a/pkg/mod.py"},
      {"__main__", "Config.__init__ = __main__:__create_fn__.<locals>.__init__", "<string>"},
      {"lib", "go", "/a/lib/go.py"}};
  EXPECT_THAT(Near("mod:Config.__init__", seen),
              ElementsAre("__main__:__create_fn__.<locals>.__init__"));
  EXPECT_THAT(Near("pkg.mod:stepp", seen), ElementsAre("__main__:step"));
  EXPECT_THAT(Near("*:stepp", seen), ElementsAre("*:step"));
  EXPECT_THAT(Near("mod:stpe -> math:sin", seen), ElementsAre("__main__:step -> math:sin"));
  EXPECT_THAT(Near("mod:step -> lib:goo", seen), ElementsAre("mod:step -> lib:go"));
  EXPECT_THAT(Near("lib.go:step", seen), IsEmpty());
}

TEST(NearMisses, KeepsTheLines) {
  EXPECT_THAT(Near("jsno:loads@12-15", kSeen), ElementsAre("json:loads@12-15"));
  EXPECT_THAT(Near("json:laods@+3", kSeen), ElementsAre("json:loads@+3"));
  EXPECT_THAT(Near("a:stepp", {{"a", "step@", ""}}), ElementsAre("a:step\\@"));
}

TEST(NearMisses, ReplacesTheCalleeOrTheCaller) {
  const std::vector<FunctionIdView> seen = {{"numpy", "matmul", ""}, {"a", "step", ""}};
  EXPECT_THAT(Near("a:step -> numpy:matmull", seen), ElementsAre("a:step -> numpy:matmul"));
  EXPECT_THAT(Near("!a:stepp -> numpy:mat*", seen), ElementsAre("!a:step -> numpy:mat*"));
  EXPECT_THAT(Near("a:step -> numpy:matmul", seen), IsEmpty());
  EXPECT_THAT(Near("a:stepp -> math:sqrt", seen), ElementsAre("a:step -> math:sqrt"));
  EXPECT_THAT(Near("a:step -> math:sqrt", seen), IsEmpty());
}

TEST(NearMisses, FindsNothingForADifferentWord) {
  EXPECT_THAT(Near("zmq.*:*", kSeen), IsEmpty());
  EXPECT_THAT(Near("json:frobnicate", kSeen), IsEmpty());
  EXPECT_THAT(Near("a:*", {{"b", "f", ""}}), IsEmpty());
  EXPECT_THAT(Near("json:*", {}), IsEmpty());
}

TEST(NearMisses, ReturnsAtMostThreeNearestFirst) {
  const std::vector<FunctionIdView> seen = {{"pack.modxyz", "f", ""},
                                            {"pack.modul", "f", ""},
                                            {"pack.modules", "f", ""},
                                            {"pack.model", "f", ""},
                                            {"pack.module", "f", ""}};
  EXPECT_THAT(Near("pack.modulr:f", seen),
              ElementsAre("pack.modul:f", "pack.module:f", "pack.model:f"));
}

// A suggestion is a pattern: in a target file, it matches the name that it was made from.
TEST(NearMisses, AreValidPatterns) {
  const std::vector<std::string> odd = {"a=>b",        "a\u2192b",   "a*b[c]",
                                        "!x#y",        "a:bcd",      " space ",
                                        "back\\slash", "\xff_bytes", "sur\xed\xa0\x80rogate",
                                        "new\nline"};
  for (const std::string& name : odd) {
    const std::string module = "package.module." + name;
    const std::string qualname = "function_" + name;
    const std::vector<FunctionIdView> seen = {{module, qualname, ""}};
    const std::vector<std::string> near = Near("package.module.x:functoin*", seen);
    ASSERT_EQ(near.size(), 1u) << name;
    TargetSet set;
    const absl::Status status = set.AddText(near[0], "t");
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_TRUE(Matcher(set).Find(module, "", "", qualname).found()) << near[0];
  }
}

TEST(NearMisses, IsQuickOnAHundredThousandNames) {
  std::vector<std::string> texts;
  for (int i = 0; i < 100'000; ++i) {
    texts.push_back(absl::StrCat("package", i % 50, ".sub", i % 1000, ".module_name"));
    texts.push_back(absl::StrCat("SomeClass", i % 300, ".method_with_a_name_", i));
  }
  std::vector<FunctionIdView> seen;
  for (size_t i = 0; i < texts.size(); i += 2) seen.push_back({texts[i], texts[i + 1], "/f.py"});
  const std::clock_t start = std::clock();
  const auto near = Near("*:SomeClas30.*_a_nam_77730", seen);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  RecordProperty("seconds", std::to_string(seconds));
  EXPECT_FALSE(near.empty());
  EXPECT_LT(seconds, 10);  // usually less than a second; sanitizers are slow
}

}  // namespace
}  // namespace pyslow::patterns
