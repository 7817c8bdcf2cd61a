// A sweep's findings as text for a terminal.
#ifndef PYSLOW_EXPERIMENT_PRESENTATION_H_
#define PYSLOW_EXPERIMENT_PRESENTATION_H_

#include <string>

#include "experiment/analysis.h"
#include "experiment/settings.h"
#include "experiment/trial.h"

namespace pyslow::experiment {

// A time with four significant digits: "1.234ms", "0".
std::string FormatSeconds(double seconds);

// `estimate` × scale with as many digits as its interval deserves: "12.3 [11.8, 12.9]".
std::string FormatEstimate(const Estimate& estimate, double scale = 1);

// The table, the fit and what is expected of faster code, each line ended.
std::string FormatAnalysis(const Analysis& analysis);

// "trial 3 of 32: delay 10us: 812.3 units/s".
std::string FormatTrial(const Trial& trial, size_t planned, Measure measure);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_PRESENTATION_H_
