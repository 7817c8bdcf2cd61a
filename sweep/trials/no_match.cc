#include "sweep/trials/no_match.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/sanitize.h"

namespace pyslow::trials {
namespace {

constexpr size_t kMaxQuotedLine = 120;  // characters of a line of the output in a message

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

}  // namespace

absl::Status NoMatch(absl::string_view what, absl::string_view output) {
  constexpr size_t kLastLines = 5;
  const std::vector<absl::string_view> lines = LinesWithText(output);
  if (lines.empty()) {
    return absl::NotFoundError(absl::StrCat(what, ": the command printed nothing"));
  }
  std::string message = absl::StrCat(what, " in the command's output");
  const auto likely = std::find_if(lines.rbegin(), lines.rend(), LooksLikeMetric);
  if (likely != lines.rend()) {
    absl::StrAppend(&message, "; this line looks like a metric: '",
                    Excerpt(*likely, kMaxQuotedLine), "'");
  }
  const size_t first = lines.size() > kLastLines ? lines.size() - kLastLines : 0;
  absl::StrAppend(&message, "; the output's last lines:");
  for (size_t i = first; i < lines.size(); ++i)
    absl::StrAppend(&message, "\n  ", Excerpt(lines[i], kMaxQuotedLine));
  return absl::NotFoundError(message);
}

}  // namespace pyslow::trials
