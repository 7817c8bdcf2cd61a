// Device and inode, to check that a path that is opened again still names the same file.
#ifndef PYSLOW_SESSION_FILE_IDENTITY_H_
#define PYSLOW_SESSION_FILE_IDENTITY_H_

#include <sys/types.h>

namespace pyslow::session {

struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_FILE_IDENTITY_H_
