// The memory of one process's record: chunks that never move, mapped from its file one after the
// other, or private memory of the same layout.
#ifndef PYSLOW_SESSION_RECORD_STORE_H_
#define PYSLOW_SESSION_RECORD_STORE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
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
  // everything keeps its address and is copied, but the counters are 0 and the old file is let go.
  // On an error nothing has changed. Errors as of Session::Open.
  absl::Status StartFile(const RecordDirectory& directory, const RecordFixed& fixed);

  // Likewise in private memory. False: no memory; if it had started, it is broken.
  [[nodiscard]] bool StartPrivate(const RecordFixed& fixed);

  bool started() const { return !chunks_.empty(); }
  // Whether addresses that others hold could not be given memory of this process: nothing may be
  // touched then.
  bool broken() const { return broken_; }

  // `bytes` (a multiple of kEntryAlign) of zeros, aligned to kEntryAlign, that stay where they are.
  // Grows the file; where that fails, this and all later ones are private memory. Null: no memory.
  char* Allocate(size_t bytes);
  // Whether Allocate's last answer lies in the file.
  bool last_in_file() const { return !chunks_.empty() && chunks_.back().in_file; }

  // Shows readers all that was allocated; it has been written.
  void Publish();
  // Counts a function that readers do not see, if there are readers.
  void CountLost();

  RecordHeader& header() { return *reinterpret_cast<RecordHeader*>(chunks_.front().address); }
  uint64_t lost() const { return lost_; }
  const std::string& file_name() const { return file_name_; }

 private:
  struct Chunk {
    char* address;
    size_t bytes;
    size_t used;
    bool in_file;
  };

  std::vector<size_t> ChunkSizes() const;
  size_t NextChunkBytes(size_t needed) const;
  absl::Status GrowFile(size_t bytes);
  bool AddPrivateChunk(size_t bytes);
  void FillChunks(const std::vector<char*>& addresses, const RecordFixed& fixed);
  bool Install(const std::vector<char*>& addresses, bool in_file);

  std::vector<Chunk> chunks_;
  size_t bytes_ = 0;  // of all chunks
  RecordDirectory directory_;
  std::string file_name_;  // "": private
  FileIdentity file_;
  uint64_t lost_ = 0;
  bool broken_ = false;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_RECORD_STORE_H_
