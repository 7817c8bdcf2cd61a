// Reads and writes trials.jsonl, which records a sweep: its settings, its setups and all its
// trials, one JSON object a line. pyslow-sweep(1) describes the format.
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
#include "sweep/model/warning.h"
#include "sweep/trials/python_program.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::trials {

// Which program measured trials, when and where. Trials of different origins may not be comparable.
struct Origin {
  std::string version;  // of pyslow-sweep
  std::string started;  // UTC, such as 2025-06-01T12:00:00Z
  std::string host;
  std::string boot_id;
  FileChecksums files = {};  // of the program
};
// The origin of trials that are measured now on this machine.
Origin OriginHere(const std::string& version, const std::string& started, FileChecksums files = {});

struct RecordedSweep {
  std::string started;  // UTC, of the first trials
  // As given to Create; its "settings" have the changes that were given to Continue.
  nlohmann::ordered_json sweep;
  std::vector<std::variant<Setup, Trial>> entries;  // in the order of the file
  // Whether the last line is incomplete, as after a crash or on a full disk; it is not in
  // `entries`.
  bool torn = false;
  uint64_t whole_bytes = 0;              // without the incomplete line
  std::vector<model::Warning> warnings;  // of changes of machine, boot, version or program
  Origin last;                           // of the last trials

  std::vector<Trial> Trials() const;
};

// Error messages follow "PATH: " and name the line.
absl::StatusOr<RecordedSweep> ReadTrialLog(const std::string& path);

// Appends to a log. Holds a lock on the file, so that no other process writes it. Not thread-safe.
class TrialLog {
 public:
  // Creates the file, which must not exist, with `sweep`, an object of any content, in the first
  // line. Error messages follow "PATH: ".
  static absl::StatusOr<std::unique_ptr<TrialLog>> Create(const std::string& path,
                                                          const nlohmann::ordered_json& sweep,
                                                          const Origin& origin);
  // Opens the file of a sweep that ended early and removes an incomplete last line. `settings`: an
  // object with the settings of the sweep that are others from now on, or null. Errors are those of
  // ReadTrialLog, and FailedPrecondition if another process writes the file.
  static absl::StatusOr<std::pair<std::unique_ptr<TrialLog>, RecordedSweep>> Continue(
      const std::string& path, const Origin& origin, const nlohmann::ordered_json& settings = {});

  ~TrialLog();
  TrialLog(const TrialLog&) = delete;
  TrialLog& operator=(const TrialLog&) = delete;

  // Appends a line. The line survives the end of this process at once, and a crash of the machine
  // after the next sync. Append syncs at most once a second, since a sync can take longer than a
  // short trial. On error the file is unchanged.
  absl::Status Append(const Setup& setup);
  absl::Status Append(const Trial& trial);
  // Waits until all lines are on the disk.
  absl::Status Sync();

 private:
  TrialLog(int fd, uint64_t bytes) : fd_(fd), bytes_(bytes) {}
  absl::Status WriteLine(const nlohmann::ordered_json& json);
  absl::Status WriteAll(const std::string& line);

  int fd_;
  uint64_t bytes_;
  std::chrono::steady_clock::time_point synced_;  // the epoch of the clock before the first sync
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TRIAL_LOG_H_
