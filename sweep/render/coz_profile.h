// profile.coz: the findings for Coz's viewer, which draws program speed-up against line speed-up.
#ifndef PYSLOW_SWEEP_RENDER_COZ_PROFILE_H_
#define PYSLOW_SWEEP_RENDER_COZ_PROFILE_H_

#include <string>

#include "sweep/model/findings.h"

namespace pyslow::render {

// Coz's x is the share of a line's own time that is saved. A delay adds time, and own time is
// measured by function, so x is here a share of the unit's time: at x the delayed calls of a unit
// last x × T0 less, and the program's speed-up is κ × x, read off the fitted line. Only curves with
// a verdict are written: on the critical path or partly on it (κ, at delay 0 if the slope grows),
// or hidden (0). 21 points from 0 to 50%: the viewer needs 10 for a line. The progress point is the
// unit.
std::string CozProfile(const model::Findings& findings);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_COZ_PROFILE_H_
