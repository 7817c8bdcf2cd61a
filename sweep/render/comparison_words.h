// A comparison of two versions as sentences and table cells. `unit`: the name of a unit.
#ifndef PYSLOW_SWEEP_RENDER_COMPARISON_WORDS_H_
#define PYSLOW_SWEEP_RENDER_COMPARISON_WORDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/model/comparison.h"

namespace pyslow::render {

// Whether the other version is faster, with the change: "The other version is faster: +11.2% [10.1,
// 12.4] runs/s".
std::string ComparisonSentence(const model::Comparison& comparison, absl::string_view unit);

// Where the change lies, with the prediction.
std::string PlaceSentence(const model::Comparison& comparison);

// The rows of a table, the head first: T of both versions, without and with instrumented functions.
std::vector<std::vector<std::string>> VersionRows(const model::Comparison& comparison,
                                                  absl::string_view unit);

// Likewise the functions whose own time or calls differ most, at most `most`. The name is in the
// last column.
std::vector<std::vector<std::string>> DifferenceRows(const model::Comparison& comparison,
                                                     absl::string_view unit, size_t most);

// What DifferenceRows would list without a limit.
size_t DifferenceCount(const model::Comparison& comparison);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_COMPARISON_WORDS_H_
