#include "patterns/call_matcher.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace pyslow::patterns {
namespace {

std::vector<char32_t> CharactersOf(absl::string_view text) {
  std::vector<char32_t> characters;
  while (!text.empty()) characters.push_back(TakeCharacter(&text));
  return characters;
}

}  // namespace

CallMatcher::Characters::Characters(const FunctionNames& names)
    : module(CharactersOf(names.module)),
      real_module(CharactersOf(names.real_module)),
      file(CharactersOf(names.file)),
      qualname(CharactersOf(names.qualname)) {}

CallMatcher::CallMatcher(const TargetSet& set, std::vector<bool> is_used, size_t cache_bytes)
    : set_(set), cache_bytes_(cache_bytes), without_caller_(std::move(is_used)) {
  for (uint32_t i = 0; i < set.targets().size(); ++i) {
    const Target& target = set.targets()[i];
    if (!without_caller_[i] || !target.HasCaller()) continue;
    without_caller_[i] = false;
    sites_.push_back(
        {i,
         {GlobOf(target.CallerModulePart()), GlobOf(target.CallerQualnamePart()),
          target.CallerMatchesFile()},
         {GlobOf(target.ModulePart()), GlobOf(target.QualnamePart()), target.MatchesFile()}});
  }
  classes_.emplace(std::vector<uint32_t>(), kAnyCaller);
  class_targets_.emplace_back();
  matchers_.push_back(std::make_unique<Matcher>(set_, without_caller_, cache_bytes_));
}

bool CallMatcher::Matches(const Side& side, const Characters& names) {
  if (!GlobMatches(side.qualname, names.qualname)) return false;
  if (side.by_file) return GlobMatches(side.module, names.file);
  return GlobMatches(side.module, names.module) ||
         (!names.real_module.empty() && GlobMatches(side.module, names.real_module));
}

CallMatcher::CallerClass CallMatcher::ClassOf(const FunctionNames& caller) {
  if (sites_.empty()) return kAnyCaller;
  const Characters names(caller);
  std::vector<uint32_t> targets;
  for (const Site& site : sites_) {
    if (Matches(site.caller, names)) targets.push_back(site.target);
  }
  const auto [place, is_new] =
      classes_.try_emplace(targets, static_cast<CallerClass>(class_targets_.size()));
  if (is_new) {
    class_targets_.push_back(std::move(targets));
    matchers_.emplace_back();
  }
  return place->second;
}

bool CallMatcher::DependsOnCaller(const FunctionNames& callee) {
  if (sites_.empty()) return false;
  const Characters names(callee);
  return std::any_of(sites_.begin(), sites_.end(),
                     [&](const Site& site) { return Matches(site.callee, names); });
}

Match CallMatcher::Find(CallerClass caller, const FunctionNames& callee) {
  std::unique_ptr<Matcher>& matcher = matchers_[caller];
  if (matcher == nullptr) {
    std::vector<bool> is_used = without_caller_;
    for (const uint32_t target : class_targets_[caller]) is_used[target] = true;
    matcher = std::make_unique<Matcher>(set_, is_used, cache_bytes_);
  }
  return matcher->Find(callee.module, callee.real_module, callee.file, callee.qualname);
}

}  // namespace pyslow::patterns
