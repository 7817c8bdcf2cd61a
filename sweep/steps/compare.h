// Compares several subjects with the control, each alone and at an equal dose.
#ifndef PYSLOW_SWEEP_STEPS_COMPARE_H_
#define PYSLOW_SWEEP_STEPS_COMPARE_H_

#include <compare>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/model/findings.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

struct Comparison {
  absl::Status status;                 // as the conductor's RunBlock
  std::vector<model::Result> results;  // ranked, see RankKey
  std::vector<size_t> subject_of;      // by result: its index in the compared subjects
  // By result: slowing it slows the unit, or seems to by its own interval alone; and faster calls
  // may gain --min-gain. The next step examines these.
  std::vector<bool> leads;
};

// More subjects are not compared.
inline constexpr size_t kMaxCompared = 50;

struct CompareOptions {
  double budget_share = 0.5;  // of the remaining time, for the large dose; half as much for R22
  // Whether all of the remaining time is used if no subject leads: the next step would then have
  // nothing to examine.
  bool may_use_all = true;
  // If more subjects are found, a small dose shows which of them count now (R22). Not for groups of
  // functions: a dose of the group is mostly one of its frequent functions.
  size_t max_found_alone = std::numeric_limits<size_t>::max();
  // The trials that probably follow the comparison, for the progress of the small doses.
  std::optional<size_t> later = std::nullopt;
};

// Runs blocks of the control and of each subject that is not yet decided, at the dose of R21, until
// all are decided (R20) or the time is used; then the same of the found ones, at a small dose. What
// was measured before an error is returned with it.
Comparison Compare(const StepContext& context, const Baseline& baseline, const std::string& part,
                   const std::vector<Subject>& subjects, const CompareOptions& options);

// The subjects that are called, and whose own time is long enough for a gain of --min-gain (R19).
// The others are added to `*results` as untested, with the reason.
std::vector<Subject> Eligible(const Settings& settings, const Baseline& baseline,
                              const std::vector<Subject>& subjects,
                              std::vector<model::Result>* results);

// Those of `subjects` that can be compared until the conductor has used `until_seconds`: with the
// most own time, or if it was not measured, with the most calls; at least two (or the only one), if
// the time budget has time for these, and else none. The others are added to `*results` as
// untested.
std::vector<Subject> WithinTime(const StepContext& context, const Baseline& baseline,
                                double until_seconds, std::vector<Subject> subjects,
                                std::vector<model::Result>* results);

// The order of a ranking: by the time per unit that faster calls could save, which is own time ×
// the critical share and 0 for hidden subjects; then, and if own time was not measured, by the
// critical share or a figure in proportion to it.
struct RankKey {
  double saving_seconds = 0;
  double critical_share = 0;
  friend auto operator<=>(const RankKey&, const RankKey&) = default;
};
RankKey RankKeyOf(const model::Result& result);

// The result of a subject without a curve, with its own time in a unit of `control_seconds`.
model::Result ResultOf(const Subject& subject, double control_seconds);

// The same, with a verdict withheld for `kind`.
model::Result ResultWithout(const Subject& subject, double control_seconds,
                            model::Reason::Kind kind);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_COMPARE_H_
