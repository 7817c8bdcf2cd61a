// All that a curve, or a comparison at one dose, shows of its subject.
#ifndef PYSLOW_SWEEP_MODEL_CURVE_FINDING_H_
#define PYSLOW_SWEEP_MODEL_CURVE_FINDING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/model/gpu.h"
#include "sweep/model/prediction.h"
#include "sweep/model/shape.h"
#include "sweep/model/verdict.h"
#include "sweep/model/warning.h"

namespace pyslow::model {

// The row of a curve's table for one delay, over the complete blocks.
struct Level {
  int64_t delay_ns = 0;       // 0: the control
  Estimate seconds_per_unit;  // T
  Estimate throughput;        // 1/T: all units over all time, not a mean of rates
  // Of throughput against the control, as a ratio less 1; nullopt for the control.
  std::optional<Estimate> change;
  std::optional<double> calls_per_unit;
  std::optional<double> dose_seconds;
  // --metric, by index; NaN without an interval if no trial has the figure.
  std::vector<Estimate> metrics;
  // Of the busiest GPU; nullopt if it was not measured: the share of the time in which it worked,
  // and GpuUse::seconds_per_unit.
  std::optional<Estimate> gpu_busy;
  std::optional<Estimate> gpu_seconds_per_unit;
  size_t trials = 0;
};

// Why κ is withheld.
struct KappaWithheld {
  enum class Kind {
    kNothing,      // κ is given
    kNotMeasured,  // there is no curve
    kNotCounted,   // the calls per unit are not known
    kNeverCalled,
    kNoDelayedCall,  // in some trials no call was delayed
  };
  Kind kind = Kind::kNotMeasured;

  friend bool operator==(const KappaWithheld&, const KappaWithheld&) = default;
};

struct CurveFinding {
  Reason reason;
  size_t blocks = 0;
  size_t trials = 0;
  Estimate control;  // T at delay 0
  // n at the control, or over all trials if the control was not counted.
  std::optional<Estimate> calls_per_unit;
  bool elastic = false;  // n changes with the delay
  // n*, dT/d(delay), and κ, dT/dD: over all delays, whatever the shape.
  Estimate critical_calls;
  std::optional<Estimate> kappa;
  KappaWithheld kappa_withheld;               // kNothing if there is a κ
  std::optional<Estimate> kappa_per_process;  // several processes make about equally many calls
  // Only for a threshold: D*, and κ after it (per process if kappa_per_process is given), unless
  // the knee may lie beyond the last delay but one.
  std::optional<Estimate> slack_seconds_per_unit;
  std::optional<Estimate> slack_seconds_per_call;
  std::optional<Estimate> kappa_after_slack;
  // kShortDelayHidden: D* is at least this.
  std::optional<double> least_slack_seconds_per_call;
  // The delay per call that costs 1% of throughput. For a hidden subject in its place: a delay that
  // costs less. Not beyond the largest delay that was tried.
  std::optional<Estimate> one_percent_delay_seconds;
  std::optional<double> harmless_delay_seconds;
  std::optional<Estimate> change_at_largest_dose;  // of throughput, as a ratio less 1
  // kLittleToGain: what removing all own time could gain at most, as a ratio less 1 (R19).
  std::optional<double> gain_bound;
  std::optional<GpuFinding> gpu;  // nullopt: no GPU was watched, or it did not work
  Shape shape;
  std::vector<Level> levels;  // ascending delays, the control first
  // Empty if there is a reason of no gain.
  std::vector<Prediction> predictions;
  std::optional<NoGain> no_gain;
  // Inconclusive: how many more blocks would probably decide; 0: unknown.
  size_t more_blocks = 0;
  std::vector<Warning> warnings;

  Verdict verdict() const { return VerdictOf(reason.kind); }
};

// Whether the data show that faster calls gain nothing now.
bool IsWithoutGain(const CurveFinding& curve);

// Whether the points allow that short delays, and so faster calls, change nothing.
bool MayHaveSlack(const CurveFinding& curve);

// The prediction of the largest speed-up that has a gain; nullptr if there is none.
const Prediction* FarthestPrediction(const CurveFinding& curve);

// Withdraws the verdict: `reason` is one of an inconclusive or untested finding. Measured figures
// stay; whatever depends on the former verdict (predictions, slack, its warnings, the number of
// further blocks) is removed.
void WithholdVerdict(Reason reason, CurveFinding* curve);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_CURVE_FINDING_H_
