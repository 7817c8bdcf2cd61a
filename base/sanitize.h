// Makes text from programs, files and users safe to print. This is the only sanitiser in the
// project: text that reaches a terminal, a page or a JSON file passes through it.
#ifndef PYSLOW_BASE_SANITIZE_H_
#define PYSLOW_BASE_SANITIZE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow {

// Whether a terminal acts on the character instead of showing it: C0, DEL, C1, and the marks that
// change the direction of text (U+202A to U+202E, U+2066 to U+2069; see CVE-2021-42574).
bool IsControl(char32_t character);

// All functions below return valid UTF-8. A byte that is not UTF-8 becomes \xNN. A lone surrogate
// becomes \uNNNN, or \xNN if it stands for a byte (U+DC80 to U+DCFF, PEP 383).

// One line: each byte of a control character becomes \xNN.
std::string Printable(absl::string_view bytes);

// Printable, but at most `max_characters` of the text, followed by "…" if it is longer. For
// messages.
std::string Excerpt(absl::string_view bytes, size_t max_characters = 60);

// Several lines: as Printable, but line feeds and tabs stay.
std::string PrintableLines(absl::string_view bytes);

// For JSON, whose writer escapes control characters: they stay.
std::string ValidUtf8(absl::string_view bytes);

}  // namespace pyslow

#endif  // PYSLOW_BASE_SANITIZE_H_
