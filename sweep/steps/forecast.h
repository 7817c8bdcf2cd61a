// How many trials a sweep probably still takes. The figures are those of 30 recorded sweeps.
#ifndef PYSLOW_SWEEP_STEPS_FORECAST_H_
#define PYSLOW_SWEEP_STEPS_FORECAST_H_

#include <cstddef>

#include "sweep/steps/steps.h"

namespace pyslow::steps {

// Blocks of a part, unless --runs says how many.
inline constexpr size_t kUsualBlocksOfCurve = 4;
inline constexpr size_t kUsualBlocksOfComparison = 3;

// The trials of a part, after `done` blocks of `arms` trials, until the look after `look` blocks. A
// part probably takes `usual` blocks, if that is more.
size_t TrialsUntilLook(const Settings& settings, size_t done, size_t look, size_t usual,
                       size_t arms);

// The trials of the steps after `step`, which follows the count. `baseline`: known so far.
size_t TrialsAfter(model::Step step, const Settings& settings, const CountResult& count,
                   const Baseline& baseline);

// The trials of a comparison of the parts of a function: its call sites or its lines.
size_t TrialsOfComparedParts(const Settings& settings);
// The trials of `steps` such steps, with those that count the parts.
size_t TrialsOfParts(const Settings& settings, int steps);

// The trials of the steps that follow the curves.
size_t TrialsAfterCurves(const Settings& settings);

// The trials of small doses (R22), after `functions` functions are compared, if all of them count.
size_t TrialsOfSmallDoses(const Settings& settings, size_t functions);

// The trials of the curves of the leaders and of what follows them, if `functions` functions are
// compared.
size_t TrialsOfCurves(const Settings& settings, size_t functions);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_FORECAST_H_
