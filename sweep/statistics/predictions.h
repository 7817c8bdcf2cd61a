// The predictions of a finding: rule R11 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_PREDICTIONS_H_
#define PYSLOW_SWEEP_STATISTICS_PREDICTIONS_H_

#include <optional>
#include <vector>

#include "sweep/model/curve_finding.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/judge.h"
#include "sweep/statistics/line.h"
#include "sweep/statistics/ruling.h"

namespace pyslow::statistics {

// The fits that predict: T against the delay and, if κ is given, against the dose.
struct Fits {
  Fit delay;
  std::optional<Fit> dose;
};

// Sets finding.no_gain by its reason, or finding.predictions.
void AddPredictions(const std::vector<Block>& blocks, const JudgeOptions& options,
                    const Evidence& evidence, const Fits& fits, model::CurveFinding& finding);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_PREDICTIONS_H_
