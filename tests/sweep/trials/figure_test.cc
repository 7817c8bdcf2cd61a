#include "sweep/trials/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<Figure> Read(Quantity quantity, const std::string& regex, const std::string& line,
                            const std::string& unit = "") {
  FigureRules rules;
  rules.quantity = quantity;
  rules.unit = unit;
  const auto metric = MetricRegex::Compile(regex);
  EXPECT_TRUE(metric.ok()) << metric.status();
  absl::StatusOr<Figure> figure = absl::NotFoundError("no match");
  metric->Search(line, 0, line.size() + 1,
                 [&](const RegexMatch& match) { figure = ReadFigure(*metric, match, rules); });
  return figure;
}

double ValueOf(Quantity quantity, const std::string& regex, const std::string& line,
               const std::string& unit = "") {
  const auto figure = Read(quantity, regex, line, unit);
  EXPECT_TRUE(figure.ok()) << figure.status();
  return figure.ok() ? figure->value : -1;
}

std::string WhyNot(Quantity quantity, const std::string& regex, const std::string& line) {
  return std::string(Read(quantity, regex, line).status().message());
}

TEST(ReadFigureTest, ReadsARate) {
  const auto rate = [](const std::string& regex, const std::string& line) {
    return ValueOf(Quantity::kRate, regex, line);
  };
  EXPECT_EQ(rate("([0-9.]+) tok/s", "50.5 tok/s"), 50.5);
  EXPECT_DOUBLE_EQ(rate("([0-9.]+) tok/s", "12.3k tok/s"), 12300);
  EXPECT_DOUBLE_EQ(rate("([0-9.]+)", "12.3k tok/s"), 12300);
  EXPECT_DOUBLE_EQ(rate("(\\S+) tok/s", "12.3k tok/s"), 12300);
  EXPECT_DOUBLE_EQ(rate("([0-9.]+)it/s", "1.31kit/s"), 1310);
  EXPECT_DOUBLE_EQ(rate("([0-9.]+)it/s", "1.25s/it"), 0.8);
  EXPECT_DOUBLE_EQ(rate("([0-9.]+)(?:it/s|s/it)", "1.25s/it"), 0.8);
  EXPECT_DOUBLE_EQ(rate("([0-9.]+) tokens", "120 tokens/min"), 2);
  EXPECT_DOUBLE_EQ(rate("rate: ([0-9.]+)", "rate: 50"), 50);
  EXPECT_DOUBLE_EQ(rate("s/it: ([0-9.]+)", "s/it: 0.005"), 200);
  EXPECT_DOUBLE_EQ(rate("seconds: ([0-9.]+)", "requests in 10 seconds: 523"), 523);
  EXPECT_DOUBLE_EQ(rate("[0-9.]+ tok/s", "7.5 tok/s"), 7.5);
  EXPECT_DOUBLE_EQ(rate("tps: ([0-9.,]+)", "tps: 2303, loss"), 2303);
  EXPECT_DOUBLE_EQ(rate("([0-9.]+)", "It was 5."), 5);
}

TEST(ReadFigureTest, ReadsATime) {
  const auto time = [](const std::string& regex, const std::string& line) {
    return ValueOf(Quantity::kTime, regex, line);
  };
  EXPECT_EQ(time("time ([0-9.]+)", "time 0.5"), 0.5);
  EXPECT_DOUBLE_EQ(time("\\(ms\\): ([0-9.]+)", "time per iteration (ms): 1.1"), 1.1e-3);
  EXPECT_DOUBLE_EQ(time("p50: ([0-9.]+)", "latency (us) p50: 20"), 20e-6);
  EXPECT_DOUBLE_EQ(time("n=5\\): ([0-9.]+)", "time (ms) (n=5): 1.5"), 1.5e-3);
  EXPECT_DOUBLE_EQ(time("p50\\): ([0-9.]+)", "latency (ms) (p50): 5"), 5e-3);
  EXPECT_DOUBLE_EQ(time("step ([0-9.]+)", "step 1.5ms"), 1.5e-3);
  EXPECT_DOUBLE_EQ(time("([0-9.]+) ms", "step 1.5 ms"), 1.5e-3);
  EXPECT_DOUBLE_EQ(time("([0-9.]+)s/it", "2.00it/s"), 0.5);
  EXPECT_DOUBLE_EQ(time("seconds: ([0-9.]+)", "step: 3, seconds: 0.01"), 0.01);
}

TEST(ReadFigureTest, TheOptionGivesTheUnit) {
  EXPECT_DOUBLE_EQ(ValueOf(Quantity::kTime, "t=([0-9.]+)", "t=1.5", "ms"), 1.5e-3);
  EXPECT_DOUBLE_EQ(ValueOf(Quantity::kTime, "t=([0-9.]+)", "t=1.5 s", "ms"), 1.5e-3);
  EXPECT_DOUBLE_EQ(ValueOf(Quantity::kTime, "t=([0-9.]+)", "t=1.5k", "us"), 1.5e-3);
}

TEST(ReadFigureTest, RefusesATimeWhoseUnitIsNotClear) {
  EXPECT_THAT(WhyNot(Quantity::kTime, "elapsed: ([0-9.]+)", "elapsed: 5m"),
              HasSubstr("--unit min"));
  EXPECT_THAT(WhyNot(Quantity::kTime, "elapsed: ([0-9.]+)", "elapsed: 5 m, done"),
              HasSubstr("--unit min"));
  EXPECT_DOUBLE_EQ(ValueOf(Quantity::kTime, "elapsed: ([0-9.]+)", "elapsed: 5m", "min"), 300);
  EXPECT_THAT(Read(Quantity::kTime, "([0-9.]+)s/it", "2.00it/s", "s").status().message(),
              HasSubstr("remove --unit"));
}

TEST(ReadFigureTest, ReadsFurtherFigures) {
  const auto other = [](const std::string& regex, const std::string& line) {
    return ValueOf(Quantity::kOther, regex, line);
  };
  EXPECT_EQ(other("errors ([0-9]+)", "errors 0"), 0);
  EXPECT_EQ(other("drift (.*)", "drift -3.5"), -3.5);
  EXPECT_EQ(other("p99: ([0-9.]+)", "p99: 12.5ms"), 12.5);
  EXPECT_EQ(Read(Quantity::kOther, "p99: ([0-9.]+)", "p99: 12.5ms")->unit_seconds, 1e-3);
  EXPECT_EQ(other("rss ([0-9.]+)", "rss 1.5G"), 1.5e9);
  EXPECT_EQ(ValueOf(Quantity::kCount, "(.*) steps", "1.5k steps"), 1500);
}

TEST(ReadFigureTest, RefusesAPartOfANumber) {
  EXPECT_EQ(WhyNot(Quantity::kRate, "tps: ([0-9.]+)", "tps: 2,303"),
            "'2' is a part of '2,303' in the line 'tps: 2,303'; match the whole number, as with "
            "'tps: ([0-9.,]+)'");
  EXPECT_THAT(WhyNot(Quantity::kRate, "([0-9.]+) tokens/s", "at 1.2e+03 tokens/s"),
              HasSubstr("'03' is a part of '1.2e+03' in the line 'at 1.2e+03 tokens/s'; match the "
                        "whole number, as with '([0-9.eE+-]+) tokens/s'"));
  EXPECT_THAT(WhyNot(Quantity::kTime, "([0-9]+) ms", "12.5 ms"), HasSubstr("'5' is a part"));
  EXPECT_THAT(WhyNot(Quantity::kRate, "tps: ([0-9.]+)", "tps: 2 303"), HasSubstr("of '2 303'"));
}

TEST(ReadFigureTest, RefusesAnUnclearComma) {
  EXPECT_THAT(WhyNot(Quantity::kRate, "tps: ([0-9.,]+)", "tps: 2,303"), HasSubstr("--thousands"));
}

TEST(ReadFigureTest, RefusesOtherText) {
  for (const char* text : {"fast", "5 of 6", "", "1.2.3"}) {
    EXPECT_THAT(WhyNot(Quantity::kRate, "rate (.*)", std::string("rate ") + text),
                HasSubstr("is not a number"))
        << text;
  }
}

TEST(ReadFigureTest, RefusesAPowerOfTenThatIsWrittenOut) {
  for (const char* line : {"tps: 1.2x10^3", "tps: 1.2 × 10^3", "tps: 1.2·10³", "tps: 1.2*10**3"}) {
    EXPECT_THAT(WhyNot(Quantity::kRate, "tps: ([0-9.]+)", line),
                HasSubstr("'1.2' is multiplied by a power of ten"))
        << line;
  }
  EXPECT_EQ(ValueOf(Quantity::kRate, "tps: ([0-9.]+)", "tps: 1.2 x 10 workers"), 1.2);
}

TEST(ReadFigureTest, RefusesAPartOfADuration) {
  const std::string any = "t ?=? ?([0-9.]+)";
  for (const char* line : {"t=1 min 3 s", "t=1m3s", "t 2h 5m", "t=1:05", "t=1 hour, 5 min"}) {
    EXPECT_THAT(WhyNot(Quantity::kTime, any, line),
                HasSubstr("is a part of a time of several units"))
        << line;
  }
  EXPECT_THAT(WhyNot(Quantity::kTime, "([0-9.]+)s", "1m3s"), HasSubstr("several units"));
  EXPECT_THAT(WhyNot(Quantity::kTime, "([0-9.]+)$", "00:01.5"), HasSubstr("several units"));
  EXPECT_EQ(ValueOf(Quantity::kTime, ":([0-9.]+)$", "00:01.5"), 1.5);
  EXPECT_EQ(ValueOf(Quantity::kTime, any, "12:30:05 t=0.5 min=0.4"), 0.5);
  EXPECT_EQ(ValueOf(Quantity::kTime, any, "t 0.5 min 0.4 max 0.7"), 0.5);
  EXPECT_EQ(ValueOf(Quantity::kTime, any, "t=1.5 min"), 90);
}

// A label may name a time without being one.
TEST(ReadFigureTest, ReadsACountAfterATime) {
  EXPECT_EQ(ValueOf(Quantity::kRate, "seconds: ([0-9.]+)", "requests in 10 seconds: 523"), 523);
}

TEST(ReadFigureTest, RefusesATimeAsARate) {
  EXPECT_EQ(WhyNot(Quantity::kRate, "\\(ms\\): ([0-9.]+)", "time (ms): 1.1"),
            "'1.1 ms' is a time, not units per second; use --time-regex or --time-json");
}

TEST(ReadFigureTest, ShowsHowAFigureWasRead) {
  const auto shown = [](Quantity quantity, const std::string& regex, const std::string& line) {
    const Figure figure = *Read(quantity, regex, line);
    return figure.read_as.empty() ? figure.printed : figure.printed + " = " + figure.read_as;
  };
  EXPECT_EQ(shown(Quantity::kRate, "([0-9.]+)it/s", "1.05s/it"), "1.05s/it = 0.9524 it/s");
  EXPECT_EQ(shown(Quantity::kRate, "([0-9.]+)", "12.3k tok/s"), "12.3k tok/s = 12300 tok/s");
  EXPECT_EQ(shown(Quantity::kTime, ": ([0-9.]+)", "time (ms): 1.1"), "1.1 ms = 0.0011 s");
  EXPECT_EQ(shown(Quantity::kRate, "([0-9.]+) tok/s", "50 tok/s"), "50 tok/s");
  EXPECT_EQ(shown(Quantity::kRate, "rate (.*)", "rate 2,303.5"), "2,303.5 = 2304 per second");
}

// A step that is too short for the digits has no rate.
TEST(ReadFigureTest, RefusesA0ThatIsConverted) {
  EXPECT_EQ(WhyNot(Quantity::kRate, "([0-9.]+) s/step", "0.00 s/step"),
            "'0.00 s/step' is not above 0");
  EXPECT_EQ(WhyNot(Quantity::kTime, "([0-9.]+)s/it", "0.00it/s"), "'0.00it/s' is not above 0");
}

// By how much the figure changes with its last digit.
TEST(ReadFigureTest, KnowsTheStepOfTheDigits) {
  const auto step = [](Quantity quantity, const std::string& regex, const std::string& line) {
    return Read(quantity, regex, line)->step;
  };
  EXPECT_NEAR(step(Quantity::kRate, "(.*) it/s", "1.11 it/s"), 0.01, 1e-12);
  EXPECT_NEAR(step(Quantity::kRate, "([0-9.]+)it/s", "2.0s/it"), 0.1 / 4, 1e-12);
  EXPECT_NEAR(step(Quantity::kRate, "([0-9.]+)", "12.3k tok/s"), 100, 1e-9);
  EXPECT_NEAR(step(Quantity::kTime, "([0-9.]+) ms", "1.1 ms"), 1e-4, 1e-12);
}

}  // namespace
}  // namespace pyslow::trials
