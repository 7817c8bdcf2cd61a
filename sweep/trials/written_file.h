// A file that a trial is to write, such as the results of a benchmark.
#ifndef PYSLOW_SWEEP_TRIALS_WRITTEN_FILE_H_
#define PYSLOW_SWEEP_TRIALS_WRITTEN_FILE_H_

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace pyslow::trials {

class WrittenFile {
 public:
  // Remembers the state of the file, so it is made before the trial. `path` may be a glob, for a
  // name that contains the time.
  explicit WrittenFile(std::string path);

  struct Content {
    std::string text;
    size_t added_at = 0;  // where the trial began to add to a file that was there; 0: all is new
  };
  // To be called after the trial. NotFound if there is no such file, FailedPrecondition if the
  // trial wrote none or several, or an error of ReadRegularFile; the message follows "PATH: ".
  absl::StatusOr<Content> Read() const;

 private:
  struct State {
    struct stat status = {};
    // Of the content, if it could be read:
    size_t size = 0;
    uint64_t checksum = 0;
  };

  std::string path_;
  std::map<std::string, State> before_;  // the files that were there
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_WRITTEN_FILE_H_
