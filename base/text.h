// Numbers, times and names as a reader sees them.
#ifndef PYSLOW_BASE_TEXT_H_
#define PYSLOW_BASE_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace pyslow {

// "1,234,567".
std::string CountText(uint64_t count);

// Three significant digits: "0", "450ns", "12.3us", "1.50s", "1235s".
std::string DurationText(double ns);

// part / whole as "41.2%", "0.05%", "<0.01%", "0"; "-" where `whole` is 0.
std::string ShareText(double part, double whole);

// `count` and the noun in its number: "1 process", "3 processes".
std::string CountedText(uint64_t count, absl::string_view one, absl::string_view many);

// An error with the place that it is about before its message: "targets.txt: it is a directory".
absl::Status At(absl::string_view where, const absl::Status& status);

}  // namespace pyslow

#endif  // PYSLOW_BASE_TEXT_H_
