// Compiles globs into an Nfa. For Nfa only.
#ifndef PYSLOW_PATTERNS_NFA_BUILDER_H_
#define PYSLOW_PATTERNS_NFA_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "patterns/nfa.h"

namespace pyslow::patterns {

class NfaBuilder {
 public:
  NfaBuilder(Nfa* nfa, std::vector<Nfa::Entry> entries);
  void Build(uint32_t roots);

 private:
  using Op = Nfa::Op;
  // The operations of an entry's glob, a part of codes_.
  struct Word {
    uint32_t root;
    uint32_t value;
    size_t begin;
    size_t size;
  };
  // The origin of a part of the trie that is not built yet.
  enum class From { kRoot, kEdge, kRunOfBranch };
  // A range of sorted words with a common prefix of `depth` operations.
  struct Part {
    size_t begin;
    size_t end;
    size_t depth;
    uint32_t parent;  // chain
    From from;
    uint32_t index;  // of the root, edge or branch
  };

  void CollectAlphabet();
  void EncodeWords();
  void SortWords();
  void AddPart(Part part);
  void AddAccept(const Part& part, size_t end);
  void AddBranch(const Part& part);
  void Link(const Part& part);

  absl::Span<const uint32_t> CodesOf(const Word& word) const {
    return absl::MakeConstSpan(codes_).subspan(word.begin, word.size);
  }
  uint32_t CodeAt(size_t word, size_t depth) const { return codes_[words_[word].begin + depth]; }

  Nfa& nfa_;
  std::vector<Nfa::Entry> entries_;
  std::vector<uint32_t> codes_;
  std::vector<Word> words_;
  std::vector<Part> parts_;  // a stack; recursion could overflow the thread's stack
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_NFA_BUILDER_H_
