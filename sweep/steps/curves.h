// Measures curves, and judges them after more and more blocks until each has a verdict (R18).
#ifndef PYSLOW_SWEEP_STEPS_CURVES_H_
#define PYSLOW_SWEEP_STEPS_CURVES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/model/curve_finding.h"
#include "sweep/steps/observe.h"
#include "sweep/steps/steps.h"

namespace pyslow::steps {

// The curve of one subject.
struct Curve {
  Subject subject;
  std::vector<CurveArm> arms;                  // all that have trials; the control first
  std::vector<size_t> next_arms;               // of the next blocks, without the control
  std::optional<model::CurveFinding> finding;  // nullopt: no trial with a delay
  bool is_decided = false;
};

// Several curves with one control.
struct Curves {
  std::string part;
  BlockedTrials trials;  // arm 0 is the control
  std::vector<Curve> curves;
  // Of the first look. With two, an interval of T or of a gain is too wide to print.
  size_t min_blocks = 2;
  // From this time of all trials on, a curve that is known to cost time is decided, whatever its
  // share or slack.
  double shape_until_seconds = std::numeric_limits<double>::infinity();
  // The trials of the control and of the largest delays count each function, in the first blocks:
  // with 10 000 functions, 2 MB of the log for each trial.
  bool counts_functions = false;
  // Plain Python is an arm of the first blocks.
  std::optional<size_t> plain_arm;

  // Adds a curve with these delays per call; all of its calls have one frequency.
  void Add(const Settings& settings, const Subject& subject,
           const std::vector<int64_t>& per_call_ns);
  // Replaces the delays of the next blocks of a curve.
  void SetDelays(const Settings& settings, const std::vector<int64_t>& per_call_ns, Curve* curve);
};
Curves CurvesOf(const std::string& part);

// Runs blocks of the curves that have no verdict: --runs blocks, or up to `max_blocks` in all,
// until each has a verdict (with --precision, also until the effect is precise) or the conductor
// has used `until_seconds`. At least min_blocks blocks are run. Errors as the conductor's RunBlock;
// the curves are judged by what was measured.
absl::Status MeasureCurves(const StepContext& context, double until_seconds, size_t max_blocks,
                           Curves* curves);

// The looks of R28, or that of --runs.
std::vector<size_t> VersionLooksOf(const Settings& settings);

// Runs blocks of the arms `block` until `judge`, called at each of these looks, returns true, or
// until the conductor has used `until_seconds`; at least up to the first look. Before each look
// stalls are repeated (R17). `usual_blocks`: how many are probably run. Errors as the conductor's
// RunBlock.
absl::Status RunUntilDecided(const StepContext& context, const std::string& part,
                             const std::vector<size_t>& block, size_t usual_blocks,
                             double until_seconds, BlockedTrials* trials,
                             const std::function<bool()>& judge);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_CURVES_H_
