#include "patterns/nfa_builder.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace pyslow::patterns {

NfaBuilder::NfaBuilder(Nfa* nfa, std::vector<Nfa::Entry> entries)
    : nfa_(*nfa), entries_(std::move(entries)) {}

void NfaBuilder::Build(uint32_t roots) {
  nfa_.roots_.assign(roots, Nfa::kNone);
  CollectAlphabet();
  EncodeWords();
  SortWords();
  for (size_t begin = 0; begin < words_.size();) {
    const uint32_t root = words_[begin].root;
    size_t end = begin;
    while (end < words_.size() && words_[end].root == root) ++end;
    parts_.push_back({begin, end, 0, Nfa::kNone, From::kRoot, root});
    begin = end;
    while (!parts_.empty()) {
      const Part part = parts_.back();
      parts_.pop_back();
      AddPart(part);
    }
  }
  nfa_.ops_.shrink_to_fit();
}

// Numbers the distinct sets, and replaces each glob's set numbers by these.
void NfaBuilder::CollectAlphabet() {
  absl::flat_hash_set<char32_t> literals;
  absl::flat_hash_map<CharSet, uint32_t> numbers;
  for (Nfa::Entry& entry : entries_) {
    for (uint32_t& token : entry.glob.tokens) {
      if (token >= kFirstSet) {
        CharSet& set = entry.glob.sets[token - kFirstSet];
        const auto [place, is_new] =
            numbers.try_emplace(set, static_cast<uint32_t>(nfa_.sets_.size()));
        if (is_new) nfa_.sets_.push_back(std::move(set));
        token = kFirstSet + place->second;
      } else if (token < kAnyCharacter) {
        literals.insert(token);
      }
    }
  }
  nfa_.alphabet_ = Alphabet({literals.begin(), literals.end()}, nfa_.sets_);
}

void NfaBuilder::EncodeWords() {
  size_t size = 0;
  for (const Nfa::Entry& entry : entries_) size += entry.glob.tokens.size();
  codes_.reserve(size);
  words_.reserve(entries_.size());
  for (const Nfa::Entry& entry : entries_) {
    words_.push_back({entry.root, entry.value, codes_.size(), entry.glob.tokens.size()});
    for (const uint32_t token : entry.glob.tokens) {
      if (token >= kFirstSet) {
        codes_.push_back(Nfa::Encode(Op::kSet, token - kFirstSet));
      } else if (token == kAnyRun) {
        codes_.push_back(Nfa::Encode(Op::kRun, 0));
      } else if (token == kAnyCharacter) {
        codes_.push_back(Nfa::Encode(Op::kAny, 0));
      } else {
        codes_.push_back(Nfa::Encode(Op::kClass, nfa_.alphabet_.ClassOf(token)));
      }
    }
  }
  entries_ = {};
}

void NfaBuilder::SortWords() {
  std::sort(words_.begin(), words_.end(), [this](const Word& a, const Word& b) {
    if (a.root != b.root) return a.root < b.root;
    const auto x = CodesOf(a);
    const auto y = CodesOf(b);
    const auto [i, j] = std::mismatch(x.begin(), x.end(), y.begin(), y.end());
    if (i != x.end() && j != y.end()) return *i < *j;
    return x.size() != y.size() ? x.size() < y.size() : a.value < b.value;
  });
}

void NfaBuilder::Link(const Part& part) {
  const auto here = static_cast<uint32_t>(nfa_.ops_.size());
  switch (part.from) {
    case From::kRoot:
      nfa_.roots_[part.index] = here;
      break;
    case From::kEdge:
      nfa_.edges_[part.index].target = here;
      break;
    case From::kRunOfBranch:
      nfa_.branches_[part.index].run = here;
      break;
  }
}

// Adds one chain after another, up to a branch or the end.
void NfaBuilder::AddPart(Part part) {
  Link(part);
  for (;;) {
    const auto chain = static_cast<uint32_t>(nfa_.chains_.size());
    nfa_.chains_.push_back({static_cast<uint32_t>(nfa_.ops_.size()), part.parent, Nfa::kNone});
    part.parent = chain;
    // All sorted words agree if the first and the last do.
    while (words_[part.begin].size > part.depth &&
           CodeAt(part.begin, part.depth) == CodeAt(part.end - 1, part.depth)) {
      nfa_.ops_.push_back(CodeAt(part.begin, part.depth++));
    }
    size_t ended = part.begin;
    while (ended < part.end && words_[ended].size == part.depth) ++ended;
    if (ended == part.begin) return AddBranch(part);
    AddAccept(part, ended);
    if (ended == part.end) return;
    part.begin = ended;
  }
}

void NfaBuilder::AddAccept(const Part& part, size_t end) {
  const uint32_t accept = nfa_.accepts();
  for (size_t i = part.begin; i < end; ++i) nfa_.values_.push_back(words_[i].value);
  nfa_.value_ends_.push_back(static_cast<uint32_t>(nfa_.values_.size()));
  nfa_.chains_.back().accept = accept;
  nfa_.ops_.push_back(Nfa::Encode(end == part.end ? Op::kAccept : Op::kAcceptAndGo, accept));
}

void NfaBuilder::AddBranch(const Part& part) {
  const auto index = static_cast<uint32_t>(nfa_.branches_.size());
  nfa_.ops_.push_back(Nfa::Encode(Op::kBranch, index));
  Nfa::Branch branch = {static_cast<uint32_t>(nfa_.edges_.size()), 0, 0, Nfa::kNone};
  for (size_t begin = part.begin; begin < part.end;) {
    const uint32_t code = CodeAt(begin, part.depth);
    size_t end = begin;
    while (end < part.end && CodeAt(end, part.depth) == code) ++end;
    if (Nfa::OpOf(code) == Op::kRun) {
      parts_.push_back({begin, end, part.depth, part.parent, From::kRunOfBranch, index});
    } else {
      const auto edge = static_cast<uint32_t>(nfa_.edges_.size());
      nfa_.edges_.push_back({code, Nfa::kNone});
      ++(Nfa::OpOf(code) == Op::kClass ? branch.class_edges : branch.other_edges);
      parts_.push_back({begin, end, part.depth + 1, part.parent, From::kEdge, edge});
    }
    begin = end;
  }
  nfa_.branches_.push_back(branch);
}

}  // namespace pyslow::patterns
