// The matched functions of the process: their counters, and what the call path needs of them.
#ifndef PYSLOW_CORE_MATCHED_FUNCTIONS_H_
#define PYSLOW_CORE_MATCHED_FUNCTIONS_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/function_id.h"
#include "core/function.h"
#include "patterns/matcher.h"
#include "patterns/target_set.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::core {

// All members except ForgetCells need the GIL.
class MatchedFunctions {
 public:
  // `session` and `recorder` must outlive this object.
  MatchedFunctions(const patterns::TargetSet& targets, const session::Session* session,
                   session::Recorder* recorder);

  // The function of calls that are counted as `id`, with the match of what is called. It is added
  // at the first call and never destroyed. nullptr if it is neither a target of a selected group
  // nor opens the window (`opens_window`: --start-at matches it), and without memory for its
  // counters: it is not delayed. Records a function that no target matches, for suggestions.
  Function* Resolve(const FunctionIdView& id, const patterns::Match& match, bool opens_window);

  // Records that targets select lines of compiled code, which has no events for them.
  void NoteCompiledLines(const FunctionIdView& id);

  // Makes `function` such a placeholder, without opens_window.
  void MakePlaceholder(Function* function);

  // Makes every function read its cell again, and thereby check that its counters belong to this
  // process. For the child of a fork, before anything else runs there; async-signal-safe.
  void ForgetCells() noexcept;

 private:
  Function* Add(const FunctionIdView& id, const patterns::Match& match);
  void AddUnmatched(FunctionIdView id);
  // The function's own cell, if the session has these; otherwise its group's.
  const std::atomic<uint64_t>* CellOf(uint64_t key, size_t group);
  void NoteMatch(int32_t target);

  const session::Session* session_;
  session::Recorder* recorder_;
  // By number in the process's record.
  std::deque<Function> functions_;
  // The same functions as a list that is consistent at every instant: another thread may be
  // changing the deque when the process forks.
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
