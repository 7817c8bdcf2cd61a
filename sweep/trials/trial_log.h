// trials.jsonl: what a sweep was, its setups and every trial of it, a line of JSON each.
// pyslow-sweep(1) has the format.
#ifndef PYSLOW_SWEEP_TRIALS_TRIAL_LOG_H_
#define PYSLOW_SWEEP_TRIALS_TRIAL_LOG_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sweep/trials/trial.h"

namespace pyslow::trials {

// Who measures, and where: what a reader has to know before trials are compared.
struct Origin {
  std::string version;  // of this program
  std::string started;  // the time in words
  std::string host;
  std::string boot_id;
};
// This machine's.
Origin OriginHere(const std::string& version, const std::string& started);

struct RecordedSweep {
  nlohmann::ordered_json sweep;                     // as given to Create
  std::vector<std::variant<Setup, Trial>> entries;  // in order
  // The last line ends in the middle, as after a crash or on a full disk; it is not in `entries`.
  bool torn = false;
  uint64_t whole_bytes = 0;           // the lines before that one
  std::vector<std::string> warnings;  // trials of another machine, boot or version among them

  std::vector<Trial> Trials() const;
};

// Errors follow "PATH: ", and name the line.
absl::StatusOr<RecordedSweep> ReadTrialLog(const std::string& path);

// Nobody else writes the file as long as one of these is there.
class TrialLog {
 public:
  // Makes the file, which must not exist, with `sweep`, an object that this room knows nothing of,
  // as its first line. Errors follow "PATH: ".
  static absl::StatusOr<std::unique_ptr<TrialLog>> Create(const std::string& path,
                                                          const nlohmann::ordered_json& sweep,
                                                          const Origin& origin);
  // Goes on with the file of a sweep that ended early; a torn last line is taken away. Beside the
  // errors of ReadTrialLog, FailedPrecondition: another process writes it.
  static absl::StatusOr<std::pair<std::unique_ptr<TrialLog>, RecordedSweep>> Continue(
      const std::string& path, const Origin& origin);

  ~TrialLog();
  TrialLog(const TrialLog&) = delete;
  TrialLog& operator=(const TrialLog&) = delete;

  // Appends a line, which outlives this process. It outlives the machine where the line before it
  // is a second old, or once Sync was called: to wait for the disk can take longer than all else
  // that a sweep does about a short trial. After an error the file is as before.
  absl::Status Append(const Setup& setup);
  absl::Status Append(const Trial& trial);
  // Waits until all of it is on the disk.
  absl::Status Sync();

 private:
  TrialLog(int fd, uint64_t bytes) : fd_(fd), bytes_(bytes) {}
  absl::Status WriteLine(const nlohmann::ordered_json& json);
  absl::Status WriteAll(const std::string& line);

  int fd_;
  uint64_t bytes_;
  std::chrono::steady_clock::time_point
      synced_;  // the clock's zero for a file that was just opened
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_LOG_H_
