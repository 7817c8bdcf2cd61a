#include "patterns/matcher_program_builder.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace pyslow::patterns {

ProgramBuilder::ProgramBuilder(Program* program, std::vector<Program::Entry> entries)
    : program_(*program), entries_(std::move(entries)) {}

void ProgramBuilder::Build(uint32_t roots) {
  program_.roots_.assign(roots, Program::kNone);
  CollectAlphabet();
  EncodeWords();
  SortWords();
  for (size_t begin = 0; begin < words_.size();) {
    const uint32_t root = words_[begin].root;
    size_t end = begin;
    while (end < words_.size() && words_[end].root == root) ++end;
    parts_.push_back({begin, end, 0, Program::kNone, From::kRoot, root});
    begin = end;
    while (!parts_.empty()) {
      const Part part = parts_.back();
      parts_.pop_back();
      LayDown(part);
    }
  }
  program_.ops_.shrink_to_fit();
}

// Gives each distinct set one number, which replaces the glob's own in its tokens.
void ProgramBuilder::CollectAlphabet() {
  absl::flat_hash_set<char32_t> literals;
  absl::flat_hash_map<CharSet, uint32_t> numbers;
  for (Program::Entry& entry : entries_) {
    for (uint32_t& token : entry.glob.tokens) {
      if (token >= kFirstSet) {
        CharSet& set = entry.glob.sets[token - kFirstSet];
        const auto [place, is_new] =
            numbers.try_emplace(set, static_cast<uint32_t>(program_.sets_.size()));
        if (is_new) program_.sets_.push_back(std::move(set));
        token = kFirstSet + place->second;
      } else if (token < kAnyCharacter) {
        literals.insert(token);
      }
    }
  }
  program_.alphabet_ = Alphabet({literals.begin(), literals.end()}, program_.sets_);
}

void ProgramBuilder::EncodeWords() {
  size_t size = 0;
  for (const Program::Entry& entry : entries_) size += entry.glob.tokens.size();
  codes_.reserve(size);
  words_.reserve(entries_.size());
  for (const Program::Entry& entry : entries_) {
    words_.push_back({entry.root, entry.value, codes_.size(), entry.glob.tokens.size()});
    for (const uint32_t token : entry.glob.tokens) {
      if (token >= kFirstSet) {
        codes_.push_back(Program::Encode(Op::kSet, token - kFirstSet));
      } else if (token == kAnyRun) {
        codes_.push_back(Program::Encode(Op::kRun, 0));
      } else if (token == kAnyCharacter) {
        codes_.push_back(Program::Encode(Op::kAny, 0));
      } else {
        codes_.push_back(Program::Encode(Op::kClass, program_.alphabet_.ClassOf(token)));
      }
    }
  }
  entries_ = {};
}

void ProgramBuilder::SortWords() {
  std::sort(words_.begin(), words_.end(), [this](const Word& a, const Word& b) {
    if (a.root != b.root) return a.root < b.root;
    const auto x = CodesOf(a);
    const auto y = CodesOf(b);
    const auto [i, j] = std::mismatch(x.begin(), x.end(), y.begin(), y.end());
    if (i != x.end() && j != y.end()) return *i < *j;
    return x.size() != y.size() ? x.size() < y.size() : a.value < b.value;
  });
}

void ProgramBuilder::Link(const Part& part) {
  const auto here = static_cast<uint32_t>(program_.ops_.size());
  switch (part.from) {
    case From::kRoot:
      program_.roots_[part.index] = here;
      break;
    case From::kEdge:
      program_.edges_[part.index].target = here;
      break;
    case From::kRunOfBranch:
      program_.branches_[part.index].run = here;
      break;
  }
}

// One chain after another, until there are several ways on or none.
void ProgramBuilder::LayDown(Part part) {
  Link(part);
  for (;;) {
    const auto chain = static_cast<uint32_t>(program_.chains_.size());
    program_.chains_.push_back(
        {static_cast<uint32_t>(program_.ops_.size()), part.parent, Program::kNone});
    part.parent = chain;
    // Sorted words agree where the first and the last do.
    while (words_[part.begin].size > part.depth &&
           CodeAt(part.begin, part.depth) == CodeAt(part.end - 1, part.depth)) {
      program_.ops_.push_back(CodeAt(part.begin, part.depth++));
    }
    size_t ended = part.begin;
    while (ended < part.end && words_[ended].size == part.depth) ++ended;
    if (ended == part.begin) return LayDownBranch(part);
    LayDownAccept(part, ended);
    if (ended == part.end) return;
    part.begin = ended;
  }
}

void ProgramBuilder::LayDownAccept(const Part& part, size_t end) {
  const uint32_t accept = program_.accepts();
  for (size_t i = part.begin; i < end; ++i) program_.values_.push_back(words_[i].value);
  program_.value_ends_.push_back(static_cast<uint32_t>(program_.values_.size()));
  program_.chains_.back().accept = accept;
  program_.ops_.push_back(
      Program::Encode(end == part.end ? Op::kAccept : Op::kAcceptAndGo, accept));
}

void ProgramBuilder::LayDownBranch(const Part& part) {
  const auto index = static_cast<uint32_t>(program_.branches_.size());
  program_.ops_.push_back(Program::Encode(Op::kBranch, index));
  Program::Branch branch = {static_cast<uint32_t>(program_.edges_.size()), 0, 0, Program::kNone};
  for (size_t begin = part.begin; begin < part.end;) {
    const uint32_t code = CodeAt(begin, part.depth);
    size_t end = begin;
    while (end < part.end && CodeAt(end, part.depth) == code) ++end;
    if (Program::OpOf(code) == Op::kRun) {
      parts_.push_back({begin, end, part.depth, part.parent, From::kRunOfBranch, index});
    } else {
      const auto edge = static_cast<uint32_t>(program_.edges_.size());
      program_.edges_.push_back({code, Program::kNone});
      ++(Program::OpOf(code) == Op::kClass ? branch.class_edges : branch.other_edges);
      parts_.push_back({begin, end, part.depth + 1, part.parent, From::kEdge, edge});
    }
    begin = end;
  }
  program_.branches_.push_back(branch);
}

}  // namespace pyslow::patterns
