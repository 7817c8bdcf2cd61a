// Two versions of a program, measured in turns: rule R28.

#include "sweep/statistics/versions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "coverage.h"
#include "repeated_stalls.h"
#include "simulated_noise.h"
#include "sweep/statistics/design.h"
#include "sweep/statistics/pooled_slope.h"

namespace pyslow::statistics {
namespace {

using model::Comparison;
using model::Estimate;
using model::Range;
using Outcome = model::VersionTimes::Outcome;
using Place = Comparison::Place;

VersionTrial TrialOfVersion(size_t block, bool is_other, double seconds) {
  VersionTrial trial;
  trial.block = block;
  trial.is_other = is_other;
  trial.seconds_per_unit = seconds;
  return trial;
}

// Two trials of each version in a block, as in a sweep.
constexpr size_t kTrialsOfVersion = 2;

std::vector<VersionTrial> Blocks(size_t blocks, double other, double noise) {
  std::vector<VersionTrial> trials;
  for (size_t b = 0; b < blocks; ++b) {
    const double speed = 1 + 0.3 * static_cast<double>(b % 2);
    for (size_t i = 0; i < kTrialsOfVersion; ++i) {
      const double shift = i == 0 ? 1 + noise : 1 - noise;
      trials.push_back(TrialOfVersion(b, false, speed * shift));
      trials.push_back(TrialOfVersion(b, true, speed * other * shift));
    }
  }
  return trials;
}

TEST(CompareVersions, CancelsTheSpeedOfABlock) {
  const auto times = CompareVersions(Blocks(3, 0.8, 0.001), {.looks = 11, .confidence = 0.98});
  EXPECT_EQ(times.outcome, Outcome::kFaster);
  EXPECT_NEAR(times.change.value, 0.25, 1e-9);
  EXPECT_NEAR(times.time_change.value, -0.2, 1e-9);
  ASSERT_TRUE(times.change.range.has_value());
  EXPECT_LT(times.change.range->high - times.change.range->low, 0.01);
  EXPECT_EQ(times.first_trials, 6U);
}

TEST(CompareVersions, CallsASmallChangeEqual) {
  std::vector<VersionTrial> trials = Blocks(4, 1, 0.002);
  EXPECT_EQ(CompareVersions(trials, {.looks = 11, .confidence = 0.98}).outcome, Outcome::kEqual);
  EXPECT_EQ(CompareVersions(trials, {.looks = 11, .confidence = 0.98, .band = 0.001}).outcome,
            Outcome::kUndecided);
}

TEST(CompareVersions, OneBlockDecidesNothing) {
  const auto times =
      CompareVersions({TrialOfVersion(0, false, 1), TrialOfVersion(0, true, 2)}, {.looks = 1});
  EXPECT_EQ(times.outcome, Outcome::kUndecided);
  EXPECT_FALSE(times.change.range.has_value());
}

TEST(CompareVersions, EqualReadingsOfFewDigitsAreNotEqual) {
  const std::vector<VersionTrial> trials = Blocks(4, 1, 0.0001);
  const auto times = CompareVersions(trials, {.confidence = 0.98, .grid_seconds = 0.1});
  EXPECT_EQ(times.outcome, Outcome::kUndecided);
  EXPECT_TRUE(times.is_coarse);
}

// R16: what one version waited longer for others may be its change, whichever version it is.
TEST(CompareVersions, AllowsForWaitingOfEitherVersion) {
  for (const bool waits : {false, true}) {
    std::vector<VersionTrial> trials = Blocks(8, 1, 0.002);
    for (VersionTrial& trial : trials) {
      trial.waited_seconds = trial.is_other == waits ? 0.05 * trial.seconds_per_unit : 0;
      if (trial.is_other == waits) trial.seconds_per_unit *= 1.05;
      trial.calm = false;
    }
    const auto times = CompareVersions(trials, {.looks = 11, .confidence = 0.98});
    EXPECT_NE(times.outcome, waits ? Outcome::kSlower : Outcome::kFaster);
    EXPECT_TRUE(Holds(times.time_change, 0));
  }
}

TEST(Difference, AddsTheDistancesInQuadrature) {
  const Estimate d = model::Difference({5, Range{2, 8}}, {1, Range{-3, 5}});
  EXPECT_DOUBLE_EQ(d.value, 4);
  EXPECT_DOUBLE_EQ(d.range->low, -1);
  EXPECT_DOUBLE_EQ(d.range->high, 9);
  EXPECT_FALSE(model::Difference({5, std::nullopt}, {1, Range{0, 2}}).range.has_value());
}

TEST(PredictChange, IsTheShareOfTheOwnTime) {
  const ClockShare serial = {{0.5, Range{0.4, 0.6}}, std::nullopt};
  const Estimate p = PredictChange(serial, {-0.2, Range{-0.21, -0.19}}, 2);
  EXPECT_DOUBLE_EQ(p.value, -0.05);
  EXPECT_LT(p.range->low, -0.0595);
  EXPECT_GT(p.range->high, -0.0405);
}

TEST(PredictChange, WithASlackOnlyWhatIsBeyondItCounts) {
  const ClockShare share = {{1, Range{0.9, 1.1}}, Estimate{0.5, Range{0.4, 0.6}}};
  EXPECT_DOUBLE_EQ(PredictChange(share, {-1, Range{-1.1, -0.9}}, 1).range->low, 0);
  const Estimate more = PredictChange(share, {0.7, Range{0.65, 0.75}}, 1);
  EXPECT_NEAR(more.value, 0.2, 1e-12);
  EXPECT_NEAR(more.range->low, 0.9 * 0.05, 1e-12);
  EXPECT_NEAR(more.range->high, 1.1 * 0.35, 1e-12);
}

TEST(PlaceOf, ComparesThePredictionWithTheMeasurement) {
  const Estimate measured = {-0.1, Range{-0.11, -0.09}};
  EXPECT_EQ(PlaceOf({0.001, Range{-0.01, 0.01}}, measured), Place::kNothingToPlace);
  EXPECT_EQ(PlaceOf(measured, {-0.098, Range{-0.12, -0.08}}), Place::kInFunctions);
  EXPECT_EQ(PlaceOf(measured, {-0.05, Range{-0.06, -0.04}}), Place::kPartly);
  EXPECT_EQ(PlaceOf(measured, {-0.15, Range{-0.16, -0.14}}), Place::kPartly);
  EXPECT_EQ(PlaceOf(measured, {-0.001, Range{-0.01, 0.01}}), Place::kElsewhere);
  EXPECT_EQ(PlaceOf(measured, {0.05, Range{0.04, 0.06}}), Place::kElsewhere);
  EXPECT_EQ(PlaceOf(measured, {-0.05, Range{-0.2, 0.1}}), Place::kUnclear);
}

// A comparison with the looks of a sweep.
struct VersionsCase {
  std::string name;
  TrialNoise noise;
  double other = 1;  // T of the other version, if the first's is 1
  int sweeps = 300;
};

class SimulatedVersions {
 public:
  SimulatedVersions(const VersionsCase& c, uint64_t seed) : case_(c), random_(seed) {}

  // With --runs.
  model::VersionTimes RunBlocks(size_t blocks) {
    std::vector<VersionTrial> trials;
    for (size_t block = 0; block < blocks; ++block) AddBlock(block, &trials);
    return CompareVersions(trials, {.looks = 1, .confidence = 0.95});
  }

  model::VersionTimes Run(size_t* trials_used) {
    std::vector<VersionTrial> trials;
    const VersionLimits limits = {.looks = kVersionLooks.size(), .confidence = kVersionConfidence};
    model::VersionTimes times;
    size_t block = 0;
    for (const size_t look : kVersionLooks) {
      for (; block < look; ++block) AddBlock(block, &trials);
      if (case_.noise.stall_share > 0) RepeatStalls(&trials);
      times = CompareVersions(trials, limits);
      if (times.outcome != Outcome::kUndecided) break;
    }
    *trials_used = trials.size();
    return times;
  }

 private:
  double Deviate() {
    switch (case_.noise.kind) {
      case TrialNoise::Kind::kHeavyTails:
        return student_(random_) / std::sqrt(3.0);
      case TrialNoise::Kind::kSkewed:
        return (gamma_(random_) - 2) / std::sqrt(2.0);
      case TrialNoise::Kind::kNormal:
      case TrialNoise::Kind::kAutoregressive:
        break;
    }
    return normal_(random_);
  }

  double Time(size_t block, bool is_other, size_t trials) {
    const TrialNoise& noise = case_.noise;
    const double drift = noise.drift * static_cast<double>(trials) / 100;
    double time =
        speeds_[block] * (is_other ? case_.other : 1) * (1 + noise.sigma * Deviate() + drift);
    return std::max(0.05, time * StallFactor(noise, random_));
  }

  void RepeatStalls(std::vector<VersionTrial>* trials) {
    std::vector<size_t> levels;
    for (const VersionTrial& trial : *trials) levels.push_back(trial.is_other ? 1 : 0);
    repeater_.Look([&] { return PooledOf(*trials); }, levels,
                   [&](size_t stall) {
                     VersionTrial& trial = (*trials)[stall];
                     trial.seconds_per_unit = Time(trial.block, trial.is_other, trials->size());
                   });
  }

  void AddBlock(size_t block, std::vector<VersionTrial>* trials) {
    speeds_.push_back(std::max(0.2, 1 + case_.noise.block_sd * normal_(random_)));
    std::vector<bool> order = {false, true, false, true};
    std::shuffle(order.begin(), order.end(), random_);
    for (const bool is_other : order) {
      trials->push_back(TrialOfVersion(block, is_other, Time(block, is_other, trials->size())));
    }
  }

  const VersionsCase case_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::gamma_distribution<double> gamma_{2, 1};
  std::student_t_distribution<double> student_{3};
  std::uniform_real_distribution<double> uniform_;
  std::vector<double> speeds_;  // by block
  StallRepeater repeater_;
};

class VersionsRule : public ::testing::TestWithParam<VersionsCase> {};

TEST_P(VersionsRule, IsRarelyWrong) {
  const VersionsCase& c = GetParam();
  const int sweeps = SimulatedSweeps(c.sweeps);
  const double change = 1 / c.other - 1;
  const Outcome right = c.other == 1  ? Outcome::kEqual
                        : c.other < 1 ? Outcome::kFaster
                                      : Outcome::kSlower;
  Coverage at_the_stop;
  Coverage with_outcome;
  std::vector<Coverage> by_look(kVersionLooks.size());
  double trials = 0;
  int decided = 0;
  int wrong = 0;
  int false_changes = 0;
  for (int i = 0; i < sweeps; ++i) {
    size_t used = 0;
    const auto times = SimulatedVersions(c, static_cast<uint64_t>(i) + 1).Run(&used);
    trials += static_cast<double>(used);
    at_the_stop.Add(times.change, change);
    if (times.outcome == Outcome::kUndecided) continue;
    with_outcome.Add(times.change, change);
    ++decided;
    wrong += times.outcome == right ? 0 : 1;
    const bool is_change = times.outcome != Outcome::kEqual;
    false_changes += c.other == 1 && is_change ? 1 : 0;
    for (size_t look = 0; look < kVersionLooks.size(); ++look) {
      if (used == kVersionLooks[look] * 2 * kTrialsOfVersion)
        by_look[look].Add(times.change, change);
    }
  }
  RecordProperty("coverage", at_the_stop.Text());
  RecordProperty("coverage_with_outcome", with_outcome.Text());
  RecordProperty("false_changes_percent", std::to_string(100.0 * false_changes / sweeps));
  RecordProperty("decided_percent", std::to_string(100.0 * decided / sweeps));
  RecordProperty("wrong_percent", std::to_string(100.0 * wrong / sweeps));
  RecordProperty("trials", std::to_string(trials / sweeps));
  for (size_t look = 0; look < kVersionLooks.size(); ++look) {
    if (by_look[look].given == 0) continue;
    RecordProperty("coverage_" + std::to_string(kVersionLooks[look]) + "_blocks",
                   by_look[look].Text());
  }
  EXPECT_GE(at_the_stop.Percent(), 93);
  // With few outcomes, most are those that noise made large enough.
  if (decided > sweeps / 4) {
    EXPECT_GE(with_outcome.Percent(), 93);
  }
  EXPECT_LE(false_changes, sweeps * 5 / 100);
  EXPECT_LE(wrong, sweeps * 5 / 100);
}

// Few blocks too.
TEST_P(VersionsRule, HoldsWithEachNumberOfBlocks) {
  const VersionsCase& c = GetParam();
  const int sweeps = SimulatedSweeps(c.sweeps);
  for (const size_t blocks : {2, 3, 4, 8}) {
    Coverage coverage;
    for (int i = 0; i < sweeps; ++i) {
      coverage.Add(SimulatedVersions(c, static_cast<uint64_t>(i) + 1).RunBlocks(blocks).change,
                   1 / c.other - 1);
    }
    RecordProperty("coverage_" + std::to_string(blocks), coverage.Text());
    if (c.noise.stall_share == 0) {
      EXPECT_GE(coverage.Percent(), 92);  // 300 sweeps
    }
    EXPECT_EQ(coverage.given, sweeps);
  }
}

std::vector<VersionsCase> VersionsCases() {
  std::vector<VersionsCase> cases;
  const std::vector<std::pair<std::string, TrialNoise::Kind>> kinds = {
      {"normal", TrialNoise::Kind::kNormal},
      {"skewed", TrialNoise::Kind::kSkewed},
      {"heavy", TrialNoise::Kind::kHeavyTails}};
  for (const int percent : {2, 5, 10}) {
    for (const auto& [kind_name, kind] : kinds) {
      for (const double other : {1.0, 0.97, 1 / 1.1, 1.3}) {
        VersionsCase& c = cases.emplace_back();
        c.noise.kind = kind;
        c.noise.sigma = percent / 100.0;
        c.noise.block_sd = 0.05;
        c.noise.drift = 0.02;
        c.other = other;
        c.name = kind_name + "_" + std::to_string(percent) + "_" +
                 std::to_string(std::lround(100 * other));
      }
    }
    for (const double other : {1.0, 1 / 1.1}) {
      VersionsCase& c = cases.emplace_back();
      c.noise.sigma = percent / 100.0;
      c.noise.stall_share = 0.05;
      c.other = other;
      c.sweeps = 200;
      c.name = "stalls_" + std::to_string(percent) + "_" + std::to_string(std::lround(100 * other));
    }
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Noise, VersionsRule, ::testing::ValuesIn(VersionsCases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace pyslow::statistics
