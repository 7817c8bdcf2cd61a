// Taking one record's bytes apart, whatever they are.
#ifndef PYSLOW_SESSION_RECORD_READER_H_
#define PYSLOW_SESSION_RECORD_READER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "session/format.h"
#include "session/snapshot.h"

namespace pyslow::session {

struct StoredEntry {
  EntryKey key;  // points into the record's bytes
  uint32_t group = 0;
  uint32_t target = 0;
  CallCounts counts;
};

// Replaces `*bytes` by those of a record up to its last published entry. Errors as of ReadSession,
// without the path.
absl::Status ReadRecordBytes(int file, std::string* bytes);

class RecordReader {
 public:
  // `bytes` must outlive the reader. DataLoss where they are not a record's.
  static absl::StatusOr<RecordReader> Open(absl::string_view bytes);

  const std::string& session_id() const { return session_id_; }
  // Of the process, all but its file's name, whether it runs, and what comes from entries.
  const ProcessSnapshot& process() const { return process_; }

  // The next entry that is not a pad, in the order written. False at the end; DataLoss where what
  // follows is no entry.
  absl::StatusOr<bool> Next(StoredEntry* entry);

 private:
  explicit RecordReader(absl::string_view entries) : entries_(entries) {}

  absl::string_view entries_;  // those still to come
  std::string session_id_;
  ProcessSnapshot process_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_RECORD_READER_H_
