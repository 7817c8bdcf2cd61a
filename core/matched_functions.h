// The matched functions of the process: their counters, and what the call path needs of them.
#ifndef PYSLOW_CORE_MATCHED_FUNCTIONS_H_
#define PYSLOW_CORE_MATCHED_FUNCTIONS_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/function_id.h"
#include "core/function.h"
#include "patterns/matcher.h"
#include "patterns/target_set.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::core {

// All members except ForgetCells need the GIL, or without a GIL a SharedLock.
class MatchedFunctions {
 public:
  // `session` and `recorder` must outlive this object.
  MatchedFunctions(const patterns::TargetSet& targets, const session::Session* session,
                   session::Recorder* recorder);

  // The function that calls with the identity `id` are counted as; if the match's group has a
  // process=GLOB, with that in its qualname. `match` is the match of the callee, `opens_window`
  // whether --start-at matches it. The function is added at the first call and is never destroyed.
  // If no selected group has it, or there is no memory for its counters, it is not delayed: the
  // result is a placeholder that opens the window if `opens_window`, otherwise nullptr. A callee
  // that no target matches is recorded, for suggestions.
  Function* Resolve(const FunctionIdView& id, const patterns::Match& match, bool opens_window);

  // Records a name for the report: of a function that no target matches, an alias, or of the lines
  // that a function has.
  void AddUnmatched(FunctionIdView id);
  // Whether that has an effect: some target has matched nothing yet, and there is room.
  bool records_unmatched() const { return targets_without_match_ > 0 && unmatched_left_ > 0; }

  // Records that targets select lines of compiled code, which has no events for them.
  void NoteCompiledLines(const FunctionIdView& id);

  // Makes `function` such a placeholder, without opens_window.
  void MakePlaceholder(Function* function);

  // Without a GIL: a new copy of `original`, for one thread. The first copy has the counters of the
  // original, the others have counters of their own. Without memory for these, the copy is a
  // placeholder, whose calls are not counted.
  Function* Copy(Function* original);

  // Makes every function read its cell again, and thereby check that its counters belong to this
  // process. For the child of a fork, before anything else runs there; async-signal-safe.
  void ForgetCells() noexcept;

 private:
  Function* Add(const FunctionIdView& id, const patterns::Match& match);
  // The function's own cell, if the session has these; otherwise its group's.
  const std::atomic<uint64_t>* CellOf(uint64_t key, size_t group);
  void NoteMatch(int32_t target);
  void AddToList(Function* function);

  const session::Session* session_;
  session::Recorder* recorder_;
  std::vector<std::string> processes_;  // by group: the GLOB, or empty
  // By number in the process's record.
  std::deque<Function> functions_;
  std::deque<Function> copies_;
  // The same functions, and the copies, as a list that is consistent at every instant: another
  // thread may be changing the deque when the process forks.
  std::atomic<Function*> all_functions_ = nullptr;
  // If a target has matched nothing, reports list similar names. Therefore unmatched functions are
  // recorded while there is such a target, up to a limit that bounds the cost.
  static constexpr uint32_t kMaxUnmatched = 10'000;
  uint32_t unmatched_left_ = kMaxUnmatched;
  std::vector<bool> has_matched_;       // by target; true for targets that no report lists
  uint32_t targets_without_match_ = 0;  // 0 in a session without a directory
  bool notes_group_cell_ = false;       // the note in CellOf is written
  // The placeholder for a function that opens the window and is not a target. Its cell is off, and
  // its counters are not read.
  Function opener_;
  const std::atomic<uint64_t> off_cell_{session::PackCell({0, 0})};
  session::FunctionCounters unread_counters_{};
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_MATCHED_FUNCTIONS_H_
