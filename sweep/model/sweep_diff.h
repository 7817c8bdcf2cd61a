// What differs between the findings of two sweeps that were measured apart (--diff).
#ifndef PYSLOW_SWEEP_MODEL_SWEEP_DIFF_H_
#define PYSLOW_SWEEP_MODEL_SWEEP_DIFF_H_

#include <optional>
#include <string>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/model/findings.h"

namespace pyslow::model {

// One figure in both sweeps; nullopt: that sweep does not have it.
struct FigureDiff {
  std::optional<Estimate> first;
  std::optional<Estimate> other;
  std::optional<Estimate> change;  // other − first, if both have it

  // Whether the change is shown by its interval.
  bool is_shown() const { return ExcludesZero(change); }
};

// A subject that exists in both sweeps.
struct SubjectDiff {
  const Result* first = nullptr;  // of the compared findings
  const Result* other = nullptr;
  FigureDiff kappa;
  FigureDiff critical_calls;          // n*
  FigureDiff slack_seconds;           // per call
  FigureDiff own_seconds;             // per unit; an interval only of functions
  FigureDiff change_at_largest_dose;  // of throughput
};

// A setting or a property of the machine that differs; "": one sweep lacks it.
struct SettingDiff {
  std::string name;
  std::string first;
  std::string other;
  bool matters = false;  // figures of the sweeps may differ because of it alone
};

struct SweepDiff {
  FigureDiff control_seconds;              // T at the control
  std::optional<Estimate> control_change;  // of throughput at the control, as a ratio less 1
  std::vector<SubjectDiff> subjects;       // all functions at once, subsystems, functions
  std::vector<std::string> gone;           // subjects and called functions of the first sweep alone
  std::vector<std::string> added;          // of the other one alone
  std::vector<SettingDiff> settings;
  // The largest delays of all functions at once, in ns, if one is 1.5 times the other; else 0.
  int64_t first_largest_ns = 0;
  int64_t other_largest_ns = 0;
};

// Intervals are those of independent estimates. Points into both findings, which outlive it.
SweepDiff DiffOf(const Findings& first, const Findings& other);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_SWEEP_DIFF_H_
