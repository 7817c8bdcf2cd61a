#include "sweep/trials/metric_regex.h"

#include <re2/re2.h>
#include <re2/stringpiece.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/sanitize.h"

namespace pyslow::trials {
namespace {

constexpr size_t kMaxExcerpt = 120;  // characters of a line of the output in a message

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

enum class Commas { kNone, kThousands, kAmbiguous, kWrong };

// Classifies the commas of a number. Thousands commas separate one to three digits that do not
// start with 0 and groups of three; only two commas or a decimal point exclude a decimal comma.
Commas KindOfCommas(absl::string_view number) {
  if (!absl::StrContains(number, ",")) return Commas::kNone;
  const absl::string_view whole = number.substr(0, number.find_first_of(".eE"));
  const std::vector<absl::string_view> groups = absl::StrSplit(whole, ',');
  for (size_t i = 0; i < groups.size(); ++i) {
    const bool right_length =
        i == 0 ? !groups[i].empty() && groups[i].size() <= 3 : groups[i].size() == 3;
    if (!right_length) return Commas::kWrong;
  }
  if (groups.size() == 1 || groups.front().front() == '0') return Commas::kWrong;
  const bool has_point = whole.size() < number.size() && number[whole.size()] == '.';
  const bool comma_after_point = absl::StrContains(number.substr(whole.size()), ",");
  if (comma_after_point) return Commas::kWrong;
  return groups.size() > 2 || has_point ? Commas::kThousands : Commas::kAmbiguous;
}

std::vector<absl::string_view> LinesWithText(absl::string_view output) {
  std::vector<absl::string_view> lines;
  for (const absl::string_view line : absl::StrSplit(output, absl::ByAnyChar("\n\r"))) {
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (!text.empty()) lines.push_back(text);
  }
  return lines;
}

// Words that benchmarks print beside a throughput or a time.
constexpr std::array<absl::string_view, 9> kMetricWords = {
    "/s", "per second", "throughput", "rate", "speed", "/sec", "qps", "it/s", "elapsed"};

bool LooksLikeMetric(absl::string_view line) {
  const std::string lower = absl::AsciiStrToLower(line);
  return lower.find_first_of("0123456789") != std::string::npos &&
         std::any_of(kMetricWords.begin(), kMetricWords.end(),
                     [&](absl::string_view word) { return absl::StrContains(lower, word); });
}

absl::Status NoMatch(absl::string_view output) {
  constexpr size_t kLastLines = 5;
  const std::vector<absl::string_view> lines = LinesWithText(output);
  if (lines.empty()) {
    return absl::NotFoundError("it matches nothing: the command printed nothing");
  }
  std::string message = "it matches nothing in the command's output";
  const auto likely = std::find_if(lines.rbegin(), lines.rend(), LooksLikeMetric);
  if (likely != lines.rend()) {
    absl::StrAppend(&message, "; this line looks like a metric: '", Excerpt(*likely, kMaxExcerpt),
                    "'");
  }
  const size_t first = lines.size() > kLastLines ? lines.size() - kLastLines : 0;
  absl::StrAppend(&message, "; the output's last lines:");
  for (size_t i = first; i < lines.size(); ++i)
    absl::StrAppend(&message, "\n  ", Excerpt(lines[i], kMaxExcerpt));
  return absl::NotFoundError(message);
}

}  // namespace

absl::StatusOr<double> ParseNumber(absl::string_view text) {
  const absl::string_view number = absl::StripAsciiWhitespace(text);
  const absl::string_view unsigned_number =
      number.substr(!number.empty() && (number.front() == '-' || number.front() == '+') ? 1 : 0);
  const auto refused = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("'", Excerpt(text, kMaxExcerpt), "' ", why));
  };
  // SimpleAtod also accepts "inf", "nan" and hexadecimal digits.
  const bool looks_right =
      unsigned_number.find_first_not_of("0123456789.,eE+-") == absl::string_view::npos &&
      !unsigned_number.empty() && (IsDigit(unsigned_number.front()) || unsigned_number[0] == '.');
  if (!looks_right) return refused("is not a number");
  switch (KindOfCommas(unsigned_number)) {
    case Commas::kAmbiguous:
      return refused("may have a thousands comma or a decimal comma; print it without one");
    case Commas::kWrong:
      return refused("is not a number with thousands commas; print it with a decimal point");
    case Commas::kNone:
    case Commas::kThousands:
      break;
  }
  double value = 0;
  if (!absl::SimpleAtod(absl::StrReplaceAll(number, {{",", ""}}), &value) ||
      !std::isfinite(value)) {
    return refused("is not a number");
  }
  return value;
}

absl::StatusOr<MetricRegex> MetricRegex::Compile(absl::string_view regex) {
  if (regex.empty())
    return absl::InvalidArgumentError("it is empty; expected a regular expression");
  RE2::Options options;
  options.set_log_errors(false);
  // Without the (?m:...) below, so that an error message quotes what the user wrote.
  const re2::StringPiece written(regex.data(), regex.size());
  const RE2 alone(written, options);
  if (!alone.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("'", Excerpt(regex, kMaxExcerpt),
                                                   "' is not a regular expression: ", alone.error(),
                                                   " (the syntax is RE2's)"));
  }
  if (alone.NumberOfCapturingGroups() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", Excerpt(regex, kMaxExcerpt), "' has ", alone.NumberOfCapturingGroups(),
                     " groups; put one around the number, and write (?:...) for the others"));
  }
  auto by_line = std::make_unique<RE2>(absl::StrCat("(?m:", regex, ")"), options);
  if (!by_line->ok()) return absl::InvalidArgumentError(by_line->error());
  return MetricRegex(std::move(by_line));
}

MetricRegex::MetricRegex(std::unique_ptr<re2::RE2> regex) : regex_(std::move(regex)) {}
MetricRegex::MetricRegex(MetricRegex&&) noexcept = default;
MetricRegex& MetricRegex::operator=(MetricRegex&&) noexcept = default;
MetricRegex::~MetricRegex() = default;

absl::StatusOr<absl::string_view> MetricRegex::LastMatch(absl::string_view output) const {
  const re2::StringPiece text(output.data(), output.size());
  const int group = regex_->NumberOfCapturingGroups();
  std::optional<absl::string_view> last;
  size_t from = 0;
  std::array<re2::StringPiece, 2> found;
  while (from <= output.size() && regex_->Match(text, from, output.size(), RE2::UNANCHORED,
                                                found.data(), static_cast<int>(found.size()))) {
    const re2::StringPiece& number = found[static_cast<size_t>(group)];
    if (number.data() != nullptr) last = absl::string_view(number.data(), number.size());
    const auto end = static_cast<size_t>(found[0].data() - output.data()) + found[0].size();
    from = found[0].empty() ? end + 1 : end;
  }
  if (!last.has_value()) return NoMatch(output);
  return *last;
}

absl::StatusOr<double> MetricRegex::FindNumber(absl::string_view output) const {
  const absl::StatusOr<absl::string_view> match = LastMatch(output);
  if (!match.ok()) return match.status();
  absl::StatusOr<double> value = ParseNumber(*match);
  if (value.ok()) return value;
  return absl::InvalidArgumentError(
      absl::StrCat("its last match in the command's output, ", value.status().message()));
}

absl::StatusOr<double> MetricRegex::Find(absl::string_view output) const {
  absl::StatusOr<double> value = FindNumber(output);
  if (!value.ok() || *value > 0) return value;
  return absl::InvalidArgumentError(absl::StrCat("its last match in the command's output, '",
                                                 Excerpt(*LastMatch(output), kMaxExcerpt),
                                                 "', is not above 0"));
}

}  // namespace pyslow::trials
