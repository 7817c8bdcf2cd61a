// Setups and trials as JSON: the lines of trials.jsonl, which pyslow-sweep(1) has the format of.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_JSON_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_JSON_H_

#include <nlohmann/json.hpp>

#include "sweep/trials/trial.h"

namespace pyslow::trials {

nlohmann::ordered_json ToJson(const Setup& setup);
nlohmann::ordered_json ToJson(const Trial& trial);

// These throw what nlohmann-json does where something is missing or is of another type.
Setup SetupFrom(const nlohmann::ordered_json& json);
Trial TrialFrom(const nlohmann::ordered_json& json);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_JSON_H_
