#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace pyslow {
namespace {

TEST(TextTest, SeparatesThousands) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(1'000), "1,000");
  EXPECT_EQ(CountText(std::numeric_limits<uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(TextTest, ShowsThreeDigitsOfADuration) {
  EXPECT_EQ(DurationText(0), "0");
  EXPECT_EQ(DurationText(0.3), "1ns");
  EXPECT_EQ(DurationText(450), "450ns");
  EXPECT_EQ(DurationText(999.6), "1.00us");
  EXPECT_EQ(DurationText(12'345), "12.3us");
  EXPECT_EQ(DurationText(999'600), "1.00ms");
  EXPECT_EQ(DurationText(1.5e9), "1.50s");
  EXPECT_EQ(DurationText(1234.5e9), "1234s");
  EXPECT_EQ(DurationText(std::numeric_limits<double>::quiet_NaN()), "0");
}

TEST(TextTest, ShowsASharePrecisely) {
  EXPECT_EQ(ShareText(41.2, 100), "41.2%");
  EXPECT_EQ(ShareText(1, 1), "100%");
  EXPECT_EQ(ShareText(0.05, 100), "0.05%");
  EXPECT_EQ(ShareText(1, 1e9), "<0.01%");
  EXPECT_EQ(ShareText(0, 5), "0");
}

TEST(TextTest, ShowsNoShareOfZero) { EXPECT_EQ(ShareText(1, 0), "-"); }

TEST(TextTest, UsesSingularAndPlural) {
  EXPECT_EQ(CountedText(1, "process", "processes"), "1 process");
  EXPECT_EQ(CountedText(0, "process", "processes"), "0 processes");
}

}  // namespace
}  // namespace pyslow
