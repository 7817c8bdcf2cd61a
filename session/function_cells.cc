#include "session/function_cells.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "session/directory.h"

namespace pyslow::session {
namespace {

// A search ends after this number of slots, so that a full table costs little. The table is then
// more than 95% full.
constexpr size_t kMaxProbes = 1024;

absl::Status CheckHeader(const FunctionCellsHeader& header) {
  if (std::memcmp(header.magic, kFunctionCellsMagic, sizeof kFunctionCellsMagic) != 0) {
    return absl::DataLossError("it does not hold the cells of a pyslow session");
  }
  if (absl::Status status = CheckVersion(header.version); !status.ok()) return status;
  if (header.slots != kFunctionSlots) return Damaged("its size is wrong");
  return absl::OkStatus();
}

absl::StatusOr<char*> MapFile(int directory) {
  auto file = OpenFile(directory, kFunctionCellsName, O_RDWR);
  if (!file.ok()) return file.status();
  struct stat info;
  if (fstat(file->get(), &info) != 0) return SystemError(errno, "cannot be examined");
  if (static_cast<uint64_t>(info.st_size) < kFunctionCellsBytes) {
    return Damaged("it is too short");
  }
  auto address = MapShared(file->get(), 0, kFunctionCellsBytes);
  if (!address.ok()) return address.status();
  FunctionCellsHeader header;
  std::memcpy(&header, *address, offsetof(FunctionCellsHeader, used));
  const absl::Status status = CheckHeader(header);
  if (status.ok()) return *address;
  munmap(*address, kFunctionCellsBytes);
  return status;
}

}  // namespace

absl::Status FunctionCells::Create(int directory) {
  const std::string name = absl::StrCat(kUnfinishedFunctionCellsPrefix, RandomDigits());
  auto file = CreateFile(directory, name);
  if (!file.ok()) return file.status();
  absl::Cleanup remove = [&] { unlinkat(directory, name.c_str(), 0); };
  if (auto status = Reserve(file->get(), 0, kFunctionCellsBytes); !status.ok()) return status;
  FunctionCellsHeader header = {};
  std::memcpy(header.magic, kFunctionCellsMagic, sizeof kFunctionCellsMagic);
  header.version = kFormatVersion;
  header.slots = kFunctionSlots;
  if (pwrite(file->get(), &header, sizeof header, 0) != sizeof header) {
    return SystemError(errno, "cannot be written");
  }
  auto status = RenameToNew(directory, name, kFunctionCellsName);
  if (status.ok()) std::move(remove).Cancel();
  return status;
}

absl::StatusOr<std::unique_ptr<FunctionCells>> FunctionCells::Map(int directory) {
  auto address = MapFile(directory);
  if (!address.ok()) return pyslow::At(kFunctionCellsName, address.status());
  return std::unique_ptr<FunctionCells>(new FunctionCells(*address));
}

FunctionCells::~FunctionCells() { munmap(address_, kFunctionCellsBytes); }

uint64_t FunctionCells::used() const { return At(offsetof(FunctionCellsHeader, used))->load(); }

std::atomic<uint64_t>* FunctionCells::own_time() const {
  return At(offsetof(FunctionCellsHeader, own_time));
}

// The word of the slot with this key, which is inserted if there is none. As keys are never
// removed, all processes find a key in the same slot.
std::atomic<uint64_t>* FunctionCells::Insert(uint64_t key) {
  for (size_t probe = 0; probe < kMaxProbes; ++probe) {
    const size_t slot = (key + probe) % kFunctionSlots;
    uint64_t found = KeyAt(slot)->load();
    if (found == 0 && KeyAt(slot)->compare_exchange_strong(found, key)) {
      At(offsetof(FunctionCellsHeader, used))->fetch_add(1);
      return WordAt(slot);
    }
    if (found == key) return WordAt(slot);
  }
  return nullptr;
}

// No store is lost between the steps, which are all seq_cst. A controller that stores the cell of
// the group and then those of all functions either finds the key that Insert published, or it
// stored the group's cell before the load here. And a store to the function's cell, before or after
// the exchange, prevails: the exchange replaces only 0, which no store to a function's cell writes.
std::atomic<uint64_t>* FunctionCells::FindOrInsert(uint64_t key,
                                                   const std::atomic<uint64_t>& group_cell) {
  std::atomic<uint64_t>* const word = Insert(key);
  if (word == nullptr || word->load() != 0) return word;
  uint64_t unset = 0;
  word->compare_exchange_strong(unset, group_cell.load());
  return word;
}

bool FunctionCells::Store(uint64_t key, uint64_t word) {
  std::atomic<uint64_t>* const cell = Insert(key);
  if (cell != nullptr) cell->store(word);
  return cell != nullptr;
}

}  // namespace pyslow::session
