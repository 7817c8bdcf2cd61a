#include "patterns/near_miss.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/utf8.h"
#include "patterns/glob.h"

namespace pyslow::patterns {
namespace {

// A distance is kUnequal for each component that differs, plus the edits within these components.
constexpr int kUnequal = 1 << 16;
constexpr int kFar = 1 << 30;
// Longer names and patterns have no suggestions, since the cost is quadratic.
constexpr size_t kMaxComponents = 24;
constexpr size_t kMaxComponentSize = 80;

using Tokens = std::vector<uint32_t>;
using Characters = absl::Span<const char32_t>;

bool TokenTakes(const Glob& glob, uint32_t token, char32_t c) {
  if (token >= kFirstSet) return Contains(glob.sets[token - kFirstSet], c);
  return token == kAnyCharacter || token == c;
}

// Whether the glob matches all of `name`. After a mismatch the latest run grows by one.
bool Takes(const Glob& glob, Characters name) {
  const Tokens& tokens = glob.tokens;
  size_t t = 0;
  size_t n = 0;
  size_t run = tokens.size();
  size_t run_end = 0;
  while (n < name.size()) {
    if (t < tokens.size() && tokens[t] == kAnyRun) {
      run = t++;
      run_end = n;
    } else if (t < tokens.size() && TokenTakes(glob, tokens[t], name[n])) {
      ++t;
      ++n;
    } else if (run < tokens.size()) {
      t = run + 1;
      n = ++run_end;
    } else {
      return false;
    }
  }
  while (t < tokens.size() && tokens[t] == kAnyRun) ++t;
  return t == tokens.size();
}

// The minimum number of characters to insert, delete, replace or swap with a neighbour in `name`
// until `tokens` matches it (optimal string alignment).
int Edits(const Glob& glob, absl::Span<const uint32_t> tokens, Characters name) {
  // Equal prefixes and suffixes add nothing, and usually leave little to compare.
  while (!tokens.empty() && !name.empty() && tokens.front() == name.front()) {
    tokens.remove_prefix(1);
    name.remove_prefix(1);
  }
  while (!tokens.empty() && !name.empty() && tokens.back() == name.back()) {
    tokens.remove_suffix(1);
    name.remove_suffix(1);
  }
  const size_t columns = name.size() + 1;
  int d[kMaxComponentSize + 1][kMaxComponentSize + 1];
  d[0][0] = 0;
  for (size_t j = 1; j < columns; ++j) d[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= tokens.size(); ++i) {
    const uint32_t token = tokens[i - 1];
    const bool run = token == kAnyRun;
    d[i][0] = d[i - 1][0] + (run ? 0 : 1);
    for (size_t j = 1; j < columns; ++j) {
      if (run) {
        d[i][j] = std::min(d[i - 1][j], d[i][j - 1]);
        continue;
      }
      const int replaced = d[i - 1][j - 1] + (TokenTakes(glob, token, name[j - 1]) ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && token == name[j - 2] && tokens[i - 2] == name[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[tokens.size()][name.size()];
}

// The module or qualname part of a pattern, to be compared with many names.
class Part {
 public:
  Part(absl::string_view text, char separator);

  // 0: the part matches the name; kFar: they are not similar.
  int DistanceTo(absl::string_view name) {
    const auto [place, is_new] = distances_.try_emplace(name, 0);
    if (is_new) place->second = Measure(name);
    return place->second;
  }

 private:
  int Measure(absl::string_view name);
  int ComponentDistance(const Tokens& component, Characters name) const;
  int RoughDistance(const Tokens& component, Characters name) const;
  int Align(absl::Span<const Characters> names) const;
  bool IsNear(int distance) const;

  const char separator_;
  Glob glob_;
  std::vector<Tokens> components_;
  int named_ = 0;     // number of components other than `*`
  int literals_ = 0;  // number of tokens other than `*`
  bool has_runs_ = false;
  bool too_long_ = false;
  absl::flat_hash_map<absl::string_view, int> distances_;
  // The name that is measured, and its components.
  std::vector<char32_t> characters_;
  std::vector<Characters> names_;
};

Part::Part(absl::string_view text, char separator) : separator_(separator), components_(1) {
  too_long_ = !ParseGlob(text, &glob_).ok();
  for (const uint32_t token : glob_.tokens) {
    if (token == static_cast<uint32_t>(separator)) {
      components_.emplace_back();
      continue;
    }
    components_.back().push_back(token);
    literals_ += token != kAnyRun;
    has_runs_ = has_runs_ || token == kAnyRun;
  }
  for (const Tokens& component : components_) {
    named_ += component != Tokens{kAnyRun};
    too_long_ = too_long_ || component.size() > kMaxComponentSize;
  }
  too_long_ = too_long_ || components_.size() > kMaxComponents;
}

int Part::ComponentDistance(const Tokens& component, Characters name) const {
  const int edits = Edits(glob_, component, name);
  return edits == 0 ? 0 : kUnequal + edits;
}

// An upper bound of ComponentDistance, for alignments that are rarely optimal.
int Part::RoughDistance(const Tokens& component, Characters name) const {
  const bool equal = std::equal(component.begin(), component.end(), name.begin(), name.end());
  return equal ? 0 : kUnequal + static_cast<int>(std::max(component.size(), name.size()));
}

// The distance of the best alignment of the part's components with those of a name. A component `*`
// aligns with any number of components.
int Part::Align(absl::Span<const Characters> names) const {
  int d[kMaxComponents + 1][kMaxComponents + 1];
  d[0][0] = 0;
  for (size_t j = 1; j <= names.size(); ++j) {
    d[0][j] = d[0][j - 1] + kUnequal + static_cast<int>(names[j - 1].size());
  }
  const bool same_size = components_.size() == names.size();
  for (size_t i = 1; i <= components_.size(); ++i) {
    const Tokens& component = components_[i - 1];
    const bool anything = component == Tokens{kAnyRun};
    const int dropped = anything ? 0 : kUnequal + static_cast<int>(component.size());
    d[i][0] = d[i - 1][0] + dropped;
    for (size_t j = 1; j <= names.size(); ++j) {
      const int added = anything ? 0 : kUnequal + static_cast<int>(names[j - 1].size());
      const int replaced = same_size && i != j ? RoughDistance(component, names[j - 1])
                                               : ComponentDistance(component, names[j - 1]);
      d[i][j] = std::min({d[i - 1][j] + dropped, d[i][j - 1] + added, d[i - 1][j - 1] + replaced});
    }
  }
  return d[components_.size()][names.size()];
}

// Whether half of the components are equal, or few characters differ: a third of one component, a
// quarter if it has runs, a sixth of several components, but at least one character.
bool Part::IsNear(int distance) const {
  const int unequal = distance / kUnequal;
  const int edits = distance % kUnequal;
  if (named_ > 1 && 2 * unequal <= named_) return true;
  const int share = named_ > 1 ? 6 : has_runs_ ? 4 : 3;
  return edits < literals_ && edits <= std::max(1, literals_ / share);
}

int Part::Measure(absl::string_view name) {
  if (too_long_ || name.size() > 4 * kMaxComponents * kMaxComponentSize) return kFar;
  characters_.clear();
  for (absl::string_view rest = name; !rest.empty();) characters_.push_back(TakeCharacter(&rest));
  if (Takes(glob_, characters_)) return 0;
  const Characters all = characters_;
  names_.clear();
  for (size_t begin = 0; begin <= all.size();) {
    const size_t end =
        std::find(all.begin() + begin, all.end(), static_cast<char32_t>(separator_)) - all.begin();
    names_.push_back(all.subspan(begin, end - begin));
    if (names_.size() > kMaxComponents || names_.back().size() > kMaxComponentSize) return kFar;
    begin = end + 1;
  }
  const int distance = std::max(1, Align(names_));
  return IsNear(distance) ? distance : kFar;
}

// A glob that matches exactly `name`. A character that a target file cannot contain becomes `?`.
std::string Escaped(absl::string_view name) {
  std::string glob;
  for (absl::string_view rest = name; !rest.empty();) {
    const bool first = rest.size() == name.size();
    const char32_t c = TakeCharacter(&rest);
    if (IsControl(c) || c == kInvalidByte || IsSurrogate(c)) {
      glob.push_back('?');
      continue;
    }
    const bool special = c < 0x80 && absl::string_view("*?[]\\:#").find(static_cast<char>(c)) !=
                                         absl::string_view::npos;
    if (special || (c == '!' && first) || (c == ' ' && (first || rest.empty()))) {
      glob.push_back('\\');
    }
    AppendUtf8(c, &glob);
  }
  return glob;
}

struct Suggestion {
  int distance;
  std::string text;
  bool operator<(const Suggestion& other) const {
    return std::tie(distance, text) < std::tie(other.distance, other.text);
  }
};

// Inserts the suggestion in order, each text once, and keeps the best `max_count`.
void Keep(Suggestion suggestion, size_t max_count, std::vector<Suggestion>* best) {
  for (const Suggestion& other : *best) {
    if (other.text == suggestion.text) return;
  }
  best->insert(std::upper_bound(best->begin(), best->end(), suggestion), std::move(suggestion));
  if (best->size() > max_count) best->pop_back();
}

}  // namespace

std::vector<std::string> NearMisses(const Target& target, absl::Span<const FunctionIdView> seen,
                                    size_t max_count) {
  if (max_count == 0) return {};
  const bool by_file = target.MatchesFile();
  Part left(target.ModulePart(), by_file ? '/' : '.');
  Part right(target.QualnamePart(), '.');
  std::vector<Suggestion> best;
  for (const FunctionIdView& name : seen) {
    const absl::string_view left_name = by_file ? name.file : name.module;
    const int left_distance = left.DistanceTo(left_name);
    const int worst = best.size() == max_count ? best.back().distance : kFar - 1;
    if (left_distance > worst) continue;  // includes kFar
    const int right_distance = right.DistanceTo(name.qualname);
    if (right_distance == kFar) continue;
    const int distance = left_distance + right_distance;
    if (distance == 0 || distance > worst) continue;
    // A suggested part must not be empty, and must stay a module or a file.
    const bool has_slash = left_name.find('/') != absl::string_view::npos;
    if (left_distance > 0 && (left_name.empty() || has_slash != by_file)) continue;
    if (right_distance > 0 && name.qualname.empty()) continue;
    Keep({distance,
          absl::StrCat(
              target.excludes ? "!" : "",
              left_distance == 0 ? std::string(target.ModulePart()) : Escaped(left_name), ":",
              right_distance == 0 ? std::string(target.QualnamePart()) : Escaped(name.qualname))},
         max_count, &best);
  }
  std::vector<std::string> texts;
  texts.reserve(best.size());
  for (Suggestion& suggestion : best) texts.push_back(std::move(suggestion.text));
  return texts;
}

}  // namespace pyslow::patterns
