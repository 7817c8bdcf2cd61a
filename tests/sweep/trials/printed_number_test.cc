#include "sweep/trials/printed_number.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;

struct NumberCase {
  std::string text;
  double value;
  double step;
};

TEST(ReadPrintedNumber, ReadsCommonFormats) {
  const std::vector<NumberCase> cases = {{"1234.5", 1234.5, 0.1},
                                         {"1e3", 1000, 1000},
                                         {"2.5E-3", 0.0025, 1e-4},
                                         {".5", 0.5, 0.1},
                                         {"7", 7, 1},
                                         {"+7", 7, 1},
                                         {" 7\t", 7, 1},
                                         {"-7", -7, 1},
                                         {"5.", 5, 1},
                                         {"1.2e+03", 1200, 100},
                                         {"0.00205", 0.00205, 1e-5},
                                         {"1,234.5", 1234.5, 0.1},
                                         {"1,234,567", 1234567, 1},
                                         {"12,345,678.9", 12345678.9, 0.1},
                                         {"1.234,5", 1234.5, 0.1},
                                         {"1.234.567", 1234567, 1},
                                         {"3,5", 3.5, 0.1},
                                         {"0,123", 0.123, 1e-3},
                                         {"2303,25", 2303.25, 0.01},
                                         {"2_303", 2303, 1},
                                         {"2 303", 2303, 1},
                                         {"2'303.5", 2303.5, 0.1},
                                         {"2\u00a0303,5", 2303.5, 0.1},
                                         {"12\u202f345\u202f678", 12345678, 1},
                                         {"2\u2019303", 2303, 1}};
  for (const NumberCase& one : cases) {
    const auto read = ReadPrintedNumber(one.text, CommaMeaning::kUnknown);
    ASSERT_TRUE(read.ok()) << one.text << ": " << read.status();
    EXPECT_DOUBLE_EQ(read->value, one.value) << one.text;
    EXPECT_NEAR(read->step / one.step, 1, 1e-9) << one.text;
  }
}

TEST(ReadPrintedNumber, RefusesOtherText) {
  for (const char* text :
       {"",        " ",        "inf",      "nan",       "0x10",    "1e999", "12 tokens", "--1",
        "1.2.3",   "e5",       "fast",     "1-2",       ".",       "-",     "1,2345.6",  ",123.4",
        "1,234,5", "1,23,456", "0,123.5",  "1,234.5,6", "1_23",    "12 34", "1e",        "1e2.5",
        "1..2",    "0 123",    "1234 567", "1,234_567", "1 234 56"}) {
    EXPECT_FALSE(ReadPrintedNumber(text, CommaMeaning::kUnknown).ok()) << text;
  }
}

TEST(ReadPrintedNumber, AsksWhatACommaMeans) {
  EXPECT_EQ(ReadPrintedNumber("2,303", CommaMeaning::kUnknown).status().message(),
            "'2,303' may be 2303 or 2.303; add --thousands or --decimal-comma");
  EXPECT_EQ(ReadPrintedNumber("2,303", CommaMeaning::kThousands)->value, 2303);
  EXPECT_EQ(ReadPrintedNumber("2,303", CommaMeaning::kDecimal)->value, 2.303);
  EXPECT_EQ(ReadPrintedNumber("2.303", CommaMeaning::kUnknown)->value, 2.303);
  EXPECT_EQ(ReadPrintedNumber("2.303", CommaMeaning::kThousands)->value, 2.303);
  EXPECT_EQ(ReadPrintedNumber("2.303", CommaMeaning::kDecimal)->value, 2303);
}

TEST(ReadPrintedNumber, RefusesAMarkThatContradictsTheOption) {
  EXPECT_FALSE(ReadPrintedNumber("3,5", CommaMeaning::kThousands).ok());
  EXPECT_FALSE(ReadPrintedNumber("1.234,5", CommaMeaning::kThousands).ok());
  EXPECT_FALSE(ReadPrintedNumber("2.5", CommaMeaning::kDecimal).ok());
  EXPECT_FALSE(ReadPrintedNumber("1,234.5", CommaMeaning::kDecimal).ok());
}

// Every number is read back, in whatever format it is printed.
TEST(ReadPrintedNumber, ReadsWhatIsPrinted) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> power(-6, 9);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::pow(10, power(random));
    for (const std::string& text : {absl::StrFormat("%.17g", value), absl::StrFormat("%.9e", value),
                                    absl::StrFormat("%+.6E", value)}) {
      const auto read = ReadPrintedNumber(text, CommaMeaning::kUnknown);
      ASSERT_TRUE(read.ok()) << text;
      EXPECT_NEAR(read->value / value, 1, 1e-6) << text;
    }
    const auto whole = static_cast<uint64_t>(value);
    const std::string commas = CountText(whole);
    EXPECT_EQ(ReadPrintedNumber(commas, CommaMeaning::kThousands)->value,
              static_cast<double>(whole));
    const auto unknown = ReadPrintedNumber(commas, CommaMeaning::kUnknown);
    EXPECT_EQ(unknown.ok(), whole < 1000 || whole >= 1'000'000) << commas;
    const std::string fraction = absl::StrCat(commas, ".25");
    EXPECT_EQ(ReadPrintedNumber(fraction, CommaMeaning::kUnknown)->value,
              static_cast<double>(whole) + 0.25)
        << fraction;
  }
}

// The part of `line` between < and >, extended to its number. `[` and `]` enclose what the
// expression matched; without them, it is the same part.
std::string Whole(std::string line) {
  TextRange part;
  TextRange matched = {std::string::npos, std::string::npos};
  const auto take = [&](char mark) {
    const size_t at = line.find(mark);
    if (at != std::string::npos) line.erase(at, 1);
    return at;
  };
  matched.begin = take('[');
  part.begin = take('<');
  part.end = take('>');
  matched.end = take(']');
  if (matched.begin == std::string::npos) matched = part;
  return std::string(WholeNumber(line, part, matched).In(line));
}

TEST(WholeNumber, ExtendsACutNumber) {
  EXPECT_EQ(Whole("tps: <2>,303"), "2,303");
  EXPECT_EQ(Whole("tps: 2,<303>"), "2,303");
  EXPECT_EQ(Whole("<2>_303"), "2_303");
  EXPECT_EQ(Whole("1.2e+<03> tokens/s"), "1.2e+03");
  EXPECT_EQ(Whole("<1.2>e+03 tokens/s"), "1.2e+03");
  EXPECT_EQ(Whole("1.2e-<03>"), "1.2e-03");
  EXPECT_EQ(Whole("12.<5> ms"), "12.5");
  EXPECT_EQ(Whole("<12>.5 ms"), "12.5");
  EXPECT_EQ(Whole("took .<5> s"), ".5");
  EXPECT_EQ(Whole("1<2>34"), "1234");
  EXPECT_EQ(Whole("drift: -<3>"), "-3");
  EXPECT_EQ(Whole("(-<3>)"), "-3");
  EXPECT_EQ(Whole("2\u00a0<303>"), "2\u00a0303");
  EXPECT_EQ(Whole("tps: <2> 303 tok/s"), "2 303");
  EXPECT_EQ(Whole("tps = 12 <345>.5"), "12 345.5");
  EXPECT_EQ(Whole("<1>.2.3"), "1.2.3");
}

TEST(WholeNumber, LeavesAWholeNumber) {
  EXPECT_EQ(Whole("tps: <2303>, loss: 0.5"), "2303");
  EXPECT_EQ(Whole("It took <5>. Next"), "5");
  EXPECT_EQ(Whole("10-<20> ms"), "20");
  EXPECT_EQ(Whole("gpu-<3>"), "3");
  EXPECT_EQ(Whole("12:30:<05>"), "05");
  EXPECT_EQ(Whole("gpt<2>"), "2");
  EXPECT_EQ(Whole("<5> e5"), "5");
  EXPECT_EQ(Whole("<5>e"), "5");
  EXPECT_EQ(Whole("<5>ms"), "5");
  EXPECT_EQ(Whole("3, <303>"), "303");
  EXPECT_EQ(Whole("step 2 <303> tok/s"), "303");
  EXPECT_EQ(Whole("<5> 120 230"), "5");
  EXPECT_EQ(Whole("row: <5> 1200"), "5");
}

// The expression names the comma or the space, so the numbers are apart.
TEST(WholeNumber, KeepsASeparatorThatIsMatchedOutside) {
  EXPECT_EQ(Whole("[5,<303>]"), "303");
  EXPECT_EQ(Whole("[<5>,]303"), "5");
  EXPECT_EQ(Whole("step: [2 <303> tok/s]"), "303");
  EXPECT_EQ(Whole("[12.<5> ms]"), "12.5");
}

TEST(LengthOfNumber, IsThatOfTheLeadingNumber) {
  EXPECT_EQ(LengthOfNumber("12.3k tok/s"), 4U);
  EXPECT_EQ(LengthOfNumber("2,303, then"), 5U);
  EXPECT_EQ(LengthOfNumber("-1.5e-3x"), 7U);
  EXPECT_EQ(LengthOfNumber(".5"), 2U);
  EXPECT_EQ(LengthOfNumber("fast"), 0U);
  EXPECT_EQ(LengthOfNumber(""), 0U);
  EXPECT_EQ(LengthOfNumber("-"), 0U);
}

// Whatever surrounds it, the whole number contains the part and is found again from each digit.
TEST(WholeNumber, DoesNotDependOnThePartMatched) {
  std::mt19937 random(2);
  const std::string alphabet = "0123456789.,e+-_ kx:";
  for (int i = 0; i < 50'000; ++i) {
    std::string line;
    for (int c = 0; c < 12; ++c) line += alphabet[random() % alphabet.size()];
    const size_t at = random() % line.size();
    if (line[at] < '0' || line[at] > '9') continue;
    const TextRange part = {at, at + 1};
    const TextRange whole = WholeNumber(line, part, part);
    ASSERT_LE(whole.begin, at) << line;
    ASSERT_GT(whole.end, at) << line;
    ASSERT_LE(whole.end, line.size()) << line;
    EXPECT_EQ(WholeNumber(line, whole, whole), whole) << line;
  }
}

}  // namespace
}  // namespace pyslow::trials
