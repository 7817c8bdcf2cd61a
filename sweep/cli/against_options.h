// The options of a comparison of two versions: --against, --against-env, --against-python.
#ifndef PYSLOW_SWEEP_CLI_AGAINST_OPTIONS_H_
#define PYSLOW_SWEEP_CLI_AGAINST_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/option_reader.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::cli {

// The words of one command, as a shell reads them: quotes, $NAME, ~ and globs are expanded.
// InvalidArgument, "WHAT, WHAT TO DO", for anything that is not one simple command.
absl::StatusOr<std::vector<std::string>> WordsOf(const std::string& command);

// Reads them into settings.trials.against, unless none of them was given. Its command is empty
// without --against: it is that of the sweep. Called after all that it conflicts with was read.
void ReadAgainst(OptionReader& reader, steps::Settings& settings);

// What differs in the other version, as the options that say so; "" without one.
std::string OtherVersionText(const trials::TrialSettings& settings);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_AGAINST_OPTIONS_H_
