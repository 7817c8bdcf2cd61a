// Conditions of a process that a reader of its record should know of, beside the notes' text.
#ifndef PYSLOW_SESSION_RECORD_FLAGS_H_
#define PYSLOW_SESSION_RECORD_FLAGS_H_

#include <cstdint>

namespace pyslow::session {

enum RecordFlags : uint64_t {
  kUnslowed = 1,       // nothing is delayed in this process
  kNoReservation = 2,  // the file system does not promise the space that it reserved
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_RECORD_FLAGS_H_
