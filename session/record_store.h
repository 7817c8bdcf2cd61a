// The memory of one process's record: chunks that never move, mapped from its file, or private
// memory of the same layout. Each holds whole entries, so their order in the file is free.
#ifndef PYSLOW_SESSION_RECORD_STORE_H_
#define PYSLOW_SESSION_RECORD_STORE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "session/file_identity.h"
#include "session/format.h"

namespace pyslow::session {

// Where records are made. Opened by its path each time, as programs may close any descriptor.
struct RecordDirectory {
  std::string path;  // absolute
  FileIdentity identity;
};

// Not thread-safe.
class RecordStore {
 public:
  RecordStore() = default;
  ~RecordStore();
  RecordStore(const RecordStore&) = delete;
  RecordStore& operator=(const RecordStore&) = delete;

  // Puts the store into a new file of `directory`. At first it is empty; later, in a fork's child,
  // everything keeps its address, but what was allocated before is the parent's until Own has
  // copied it. On an error nothing has changed. Errors as of Session::Open.
  absl::Status StartFile(const RecordDirectory& directory, const RecordFixed& fixed);

  // Likewise in private memory, which nobody reads, with all that there is copied at once and all
  // counters 0. False: no memory; if it had started, it is broken.
  [[nodiscard]] bool StartPrivate();

  // Makes the memory around `address` this process's own, with all counters in it 0, where a fork
  // has left it to the parent: it must not be written before. A process that calls a few of its
  // parent's functions so gets a small record. Where the file cannot grow it is private memory, and
  // its functions are lost to readers. False: no memory; it may not be written now.
  [[nodiscard]] bool Own(const void* address);

  bool started() const { return !chunks_.empty(); }
  // Whether addresses that others hold could not be given memory of this process: nothing may be
  // touched then.
  bool broken() const { return broken_; }

  // `bytes` (a multiple of kEntryAlign) of zeros, aligned to kEntryAlign, that stay where they are.
  // Grows the file; where that fails, this and all later ones are private memory. Null: no memory.
  char* Allocate(size_t bytes);
  // Whether Allocate's last answer lies in the file.
  bool last_in_file() const { return started() && current().place == Place::kFile; }

  // Shows readers all that was allocated; it has been written.
  void Publish();
  // Counts functions that readers do not see, if there are readers.
  void CountLost(uint64_t functions);

  RecordHeader& header() { return *reinterpret_cast<RecordHeader*>(chunks_.front().address); }
  uint64_t lost() const { return lost_; }
  const std::string& file_name() const { return file_name_; }

 private:
  enum class Place : uint8_t { kFile, kPrivate, kParents };
  struct Chunk {
    char* address;
    size_t bytes;
    size_t used;
    Place place;
  };

  const Chunk& current() const { return chunks_[current_]; }
  size_t NextChunkBytes(size_t needed) const;
  absl::StatusOr<char*> MapMore(size_t bytes);
  Chunk NewChunk(size_t bytes);
  bool AddChunk(size_t bytes);
  void CloseCurrent();
  bool OwnChunk(size_t i);
  void CopyAll(const std::vector<char*>& addresses);
  bool Install(const std::vector<char*>& addresses, Place place);

  std::vector<Chunk> chunks_;
  size_t current_ = 0;  // where the next entry goes: the last chunk in the file, if it is in it
  size_t parents_ = 0;  // chunks that are the parent's
  size_t bytes_ = 0;    // of all chunks
  uint64_t file_bytes_ = 0;
  RecordDirectory directory_;
  std::string file_name_;  // "": private
  FileIdentity file_;
  uint64_t lost_ = 0;
  bool broken_ = false;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_RECORD_STORE_H_
