// Conditions of a process that its record reports to readers.
#ifndef PYSLOW_SESSION_RECORD_FLAGS_H_
#define PYSLOW_SESSION_RECORD_FLAGS_H_

#include <cstdint>

namespace pyslow::session {

enum RecordFlags : uint64_t {
  kDisabled = 1,       // pyslow delays no call in this process
  kNoReservation = 2,  // the file system does not honour Reserve (see directory.h)
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_RECORD_FLAGS_H_
