// Converts setups and trials to and from JSON, the lines of trials.jsonl. pyslow-sweep(1) describes
// the format.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_JSON_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_JSON_H_

#include <nlohmann/json.hpp>

#include "sweep/trials/trial_runner.h"

namespace pyslow::trials {

nlohmann::ordered_json ToJson(const Setup& setup);
nlohmann::ordered_json ToJson(const Trial& trial);

// Throw nlohmann::json::exception if a key is missing or a value has the wrong type.
Setup SetupFrom(const nlohmann::ordered_json& json);
Trial TrialFrom(const nlohmann::ordered_json& json);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_JSON_H_
