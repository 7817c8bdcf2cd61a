// A file that a trial is to write, such as the results of a benchmark.
#ifndef PYSLOW_SWEEP_TRIALS_WRITTEN_FILE_H_
#define PYSLOW_SWEEP_TRIALS_WRITTEN_FILE_H_

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace pyslow::trials {

class WrittenFile {
 public:
  // Remembers the state of the file, so it is made before the trial.
  explicit WrittenFile(std::string path);

  struct Content {
    std::string text;
    size_t added_at = 0;  // where the trial began to add to a file that was there; 0: all is new
  };
  // To be called after the trial. NotFound if the file is missing, FailedPrecondition if the trial
  // did not write it, or an error of ReadRegularFile; the message follows "PATH: ".
  absl::StatusOr<Content> Read() const;

 private:
  std::string path_;
  std::optional<struct stat> before_;  // nullopt: there was no such file
  uint64_t checksum_ = 0;              // of its content
  size_t size_ = 0;                    // of its content, if it could be read
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_WRITTEN_FILE_H_
