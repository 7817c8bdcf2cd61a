#include "base/suggest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow {
namespace {

const std::vector<std::string> kNames = {"--delay", "--duration", "--targets", "--target"};

TEST(NearestName, FindsATypingError) {
  EXPECT_EQ(NearestName("--dealy", kNames), "--delay");
  EXPECT_EQ(NearestName("--targts", kNames), "--targets");
  EXPECT_EQ(NearestName("--duraton", kNames), "--duration");
}

TEST(NearestName, FindsNothingForADifferentWord) {
  EXPECT_EQ(NearestName("--frobnicate", kNames), "");
  EXPECT_EQ(NearestName("", kNames), "");
  EXPECT_EQ(NearestName(std::string(100'000, 'x'), kNames), "");
}

TEST(DidYouMean, IsAppendedToAMessage) {
  EXPECT_EQ(DidYouMean("--dealy", kNames), "; did you mean '--delay'?");
  EXPECT_EQ(DidYouMean("--frobnicate", kNames), "");
}

TEST(DidYouMean, SuggestsALongerOrShorterName) {
  const std::vector<std::string> names = {"--out", "--server", "--summary"};
  EXPECT_EQ(DidYouMean("--output-directory", names), "; did you mean '--out'?");
  EXPECT_EQ(DidYouMean("--summ", names), "; did you mean '--summary'?");
}

}  // namespace
}  // namespace pyslow
