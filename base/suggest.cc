#include "base/suggest.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pyslow {
namespace {

// Optimal string alignment distance (Damerau 1964, no substring edited twice).
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

// Such as --output for --out and --summ for --summary.
bool IsPrefixOfOther(absl::string_view a, absl::string_view b) {
  constexpr size_t kMinPrefix = 5;  // including the dashes of an option
  return std::min(a.size(), b.size()) >= kMinPrefix &&
         (absl::StartsWith(a, b) || absl::StartsWith(b, a));
}

}  // namespace

std::string NearestName(absl::string_view word, absl::Span<const std::string> candidates) {
  constexpr size_t kMaxLength = 200;  // the cost of the distance is quadratic
  if (word.size() > kMaxLength) return "";
  const size_t max_distance = std::max<size_t>(1, word.size() / 3);
  size_t best = max_distance + 1;
  std::string nearest;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kMaxLength) continue;
    size_t distance = EditDistance(word, candidate);
    if (IsPrefixOfOther(word, candidate)) distance = std::min(distance, max_distance);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(absl::string_view word, absl::Span<const std::string> candidates) {
  const std::string nearest = NearestName(word, candidates);
  return nearest.empty() ? "" : absl::StrCat("; did you mean '", nearest, "'?");
}

}  // namespace pyslow
