// Figures as text, with the digits that their uncertainty justifies.
#ifndef PYSLOW_SWEEP_RENDER_FIGURES_H_
#define PYSLOW_SWEEP_RENDER_FIGURES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "sweep/model/estimate.h"

namespace pyslow::render {

// Four significant digits and no exponent: "0.9902", "1234", "0".
std::string NumberText(double value);

// With two digits of the interval's half-width: "12.3 [11.8, 12.9]"; without an interval, as
// NumberText; "-" for infinities and NaN.
std::string EstimateText(const model::Estimate& estimate);

// "1.234ms", "0".
std::string SecondsText(double seconds);
// In the unit of the estimate: "610us [590, 630]".
std::string SecondsText(const model::Estimate& seconds);

// A delay: "10us", "0".
std::string DelayText(int64_t delay_ns);

// A ratio in percent: "30% [26, 34]". `signed_change`: with a plus sign if it is above 0.
std::string PercentText(const model::Estimate& ratio, bool signed_change = false);

// "1 trial", "3 trials": for nouns with the plural "-s".
std::string Counted(size_t count, absl::string_view noun);

// `sentence` with a final full stop.
std::string Ended(absl::string_view sentence);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_FIGURES_H_
