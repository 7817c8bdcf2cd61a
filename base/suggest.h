// Suggestions for an unknown name: "did you mean …?".
#ifndef PYSLOW_BASE_SUGGEST_H_
#define PYSLOW_BASE_SUGGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pyslow {

// The candidate with the smallest edit distance to `word` (insert, delete, replace and swap of
// neighbours cost 1 each), the first of several; "" if none is within a third of the word's length,
// or 1. A candidate that is a prefix of the word, or the reverse, is always within that limit.
std::string NearestName(absl::string_view word, absl::Span<const std::string> candidates);

// "; did you mean 'NAME'?" with the nearest candidate, or "".
std::string DidYouMean(absl::string_view word, absl::Span<const std::string> candidates);

}  // namespace pyslow

#endif  // PYSLOW_BASE_SUGGEST_H_
