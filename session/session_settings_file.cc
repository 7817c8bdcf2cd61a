#include "session/session_settings_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "session/directory.h"
#include "session/format.h"
#include "session/text_codec.h"

namespace pyslow::session {
namespace {

// Enough for a million patterns of a hundred bytes.
constexpr uint64_t kMaxBytes = uint64_t{1} << 30;

std::string EncodeFixed(const Settings& settings) {
  Encoder out;
  out.Text(settings.session_id);
  out.Number(settings.epoch_monotonic_ns);
  out.Number(settings.epoch_wall_ns);
  out.Text(settings.host);
  out.Text(settings.boot_id);
  out.Text(settings.text);
  for (const Group& group : settings.groups) {
    out.Text(group.name);
    out.Number(PackCell(group.initial));
    out.Number(static_cast<uint8_t>(group.chosen));
    out.Text(group.process);
  }
  out.Number(static_cast<uint32_t>(settings.targets.size()));
  for (const Target& target : settings.targets) {
    out.Text(target.source);
    out.Number(target.line);
    out.Number(target.column);
    out.Text(target.text);
    out.Number(target.group);
    out.Number(static_cast<uint8_t>(target.exclusion));
  }
  out.Number(static_cast<uint8_t>(settings.function_cells));
  return out.bytes();
}

// False if EncodeFixed cannot have written `bytes` for `groups` groups.
bool DecodeFixed(absl::string_view bytes, uint32_t groups, Settings* settings) {
  Decoder in(bytes);
  settings->session_id = in.Text();
  settings->epoch_monotonic_ns = in.Number<int64_t>();
  settings->epoch_wall_ns = in.Number<int64_t>();
  settings->host = in.Text();
  settings->boot_id = in.Text();
  settings->text = in.Text();
  for (uint32_t i = 0; i < groups && in.ok(); ++i) {
    Group& group = settings->groups.emplace_back();
    group.name = in.Text();
    group.initial = UnpackCell(in.Number<uint64_t>());
    group.chosen = in.Number<uint8_t>() != 0;
    group.process = in.Text();
  }
  const auto targets = in.Number<uint32_t>();
  for (uint32_t i = 0; i < targets && in.ok(); ++i) {
    Target& target = settings->targets.emplace_back();
    target.source = in.Text();
    target.line = in.Number<uint32_t>();
    target.column = in.Number<uint32_t>();
    target.text = in.Text();
    target.group = in.Number<uint32_t>();
    target.exclusion = in.Number<uint8_t>() != 0;
    if (target.group >= groups) return false;
  }
  settings->function_cells = in.Number<uint8_t>() != 0;
  return in.ok() && in.at_end();
}

uint64_t ChecksumOf(uint32_t groups, absl::string_view fixed) { return Checksum(groups, fixed); }

absl::Status CheckHeader(const SettingsHeader& header, size_t file_bytes) {
  if (std::memcmp(header.magic, kSettingsMagic, sizeof kSettingsMagic) != 0) {
    return absl::DataLossError("it is not a settings file of a pyslow session");
  }
  if (absl::Status status = CheckVersion(header.version); !status.ok()) return status;
  if (header.fixed_offset != sizeof header + sizeof(uint64_t) * uint64_t{header.groups} ||
      header.fixed_offset > file_bytes || header.fixed_bytes > file_bytes - header.fixed_offset) {
    return Damaged("it is shorter than its header states");
  }
  return absl::OkStatus();
}

absl::Status WriteAll(int file, absl::string_view bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t more =
        pwrite(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) return SystemError(errno, "cannot be written");
    done += static_cast<size_t>(more);
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodeSettingsFile(const Settings& settings) {
  const std::string fixed = EncodeFixed(settings);
  const auto groups = static_cast<uint32_t>(settings.groups.size());
  SettingsHeader header = {};
  std::memcpy(header.magic, kSettingsMagic, sizeof kSettingsMagic);
  header.version = kFormatVersion;
  header.groups = groups;
  header.checksum = ChecksumOf(groups, fixed);
  header.fixed_offset = sizeof header + sizeof(uint64_t) * groups;
  header.fixed_bytes = fixed.size();
  Encoder out;
  for (const Group& group : settings.groups) out.Number(PackCell(group.initial));
  return absl::StrCat(absl::string_view(reinterpret_cast<const char*>(&header), sizeof header),
                      out.bytes(), fixed);
}

absl::StatusOr<StoredSettings> DecodeSettingsFile(absl::string_view bytes) {
  SettingsHeader header;
  if (bytes.size() < sizeof header) return Damaged("it is too short for the settings of a session");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (auto status = CheckHeader(header, bytes.size()); !status.ok()) return status;
  const absl::string_view fixed = bytes.substr(header.fixed_offset, header.fixed_bytes);
  if (header.checksum != ChecksumOf(header.groups, fixed)) {
    return Damaged("the checksum of its content is wrong");
  }
  StoredSettings stored;
  stored.window_opened_ns = header.window_opened_ns;
  stored.uncounted = header.uncounted;
  if (!DecodeFixed(fixed, header.groups, &stored.settings)) {
    return Damaged("its content has a wrong length");
  }
  Decoder cells(bytes.substr(sizeof header, header.fixed_offset - sizeof header));
  for (uint32_t i = 0; i < header.groups; ++i) {
    stored.cells.push_back(UnpackCell(cells.Number<uint64_t>()));
  }
  return stored;
}

absl::StatusOr<StoredSettings> ReadSettings(int directory) {
  auto file = OpenFile(directory, kSettingsName, O_RDONLY);
  if (!file.ok()) return file.status();
  auto bytes = ReadFile(file->get(), kMaxBytes);
  if (!bytes.ok()) return bytes.status();
  return DecodeSettingsFile(*bytes);
}

absl::Status SettingsFile::Write(int directory, const Settings& settings) {
  const std::string name = absl::StrCat(kUnfinishedSettingsPrefix, RandomDigits());
  const std::string bytes = EncodeSettingsFile(settings);
  if (bytes.size() > kMaxBytes) {
    return absl::InvalidArgumentError("the targets are too large for a session directory");
  }
  auto file = CreateFile(directory, name);
  if (!file.ok()) return file.status();
  absl::Cleanup remove = [&] { unlinkat(directory, name.c_str(), 0); };
  if (auto status = Reserve(file->get(), 0, bytes.size()); !status.ok()) return status;
  if (auto status = WriteAll(file->get(), bytes); !status.ok()) return status;
  auto status = RenameToNew(directory, name, kSettingsName);
  if (status.ok()) std::move(remove).Cancel();
  return status;
}

absl::StatusOr<std::unique_ptr<SettingsFile>> SettingsFile::Map(int directory) {
  auto stored = ReadSettings(directory);
  if (!stored.ok()) return stored.status();
  auto file = OpenFile(directory, kSettingsName, O_RDWR);
  if (!file.ok()) return file.status();
  const size_t bytes = sizeof(SettingsHeader) + sizeof(uint64_t) * stored->settings.groups.size();
  auto address = MapShared(file->get(), 0, bytes);
  if (!address.ok()) return address.status();
  return std::unique_ptr<SettingsFile>(
      new SettingsFile(*address, bytes, std::move(stored->settings)));
}

SettingsFile::SettingsFile(char* address, size_t bytes, Settings settings)
    : address_(address),
      bytes_(bytes),
      groups_(settings.groups.size()),
      settings_(std::move(settings)) {}

SettingsFile::~SettingsFile() { munmap(address_, bytes_); }

// A word and its atomic have the same size and alignment (asserted in session/cell.h).
std::atomic<uint64_t>* SettingsFile::cells() const {
  return reinterpret_cast<std::atomic<uint64_t>*>(address_ + sizeof(SettingsHeader));
}
std::atomic<int64_t>* SettingsFile::window_opened_ns() const {
  return reinterpret_cast<std::atomic<int64_t>*>(address_ +
                                                 offsetof(SettingsHeader, window_opened_ns));
}
std::atomic<uint64_t>* SettingsFile::uncounted() const {
  return reinterpret_cast<std::atomic<uint64_t>*>(address_ + offsetof(SettingsHeader, uncounted));
}
std::atomic<uint64_t>* SettingsFile::releases_gil() const {
  return reinterpret_cast<std::atomic<uint64_t>*>(address_ +
                                                  offsetof(SettingsHeader, releases_gil));
}

}  // namespace pyslow::session
