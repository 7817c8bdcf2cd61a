// The file that holds a session's settings and its shared words.
#ifndef PYSLOW_SESSION_SESSION_SETTINGS_FILE_H_
#define PYSLOW_SESSION_SESSION_SETTINGS_FILE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "session/session_settings.h"

namespace pyslow::session {

struct StoredSettings {
  Settings settings;
  std::vector<Cell> cells;  // as they were when read
  int64_t window_opened_ns = 0;
  uint64_t uncounted = 0;
};

// The whole file's bytes for a session that starts with `settings`.
std::string EncodeSettingsFile(const Settings& settings);
// DataLoss where they are not that, whatever they are.
absl::StatusOr<StoredSettings> DecodeSettingsFile(absl::string_view bytes);

// Reads the settings in a directory. NotFound where it holds none.
absl::StatusOr<StoredSettings> ReadSettings(int directory);

// The settings file mapped, so that its words can be read and written. Thread-safe.
class SettingsFile {
 public:
  // Writes the settings of a new session. AlreadyExists where another process was first;
  // ResourceExhausted where there is no space.
  static absl::Status Write(int directory, const Settings& settings);

  // Maps the file in `directory`. Errors as of ReadSettings.
  static absl::StatusOr<std::unique_ptr<SettingsFile>> Map(int directory);

  ~SettingsFile();
  SettingsFile(const SettingsFile&) = delete;
  SettingsFile& operator=(const SettingsFile&) = delete;

  Settings TakeSettings() { return std::move(settings_); }
  size_t groups() const { return groups_; }
  std::atomic<uint64_t>* cells() const;
  std::atomic<int64_t>* window_opened_ns() const;
  std::atomic<uint64_t>* uncounted() const;

 private:
  SettingsFile(char* address, size_t bytes, Settings settings);

  char* const address_;
  const size_t bytes_;
  const size_t groups_;
  Settings settings_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_SESSION_SETTINGS_FILE_H_
