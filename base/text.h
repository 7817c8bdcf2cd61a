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

// `bytes` as valid UTF-8 that no terminal obeys: bytes that are none, and control characters, as
// \xNN, and lone surrogates as \uNNNN, or as \xNN those that stand for a byte. Nothing is left
// out.
std::string Printable(absl::string_view bytes);

// As Printable, but control characters stay: JSON has its own way with them.
std::string ValidUtf8(absl::string_view bytes);

// An error with the place that it is about before its message: "targets.txt: it is a directory".
absl::Status At(absl::string_view where, const absl::Status& status);

}  // namespace pyslow

#endif  // PYSLOW_BASE_TEXT_H_
