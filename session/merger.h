// Sums the records of a session by function.
#ifndef PYSLOW_SESSION_MERGER_H_
#define PYSLOW_SESSION_MERGER_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "session/format.h"
#include "session/record_reader.h"
#include "session/snapshot.h"

namespace pyslow::session {

// Reads about a million entries per second: keys are compact and contiguous. Not thread-safe.
class Merger {
 public:
  // Fills in the processes and functions of `*session`, whose settings the caller has filled in.
  explicit Merger(SessionSnapshot* session);

  // `name`: the record's file name. DataLoss if `bytes` are not a record of this session.
  absl::Status AddRecord(const std::string& name, absl::string_view bytes);

  // Call after the last record. Sorts the functions, as the order of the files is arbitrary.
  void Finish();

 private:
  struct Name {
    const char* texts;  // module, qualname, file, contiguous
    uint32_t first_line;
    uint32_t module_bytes;
    uint32_t qualname_bytes;
    uint32_t file_bytes;
  };
  struct Total {
    uint32_t group;
    uint32_t target;
    uint32_t processes;
    uint32_t in_process;  // index into in_process_ of the last record that has it
    CallCounts counts;
  };
  struct Ref {
    uint64_t checksum;
    uint32_t index;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(const Ref& ref) const { return ref.checksum; }
    size_t operator()(const EntryKey& key) const { return key.checksum; }
  };
  struct Equal {
    using is_transparent = void;
    const std::vector<Name>* names;
    bool operator()(const Ref& a, const Ref& b) const { return a.index == b.index; }
    bool operator()(const Ref& ref, const EntryKey& key) const;
  };
  using Index = absl::flat_hash_set<Ref, Hash, Equal>;

  static FunctionIdView IdOf(const Name& name);
  static std::vector<uint32_t> Sorted(const std::vector<Name>& names);

  const char* Keep(absl::string_view text);
  uint32_t IndexOf(const EntryKey& key, Index* index, std::vector<Name>* names);
  absl::Status AddFunction(const StoredEntry& entry, bool is_fork);

  SessionSnapshot& session_;
  std::vector<Name> functions_;
  std::vector<Total> totals_;  // of functions_
  std::vector<Name> unmatched_;
  std::set<std::string> process_names_;
  Index function_index_;
  Index unmatched_index_;
  std::vector<FunctionInProcess> in_process_;  // of the record being added
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* block_at_ = nullptr;
  size_t block_left_ = 0;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_MERGER_H_
