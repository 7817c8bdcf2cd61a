// A copy of an installed pyslow, which works when that one is uninstalled or replaced.
//
// DIRECTORY/pyslow-HASH has the program and the libraries for one version of Python, in the layout
// of an installation. HASH is that of their content. Not for several processes at once.
#ifndef PYSLOW_LAUNCHER_PYSLOW_COPY_H_
#define PYSLOW_LAUNCHER_PYSLOW_COPY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace pyslow::launcher {

struct InstalledPyslow {
  std::string program;            // its file, links resolved
  std::string library_directory;  // in a wheel; else "", and it follows from the program
  std::string minor;              // of the Python that the copy is for
};

// Makes the copy, unless it exists and is complete. Returns its program. All directories in it have
// the mode of `directory`. Unavailable, and no copy, if a file cannot be read or written.
absl::StatusOr<std::string> CopyPyslow(const InstalledPyslow& installed,
                                       const std::string& directory);

// Removes the copies in a directory, also unfinished ones, except `kept`.
void RemoveCopies(const std::string& directory, const std::vector<std::string>& kept);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_PYSLOW_COPY_H_
