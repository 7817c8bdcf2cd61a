// profile.coz: the findings for Coz's viewer, which draws program speed-up against line speed-up.
#ifndef PYSLOW_SWEEP_RENDER_COZ_PROFILE_H_
#define PYSLOW_SWEEP_RENDER_COZ_PROFILE_H_

#include <string>

#include "sweep/render/findings.h"

namespace pyslow::render {

// Coz's x is the share of a line's own time that is taken away; a delay is the opposite, and own
// time is measured of functions, not of lines. So x is counted in the unit's time
// instead: at x the delayed calls of a unit take x × T0 less, and the program's speed-up is κ × x,
// read off the fitted line. Curves alone are written, and of these only the ones with a verdict: on
// the critical path or partly (κ, at the start where the slope grows), or hidden (0). 21 points
// from 0 to 50%, since the viewer wants 10 before it shows a line. The progress point is the unit.
std::string CozProfile(const Findings& findings);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_COZ_PROFILE_H_
