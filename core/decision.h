// The decision about a code object: whether a target matches it, and of which group.
#ifndef PYSLOW_CORE_DECISION_H_
#define PYSLOW_CORE_DECISION_H_

#include <Python.h>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/function.h"
#include "patterns/matcher.h"
#include "patterns/target_set.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::core {

// Decides at the first event of a code object; the engine stores the result on the code object. All
// members except ForgetCells need the GIL. No exception may be set before a call, and none is set
// afterwards. Safe while the interpreter is finalized.
class Decider {
 public:
  // `start_at`: the pattern whose function opens the window, or nullopt. `session` and `recorder`
  // must outlive the decider.
  Decider(const patterns::TargetSet& targets, const std::optional<patterns::TargetSet>& start_at,
          const session::Session* session, session::Recorder* recorder);

  // The function of `code`, which runs in the current frame; nullptr if no target and not
  // --start-at matches it. All code objects of the same name and place have the same function.
  Function* Decide(PyCodeObject* code);

  // Makes every function read its cell again, and thereby check that its counters belong to this
  // process. For the child of a fork, before anything else runs there; async-signal-safe.
  void ForgetCells() noexcept;

 private:
  // A cached module. Its identity is that of the objects that name it, which are referenced so that
  // their addresses are not reused. A collision in the cache replaces the older module.
  struct Module {
    PyObject* name = nullptr;
    PyObject* file = nullptr;
    bool is_main = false;
    // Only for __main__ and __mp_main__: the source of the real name.
    PyObject* main_spec = nullptr;
    PyObject* main_file = nullptr;
    patterns::Scope scope;
    patterns::Scope start_at_scope;
  };
  Module& ModuleOf(PyObject* globals, PyObject* file);
  void FillModule(PyObject* name, PyObject* file, PyObject* globals, Module* module);
  Function* TargetOf(PyCodeObject* code, const Module& module, const patterns::Match& match);
  // The function's own cell, if the session has these; otherwise its group's.
  const std::atomic<uint64_t>* CellOf(uint64_t key, size_t group);
  void NoteMatch(int32_t target);

  // Interned, so that dictionary lookups compare pointers.
  PyObject* const name_key_;
  PyObject* const spec_key_;
  PyObject* const file_key_;
  patterns::Matcher matcher_;
  std::unique_ptr<patterns::Matcher> start_at_matcher_;
  const session::Session* session_;
  session::Recorder* recorder_;
  std::array<Module, 64> modules_;
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
  // Placeholder for a function that opens the window and is not a target. Its cell is off, and its
  // counters are not read.
  Function opener_;
  const std::atomic<uint64_t> off_cell_{session::PackCell({0, 0})};
  session::FunctionCounters unread_counters_{};
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_DECISION_H_
