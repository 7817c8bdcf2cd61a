// A sweep's settings as JSON, which the first line of trials.jsonl holds.
#ifndef PYSLOW_EXPERIMENT_SETTINGS_JSON_H_
#define PYSLOW_EXPERIMENT_SETTINGS_JSON_H_

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "experiment/settings.h"

namespace pyslow::experiment {

nlohmann::json ToJson(const Settings& settings);

// DataLoss where `json` is not what ToJson makes.
absl::StatusOr<Settings> SettingsFromJson(const nlohmann::json& json);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_SETTINGS_JSON_H_
