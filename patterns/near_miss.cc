#include "patterns/near_miss.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "patterns/escape.h"
#include "patterns/glob.h"
#include "patterns/main_names.h"

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
      const int replaced = d[i - 1][j - 1] + (TokenMatches(glob, token, name[j - 1]) ? 0 : 1);
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
  if (GlobMatches(glob_, characters_)) return 0;
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

struct Suggestion {
  int distance;
  std::string text;
  bool operator<(const Suggestion& other) const {
    return std::tie(distance, text) < std::tie(other.distance, other.text);
  }
};

// Inserts the suggestion in order, each text once, and keeps the best `max_count`.
void Keep(Suggestion suggestion, size_t max_count, std::vector<Suggestion>* best) {
  const auto same = std::find_if(best->begin(), best->end(), [&](const Suggestion& other) {
    return other.text == suggestion.text;
  });
  if (same != best->end()) {
    if (same->distance <= suggestion.distance) return;
    best->erase(same);
  }
  best->insert(std::upper_bound(best->begin(), best->end(), suggestion), std::move(suggestion));
  if (best->size() > max_count) best->pop_back();
}

std::vector<std::string> TextsOf(std::vector<Suggestion> suggestions) {
  std::vector<std::string> texts;
  texts.reserve(suggestions.size());
  for (Suggestion& suggestion : suggestions) texts.push_back(std::move(suggestion.text));
  return texts;
}

// The two parts of a pattern to replace, and the text of the target around them.
struct Sides {
  absl::string_view module;
  absl::string_view qualname;
  std::string before;
  std::string after;
};

class Search {
 public:
  // `sides` and `main_names` must outlive the search.
  Search(const Sides& sides, const MainNames& main_names, size_t max_count)
      : sides_(sides),
        main_names_(main_names),
        max_count_(max_count),
        by_file_(sides.module.find('/') != absl::string_view::npos),
        left_(sides.module, by_file_ ? '/' : '.'),
        right_(sides.qualname, '.') {}

  void Compare(const FunctionIdView& name);

  // Whether a name matched both parts.
  bool found() const { return found_; }
  std::vector<std::string> Texts() && { return TextsOf(std::move(best_)); }

 private:
  void CompareAlias(const AliasParts& alias);
  // The distance to the module, or to the real name of the main program.
  int ModuleDistance(absl::string_view module, const FunctionIdView& code);
  int WorstDistance() const {
    return best_.size() == max_count_ ? best_.back().distance : kFar - 1;
  }

  const Sides& sides_;
  const MainNames& main_names_;
  const size_t max_count_;
  const bool by_file_;
  Part left_;
  Part right_;
  bool found_ = false;
  std::vector<Suggestion> best_;
};

int Search::ModuleDistance(absl::string_view module, const FunctionIdView& code) {
  int distance = left_.DistanceTo(module);
  if (module != kMainModule || distance == 0) return distance;
  for (const std::string& name : main_names_.Of({module, "", code.file})) {
    distance = std::min(distance, left_.DistanceTo(name));
  }
  return distance;
}

void Search::CompareAlias(const AliasParts& alias) {
  const auto& [function, code] = alias;
  if (by_file_ || code.qualname.empty()) return;
  const int left_distance = ModuleDistance(function.module, code);
  if (left_distance > WorstDistance()) return;  // includes kFar
  const int right_distance = right_.DistanceTo(function.qualname);
  const int distance = left_distance + right_distance;
  if (right_distance == kFar || distance > WorstDistance()) return;
  // More edits are no typing mistakes: the method of another class has nothing to do with it.
  constexpr int kMaxEdits = 2;
  if (distance % kUnequal > kMaxEdits) return;
  std::string module(sides_.module);
  if (left_.DistanceTo(code.module) != 0) module = EscapedName(code.module);
  if (module.empty()) module.push_back('*');
  std::string qualname(sides_.qualname);
  if (right_.DistanceTo(code.qualname) != 0) qualname = EscapedName(code.qualname);
  Keep({distance, absl::StrCat(sides_.before, module, ":", qualname, sides_.after)}, max_count_,
       &best_);
}

void Search::Compare(const FunctionIdView& name) {
  if (const auto alias = AliasPartsOf(name); alias.has_value()) return CompareAlias(*alias);
  const absl::string_view left_name = by_file_ ? name.file : name.module;
  const int left_distance =
      by_file_ ? left_.DistanceTo(name.file) : ModuleDistance(name.module, name);
  if (left_distance > WorstDistance()) return;  // includes kFar
  const int right_distance = right_.DistanceTo(name.qualname);
  if (right_distance == kFar) return;
  const int distance = left_distance + right_distance;
  found_ = found_ || distance == 0;
  // A real name is a guess: the module that was recorded matches for certain.
  const bool keeps_left = left_distance == 0 && left_.DistanceTo(left_name) == 0;
  if ((distance == 0 && keeps_left) || distance > WorstDistance()) return;
  // A suggested part must not be empty, and must stay a module or a file.
  const bool has_slash = left_name.find('/') != absl::string_view::npos;
  if (!keeps_left && (left_name.empty() || has_slash != by_file_)) return;
  if (right_distance > 0 && name.qualname.empty()) return;
  Keep({distance,
        absl::StrCat(
            sides_.before, keeps_left ? std::string(sides_.module) : EscapedName(left_name), ":",
            right_distance == 0 ? std::string(sides_.qualname) : EscapedName(name.qualname),
            sides_.after)},
       max_count_, &best_);
}

}  // namespace

std::vector<std::string> NearMisses(const Target& target, absl::Span<const FunctionIdView> seen,
                                    size_t max_count) {
  if (max_count == 0) return {};
  const std::string mark = target.excludes ? "!" : "";
  Sides callee = {target.ModulePart(), target.QualnamePart(), mark,
                  target.HasLines() ? target.lines.Text() : ""};
  if (target.HasCaller()) {
    absl::StrAppend(&callee.before, target.CallerModulePart(), ":", target.CallerQualnamePart(),
                    kCallArrow);
  }
  const MainNames main_names(seen);
  Search search(callee, main_names, max_count);
  for (const FunctionIdView& name : seen) search.Compare(name);
  const bool has_callee = search.found();
  std::vector<std::string> callees = std::move(search).Texts();
  if (!target.HasCaller() || (!has_callee && !callees.empty())) return callees;
  const Sides caller = {target.CallerModulePart(), target.CallerQualnamePart(), mark,
                        absl::StrCat(kCallArrow, callee.module, ":", callee.qualname)};
  Search by_caller(caller, main_names, max_count);
  for (const FunctionIdView& name : seen) by_caller.Compare(name);
  if (!has_callee && by_caller.found()) return {};
  return std::move(by_caller).Texts();
}

std::vector<std::string> NearNames(absl::string_view glob, absl::Span<const std::string> seen,
                                   size_t max_count) {
  Part part(glob, '\n');  // names are lines: as one component
  std::vector<Suggestion> best;
  for (const std::string& name : seen) {
    const int distance = part.DistanceTo(name);
    if (distance > 0 && distance != kFar) Keep({distance, name}, max_count, &best);
  }
  return TextsOf(std::move(best));
}

}  // namespace pyslow::patterns
