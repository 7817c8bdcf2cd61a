#include "base/parse_value.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/duration_text.h"
#include "base/suggest.h"

namespace pyslow {
namespace {

absl::StatusOr<double> ParseNumberIn(absl::string_view number, double low, double high,
                                     absl::string_view text, absl::string_view example) {
  double value = 0;
  if (absl::SimpleAtod(number, &value) && value > low && value <= high) return value;
  return absl::InvalidArgumentError(absl::StrCat("'", text, "': expected a number greater than ",
                                                 low, " and at most ", high, example));
}

bool Contains(const std::vector<std::string>& words, absl::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

absl::StatusOr<double> ParseLongTime(absl::string_view text, int64_t max_ns) {
  absl::string_view number = text;
  int64_t scale = 1;
  if (absl::ConsumeSuffix(&number, "h")) {
    scale = 3600;
  } else if (absl::ConsumeSuffix(&number, "m")) {
    scale = 60;
  }
  const absl::StatusOr<int64_t> ns =
      ParseTimeNs(scale == 1 ? std::string(text) : absl::StrCat(number, "s"), max_ns / scale);
  if (ns.ok() && *ns > 0) return static_cast<double>(*ns) * 1e-9 * static_cast<double>(scale);
  return absl::InvalidArgumentError(
      absl::StrCat("'", text,
                   "' is not a duration above 0; expected a number with s, m or h, such as 90s, "
                   "10m or 1.5h"));
}

absl::StatusOr<double> ParseRatio(absl::string_view text, double low, double high) {
  return ParseNumberIn(text, low, high, text, ", such as 4");
}

absl::StatusOr<double> ParsePercentage(absl::string_view text) {
  absl::string_view number = text;
  if (!absl::ConsumeSuffix(&number, "%")) number = "";
  absl::StatusOr<double> percent = ParseNumberIn(number, 0, 100, text, " with a %, such as 1%");
  if (percent.ok()) *percent /= 100;
  return percent;
}

absl::StatusOr<double> ParseShare(absl::string_view text) {
  if (absl::EndsWith(text, "%")) return ParsePercentage(text);
  return ParseNumberIn(text, 0, 1, text, ", or a percentage such as 1%");
}

absl::StatusOr<std::string> ParseWord(absl::string_view text, absl::string_view choices) {
  const std::vector<std::string> known = absl::StrSplit(choices, ' ');
  if (Contains(known, text)) return std::string(text);
  return absl::InvalidArgumentError(absl::StrCat(
      "'", text, "': expected one of ", absl::StrJoin(known, ", "), DidYouMean(text, known)));
}

absl::StatusOr<std::vector<std::string>> ParseWords(absl::string_view text,
                                                    absl::string_view choices) {
  const std::vector<std::string> known = absl::StrSplit(choices, ' ');
  const std::string expected = absl::StrCat("expected one or more of ", absl::StrJoin(known, ", "),
                                            ", such as ", absl::StrJoin(known, ","));
  std::vector<std::string> words;
  for (const absl::string_view word : absl::StrSplit(text, ',')) {
    if (!Contains(known, word)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", word, "': ", expected, DidYouMean(word, known)));
    }
    if (Contains(words, word)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", text, "' contains ", word, " twice; ", expected));
    }
    words.emplace_back(word);
  }
  return words;
}

}  // namespace pyslow
