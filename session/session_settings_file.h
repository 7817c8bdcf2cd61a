// The file "settings" of a session directory: the settings, and the words that all processes share.
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
  std::vector<Cell> cells;  // when the file was read
  int64_t window_opened_ns = 0;
  uint64_t uncounted = 0;
};

// The content of the file for a new session with `settings`.
std::string EncodeSettingsFile(const Settings& settings);
// DataLoss if `bytes` are not such a content. Safe on arbitrary input.
absl::StatusOr<StoredSettings> DecodeSettingsFile(absl::string_view bytes);

// Reads the file in `directory`. NotFound if there is none.
absl::StatusOr<StoredSettings> ReadSettings(int directory);

// The file mapped shared, to read and write its words. Thread-safe; the mapping lives as long as
// the object.
class SettingsFile {
 public:
  // Creates the file of a new session. AlreadyExists if another process created it first;
  // ResourceExhausted if there is no space.
  static absl::Status Write(int directory, const Settings& settings);

  // Maps the file in `directory`. Errors as for ReadSettings.
  static absl::StatusOr<std::unique_ptr<SettingsFile>> Map(int directory);

  ~SettingsFile();
  SettingsFile(const SettingsFile&) = delete;
  SettingsFile& operator=(const SettingsFile&) = delete;

  Settings TakeSettings() { return std::move(settings_); }
  size_t groups() const { return groups_; }
  std::atomic<uint64_t>* cells() const;
  std::atomic<int64_t>* window_opened_ns() const;
  std::atomic<uint64_t>* uncounted() const;
  std::atomic<uint64_t>* releases_gil() const;

 private:
  SettingsFile(char* address, size_t bytes, Settings settings);

  char* const address_;
  const size_t bytes_;
  const size_t groups_;
  Settings settings_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_SESSION_SETTINGS_FILE_H_
