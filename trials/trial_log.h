// trials.jsonl: what a sweep was and every trial of it, a line of JSON each. pyslow-sweep(1) has
// the format.
#ifndef PYSLOW_TRIALS_TRIAL_LOG_H_
#define PYSLOW_TRIALS_TRIAL_LOG_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trials/settings.h"
#include "trials/trial.h"

namespace pyslow::trials {

class TrialLog {
 public:
  // Makes the file, which must not exist, with the sweep's settings as its first line. `version` is
  // this program's; `started` the time in words. Errors follow "PATH: ".
  static absl::StatusOr<std::unique_ptr<TrialLog>> Create(const std::string& path,
                                                          const Settings& settings,
                                                          const std::string& version,
                                                          const std::string& started);
  ~TrialLog();
  TrialLog(const TrialLog&) = delete;
  TrialLog& operator=(const TrialLog&) = delete;

  // Appends a line and waits until it is on the disk. After an error the line may be there in part.
  absl::Status Append(const Trial& trial);

 private:
  explicit TrialLog(int fd) : fd_(fd) {}
  absl::Status WriteLine(const std::string& line);
  int fd_;
};

struct RecordedSweep {
  Settings settings;
  std::vector<Trial> trials;
  // The last line ends in the middle, as after a crash or on a full disk; it is not among `trials`.
  bool torn = false;
};

// Errors follow "PATH: ", and name the line.
absl::StatusOr<RecordedSweep> ReadTrialLog(const std::string& path);

}  // namespace pyslow::trials

#endif  // PYSLOW_TRIALS_TRIAL_LOG_H_
