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

TEST(TextTest, ShowsNoShareOfWhatIsUnknown) { EXPECT_EQ(ShareText(1, 0), "-"); }

TEST(TextTest, PutsTheNounIntoItsNumber) {
  EXPECT_EQ(CountedText(1, "process", "processes"), "1 process");
  EXPECT_EQ(CountedText(0, "process", "processes"), "0 processes");
}

TEST(PrintableTest, KeepsTextAsItIs) {
  EXPECT_EQ(Printable("Größe.<locals>.λ:名前🙂"), "Größe.<locals>.λ:名前🙂");
}

TEST(PrintableTest, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(Printable(absl::string_view("a\0\n\033[2J\x7f", 8)), "a\\x00\\x0a\\x1b[2J\\x7f");
  EXPECT_EQ(Printable("\u0085"), "\\xc2\\x85");       // a C1 control
  EXPECT_EQ(Printable("\u202e"), "\\xe2\\x80\\xae");  // right to left from here on
}

TEST(PrintableTest, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(Printable("\xff"), "\\xff");
  EXPECT_EQ(Printable("\xc3"), "\\xc3");                             // cut off
  EXPECT_EQ(Printable("\xc0\x80"), "\\xc0\\x80");                    // overlong
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(Printable("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf");           // overlong
}

TEST(PrintableTest, ShowsLoneSurrogates) {
  EXPECT_EQ(Printable("a\xed\xb2\x80z"), "a\\x80z");  // U+DC80: a byte in a file's name
  EXPECT_EQ(Printable("\xed\xb3\xbf"), "\\xff");      // U+DCFF
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\ud800");
  EXPECT_EQ(Printable("\xed\xb2\x7f"), "\\xed\\xb2\\x7f");
  EXPECT_EQ(ValidUtf8("\xed\xbf\xbf"), "\\udfff");
}

TEST(PrintableTest, ForJsonControlsStay) { EXPECT_EQ(ValidUtf8("a\n\xff"), "a\n\\xff"); }

}  // namespace
}  // namespace pyslow
