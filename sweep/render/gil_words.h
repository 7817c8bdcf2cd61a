// How much of a cost is other threads waiting for the GIL, as sentences and table cells.
#ifndef PYSLOW_SWEEP_RENDER_GIL_WORDS_H_
#define PYSLOW_SWEEP_RENDER_GIL_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/model/findings.h"

namespace pyslow::render {

// "62% [55, 70] of the cost of slower Python is other threads waiting for the GIL". "" if the modes
// of the GIL were not compared for `result`.
std::string GilSentence(const model::Result& result);

// The results for which the modes were compared: all functions, then the others in their order.
std::vector<const model::Result*> GilResults(const model::Findings& findings);

// The rows of a table, the head first: T without a delay and with it, in both modes. The name is in
// the last column. Only the head if no trial was run. `unit`: the name of a unit.
std::vector<std::vector<std::string>> GilRows(const std::vector<const model::Result*>& results,
                                              absl::string_view unit);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_GIL_WORDS_H_
