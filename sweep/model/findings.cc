#include "sweep/model/findings.h"

namespace pyslow::model {

namespace {

// Whether the data do not even show an effect.
bool IsWithoutEffect(const CurveFinding& curve) {
  switch (curve.reason.kind) {
    case Reason::Kind::kNotMeasured:
    case Reason::Kind::kNoiseHides:
    case Reason::Kind::kOneBlock:
      return true;
    default:
      return false;
  }
}

}  // namespace

Priority PriorityOf(const Result& result) {
  const CurveFinding& curve = result.curve;
  Priority priority;
  priority.name = result.name;
  priority.verdict = curve.verdict();
  const Prediction* const farthest = FarthestPrediction(curve);
  if (IsWithoutEffect(curve)) {
    priority.no_gain = NoGain::kNoVerdict;
  } else if (farthest != nullptr) {
    priority.prediction = *farthest;
  } else {
    priority.no_gain = curve.no_gain;
    for (const Prediction& prediction : curve.predictions) {
      if (prediction.withheld.kind == Withheld::Kind::kNothing) continue;
      priority.withheld = prediction.withheld;
      break;
    }
  }
  priority.blocks = curve.blocks;
  priority.trials = curve.trials;
  priority.has_curve = curve.levels.size() > 2;
  return priority;
}

std::vector<const Result*> ResultsOf(const Findings& findings) {
  std::vector<const Result*> results;
  if (findings.global.has_value()) results.push_back(&*findings.global);
  for (const auto* ranked :
       {&findings.groups, &findings.functions, &findings.sites, &findings.lines}) {
    for (const Result& result : *ranked) results.push_back(&result);
  }
  return results;
}

}  // namespace pyslow::model
