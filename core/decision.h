// The decision on a code object: is it a target, and whose?
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

// Made once, at a code object's first event; the outcome is kept in the code object. All members
// with the GIL held, no exception set before or after.
class Decider {
 public:
  // `start_at`: a target set of the one pattern whose function opens the window, or nullopt. What
  // is passed by pointer must outlive the decider.
  Decider(const patterns::TargetSet& targets, const std::optional<patterns::TargetSet>& start_at,
          const session::Session* session, session::Recorder* recorder);

  // The function that `code`, which starts now in the current frame, is an instance of; nullptr
  // where nothing is wanted of it. The same for every code object of that name and place.
  Function* Decide(PyCodeObject* code);

  // Makes every function look at its cell anew, and so at whether its counters are its process's
  // own. Safe in a fork's child before anything else runs.
  void ForgetCells() noexcept;

 private:
  // A module as matched: the objects that said it are kept, so that the same objects are the same
  // module. Objects in a cell of the cache are replaced when two fall together.
  struct Module {
    PyObject* name = nullptr;
    PyObject* file = nullptr;
    bool is_main = false;
    // Of __main__ and __mp_main__ alone: what its real name is taken from.
    PyObject* main_spec = nullptr;
    PyObject* main_file = nullptr;
    patterns::Scope scope;
    patterns::Scope start_at_scope;
  };
  Module& ModuleOf(PyObject* globals, PyObject* file);
  void FillModule(PyObject* name, PyObject* file, PyObject* globals, Module* module);
  Function* TargetOf(PyCodeObject* code, const Module& module, const patterns::Match& match);
  void Credit(int32_t target);

  // Interned, so that a look-up compares pointers.
  PyObject* const name_key_;
  PyObject* const spec_key_;
  PyObject* const file_key_;
  patterns::Matcher matcher_;
  std::unique_ptr<patterns::Matcher> start_at_matcher_;
  const session::Session* session_;
  session::Recorder* recorder_;
  std::array<Module, 64> modules_;
  // By their number in the process's record, which keeps one for each name and place.
  std::deque<Function> functions_;
  // The same functions as a list that is whole at every instant, since a fork may find the deque
  // half changed by another thread.
  std::atomic<Function*> all_functions_ = nullptr;
  // For readers of a session's directory, who are told what lies near a target that matched
  // nothing: while there is one, functions that match nothing are recorded, as many as this, which
  // bounds what it costs.
  static constexpr uint32_t kMostSeen = 10'000;
  uint32_t seen_left_ = kMostSeen;
  std::vector<bool> credited_;  // by target: it has taken a function in, or nobody awaits that
  uint32_t uncredited_ = 0;     // 0 without a directory
  // What stands for a function that opens the window and is no target: its cell is off, and nobody
  // reads its counters.
  Function opener_;
  const std::atomic<uint64_t> off_cell_{session::PackCell({0, 0})};
  session::FunctionCounters unread_counters_{};
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_DECISION_H_
