// The settings of a sweep as JSON, for trials.jsonl.
#ifndef PYSLOW_SWEEP_CLI_SWEEP_SETTINGS_JSON_H_
#define PYSLOW_SWEEP_CLI_SWEEP_SETTINGS_JSON_H_

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::cli {

nlohmann::json ToJson(const steps::Settings& settings);

// Those of them that --resume may change, for TrialLog::Continue.
nlohmann::json LimitsToJson(const steps::Settings& settings);

// DataLoss if `json` does not have the form that ToJson returns.
absl::StatusOr<steps::Settings> SettingsFromJson(const nlohmann::json& json);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_SWEEP_SETTINGS_JSON_H_
