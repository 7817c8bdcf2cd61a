// A regular expression that finds a number, such as a throughput, in the output of a command.
#ifndef PYSLOW_SWEEP_TRIALS_METRIC_REGEX_H_
#define PYSLOW_SWEEP_TRIALS_METRIC_REGEX_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/printed_number.h"
#include "sweep/trials/regex_text.h"

namespace re2 {
class RE2;
}

namespace pyslow::trials {

// A match, with the line in which its number stands. Valid as long as the searched text.
struct RegexMatch {
  absl::string_view line;  // without its end; a long one is cut around the number
  TextRange number;        // in the line: the group, or the whole match
  TextRange matched;       // in the line: what the expression matched, as far as it lies in it
};

// An RE2 expression whose only capturing group, or whose whole match if it has none, is a number.
// `^` and `$` match at the ends of lines. Immutable, so any thread may use it.
class MetricRegex {
 public:
  // Whether "it/s" in the expression also matches "s/it" and "kit/s", whose figures are converted.
  enum class Units { kAsWritten, kAny };

  // InvalidArgument if the expression is empty, malformed or has several groups; the message
  // follows "--throughput-regex: ".
  static absl::StatusOr<MetricRegex> Compile(absl::string_view regex, Units units = Units::kAny);

  MetricRegex(MetricRegex&&) noexcept;
  MetricRegex& operator=(MetricRegex&&) noexcept;
  ~MetricRegex();

  // Calls `found` for each match in `text` that begins from `from` on and before `until`, and
  // returns where the search goes on. Matches of RegexText::with_other_units count.
  size_t Search(absl::string_view text, size_t from, size_t until,
                absl::FunctionRef<void(const RegexMatch&)> found) const;

  // The expression with a group that matches the whole of `number` in `line`; nullopt if a simple
  // change does not give one.
  std::optional<std::string> Corrected(absl::string_view line, TextRange number) const;

  const std::string& written() const { return written_; }
  // What it counts: "it" of it/s; "": not known.
  const std::string& thing() const { return text_.thing; }

 private:
  MetricRegex(std::string written, RegexText text, std::unique_ptr<re2::RE2> regex);

  std::string written_;
  RegexText text_;
  std::unique_ptr<re2::RE2> regex_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_METRIC_REGEX_H_
