// Figures as text, with as many digits as they deserve.
#ifndef PYSLOW_SWEEP_RENDER_FIGURES_H_
#define PYSLOW_SWEEP_RENDER_FIGURES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "sweep/statistics/estimate.h"

namespace pyslow::render {

// Four significant digits and no exponent: "0.9902", "1234", "0".
std::string NumberText(double value);

// As many digits as the interval deserves: "12.3 [11.8, 12.9]"; without one, as NumberText; "-"
// where it is no number.
std::string EstimateText(const statistics::Estimate& estimate);

// "1.234ms", "0".
std::string SecondsText(double seconds);
// In the unit of the estimate: "610us [590, 630]".
std::string SecondsText(const statistics::Estimate& seconds);

// A delay: "10us", "0".
std::string DelayText(int64_t delay_ns);

// A ratio as a share: "30% [26, 34]". `signed_change`: with a plus sign where it grows.
std::string PercentText(const statistics::Estimate& ratio, bool signed_change = false);

// "1 trial", "3 trials": for nouns that take an s.
std::string Counted(size_t count, absl::string_view noun);

// `sentence` with a full stop at its end, where it has none.
std::string Ended(absl::string_view sentence);

// The estimate through a function that falls: the ends change places.
statistics::Estimate Negated(const statistics::Estimate& estimate);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_FIGURES_H_
