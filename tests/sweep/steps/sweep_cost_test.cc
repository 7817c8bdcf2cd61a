// How many trials a sweep takes to its verdict, and how often that is wrong, through all steps and
// with the noise of real trials: R18 and R20 of docs/statistics.md.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "coverage.h"
#include "simulated_trials.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

using model::Findings;
using model::Result;
using model::Verdict;
using statistics::Coverage;
using statistics::SimulatedSweeps;

constexpr double kCostT0 = 0.010;

// Skewed, growing as T^.3, with blocks that differ by 5%: what real trials show.
statistics::Disturbance RealNoise(double sigma) {
  statistics::Disturbance noise;
  noise.noise = sigma;
  noise.skewed = true;
  noise.power = 0.3;
  noise.block_drift = 0.05;
  return noise;
}

// As on a virtual machine whose processor others use too: one of seven trials takes longer.
statistics::Disturbance ManyStalls() {
  statistics::Disturbance noise = RealNoise(0.035);
  noise.stalls = 0.15;
  noise.least_stall = 0.12;
  noise.most_stall = 0.6;
  return noise;
}

// Counts the trials of each part.
struct PartCounts : Silent {
  void TrialDone(const model::Trial& trial, const std::string&, bool, double) override {
    ++trials[trial.spec.part];
  }
  std::map<std::string, size_t> trials;
};

// A live sweep under a load: no trial of plain Python, no settling, and a trial of one second.
Settings LiveSettings(const Steps& steps, int number) {
  Settings settings;
  settings.seed = static_cast<uint64_t>(number) + 1;
  settings.steps = steps;
  settings.trials.measure = trials::Measure::kProgress;
  settings.trials.live = true;
  settings.trials.load = "load";
  settings.budget_seconds = 1e6;
  return settings;
}

struct Cost {
  Coverage right;
  double wrong = 0;   // percent of the sweeps
  double trials = 0;  // mean
};

// `wanted`: the right verdict. Inconclusive is not wrong; "growing" is, as none of the shapes
// grows.
Cost CostOfVerdict(const std::function<double(double)>& added,
                   const statistics::Disturbance& disturbance, Verdict wanted) {
  const int sweeps = SimulatedSweeps(200);
  SimulatedProgram program =
      ProgramOf({{"package.module", "function"}}, 100,
                [&added](const std::vector<double>& doses) { return added(doses[0]); });
  program.workload.disturbance = disturbance;
  Cost cost;
  int wrong = 0;
  for (int number = 0; number < sweeps; ++number) {
    const Settings settings = LiveSettings({true, false, false}, number);
    SimulatedTrials runner(program, 60, settings.seed);
    PartCounts counts;
    const SweepEnd end = RunSweep(settings, &runner, &counts);
    EXPECT_TRUE(end.findings.global.has_value());
    const model::CurveFinding& curve = end.findings.global->curve;
    const bool grows = curve.reason.kind == model::Reason::Kind::kGrowing;
    const bool right = curve.verdict() == wanted && !grows;
    cost.right.Add(right);
    wrong += !right && curve.verdict() != Verdict::kInconclusive ? 1 : 0;
    cost.trials += static_cast<double>(counts.trials["global"]) / sweeps;
  }
  cost.wrong = 100.0 * wrong / sweeps;
  return cost;
}

struct Shape {
  std::string name;
  std::function<double(double)> added;
  Verdict verdict;
  double trials;       // at 5% noise, by the table of R18
  double with_stalls;  // trials with ManyStalls
};

class CostOfSweep : public ::testing::TestWithParam<Shape> {};

void ExpectFewErrors(const Cost& cost) {
  ::testing::Test::RecordProperty("trials", std::to_string(cost.trials));
  ::testing::Test::RecordProperty("right", cost.right.Text());
  ::testing::Test::RecordProperty("wrong", std::to_string(cost.wrong));
  EXPECT_GE(cost.right.Percent(), 95);
  EXPECT_LE(cost.wrong, 5);
}

TEST_P(CostOfSweep, IsThatOfItsRule) {
  const Shape& shape = GetParam();
  const Cost cost = CostOfVerdict(shape.added, RealNoise(0.05), shape.verdict);
  EXPECT_LE(cost.trials, 1.25 * shape.trials);
  ExpectFewErrors(cost);
}

TEST_P(CostOfSweep, IsLowWithManyStalls) {
  const Shape& shape = GetParam();
  const Cost cost = CostOfVerdict(shape.added, ManyStalls(), shape.verdict);
  EXPECT_LE(cost.trials, 1.25 * shape.with_stalls);
  ExpectFewErrors(cost);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, CostOfSweep,
    ::testing::Values(Shape{"Serial", [](double d) { return d; }, Verdict::kLinear, 9, 19},
                      Shape{"Hidden", [](double) { return 0.0; }, Verdict::kNone, 25, 25},
                      Shape{"ThirdCounts", [](double d) { return 0.3 * d; }, Verdict::kSubLinear,
                            30, 35},
                      Shape{"SlackOfAHalf", [](double d) { return std::max(0.0, d - kCostT0 / 2); },
                            Verdict::kThreshold, 19, 37}),
    [](const auto& info) { return info.param.name; });

// Twenty packages with one function each, ten calls a unit: two count, two in part, sixteen not.
SimulatedProgram TwentyPackages(const statistics::Disturbance& disturbance) {
  std::vector<SimulatedProgram::Name> names;
  for (int i = 0; i < 20; ++i) names.push_back({"package" + std::to_string(i), "function"});
  SimulatedProgram program = ProgramOf(std::move(names), 10, [](const std::vector<double>& doses) {
    return doses[0] + doses[1] + 0.3 * (doses[2] + doses[3]);
  });
  program.workload.disturbance = disturbance;
  return program;
}

bool IsWrong(const Result& result) {
  const Verdict verdict = result.curve.verdict();
  if (verdict == Verdict::kInconclusive) return false;
  const int package = std::stoi(result.name.substr(std::string("package").size()));
  if (package < 2) return verdict != Verdict::kLinear;
  return verdict != (package < 4 ? Verdict::kSubLinear : Verdict::kNone);
}

struct Machine {
  std::string name;
  statistics::Disturbance noise;
  double comparison;  // trials of twenty packages; without stalls by the table of R20
};

std::vector<Machine> Machines() {
  std::vector<Machine> machines = {{"NoStalls", RealNoise(0.05), 58},
                                   {"FewStalls", RealNoise(0.05), 70},
                                   {"ManyStalls", ManyStalls(), 83}};
  machines[1].noise.stalls = 0.05;
  return machines;
}

class SweepOf : public ::testing::TestWithParam<Machine> {};
INSTANTIATE_TEST_SUITE_P(Machines, SweepOf, ::testing::ValuesIn(Machines()),
                         [](const auto& info) { return info.param.name; });

TEST_P(SweepOf, ComparesWithTheTrialsOfItsRule) {
  const int sweeps = SimulatedSweeps(60);
  double trials = 0;
  Coverage decided, sweeps_without_error;
  for (int number = 0; number < sweeps; ++number) {
    const Settings settings = LiveSettings({false, true, false}, number);
    SimulatedTrials runner(TwentyPackages(GetParam().noise), 60, settings.seed);
    PartCounts counts;
    const SweepEnd end = RunSweep(settings, &runner, &counts);
    trials += static_cast<double>(counts.trials["groups"]) / sweeps;
    bool any_wrong = false;
    for (const Result& result : end.findings.groups) {
      if (result.name == "other modules") continue;
      decided.Add(result.curve.verdict() != Verdict::kInconclusive);
      any_wrong = any_wrong || IsWrong(result);
    }
    sweeps_without_error.Add(!any_wrong);
  }
  RecordProperty("trials", std::to_string(trials));
  RecordProperty("decided", decided.Text());
  RecordProperty("without error", sweeps_without_error.Text());
  EXPECT_LE(trials, 1.25 * GetParam().comparison);
  EXPECT_GE(decided.Percent(), 95);
  EXPECT_GE(sweeps_without_error.Percent(), 95);
}

// Ten functions: one counts, one in part, two beyond a slack of half a unit. R22 tells them apart.
TEST(CostOfSmallDose, IsThatOfItsRule) {
  std::vector<SimulatedProgram::Name> names;
  for (int i = 0; i < 10; ++i) {
    names.push_back({"package" + std::to_string(i), "function", 50'000});  // 5% of a unit
  }
  SimulatedProgram program = ProgramOf(std::move(names), 10, [](const std::vector<double>& doses) {
    const auto beyond = [](double dose) { return std::max(0.0, dose - kCostT0 / 2); };
    return doses[0] + 0.3 * doses[1] + beyond(doses[2]) + beyond(doses[3]);
  });
  program.workload.disturbance = RealNoise(0.05);
  const std::vector<Verdict> truth = {Verdict::kLinear, Verdict::kSubLinear, Verdict::kThreshold,
                                      Verdict::kThreshold};
  const int sweeps = SimulatedSweeps(60);
  double trials = 0;
  Coverage right, leaders_are_right;
  for (int number = 0; number < sweeps; ++number) {
    const Settings settings = LiveSettings({true, false, true}, number);
    SimulatedTrials runner(program, 60, settings.seed);
    PartCounts counts;
    const SweepEnd end = RunSweep(settings, &runner, &counts);
    trials += static_cast<double>(counts.trials["functions now"]) / sweeps;
    for (const Result& result : end.findings.functions) {
      const auto package = static_cast<size_t>(result.name[7] - '0');  // "package0:function"
      right.Add(result.curve.verdict() == (package < 4 ? truth[package] : Verdict::kNone));
    }
    std::vector<std::string> leaders;
    for (const model::Priority& priority : end.findings.priorities)
      leaders.push_back(priority.name);
    const std::vector<std::string> wanted = {"package0:function", "package1:function"};
    leaders_are_right.Add(leaders == wanted);
  }
  RecordProperty("trials", std::to_string(trials));
  RecordProperty("right", right.Text());
  RecordProperty("leaders", leaders_are_right.Text());
  EXPECT_LE(trials, 60);
  EXPECT_GE(right.Percent(), 95);
  EXPECT_GE(leaders_are_right.Percent(), 95);
}

// A whole sweep, all steps: any wrong verdict anywhere counts.
TEST_P(SweepOf, HasFewErrorsOverAllSteps) {
  const int sweeps = SimulatedSweeps(60);
  const SimulatedProgram program = TwentyPackages(GetParam().noise);
  Coverage without_error, finds_both;
  double trials = 0;
  for (int number = 0; number < sweeps; ++number) {
    const Settings settings = LiveSettings({true, true, true}, number);
    SimulatedTrials runner(program, 200, settings.seed);
    Silent observer;
    const SweepEnd end = RunSweep(settings, &runner, &observer);
    trials += static_cast<double>(end.findings.trials) / sweeps;
    bool any_wrong = false;
    size_t critical = 0;
    for (const auto* results : {&end.findings.groups, &end.findings.functions}) {
      for (const Result& result : *results) {
        if (result.name == "other modules") continue;
        any_wrong = any_wrong || IsWrong(result);
      }
    }
    for (const Result& result : end.findings.functions) {
      critical += result.curve.verdict() == Verdict::kLinear ? 1 : 0;
    }
    without_error.Add(!any_wrong);
    finds_both.Add(critical == 2);
  }
  RecordProperty("trials", std::to_string(trials));
  RecordProperty("without error", without_error.Text());
  RecordProperty("finds both", finds_both.Text());
  EXPECT_GE(without_error.Percent(), 95);
  EXPECT_GE(finds_both.Percent(), 90);
}

}  // namespace
}  // namespace pyslow::steps
