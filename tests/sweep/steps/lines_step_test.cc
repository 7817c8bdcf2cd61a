// Step 7, the lines of a function, on simulated programs with a known truth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "simulated_trials.h"
#include "sweep/model/findings.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

using model::Reason;
using model::Result;
using model::StepSummary;
using model::Verdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kStepSeconds = 0.010;

struct TrueLine {
  uint32_t number;
  double entries_per_unit;
  uint64_t own_us;  // of each entry
};

// A function m:f of which every call counts, with these lines. `added`: by their doses.
SimulatedProgram FunctionWithLines(const std::vector<TrueLine>& lines,
                                   std::function<double(const std::vector<double>&)> added) {
  std::vector<SimulatedProgram::Name> names = {{"m", "f", 3'000'000}};
  for (const TrueLine& line : lines) {
    names.push_back({"m", "f@" + std::to_string(line.number), line.own_us * 1'000});
  }
  SimulatedProgram program = ProgramOf(std::move(names), 1, [=](const std::vector<double>& doses) {
    return doses[0] + added({doses.begin() + 1, doses.end()});
  });
  for (size_t i = 0; i < lines.size(); ++i) {
    program.workload.functions[i + 1].calls_per_unit = lines[i].entries_per_unit;
  }
  return program;
}

struct SweptLines {
  model::Findings findings;
  std::vector<model::Setup> setups;
  std::map<std::string, Result> lines;  // by name
};

SweptLines SweepLines(const SimulatedProgram& program) {
  Settings settings;
  settings.seed = 1;
  settings.trials.measure = trials::Measure::kProgress;
  settings.steps = {.impact = false, .isolate = false, .lines = true};
  SimulatedTrials trials(program, 400, settings.seed);
  Silent observer;
  SweepEnd end = RunSweep(settings, &trials, &observer);
  EXPECT_TRUE(end.status.ok()) << end.status;
  SweptLines swept = {std::move(end.findings), trials.setups(), {}};
  for (const Result& result : swept.findings.lines) swept.lines[result.name] = result;
  return swept;
}

std::vector<std::string> LineNamesOf(const SweptLines& swept) {
  std::vector<std::string> names;
  for (const auto& [name, result] : swept.lines) names.push_back(name);
  return names;
}

double AllCount(const std::vector<double>& doses) {
  double sum = 0;
  for (const double dose : doses) sum += dose;
  return sum;
}

// The device works from line 5 to line 9: line 6 is hidden, the loop in lines 3 and 4 is not.
TEST(LinesStep, FindsTheLinesOnTheCriticalPath) {
  const std::vector<TrueLine> lines = {{2, 1, 10},  {3, 11, 1}, {4, 10, 100}, {5, 1, 5},
                                       {6, 1, 500}, {7, 0, 0},  {8, 0, 0},    {9, 1, 5}};
  const SweptLines swept =
      SweepLines(FunctionWithLines(lines, [](const std::vector<double>& doses) {
        return doses[2] + std::max(0.0, doses[4] - 0.3 * kStepSeconds);
      }));
  EXPECT_THAT(LineNamesOf(swept),
              ElementsAre("m:f@2-3", "m:f@4", "m:f@5", "m:f@6", "m:f@7-8", "m:f@9"));
  EXPECT_EQ(swept.findings.lines.front().name, "m:f@4");
  const model::CurveFinding& body = swept.lines.at("m:f@4").curve;
  EXPECT_EQ(body.verdict(), Verdict::kLinear);
  ASSERT_TRUE(body.kappa.has_value());
  EXPECT_NEAR(body.kappa->value, 1, 0.1);
  EXPECT_NEAR(body.calls_per_unit->value, 10, 0.01);
  EXPECT_EQ(swept.lines.at("m:f@6").curve.reason.kind, Reason::Kind::kShortDelayHidden);
  EXPECT_EQ(swept.lines.at("m:f@7-8").curve.reason.kind, Reason::Kind::kNeverCalled);
  for (const char* name : {"m:f@2-3", "m:f@5", "m:f@9"}) {
    EXPECT_EQ(swept.lines.at(name).curve.reason.kind, Reason::Kind::kLittleToGain) << name;
  }
  const StepSummary& summary = swept.findings.steps.back();
  EXPECT_EQ(summary.step, model::Step::kLines);
  EXPECT_EQ(summary.outcome, StepSummary::Outcome::kRanked);
  EXPECT_NEAR(summary.calls_per_unit, 1 + 11 + 10 + 1 + 1 + 1, 0.1);
  EXPECT_NEAR(summary.seconds_per_unit, kStepSeconds, 0.1 * kStepSeconds);
}

TEST(LinesStep, NamesTheRangesAndTheirFunction) {
  const SweptLines swept =
      SweepLines(FunctionWithLines({{2, 1, 1'000}, {3, 0, 0}, {5, 0, 0}}, AllCount));
  const Result& never = swept.lines.at("m:f@3-5");
  EXPECT_EQ(never.group, "m:f");
  EXPECT_EQ(never.lines, std::pair(3U, 5U));
  EXPECT_EQ(never.function->qualname, "f@3-5");
  EXPECT_EQ(never.function->first_line, 1U);
  EXPECT_EQ(swept.findings.steps.back().outcome, StepSummary::Outcome::kRanked);
  EXPECT_EQ(swept.lines.at("m:f@2").curve.verdict(), Verdict::kLinear) << "also if it is alone";
  EXPECT_EQ(swept.findings.steps[swept.findings.steps.size() - 2].next, StepSummary::Next::kLines);
}

// 1% of T0 is 100 us: short lines are joined up to this, on one level first.
TEST(LinesStep, JoinsShortNeighboursUntilTheyMatter) {
  std::vector<TrueLine> lines;
  for (uint32_t number = 10; number < 15; ++number) lines.push_back({number, 1, 25});
  for (uint32_t number = 15; number < 18; ++number) lines.push_back({number, 10, 5});
  const SweptLines swept = SweepLines(FunctionWithLines(lines, AllCount));
  EXPECT_THAT(LineNamesOf(swept), ElementsAre("m:f@10-13", "m:f@14", "m:f@15-16", "m:f@17"));
  EXPECT_EQ(swept.setups.back().targets,
            "[lines 1]\nm:f@10\nm:f@11\nm:f@12\nm:f@13\n[lines 2]\nm:f@14\n"
            "[lines 3]\nm:f@15\nm:f@16\n[lines 4]\nm:f@17\n")
      << "each line of a range is delayed";
  EXPECT_EQ(swept.lines.at("m:f@10-13").curve.verdict(), Verdict::kLinear);
  EXPECT_NEAR(swept.lines.at("m:f@10-13").curve.calls_per_unit->value, 4, 0.01);
}

TEST(LinesStep, JoinsShortLinesAcrossABranch) {
  const SweptLines swept = SweepLines(FunctionWithLines(
      {{2, 1, 1'000}, {3, 1, 40}, {4, 0.5, 60}, {5, 1, 40}, {6, 1, 1'000}}, AllCount));
  EXPECT_THAT(LineNamesOf(swept), ElementsAre("m:f@2", "m:f@3-5", "m:f@6"));
}

TEST(LinesStep, SaysWhyThereAreNone) {
  const SweptLines swept = SweepLines(FunctionWithLines({}, AllCount));
  EXPECT_THAT(swept.lines, IsEmpty());
  EXPECT_EQ(swept.findings.steps.back().outcome, StepSummary::Outcome::kNoLines);
  EXPECT_EQ(swept.findings.steps.back().no_lines, StepSummary::NoLines::kNoneCounted);
}

TEST(LinesStep, WarnsIfTheEventsMakeAUnitMuchLonger) {
  SimulatedProgram program = FunctionWithLines({{2, 1, 1'000}, {3, 1, 1'000}}, AllCount);
  const SweptLines plain = SweepLines(program);
  EXPECT_TRUE(
      std::none_of(plain.findings.warnings.begin(), plain.findings.warnings.end(),
                   [](const auto& one) { return one.kind == model::Warning::Kind::kLineEvents; }));
  program.line_events_seconds = 0.3 * kStepSeconds;
  const SweptLines swept = SweepLines(program);
  const auto found =
      std::find_if(swept.findings.warnings.begin(), swept.findings.warnings.end(),
                   [](const auto& one) { return one.kind == model::Warning::Kind::kLineEvents; });
  ASSERT_NE(found, swept.findings.warnings.end());
  EXPECT_NEAR(found->ratio, 1.3, 0.1);
  EXPECT_EQ(found->text, "m:f");
  EXPECT_NEAR(swept.lines.at("m:f@2").curve.kappa->value, 1, 0.1) << "the control has them too";
}

}  // namespace
}  // namespace pyslow::steps
