// R23: polls and work, with the noise of real counts.
#include "sweep/statistics/polls.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "coverage.h"

namespace pyslow::statistics {
namespace {

std::vector<TrialCalls> Trials(const std::vector<double>& calls) {
  std::vector<TrialCalls> trials;
  for (const double one : calls) trials.push_back({one, 10});
  return trials;
}

// Beside a function that works.
bool Polls(const std::vector<double>& control, const std::vector<double>& delayed) {
  return FindPolls({{Trials(control), Trials(delayed)}, {Trials({960, 965}), Trials({960, 965})}})
      .front();
}

TEST(FindPolls, TellsPollsByTheirFall) {
  EXPECT_TRUE(Polls({7870, 7900}, {4200, 4210}));
  EXPECT_FALSE(Polls({960, 965}, {1210, 1200}));   // work, and what is done at intervals of time
  EXPECT_FALSE(Polls({1000, 1010}, {800, 790}));   // falls too little
  EXPECT_FALSE(Polls({1000, 1010}, {1000, 500}));  // within the noise
  EXPECT_TRUE(Polls({1000, 1010}, {0, 0}));
}

TEST(FindPolls, AllFallTogetherIfTheUnitsAreWrong) {
  EXPECT_EQ(FindPolls({{Trials({1000, 1000}), Trials({500, 500})},
                       {Trials({300, 300}), Trials({150, 150})}}),
            std::vector<bool>(2));
}

TEST(FindPolls, NeedsTwoTrialsOfEachKindAndTwentyCalls) {
  EXPECT_FALSE(Polls({7870}, {4200, 4210}));
  EXPECT_FALSE(Polls({7870, 7900}, {4200}));
  EXPECT_FALSE(Polls({19, 30}, {1, 1}));
  EXPECT_TRUE(FindPolls({}).empty());
}

// vLLM beside a busy core: the calls per unit of a polling loop in equal trials, in turn, and those
// of a function that works. The core that the loop's peer waits for is what makes them differ.
TEST(FindPolls, TellsIrregularPollsFromFewTrials) {
  EXPECT_TRUE(Polls({3730, 14400}, {3580, 3470}));
  EXPECT_FALSE(Polls({3730, 14400}, {10000, 9900}));  // they do not fall
}

// Ten polls of 20 to 2000 calls per unit that fall to 53% as in vLLM, and 190 functions that do
// not. The units of a trial are known to `noise` only, and so are all calls per unit of that trial.
// With `irregularity`, the standard deviation of ln n, the polls differ as much between trials, all
// of them together, as the lines of one loop do.
struct Found {
  Coverage polls;
  Coverage work;
};

Found Simulated(double noise, double irregularity, size_t trials, std::mt19937_64* random) {
  constexpr double kUnits = 20;
  std::normal_distribution<double> normal;
  std::vector<CallsAtTwoDelays> functions;
  std::vector<double> errors;
  std::vector<double> waits;
  for (size_t i = 0; i < 2 * trials; ++i) {
    errors.push_back(1 + noise * normal(*random));
    waits.push_back(std::exp(irregularity * normal(*random)));
  }
  for (size_t f = 0; f < 200; ++f) {
    const bool is_poll = f < 10;
    const double calls_per_unit =
        is_poll ? 20 + 220.0 * static_cast<double>(f) : 1 + static_cast<double>(f);
    CallsAtTwoDelays& function = functions.emplace_back();
    for (size_t i = 0; i < 2 * trials; ++i) {
      const double fall = is_poll ? waits[i] * (i >= trials ? 0.53 : 1) : 1;
      std::poisson_distribution<int> calls(calls_per_unit * kUnits * fall);
      auto& kind = i < trials ? function.control : function.delayed;
      kind.push_back({static_cast<double>(calls(*random)), kUnits * errors[i]});
    }
  }
  const std::vector<bool> polls = FindPolls(functions);
  Found found;
  for (size_t f = 0; f < functions.size(); ++f) {
    (f < 10 ? found.polls : found.work).Add(polls[f]);
  }
  return found;
}

TEST(FindPolls, TellsPollsFromWorkInNoise) {
  struct Case {
    double noise;
    double irregularity;
    size_t trials;
    double least_polls_percent;
  };
  for (const Case& one : {Case{0.05, 0, 2, 99}, Case{0.10, 0, 2, 85}, Case{0.10, 0, 3, 95},
                          Case{0.05, 0.6, 2, 20}, Case{0.05, 0.6, 4, 50}, Case{0.10, 0.6, 6, 70}}) {
    std::mt19937_64 random(1);
    Found all;
    for (int i = SimulatedSweeps(300); i > 0; --i) {
      const Found found = Simulated(one.noise, one.irregularity, one.trials, &random);
      all.polls.given += found.polls.given;
      all.polls.held += found.polls.held;
      all.work.given += found.work.given;
      all.work.held += found.work.held;
    }
    const std::string name = std::to_string(static_cast<int>(one.noise * 100)) + "_percent_" +
                             (one.irregularity > 0 ? "irregular_" : "") +
                             std::to_string(one.trials) + "_trials";
    RecordProperty(name + "_polls_found", all.polls.Text());
    RecordProperty(name + "_work_taken_for_polls", all.work.Text());
    EXPECT_GE(all.polls.Percent(), one.least_polls_percent) << name;
    EXPECT_LE(all.work.Percent(), 0.1) << name;
  }
}

}  // namespace
}  // namespace pyslow::statistics
