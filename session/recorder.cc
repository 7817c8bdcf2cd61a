#include "session/recorder.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/posix_clock.h"
#include "session/function_cells.h"
#include "session/host.h"
#include "session/text_codec.h"

namespace pyslow::session {
namespace {

constexpr absl::string_view kEllipsis = "\u2026";

// `name`, or if it is too long its beginning and an ellipsis, which are then in `*storage`.
absl::string_view Shortened(absl::string_view name, std::string* storage) {
  if (name.size() <= kMaxNameBytes) return name;
  *storage = absl::StrCat(name.substr(0, kMaxNameBytes - kEllipsis.size()), kEllipsis);
  return *storage;
}

FunctionIdView Shortened(const FunctionIdView& id, std::array<std::string, 3>* storage) {
  return {Shortened(id.module, &(*storage)[0]), Shortened(id.qualname, &(*storage)[1]),
          Shortened(id.file, &(*storage)[2]), id.first_line};
}

EntryFixed FixedOf(const char* entry) {
  EntryFixed fixed;
  std::memcpy(&fixed, entry + sizeof(FunctionCounters), sizeof fixed);
  return fixed;
}

EntryKey KeyOf(const char* entry) {
  const EntryFixed fixed = FixedOf(entry);
  return {fixed.checksum, fixed.kind, IdOf(fixed, entry + kEntryTexts)};
}

}  // namespace

bool Recorder::KeyEqual::operator()(const Indexed& indexed, const EntryKey& key) const {
  return indexed.checksum == key.checksum && KeyOf(indexed.entry) == key;
}

Recorder::Recorder(const Session& session, const RecorderOptions& options)
    : session_(session), options_(options) {}
Recorder::~Recorder() = default;

absl::StatusOr<std::unique_ptr<Recorder>> Recorder::Create(const Session& session,
                                                           const RecorderOptions& options) {
  auto recorder = std::unique_ptr<Recorder>(new Recorder(session, options));
  if (auto status = recorder->Start(""); !status.ok()) {
    if (session.created()) return status;
    recorder->uncounted_ = absl::StrCat(status.message());
    session.CountUncounted();
  }
  if (!recorder->store_.started()) {
    if (!recorder->store_.StartPrivate()) {
      return absl::ResourceExhaustedError("no memory for counters");
    }
  }
  return recorder;
}

// Creates the record's file, if the session has a directory.
absl::Status Recorder::Start(absl::string_view forked_from) {
  if (session_.directory().empty()) return absl::OkStatus();
  return store_.StartFile({session_.directory(), session_.directory_identity()},
                          Describe(forked_from));
}

RecordFixed Recorder::Describe(absl::string_view forked_from) const {
  RecordFixed fixed = {};
  fixed.pid = getpid();
  fixed.parent_pid = getppid();
  fixed.start_ticks = StartTicks(getpid());
  fixed.start_wall_ns = WallNs();
  fixed.start_monotonic_ns = MonotonicNs();
  fixed.ns_per_tick = options_.ns_per_tick;
  fixed.resolution_ns = options_.resolution_ns;
  Encoder text;
  text.Text(session_.settings().session_id);
  text.Text(HostName());
  text.Text(BootId());
  text.Text(absl::string_view(options_.python_version).substr(0, 256));
  text.Text(forked_from);
  // The command gets the rest of the space.
  text.Text(CommandLine(sizeof fixed.text - text.bytes().size() - sizeof(uint32_t)));
  fixed.text_bytes = text.bytes().size();
  std::memcpy(fixed.text, text.bytes().data(), text.bytes().size());
  return fixed;
}

bool Recorder::StartOwnRecord() {
  if (!forked_) return !store_.broken();
  forked_ = false;
  uncounted_.clear();
  const std::string forked_from = store_.file_name();
  const absl::Status status = Start(forked_from);
  if (store_.broken()) return false;
  if (status.ok() && !session_.directory().empty()) return true;
  if (!status.ok()) {
    uncounted_ = absl::StrCat(status.message());
    session_.CountUncounted();
  }
  return store_.StartPrivate();
}

char* Recorder::Append(const EntryKey& key, uint32_t group, uint32_t target) {
  const auto& [module, qualname, file, first_line] = key.id;
  const size_t bytes = EntryBytes(module.size() + qualname.size() + file.size());
  char* const entry = store_.Allocate(bytes);
  if (entry == nullptr) return nullptr;
  const EntryFixed fixed = {static_cast<uint32_t>(bytes),
                            key.kind,
                            key.checksum,
                            group,
                            target,
                            first_line,
                            static_cast<uint32_t>(module.size()),
                            static_cast<uint32_t>(qualname.size()),
                            static_cast<uint32_t>(file.size())};
  char* at = entry + sizeof(FunctionCounters);
  std::memcpy(at, &fixed, sizeof fixed);
  at += sizeof fixed;
  for (const absl::string_view part : {module, qualname, file}) {
    if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  store_.Publish();
  return entry;
}

const Recorder::Indexed* Recorder::FindOrAppend(const EntryKey& key, uint32_t group,
                                                uint32_t target) {
  if (const auto found = index_.find(key); found != index_.end()) return &*found;
  char* const entry = Append(key, group, target);
  if (entry == nullptr) return nullptr;
  if (key.kind == kFunctionEntry && !store_.last_in_file()) store_.CountLost(1);
  const uint32_t number = key.kind == kFunctionEntry ? functions_++ : 0;
  return &*index_.insert({key.checksum, entry, number}).first;
}

CountedFunction Recorder::AddFunction(const MatchedFunction& function) {
  if (!StartOwnRecord()) return {};
  std::array<std::string, 3> storage;
  const EntryKey key = MakeKey(kFunctionEntry, Shortened(function.id, &storage));
  const Indexed* const indexed = FindOrAppend(key, function.group, function.target);
  if (indexed == nullptr || !store_.MakeWritable(indexed->entry)) return {};
  return {reinterpret_cast<FunctionCounters*>(indexed->entry), indexed->number,
          FunctionKey(key.checksum)};
}

FunctionCounters* Recorder::AddCounters(const FunctionCounters* counters) {
  if (!MakeWritable(counters)) return nullptr;
  const auto* const first = reinterpret_cast<const char*>(counters);
  const EntryFixed fixed = FixedOf(first);
  char* const entry = Append(KeyOf(first), fixed.group, fixed.target);
  if (entry == nullptr) return nullptr;
  if (!store_.last_in_file()) store_.CountLost(1);
  return reinterpret_cast<FunctionCounters*>(entry);
}

bool Recorder::AddUnmatched(const FunctionIdView& id) {
  if (!StartOwnRecord()) return true;
  std::array<std::string, 3> storage;
  const EntryKey key = MakeKey(kUnmatchedEntry, Shortened(id, &storage));
  if (index_.contains(key)) return false;
  FindOrAppend(key, 0, 0);
  return true;
}

void Recorder::AddNote(absl::string_view text) {
  if (!StartOwnRecord()) return;
  std::string storage;
  Append(MakeKey(kNoteEntry, {.module = Shortened(text, &storage)}), 0, 0);
}

void Recorder::AddProcessName(absl::string_view name) {
  if (!StartOwnRecord()) return;
  std::string storage;
  FindOrAppend(MakeKey(kProcessNameEntry, {.module = Shortened(name, &storage)}), 0, 0);
}

void Recorder::AddFlags(uint64_t flags) {
  if (!StartOwnRecord()) return;
  StoreShared(store_.header().flags, store_.header().flags | flags);
}

void Recorder::MarkEnded() {
  if (!forked_ && !store_.broken()) StoreShared(store_.header().end_monotonic_ns, MonotonicNs());
}

void Recorder::MarkMainEnded() {
  if (forked_ || store_.broken()) return;
  StoreShared(store_.header().main_end_monotonic_ns, MonotonicNs());
}

}  // namespace pyslow::session
