#include "launcher/group_delay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow::launcher {
namespace {

using ::testing::HasSubstr;

using Texts = std::vector<std::string>;

std::string ErrorOfDelays(const Texts& texts) {
  const auto delays = ParseGroupDelays(texts, 1);
  return delays.ok() ? "no error" : std::string(delays.status().message());
}

TEST(ParseGroupDelays, ReadsATimeAndAFrequency) {
  const auto delays = ParseGroupDelays(Texts{"model=10us/5", "sampler=0"}, 7);
  ASSERT_TRUE(delays.ok()) << delays.status();
  ASSERT_EQ(delays->size(), 2U);
  EXPECT_EQ((*delays)[0].group, "model");
  EXPECT_EQ((*delays)[0].cell, (session::Cell{10'000, 5}));
  EXPECT_EQ((*delays)[1].group, "sampler");
  EXPECT_EQ((*delays)[1].cell, (session::Cell{0, 7}));
}

TEST(ParseGroupDelays, ReadsOneGroupPerLine) {
  const auto delays = ParseGroupDelays(Texts{"a=1us\n b = 2us/3 \n\n"}, 1);
  ASSERT_TRUE(delays.ok()) << delays.status();
  ASSERT_EQ(delays->size(), 2U);
  EXPECT_EQ((*delays)[1].group, "b");
  EXPECT_EQ((*delays)[1].cell, (session::Cell{2'000, 3}));
}

TEST(ParseGroupDelays, ANameMayContainTheSeparators) {
  const auto delays = ParseGroupDelays(Texts{"a=b/c=1us/2"}, 1);
  ASSERT_TRUE(delays.ok()) << delays.status();
  EXPECT_EQ((*delays)[0].group, "a=b/c");
  EXPECT_EQ((*delays)[0].cell, (session::Cell{1'000, 2}));
}

TEST(ParseGroupDelays, AnErrorShowsTheExpectedForm) {
  EXPECT_THAT(ErrorOfDelays({"model"}),
              HasSubstr("'model' does not name a group and its delay; expected NAME="));
  EXPECT_THAT(ErrorOfDelays({"=1us"}), HasSubstr("'=1us' does not name a group"));
  EXPECT_THAT(ErrorOfDelays({""}), HasSubstr("'' does not name a group"));
  EXPECT_THAT(ErrorOfDelays({"m=5"}), HasSubstr("'m=5': '5' has no unit"));
  EXPECT_THAT(ErrorOfDelays({"m=11s"}), HasSubstr("'m=11s': '11s'"));
  EXPECT_THAT(ErrorOfDelays({"m=-1us"}), HasSubstr("negative"));
  EXPECT_THAT(ErrorOfDelays({"m=1us/0"}), HasSubstr("'m=1us/0': '0' is not in range"));
  EXPECT_THAT(ErrorOfDelays({"m=1us/"}), HasSubstr("'m=1us/': ''"));
  EXPECT_THAT(ErrorOfDelays({"m=1us/2/3"}), HasSubstr("'2/3' is not a whole number"));
}

TEST(ParseGroupDelays, RejectsARepeatedGroup) {
  EXPECT_EQ(ErrorOfDelays({"m=1us", "n=1us", "m=2us"}),
            "'m=2us': the group 'm' already has a delay");
}

}  // namespace
}  // namespace pyslow::launcher
