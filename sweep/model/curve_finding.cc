#include "sweep/model/curve_finding.h"

#include <algorithm>
#include <utility>

namespace pyslow::model {

bool IsWithoutGain(const CurveFinding& curve) {
  return curve.no_gain.has_value() && *curve.no_gain != NoGain::kNoVerdict;
}

const Prediction* FarthestPrediction(const CurveFinding& curve) {
  const Prediction* farthest = nullptr;
  for (const Prediction& prediction : curve.predictions) {
    if (prediction.gain.has_value()) farthest = &prediction;
  }
  return farthest;
}

void WithholdVerdict(Reason reason, CurveFinding* curve) {
  curve->reason = std::move(reason);
  curve->predictions.clear();
  curve->no_gain =
      curve->verdict() == Verdict::kUntested ? NoGain::kNeverCalled : NoGain::kNoVerdict;
  curve->slack_seconds_per_unit.reset();
  curve->slack_seconds_per_call.reset();
  curve->kappa_after_slack.reset();
  curve->more_blocks = 0;
  auto& warnings = curve->warnings;
  warnings.erase(std::remove_if(warnings.begin(), warnings.end(),
                                [](const Warning& warning) {
                                  return warning.kind == Warning::Kind::kAmplified ||
                                         warning.kind == Warning::Kind::kLoadLimited;
                                }),
                 warnings.end());
}

}  // namespace pyslow::model
