// The call path: what happens in the program at each monitored event.
//
//   event → decision stored on the code object → window → Nth call? → counters → delay
#ifndef PYSLOW_CORE_ENGINE_H_
#define PYSLOW_CORE_ENGINE_H_

#include <Python.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>

#include "core/clock.h"
#include "core/code_lines.h"
#include "core/cpython.h"
#include "core/decision.h"
#include "core/delay.h"
#include "core/engine_settings.h"
#include "core/engine_threads.h"
#include "core/matched_functions.h"
#include "core/monitoring_tool.h"
#include "core/native_callables.h"
#include "core/own_time.h"
#include "core/process_role.h"
#include "core/self_calibration.h"
#include "core/shared.h"
#include "core/unsupported_use.h"
#include "core/window.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::core {

// Inputs of an engine. `session` and `recorder` must never be destroyed: Python code may run until
// the process ends.
struct EngineOptions {
  Settings settings;
  patterns::TargetSet targets;
  std::optional<patterns::TargetSet> start_at;  // one pattern, whose first call opens the window
  Calibration calibration;
  const session::Session* session;
  session::Recorder* recorder;
};

// The events of Python functions that can be calls, PY_START and PY_RESUME. A resumption is also
// counted as such.
enum class CallEvent { kStart, kResume };

// The engine's slots on code objects.
struct CodeSlots {
  ExtraSlot function;
  std::optional<ExtraSlot> caller;  // if some target has a caller
};

// Handles the events of one process. At most one per process, and never destroyed, because events
// may arrive until the interpreter is gone. All members except AfterForkInChild run in the thread
// that holds the GIL. Without a GIL, those that handle an event run in any thread, at the same
// time; see engine_threads.h and shared.h. Events may also arrive while the interpreter is
// finalized, when sys.modules and the attributes of modules are already gone: no member relies on
// them.
//
// A delay may end the calling thread by forced unwinding (see DelayReleasingGil). No frame between
// an event and a delay may therefore have a destructor, a catch (...) or be noexcept.
class Engine {
 public:
  // `tool` controls this engine's events. The tool and the objects that `options` points to must
  // outlive the engine. Until Start is called the window is open.
  Engine(EngineOptions options, MonitoringTool* tool, const CodeSlots& slots);

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Handles a call. Returns a new reference: None, or DISABLE if no
  // further event is needed from this place; nullptr with an exception if a signal handler raised
  // one during the delay.
  template <CallEvent kEvent>
  PyObject* OnEvent(PyCodeObject* code);

  // The same, and measures own time.
  template <CallEvent kEvent>
  PyObject* OnTimedEvent(PyCodeObject* code);

  // Handles a call of `callable` by `code` (CALL): counts and delays it if it is a matched callable
  // that is no Python function. Returns as OnEvent does, but DISABLE only after the window: another
  // callable may be called at the same place.
  PyObject* OnNativeCall(PyCodeObject* code, PyObject* callable);
  PyObject* OnTimedNativeCall(PyCodeObject* code, PyObject* callable);
  // Own time only: such a call has ended (C_RETURN, C_RAISE).
  PyObject* OnNativeReturn(PyCodeObject* code, PyObject* callable);

  // Handles a line of `code` (LINE): counts and delays the entry of each range of lines that the
  // frame was not in at its line before. Returns as OnNativeCall does.
  PyObject* OnLine(PyCodeObject* code, uint32_t line);
  PyObject* OnTimedLine(PyCodeObject* code, uint32_t line);

  // Handles the start of a frame if starts are not calls: decides about `code`. OnTimedStart also
  // measures own time, as OnEnter does.
  PyObject* OnSeen(PyCodeObject* code);
  PyObject* OnTimedStart(PyCodeObject* code);

  // Own time only: a frame of `code` starts or continues to run, or stops running. `may_disable`:
  // whether CPython accepts DISABLE as the result (PEP 669: not for PY_THROW and PY_UNWIND).
  PyObject* OnEnter(PyCodeObject* code, bool may_disable);
  PyObject* OnLeave(PyCodeObject* code, bool may_disable);

  // Replaces the open window by the real one. To be called once, after self-calibration. `mode`:
  // of the tool.
  void Start(const Window& window, const EventCosts& costs, EventMode mode);

  // Counts the calls of a builtin function by `code` as `function`; nullptr: no longer. For
  // measurements, if a target selects callables that are no Python functions.
  void MeasureNative(PyCodeObject* code, PyObject* builtin, Function* function);

  // Switches the events of lines on in `code`, likewise, if a target has lines.
  void MeasureLines(PyCodeObject* code) { tool_->SwitchOnIn(code, {.lines = true}); }

  // To be called in the child of a fork, before anything else runs there.
  void AfterForkInChild() noexcept;

  // To be called when the interpreter begins to finalize.
  void MarkMainEnded();

 private:
  template <CallEvent kEvent>
  PyObject* OnMatched(Function* function);
  template <CallEvent kEvent>
  PyObject* OnCall(Function* function);    // in the window, with the cell read
  PyObject* OnNative(Function* function);  // nullptr: it is not matched
  template <CallEvent kEvent>
  PyObject* OnUnread(Function* function, Window::State state);  // its cell cannot be read
  // What this thread uses: with a GIL, all threads use the same.
  Window& window() {
    if constexpr (kIsFreeThreaded) return threads_.This().window;
    return window_;
  }
  NativeCallables& natives() {
    if constexpr (kIsFreeThreaded) return *threads_.This().natives;
    return *natives_;
  }
  Function* OfThread(Function* original) {
    if constexpr (kIsFreeThreaded) return threads_.CopyOf(original);
    return original;
  }
  Function* FunctionOf(PyCodeObject* code);
  Function* FunctionOfNative(PyCodeObject* code, PyObject* callable);
  Function* FunctionByCallerOf(FunctionByCaller* function, const Caller* caller);
  Function* FunctionOfCall(Function* function);
  // The function in the role of this process. `function` itself if that does not depend on the
  // role, or if no target matches it in this role.
  Function* InRole(Function* function) {
    return function->kind == FunctionKind::kByRole ? InThisRole(function) : function;
  }
  Function* InThisRole(Function* function);
  Function* FunctionInRole(FunctionByRole* function, patterns::Role role);
  Function* NativeOf(PyCodeObject* code, PyObject* callable);
  Function* EnterFrame(Function* found, bool starts);
  Function* EnterPlaceholder(Function* found, bool starts);
  const Function* LeavePlaceholder(Function* found);
  // To be called when a frame of `function` starts. Its address may be that of a dead frame.
  void StartLines(const Function* function) {
    if (function->kind == FunctionKind::kWithLines) line_frames_.Start(CurrentFrameId());
  }
  void MoveOwnTime(const Function* function, uint32_t line);
  Function* DecideAndStore(PyCodeObject* code);
  const Caller* CallerOf(PyCodeObject* code) const;
  Window::State TryToOpenWindow(const Function* function);
  PyObject* AfterWindow();
  // The result of an event that is no call of a target.
  PyObject* NoCall() {
    return window().Current() == Window::State::kAfter ? AfterWindow() : Py_NewRef(Py_None);
  }
  void BeginTimedEvent();
  void FollowOpening();
  void OpenIfOpened();
  PyObject* EndTimedEvent(const Function* function, bool may_disable);
  bool ReadCell(Function* function, uint64_t word);
  void SetMode(EventMode mode);
  void FollowOwnTime();
  bool WantsOtherMode() const;
  PyObject* Delay(Function* function);
  DelayResult DelayReleased(uint64_t ticks);

  // Members that every call reads come first.
  const bool extra_is_direct_;
  const bool waits_for_call_;
  const Py_ssize_t extra_index_;
  Window window_;
  const Calibration calibration_;
  const Settings settings_;
  const session::Session* const session_;
  const std::atomic<uint64_t>& releases_gil_;  // Session::releases_gil
  session::Recorder* const recorder_;
  const patterns::TargetSet targets_;
  const std::optional<patterns::TargetSet> start_at_;
  patterns::Roles roles_;
  ProcessRole process_role_;
  const std::optional<ExtraSlot> caller_slot_;
  MatchedFunctions functions_;
  const std::unique_ptr<NativeMatcher> native_matcher_;
  const std::unique_ptr<NativeCallables> natives_;  // nullptr without a GIL
  Decider decider_;
  std::conditional_t<kIsFreeThreaded, LineFramesOfThreads, LineFrames> line_frames_;
  OwnTime own_time_;
  const std::atomic<uint64_t>* const own_time_switch_;  // Session::own_time
  Shared<EventMode> mode_ = EventMode::kPlain;
  Shared<bool> is_switching_ = false;   // a thread is in FollowOwnTime
  bool is_started_ = false;             // self-calibration has ended
  Shared<uint64_t> acquire_ticks_ = 0;  // of the GIL without waiting, see DelayReleased; 0: unknown
  EventCosts costs_;
  Shared<int64_t> overshoot_ticks_ = 0;  // of costs_, in mode_
  PyObject* const disable_;              // sys.monitoring.DISABLE, borrowed from tool_
  MonitoringTool* const tool_;
  UnsupportedUse unsupported_use_;
  EngineThreads threads_;  // used without a GIL
  uint32_t forks_ = 0;     // number of forks between the first process and this one
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_ENGINE_H_
