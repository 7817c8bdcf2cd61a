// The delay that costs 1% of throughput: rule R26 of docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_TOLERANCE_H_
#define PYSLOW_SWEEP_STATISTICS_TOLERANCE_H_

#include "sweep/model/curve_finding.h"
#include "sweep/statistics/bend.h"

namespace pyslow::statistics {

// Sets finding.one_percent_delay_seconds or finding.harmless_delay_seconds, by its verdict, its
// slope and the bend of its curve; a comparison at one dose has no bend. Neither lies beyond the
// largest delay that was tried.
void AddTolerance(const Bend& bend, model::CurveFinding& finding);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_TOLERANCE_H_
