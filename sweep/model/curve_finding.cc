#include "sweep/model/curve_finding.h"

#include <algorithm>

namespace pyslow::model {

namespace {

NoGain WithoutVerdict(Reason::Kind kind) {
  if (VerdictOf(kind) != Verdict::kUntested) return NoGain::kNoVerdict;
  if (kind == Reason::Kind::kNeverCalled) return NoGain::kNeverCalled;
  return kind == Reason::Kind::kLittleToGain ? NoGain::kLittleToGain : NoGain::kNotTested;
}

}  // namespace

bool IsWithoutGain(const CurveFinding& curve) {
  return curve.no_gain.has_value() && *curve.no_gain != NoGain::kNoVerdict &&
         *curve.no_gain != NoGain::kNotTested;
}

bool MayHaveSlack(const CurveFinding& curve) {
  return curve.reason.kind == Reason::Kind::kSlackPossible ||
         curve.reason.kind == Reason::Kind::kFlatStartUnclear;
}

const Prediction* FarthestPrediction(const CurveFinding& curve) {
  const Prediction* farthest = nullptr;
  for (const Prediction& prediction : curve.predictions) {
    if (prediction.gain.has_value()) farthest = &prediction;
  }
  return farthest;
}

void WithholdVerdict(Reason reason, CurveFinding* curve) {
  curve->reason = reason;
  curve->predictions.clear();
  curve->no_gain = WithoutVerdict(reason.kind);
  curve->slack_seconds_per_unit.reset();
  curve->slack_seconds_per_call.reset();
  curve->kappa_after_slack.reset();
  curve->least_slack_seconds_per_call.reset();
  curve->one_percent_delay_seconds.reset();
  curve->harmless_delay_seconds.reset();
  curve->more_blocks = 0;
  if (curve->gpu.has_value()) curve->gpu->limited = 0;
  auto& warnings = curve->warnings;
  warnings.erase(std::remove_if(warnings.begin(), warnings.end(),
                                [](const Warning& warning) {
                                  return warning.kind == Warning::Kind::kAmplified ||
                                         warning.kind == Warning::Kind::kLoadLimited ||
                                         warning.kind == Warning::Kind::kGpuLimits;
                                }),
                 warnings.end());
}

}  // namespace pyslow::model
