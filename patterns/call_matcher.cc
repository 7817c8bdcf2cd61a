#include "patterns/call_matcher.h"

#include <algorithm>
#include <utility>

namespace pyslow::patterns {

std::vector<bool> TargetsOfCalls(const TargetSet& set, CallKind kind, bool counts) {
  std::vector<bool> is_used;
  is_used.reserve(set.targets().size());
  for (const Target& target : set.targets()) {
    const bool on_call = set.groups()[target.group].on_call;
    const bool selects =
        kind == CallKind::kNative ? counts || on_call || target.HasCaller() : counts && !on_call;
    is_used.push_back(target.excludes || (selects && !target.HasLines()));
  }
  return is_used;
}

CallMatcher::CallMatcher(const TargetSet& set, const Roles& roles, std::vector<bool> is_used,
                         size_t cache_bytes)
    : set_(set), roles_(roles), cache_bytes_(cache_bytes), without_caller_(std::move(is_used)) {
  if (!roles_.empty()) {
    std::vector<bool> is_in_role = without_caller_;
    for (uint32_t i = 0; i < set.targets().size(); ++i) {
      const Target& target = set.targets()[i];
      const bool decides = !target.excludes || !target.HasCaller();
      is_in_role[i] = is_in_role[i] && roles_.HasProcess(target.group) && decides;
    }
    in_roles_ = std::make_unique<Matcher>(set_, is_in_role, cache_bytes_ / 4);
  }
  for (uint32_t i = 0; i < set.targets().size(); ++i) {
    const Target& target = set.targets()[i];
    if (!without_caller_[i] || !target.HasCaller()) continue;
    without_caller_[i] = false;
    sites_.push_back({i,
                      {target.CallerModulePart(), target.CallerQualnamePart()},
                      {target.ModulePart(), target.QualnamePart()}});
  }
  classes_.emplace(std::vector<uint32_t>(), kAnyCaller);
  class_targets_.emplace_back();
  any_caller_ = MatcherOf(kAnyCaller, kNoRole);
}

CallMatcher::CallerClass CallMatcher::ClassOf(const FunctionNames& caller) {
  if (sites_.empty()) return kAnyCaller;
  const NameCharacters names(caller);
  std::vector<uint32_t> targets;
  for (const Site& site : sites_) {
    if (site.caller.Matches(names)) targets.push_back(site.target);
  }
  const auto [place, is_new] =
      classes_.try_emplace(targets, static_cast<CallerClass>(class_targets_.size()));
  if (is_new) class_targets_.push_back(std::move(targets));
  return place->second;
}

bool CallMatcher::DependsOnCaller(const FunctionNames& callee) {
  if (sites_.empty()) return false;
  const NameCharacters names(callee);
  return std::any_of(sites_.begin(), sites_.end(),
                     [&](const Site& site) { return site.callee.Matches(names); });
}

bool CallMatcher::DependsOnRole(const FunctionNames& callee) {
  return in_roles_ != nullptr &&
         in_roles_->Find(callee.module, callee.real_module, callee.file, callee.qualname).found();
}

Matcher* CallMatcher::MatcherOf(CallerClass caller, Role role) {
  std::unique_ptr<Matcher>& matcher = matchers_[{caller, role}];
  if (matcher == nullptr) {
    std::vector<bool> is_used = without_caller_;
    for (const uint32_t target : class_targets_[caller]) is_used[target] = true;
    for (uint32_t i = 0; i < is_used.size(); ++i) {
      is_used[i] = is_used[i] && roles_.Applies(role, set_.targets()[i].group);
    }
    matcher = std::make_unique<Matcher>(set_, is_used, cache_bytes_);
  }
  return matcher.get();
}

Match CallMatcher::Find(CallerClass caller, const FunctionNames& callee, Role role) {
  return MatcherOf(caller, role)
      ->Find(callee.module, callee.real_module, callee.file, callee.qualname);
}

}  // namespace pyslow::patterns
