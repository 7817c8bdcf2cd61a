// Figures that are printed with few digits: rule R25 of docs/statistics.md. Their readings lie on a
// grid, so that equal readings do not show that nothing changed.
#ifndef PYSLOW_SWEEP_STATISTICS_GRID_H_
#define PYSLOW_SWEEP_STATISTICS_GRID_H_

#include <vector>

#include "sweep/model/curve_finding.h"
#include "sweep/model/estimate.h"
#include "sweep/statistics/curve.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {

// A time T, and by how much it changes if the last printed digit changes by one; 0: unknown.
struct PrintedTime {
  double seconds = 0;
  double step_seconds = 0;
};

// The grid of the readings, in seconds: the largest step. 12.3 among 12.34 and 12.41 is 12.30. If
// all readings end with zeros, as 3.0 and 4.0, these are no digits. 0: unknown.
double GridOf(const std::vector<PrintedTime>& all);
double GridOf(const std::vector<Block>& blocks);

// Widens the interval to at least `half` on each side. False if it was not narrower.
bool WidenTo(double half, model::Estimate* estimate);

// The same for the slope of a fit, with its standard error; `grid` is a step of T, `span` the range
// of the delays or doses. A difference of two readings may be wrong by half a step at each end.
bool WidenToGrid(double grid, double span, double confidence, Fit* fit);

// Widens the intervals of the rows of a curve's table.
void WidenLevels(double grid, model::CurveFinding& finding);

// If `is_coarse`, that is, if the grid sets the interval of the effect: adds a warning, and noise
// becomes kFigureTooCoarse, since more trials do not help.
void AllowForRounding(bool is_coarse, double grid, model::CurveFinding& finding);

// Whether the rows leave the fitted line by less than a step.
bool IsStraightOnGrid(const std::vector<model::Level>& levels, const Fit& line, double grid);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_GRID_H_
