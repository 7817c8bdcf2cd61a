// Parses a record. Safe on arbitrary input.
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

// Replaces `*bytes` by the content of a record up to `committed`. Errors as for ReadSession,
// without the path.
absl::Status ReadRecordBytes(int file, std::string* bytes);

// Not thread-safe.
class RecordReader {
 public:
  // `bytes` must outlive the reader. DataLoss if they are not a record.
  static absl::StatusOr<RecordReader> Open(absl::string_view bytes);

  const std::string& session_id() const { return session_id_; }
  // The members that the header holds: not `record`, `running`, `notes` and `functions`.
  const ProcessSnapshot& process() const { return process_; }

  // Reads the next entry, in file order, and skips pads. False at the end; DataLoss if the entry is
  // invalid.
  absl::StatusOr<bool> Next(StoredEntry* entry);

 private:
  explicit RecordReader(absl::string_view entries) : entries_(entries) {}

  absl::string_view entries_;  // not read yet
  std::string session_id_;
  ProcessSnapshot process_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_RECORD_READER_H_
