#include "session/merger.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace pyslow::session {
namespace {

// Texts are copied to blocks of this size; a larger text has a block of its own.
constexpr size_t kBlockBytes = size_t{1} << 20;

}  // namespace

bool Merger::Equal::operator()(const Ref& ref, const EntryKey& key) const {
  if (ref.checksum != key.checksum) return false;
  const Name& name = (*names)[ref.index];
  const FunctionIdView& id = key.id;
  if (name.first_line != id.first_line || name.module_bytes != id.module.size() ||
      name.qualname_bytes != id.qualname.size() || name.file_bytes != id.file.size()) {
    return false;
  }
  // RecordReader's keys point into one entry, so their texts are contiguous too.
  const size_t bytes = id.module.size() + id.qualname.size() + id.file.size();
  return bytes == 0 || std::memcmp(name.texts, id.module.data(), bytes) == 0;
}

Merger::Merger(SessionSnapshot* session)
    : session_(*session),
      function_index_(0, Hash(), Equal{&functions_}),
      unmatched_index_(0, Hash(), Equal{&unmatched_}) {}

const char* Merger::Keep(absl::string_view text) {
  if (blocks_.empty() || block_left_ < text.size()) {
    block_left_ = std::max(kBlockBytes, text.size());
    blocks_.push_back(std::make_unique<char[]>(block_left_));
    block_at_ = blocks_.back().get();
  }
  char* const kept = block_at_;
  if (!text.empty()) std::memcpy(kept, text.data(), text.size());
  block_at_ += text.size();
  block_left_ -= text.size();
  return kept;
}

uint32_t Merger::IndexOf(const EntryKey& key, Index* index, std::vector<Name>* names) {
  if (const auto found = index->find(key); found != index->end()) return found->index;
  const auto next = static_cast<uint32_t>(names->size());
  const FunctionIdView& id = key.id;
  const size_t bytes = id.module.size() + id.qualname.size() + id.file.size();
  names->push_back({Keep(absl::string_view(id.module.data(), bytes)), id.first_line,
                    static_cast<uint32_t>(id.module.size()),
                    static_cast<uint32_t>(id.qualname.size()),
                    static_cast<uint32_t>(id.file.size())});
  index->insert(Ref{key.checksum, next});
  return next;
}

absl::Status Merger::AddFunction(const StoredEntry& entry, bool is_fork) {
  if (entry.group >= session_.settings.groups.size() ||
      entry.target >= session_.settings.targets.size()) {
    return absl::DataLossError("damaged: the settings lack a function's group or target");
  }
  const bool is_called = entry.counts.calls + entry.counts.calls_outside > 0;
  // A fork copies whole chunks of its parent's record; a function that it does not call is only the
  // parent's.
  if (is_fork && !is_called) return absl::OkStatus();
  const uint32_t index = IndexOf(entry.key, &function_index_, &functions_);
  if (index == totals_.size()) totals_.push_back({entry.group, entry.target, 0, 0, CallCounts()});
  if (!is_called) return absl::OkStatus();
  Total& total = totals_[index];
  total.counts += entry.counts;
  const bool is_counted =
      total.in_process < in_process_.size() && in_process_[total.in_process].function == index;
  if (is_counted) {  // by another thread of the process
    in_process_[total.in_process].counts += entry.counts;
    return absl::OkStatus();
  }
  total.processes += 1;
  total.in_process = static_cast<uint32_t>(in_process_.size());
  in_process_.push_back({index, entry.counts});
  return absl::OkStatus();
}

absl::Status Merger::AddRecord(const std::string& name, absl::string_view bytes) {
  auto reader = RecordReader::Open(bytes);
  if (!reader.ok()) return reader.status();
  if (reader->session_id() != session_.settings.session_id) {
    return absl::DataLossError(
        absl::StrCat("it belongs to another session (", reader->session_id(), ")"));
  }
  ProcessSnapshot process = reader->process();
  process.record = name;
  in_process_.clear();
  StoredEntry entry;
  for (;;) {
    auto more = reader->Next(&entry);
    if (!more.ok()) return more.status();
    if (!*more) break;
    if (entry.key.kind == kFunctionEntry) {
      auto status = AddFunction(entry, !process.forked_from.empty());
      if (!status.ok()) return status;
    } else if (entry.key.kind == kUnmatchedEntry) {
      IndexOf(entry.key, &unmatched_index_, &unmatched_);
    } else if (entry.key.kind == kProcessNameEntry) {
      process_names_.emplace(entry.key.id.module);
    } else {
      process.notes.emplace_back(entry.key.id.module);
    }
  }
  process.functions = in_process_;
  session_.processes.push_back(std::move(process));
  return absl::OkStatus();
}

FunctionIdView Merger::IdOf(const Name& name) {
  const char* const qualname = name.texts + name.module_bytes;
  return {absl::string_view(name.texts, name.module_bytes),
          absl::string_view(qualname, name.qualname_bytes),
          absl::string_view(qualname + name.qualname_bytes, name.file_bytes), name.first_line};
}

std::vector<uint32_t> Merger::Sorted(const std::vector<Name>& names) {
  std::vector<uint32_t> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](uint32_t i, uint32_t j) { return IdOf(names[i]) < IdOf(names[j]); });
  return order;
}

void Merger::Finish() {
  std::vector<uint32_t> place(functions_.size());
  session_.functions.reserve(functions_.size());
  for (const uint32_t i : Sorted(functions_)) {
    place[i] = static_cast<uint32_t>(session_.functions.size());
    const Total& total = totals_[i];
    session_.functions.push_back(
        {IdOf(functions_[i]).Copy(), total.group, total.target, total.counts, total.processes});
  }
  for (ProcessSnapshot& process : session_.processes) {
    for (FunctionInProcess& called : process.functions) called.function = place[called.function];
  }
  session_.process_names.assign(process_names_.begin(), process_names_.end());
  for (const uint32_t i : Sorted(unmatched_)) {
    session_.unmatched.push_back(IdOf(unmatched_[i]).Copy());
  }
}

}  // namespace pyslow::session
