// A condition on the findings of a sweep, such as "change<-2%": a gate for continuous integration.
#ifndef PYSLOW_SWEEP_MODEL_GATE_H_
#define PYSLOW_SWEEP_MODEL_GATE_H_

#include <optional>
#include <string>
#include <vector>

#include "sweep/model/findings.h"

namespace pyslow::model {

struct Gate {
  enum class Figure {
    // Of throughput, as a ratio less 1: of the other version, if two were compared; else at the
    // largest dose.
    kChange,
    kKappa,
    kCriticalCalls,  // n*
    kSlack,          // seconds per call
    kGil,            // the share of the cost that is other threads waiting for the GIL
    kTime,           // T of the control, seconds per unit: of the whole sweep
    kVerdict,
    kOutcome,  // of a comparison of two versions
  };
  std::string text;  // as written
  Figure figure = Figure::kChange;
  bool is_below = false;  // holds below the limit; false: above
  double limit = 0;
  Verdict verdict = Verdict::kInconclusive;  // kVerdict: the one that holds
  VersionTimes::Outcome outcome = VersionTimes::Outcome::kUndecided;  // kOutcome: likewise
};

// A result, and the figure by which it is judged.
struct GateCase {
  const Result* result = nullptr;    // of the judged findings; nullptr: the whole sweep
  bool is_comparison = false;        // of two versions
  std::optional<Estimate> estimate;  // nullopt: the verdict
};

// All results are judged: all functions at once, each subsystem, function and call
// site. Of a comparison
// of two versions, the change and the outcome are judged, and no change of a result. A figure is
// judged by its whole interval: the condition holds, does not hold, or is open. Results that lack
// the figure are in neither list.
struct GateJudgement {
  std::vector<GateCase> holds;
  std::vector<GateCase> open;
  size_t judged = 0;  // results, the open ones too
};
GateJudgement Judge(const Gate& gate, const Findings& findings);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_GATE_H_
