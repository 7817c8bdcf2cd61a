// The options of pyslow-sweep that say which figures a trial has, and how they are read.
#ifndef PYSLOW_SWEEP_CLI_FIGURE_OPTIONS_H_
#define PYSLOW_SWEEP_CLI_FIGURE_OPTIONS_H_

#include "base/option_reader.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::cli {

// Reads them into `trials`, which already has the command and the load. Notes errors of single
// options and of those that exclude each other.
void ReadFigureOptions(OptionReader& reader, trials::TrialSettings& trials);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_FIGURE_OPTIONS_H_
