// Times as users write them: a number and a unit, `10us`, `1.5ms`, `0`.
#ifndef PYSLOW_BASE_DURATION_TEXT_H_
#define PYSLOW_BASE_DURATION_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow {

// Parses a TIME, a decimal number directly followed by ns, us, µs, ms or s (0 needs no unit), into
// whole nanoseconds, at most `max_ns`. InvalidArgument with a message that shows what is allowed,
// and that reads on after "NAME: ", where the time is negative, over the limit, finer than a
// nanosecond, or not of that form.
absl::StatusOr<int64_t> ParseTimeNs(absl::string_view text, int64_t max_ns);

// Parses a bare integer in 0 … max, the form of the environment's variables. `unit` is named in the
// error ("nanoseconds"). InvalidArgument as above.
absl::StatusOr<int64_t> ParseInteger(absl::string_view text, int64_t min, int64_t max,
                                     absl::string_view unit);

// The shortest text that ParseTimeNs reads back as `ns`: "10us", "1.5ms", "0ns".
std::string FormatTimeNs(int64_t ns);

}  // namespace pyslow

#endif  // PYSLOW_BASE_DURATION_TEXT_H_
