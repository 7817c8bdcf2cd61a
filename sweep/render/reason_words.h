// Reasons and warnings as English.
#ifndef PYSLOW_SWEEP_RENDER_REASON_WORDS_H_
#define PYSLOW_SWEEP_RENDER_REASON_WORDS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "sweep/model/curve_finding.h"
#include "sweep/model/prediction.h"
#include "sweep/model/verdict.h"
#include "sweep/model/warning.h"

namespace pyslow::render {

// A clause that can follow a verdict and a colon: "every call counts".
std::string ReasonPhrase(const model::Reason& reason);

// Why κ is withheld; "" if it is not.
std::string KappaWithheldPhrase(const model::KappaWithheld& withheld);

// Why a prediction or its interval is withheld; "" if it is not.
std::string WithheldPhrase(const model::Withheld& withheld);

// "no gain expected: hidden".
std::string NoGainPhrase(model::NoGain reason);

// kMatchesDiffer as a line without its full stop.
std::string MatchesDifferLine(const model::Warning& warning);

// One or more whole sentences. `unit`: the name of a unit.
std::string WarningSentence(const model::Warning& warning, absl::string_view unit);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_REASON_WORDS_H_
