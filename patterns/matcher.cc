#include "patterns/matcher.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "patterns/glob.h"

namespace pyslow::patterns {
namespace {

std::vector<bool> OfCalls(const TargetSet& set) {
  std::vector<bool> is_used;
  for (const Target& target : set.targets()) is_used.push_back(target.SelectsCalls());
  return is_used;
}

}  // namespace

Matcher::LeftSide::LeftSide(std::vector<Nfa::Entry> entries, size_t cache_bytes)
    : nfa(std::move(entries), 1), dfa(&nfa, nullptr, cache_bytes) {}

void Matcher::LeftSide::AppendMatches(absl::string_view name, uint32_t offset,
                                      std::vector<uint32_t>* parts) {
  if (nfa.empty()) return;
  if (start_generation != dfa.generation()) {
    constexpr std::array<uint32_t, 1> kRoot = {0};
    start = dfa.Start(kRoot);
    start_generation = dfa.generation();
  }
  for (const Nfa::Position position : dfa.Positions(dfa.Walk(start, name))) {
    const uint32_t accept = nfa.AcceptAt(position);
    if (accept != Nfa::kNone) parts->push_back(offset + accept);
  }
}

Matcher::Matcher(const TargetSet& set, size_t cache_bytes)
    : Matcher(set, OfCalls(set), cache_bytes) {}

Matcher::Matcher(const TargetSet& set, const std::vector<bool>& is_used, size_t cache_bytes) {
  std::vector<GroupRule::Rank> ranks = RankTargets(set);
  BuildLeftSides(set, is_used, cache_bytes);
  BuildQualnames(set, std::move(ranks), cache_bytes);
}

std::vector<GroupRule::Rank> Matcher::RankTargets(const TargetSet& set) {
  const std::vector<Target>& targets = set.targets();
  std::vector<uint32_t> order(targets.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&targets](uint32_t a, uint32_t b) {
    return targets[a].group < targets[b].group;
  });
  std::vector<GroupRule::Rank> ranks;
  rank_of_target_.resize(targets.size());
  for (const uint32_t index : order) {
    const Target& target = targets[index];
    rank_of_target_[index] = static_cast<uint32_t>(ranks.size());
    ranks.push_back({target.group, target.excludes});
    matches_.push_back({static_cast<int32_t>(target.group), static_cast<int32_t>(index),
                        set.groups()[target.group].selected});
  }
  return ranks;
}

void Matcher::BuildLeftSides(const TargetSet& set, const std::vector<bool>& is_used,
                             size_t cache_bytes) {
  std::vector<Nfa::Entry> modules;
  std::vector<Nfa::Entry> files;
  for (uint32_t i = 0; i < set.targets().size(); ++i) {
    if (!is_used[i]) continue;
    const Target& target = set.targets()[i];
    (target.MatchesFile() ? files : modules).push_back({0, i, GlobOf(target.ModulePart())});
  }
  modules_ = std::make_unique<LeftSide>(std::move(modules), cache_bytes / 4);
  files_ = std::make_unique<LeftSide>(std::move(files), cache_bytes / 4);
}

void Matcher::BuildQualnames(const TargetSet& set, std::vector<GroupRule::Rank> ranks,
                             size_t cache_bytes) {
  std::vector<Nfa::Entry> entries;
  uint32_t root = 0;
  for (const LeftSide* side : {modules_.get(), files_.get()}) {
    for (uint32_t accept = 0; accept < side->nfa.accepts(); ++accept, ++root) {
      for (const uint32_t target : side->nfa.Values(accept)) {
        entries.push_back(
            {root, rank_of_target_[target], GlobOf(set.targets()[target].QualnamePart())});
      }
    }
  }
  rank_of_target_ = {};
  qualnames_ = std::make_unique<Nfa>(std::move(entries), root);
  rule_ = std::make_unique<GroupRule>(qualnames_.get(), std::move(ranks));
  dfa_ = std::make_unique<LazyDfa>(qualnames_.get(), rule_.get(), cache_bytes / 2);
}

void Matcher::Enter(absl::string_view module, absl::string_view real_module, absl::string_view file,
                    Scope* scope) {
  roots_.clear();
  modules_->AppendMatches(module, 0, &roots_);
  if (!real_module.empty()) modules_->AppendMatches(real_module, 0, &roots_);
  files_->AppendMatches(file, modules_->nfa.accepts(), &roots_);
  std::sort(roots_.begin(), roots_.end());
  roots_.erase(std::unique(roots_.begin(), roots_.end()), roots_.end());
  scope->state_ = dfa_->Start(roots_);
  scope->generation_ = dfa_->generation();
  scope->decided_ = LazyDfa::IsSettled(scope->state_);
  if (scope->decided_) scope->rank_ = dfa_->Outcome(scope->state_);
}

Scope Matcher::EnterScope(absl::string_view module, absl::string_view real_module,
                          absl::string_view file) {
  if (files_->nfa.empty()) file = {};
  Scope scope;
  Enter(module, real_module, file, &scope);
  if (!scope.decided_) {
    scope.module_size_ = static_cast<uint32_t>(module.size());
    scope.real_module_size_ = static_cast<uint32_t>(real_module.size());
    scope.names_ = absl::StrCat(module, real_module, file);
  }
  return scope;
}

Match Matcher::Find(Scope* scope, absl::string_view qualname) {
  if (scope->decided_) return MatchOf(scope->rank_);
  if (scope->generation_ != dfa_->generation()) {
    const absl::string_view names = scope->names_;
    const size_t file = size_t{scope->module_size_} + scope->real_module_size_;
    Enter(names.substr(0, scope->module_size_),
          names.substr(scope->module_size_, scope->real_module_size_), names.substr(file), scope);
  }
  return MatchOf(dfa_->Outcome(dfa_->Walk(scope->state_, qualname)));
}

Match Matcher::Find(absl::string_view module, absl::string_view real_module, absl::string_view file,
                    absl::string_view qualname) {
  Scope scope;
  Enter(module, real_module, file, &scope);
  return Find(&scope, qualname);
}

size_t Matcher::MemoryBytes() const {
  size_t bytes =
      qualnames_->MemoryBytes() + dfa_->cache_bytes() + matches_.capacity() * sizeof(Match);
  for (const LeftSide* side : {modules_.get(), files_.get()}) {
    bytes += side->nfa.MemoryBytes() + side->dfa.cache_bytes();
  }
  return bytes;
}

}  // namespace pyslow::patterns
