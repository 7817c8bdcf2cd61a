// The values of options and variables that are neither a time nor a whole number (duration_text.h).
// Each error is InvalidArgument with a message that follows "NAME: ".
#ifndef PYSLOW_BASE_PARSE_VALUE_H_
#define PYSLOW_BASE_PARSE_VALUE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow {

// A duration above 0, in seconds: a TIME, or a number with the unit m or h.
absl::StatusOr<double> ParseLongTime(absl::string_view text, int64_t max_ns);

// A decimal number greater than `low` and at most `high`.
absl::StatusOr<double> ParseRatio(absl::string_view text, double low, double high);

// A percentage such as "1%", as a ratio. Greater than 0%, at most 100%.
absl::StatusOr<double> ParsePercentage(absl::string_view text);

// A share greater than 0 and at most 1: a ratio such as "0.01", or a percentage such as "1%".
absl::StatusOr<double> ParseShare(absl::string_view text);

// One of the words in `choices`, which are separated by spaces.
absl::StatusOr<std::string> ParseWord(absl::string_view text, absl::string_view choices);

// A comma-separated list of words in `choices`, each at most once.
absl::StatusOr<std::vector<std::string>> ParseWords(absl::string_view text,
                                                    absl::string_view choices);

}  // namespace pyslow

#endif  // PYSLOW_BASE_PARSE_VALUE_H_
