// Parses and formats durations as users write them: a number and a unit, `10us`, `1.5ms`, `0`.
#ifndef PYSLOW_BASE_DURATION_TEXT_H_
#define PYSLOW_BASE_DURATION_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow {

// Parses a TIME: a decimal number directly followed by ns, us, µs, ms or s; 0 needs no unit.
// Returns whole nanoseconds, at most `max_ns`. InvalidArgument if the time is negative, too large,
// finer than a nanosecond or malformed; the message follows "NAME: " and shows what is allowed.
absl::StatusOr<int64_t> ParseTimeNs(absl::string_view text, int64_t max_ns);

// Parses an integer from `min` to `max`, both 0 or more, without a unit: the form of environment
// variables. `unit` is used in the message of the error, such as "nanoseconds", or "".
// InvalidArgument as above.
absl::StatusOr<int64_t> ParseInteger(absl::string_view text, int64_t min, int64_t max,
                                     absl::string_view unit);

// The shortest text that ParseTimeNs parses to `ns`: "10us", "1.5ms", "0ns".
std::string FormatTimeNs(int64_t ns);

}  // namespace pyslow

#endif  // PYSLOW_BASE_DURATION_TEXT_H_
