// Numbers and durations formatted for readers.
#ifndef PYSLOW_BASE_TEXT_H_
#define PYSLOW_BASE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace pyslow {

// "1,234,567".
std::string CountText(uint64_t count);

// A duration with three significant digits: "0", "450ns", "12.3us", "1.50s", "1235s".
std::string DurationText(double ns);

// part / whole as "41.2%", "0.05%", "<0.01%", "0"; "-" if `whole` is 0.
std::string ShareText(double part, double whole);

// `count` with the singular or plural noun: "1 process", "3 processes".
std::string CountedText(uint64_t count, absl::string_view one, absl::string_view many);

// "a, b and 3 more": at most `most` of `texts`.
std::string ListText(const std::vector<std::string>& texts, size_t most);

// `status` with "WHERE: " before its message: "targets.txt: it is a directory".
absl::Status At(absl::string_view where, const absl::Status& status);

}  // namespace pyslow

#endif  // PYSLOW_BASE_TEXT_H_
