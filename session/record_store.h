// The memory of one process's record: chunks at fixed addresses, mapped from the record's file, or
// private memory with the same layout. A chunk holds whole entries, so chunks may have any order in
// the file.
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

// The session directory. It is opened by path for each use: a program may close any descriptor.
struct RecordDirectory {
  std::string path;  // absolute
  FileIdentity identity;
};

// Not thread-safe: see Recorder.
//
// After a fork, the child's chunks still map the parent's file. StartFile or StartPrivate gives the
// child memory of its own for the first chunk (all chunks: StartPrivate), at the same addresses;
// the others follow one by one in MakeWritable. So a child that calls few functions has a small
// record.
class RecordStore {
 public:
  RecordStore() = default;
  ~RecordStore();
  RecordStore(const RecordStore&) = delete;
  RecordStore& operator=(const RecordStore&) = delete;

  // Creates the record's file in `directory`. In the child of a fork, all addresses stay valid, but
  // chunks after the first map the parent's file until MakeWritable. On an error the store is
  // unchanged, unless broken(). Errors as for Session::Open.
  absl::Status StartFile(const RecordDirectory& directory, const RecordFixed& fixed);

  // Like StartFile, in private memory that no reader sees; copies all chunks, with counters 0.
  // False if there is no memory; a started store is then broken.
  [[nodiscard]] bool StartPrivate();

  // If a fork left the chunk at `address` mapped to the parent's file, replaces it at the same
  // address by a copy of this process, with counters 0. The chunk must not be written before. The
  // copy is private memory if the file cannot grow; its functions then count as lost. False if
  // there is no memory; the chunk must then not be written.
  [[nodiscard]] bool MakeWritable(const void* address);

  bool started() const { return !chunks_.empty(); }
  // Whether the memory at an address that callers hold could not be replaced. No entry may be read
  // or written then.
  bool broken() const { return broken_; }

  // Allocates `bytes` zeros, a multiple of kEntryAlign and aligned to it, at a fixed address. Grows
  // the file; if that fails, this and all later allocations are private memory. Null if there is
  // none.
  char* Allocate(size_t bytes);
  // Whether the last allocation is in the file.
  bool last_in_file() const { return started() && current().place == Place::kFile; }

  // Makes the allocated entries visible to readers. Call after they are written.
  void Publish();
  // Adds to RecordHeader::lost, unless the whole store is private.
  void CountLost(uint64_t functions);

  RecordHeader& header() { return *reinterpret_cast<RecordHeader*>(chunks_.front().address); }
  uint64_t lost() const { return lost_; }
  const std::string& file_name() const { return file_name_; }

 private:
  enum class Place : uint8_t { kFile, kPrivate, kParent };
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
  bool MakeChunkWritable(size_t i);
  void CopyAll(const std::vector<char*>& addresses);
  bool Install(const std::vector<char*>& addresses, Place place);

  std::vector<Chunk> chunks_;
  size_t current_ = 0;        // index of the chunk for the next entry
  size_t parent_chunks_ = 0;  // chunks that still map the parent's file
  size_t bytes_ = 0;          // of all chunks
  uint64_t file_bytes_ = 0;
  RecordDirectory directory_;
  std::string file_name_;  // "": the store is private
  FileIdentity file_;
  uint64_t lost_ = 0;
  bool broken_ = false;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_RECORD_STORE_H_
