#include "patterns/main_names.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace pyslow::patterns {
namespace {

// Packages nested deeper have no name here.
constexpr size_t kMaxPathComponents = 8;

// For /a/pkg/mod.py: mod, pkg.mod, a.pkg.mod. For /a/pkg/__main__.py also pkg and a.pkg.
std::vector<std::string> NamesOfFile(absl::string_view file) {
  std::vector<std::string> names;
  const size_t dot = file.rfind('.');
  const size_t slash = file.rfind('/');
  const size_t begin = slash == absl::string_view::npos ? 0 : slash + 1;
  absl::string_view rest =
      dot == absl::string_view::npos || dot <= begin ? file : file.substr(0, dot);
  std::string name;
  for (size_t i = 0; i < kMaxPathComponents && !rest.empty(); ++i) {
    const size_t end = rest.rfind('/');
    const bool has_more = end != absl::string_view::npos;
    const absl::string_view component = has_more ? rest.substr(end + 1) : rest;
    if (component.empty()) break;
    name = name.empty() ? std::string(component) : absl::StrCat(component, ".", name);
    rest = has_more ? rest.substr(0, end) : "";
    if (name == kMainModule) continue;
    names.push_back(name);
    absl::string_view package = name;
    if (absl::ConsumeSuffix(&package, ".__main__")) names.emplace_back(package);
  }
  return names;
}

bool HasFile(const FunctionIdView& function) {
  return !function.file.empty() && !absl::StartsWith(function.file, "<");
}

}  // namespace

MainNames::MainNames(absl::Span<const FunctionIdView> functions) {
  for (const FunctionIdView& function : functions) {
    if (function.module != kMainModule || !HasFile(function)) continue;
    const auto [place, is_new] = names_.try_emplace(function.file);
    if (!is_new) continue;
    place->second = NamesOfFile(function.file);
    all_.insert(all_.end(), place->second.begin(), place->second.end());
  }
}

const std::vector<std::string>& MainNames::Of(const FunctionIdView& function) const {
  static const std::vector<std::string> kNone;
  if (function.module != kMainModule) return kNone;
  if (!HasFile(function)) return all_;
  const auto found = names_.find(function.file);
  return found == names_.end() ? kNone : found->second;
}

std::vector<NameCharacters> MainNames::CharactersOf(const FunctionIdView& function) const {
  std::vector<NameCharacters> characters;
  for (const std::string& name : Of(function)) {
    characters.emplace_back(FunctionNames{function.module, name, function.file, function.qualname});
  }
  if (characters.empty()) {
    characters.emplace_back(FunctionNames{function.module, "", function.file, function.qualname});
  }
  return characters;
}

bool MatchesAny(const FunctionSide& side, const std::vector<NameCharacters>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const NameCharacters& name) { return side.Matches(name); });
}

}  // namespace pyslow::patterns
