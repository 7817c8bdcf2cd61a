// Functions that poll while the program waits: rule R23 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_POLLS_H_
#define PYSLOW_SWEEP_STATISTICS_POLLS_H_

#include <vector>

namespace pyslow::statistics {

// The calls of a function in one trial.
struct TrialCalls {
  double calls = 0;
  double units = 1;  // of the trial
};

// The calls of a function in some trials without delays, and in some where all functions had a
// delay.
struct CallsAtTwoDelays {
  std::vector<TrialCalls> control;
  std::vector<TrialCalls> delayed;
};

// For each function, whether it polls: the delay makes its calls per unit fall to less than e^-.3
// (74%), and either this is more than the noise of such counts, or its calls are irregular: equal
// trials differ by more than 20% (standard deviation), as those of a loop do that waits for a
// thread that waits for a core. Work is called as often as before, or more often, and equally often
// in equal trials. If the calls of half of the functions fall, the number of units is wrong by as
// much, which is subtracted. A function with less than 20 calls in a control is not said to poll.
// The noise is pooled over the functions that are not irregular, weighted by their calls, plus that
// of a Poisson count. Each test is one-sided at 2.5% for all functions together (Bonferroni), that
// of the variance by chi-squared. All are false with less than two trials of each kind, or if there
// is one function only.
std::vector<bool> FindPolls(const std::vector<CallsAtTwoDelays>& functions);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_POLLS_H_
