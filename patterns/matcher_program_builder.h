// Compiles globs into a Program. Used by Program alone.
#ifndef PYSLOW_PATTERNS_MATCHER_PROGRAM_BUILDER_H_
#define PYSLOW_PATTERNS_MATCHER_PROGRAM_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "patterns/matcher_program.h"

namespace pyslow::patterns {

class ProgramBuilder {
 public:
  ProgramBuilder(Program* program, std::vector<Program::Entry> entries);
  void Build(uint32_t roots);

 private:
  using Op = Program::Op;
  // What an entry's glob is in operations; they stand in codes_.
  struct Word {
    uint32_t root;
    uint32_t value;
    size_t begin;
    size_t size;
  };
  // Who leads to a part of the trie that is still to be laid down.
  enum class From { kRoot, kEdge, kRunOfBranch };
  // The words from `begin` to `end`, which agree up to `depth`, follow each other in the trie.
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
  void LayDown(Part part);
  void LayDownAccept(const Part& part, size_t end);
  void LayDownBranch(const Part& part);
  void Link(const Part& part);

  absl::Span<const uint32_t> CodesOf(const Word& word) const {
    return absl::MakeConstSpan(codes_).subspan(word.begin, word.size);
  }
  uint32_t CodeAt(size_t word, size_t depth) const { return codes_[words_[word].begin + depth]; }

  Program& program_;
  std::vector<Program::Entry> entries_;
  std::vector<uint32_t> codes_;
  std::vector<Word> words_;
  std::vector<Part> parts_;  // a stack: tries may be deeper than the machine's
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_MATCHER_PROGRAM_BUILDER_H_
