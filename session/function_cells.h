// The file "function-cells" of a session directory: a cell for each function, shared by all
// processes, so that a program's delays can be regrouped while it runs.
#ifndef PYSLOW_SESSION_FUNCTION_CELLS_H_
#define PYSLOW_SESSION_FUNCTION_CELLS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/function_id.h"
#include "session/format.h"

namespace pyslow::session {

// The key of a function's cell, from the checksum of its entry in a record. Never 0. Two functions
// share a cell if their checksums are equal, which is unlikely: with 10,000 functions, 3 in 10^12.
constexpr uint64_t FunctionKey(uint64_t checksum) { return checksum != 0 ? checksum : 1; }
// The key of a function in a snapshot.
inline uint64_t FunctionKey(const FunctionIdView& id) {
  return FunctionKey(MakeKey(kFunctionEntry, id).checksum);
}

// The file mapped shared: a hash table of kFunctionSlots slots with open addressing, in which keys
// are never removed. Lock-free and safe in any thread and process; a process that is killed at any
// point leaves a valid table. The mapping lives as long as the object. Does not trust the content:
// another process may have damaged it.
class FunctionCells {
 public:
  // Creates the file. AlreadyExists if there is one; ResourceExhausted if there is no space.
  static absl::Status Create(int directory);

  // Maps the file in `directory`. Messages begin with its name. NotFound; DataLoss if it is damaged
  // or not such a file.
  static absl::StatusOr<std::unique_ptr<FunctionCells>> Map(int directory);

  ~FunctionCells();
  FunctionCells(const FunctionCells&) = delete;
  FunctionCells& operator=(const FunctionCells&) = delete;

  // The cell of the function with this key. A new one gets the value of `group_cell`. nullptr if
  // there is no space.
  std::atomic<uint64_t>* FindOrInsert(uint64_t key, const std::atomic<uint64_t>& group_cell);

  // Sets the cell of the function with this key. False if there is no space.
  bool Store(uint64_t key, uint64_t word);

  uint64_t used() const;
  std::atomic<uint64_t>* own_time() const;

  // Calls visit(key, word) for each function.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t i = 0; i < kFunctionSlots; ++i) {
      const uint64_t key = KeyAt(i)->load();
      if (key != 0) visit(key, *WordAt(i));
    }
  }

 private:
  explicit FunctionCells(char* address) : address_(address) {}
  std::atomic<uint64_t>* At(size_t offset) const {
    return reinterpret_cast<std::atomic<uint64_t>*>(address_ + offset);
  }
  std::atomic<uint64_t>* KeyAt(size_t slot) const {
    return At(sizeof(FunctionCellsHeader) + slot * sizeof(FunctionSlot));
  }
  std::atomic<uint64_t>* WordAt(size_t slot) const {
    return At(sizeof(FunctionCellsHeader) + slot * sizeof(FunctionSlot) +
              offsetof(FunctionSlot, word));
  }
  std::atomic<uint64_t>* Insert(uint64_t key);

  char* const address_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_FUNCTION_CELLS_H_
