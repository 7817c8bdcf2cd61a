#include "core/engine.h"

#include <algorithm>
#include <cmath>

#include "core/cpython.h"
#include "core/delay.h"

namespace pyslow::core {
namespace {

// What a code object's extra slot holds once it is known that nothing is wanted of it.
Function g_unmatched{.is_target = false};

PyObject* None() { return Py_NewRef(Py_None); }

}  // namespace

inline Function* Engine::FunctionOf(PyCodeObject* code) {
  if (extra_is_direct_) [[likely]] {
    auto* function = static_cast<Function*>(ReadCodeExtra(code, extra_index_));
    if (function != nullptr) [[likely]]
      return function;
  }
  return DecideAndKeep(code);
}

// The path of a call, whole, with OnCall for its part in the window. Everything that is not on it
// is in another function.
PyObject* Engine::OnEvent(PyCodeObject* code) {
  Function* function = FunctionOf(code);
  if (function == &g_unmatched) return Py_NewRef(disable_);
  Window::State state = window_.Current();
  if (state == Window::State::kBefore && waits_for_call_) state = OpenedBy(function);
  const uint64_t word = function->cell->load(std::memory_order_relaxed);
  if (word != function->word && !ReadCell(function, word)) [[unlikely]]
    return state == Window::State::kAfter ? AfterTheEnd() : None();
  if (state == Window::State::kOpen) return OnCall(function);
  session::Add(function->counters->calls_outside, 1);
  return state == Window::State::kBefore ? None() : AfterTheEnd();
}

inline PyObject* Engine::OnCall(Function* function) {
  session::FunctionCounters& counters = *function->counters;
  session::Add(counters.calls, 1);
  if (--function->until_delayed > 0) return None();
  function->until_delayed = function->frequency;
  if (function->frequency == 0) return None();  // the group is off
  session::Add(counters.delayed, 1);
  if (function->spin_ticks == 0) return None();  // the control
  session::Add(counters.asked_ns, static_cast<uint64_t>(function->delay_ns));
  return Delay(function);
}

// Once for a process, but for the places that run before the switching off has reached them.
PyObject* Engine::AfterTheEnd() {
  StopForGood();
  return Py_NewRef(disable_);
}

PyObject* Engine::OnTimedEvent(PyCodeObject* code) {
  BeginTimedEvent();
  if (Function* function = FunctionOf(code); function->is_target) own_time_.Enter(function);
  PyObject* result = OnEvent(code);
  own_time_.EndEvent();
  return result;
}

PyObject* Engine::OnEnter(PyCodeObject* code, bool may_disable) {
  BeginTimedEvent();
  Function* function = FunctionOf(code);
  if (function->is_target) own_time_.Enter(function);
  return EndTimedEvent(function, may_disable);
}

PyObject* Engine::OnLeave(PyCodeObject* code, bool may_disable) {
  BeginTimedEvent();
  const Function* function = FunctionOf(code);
  if (function->is_target) own_time_.Leave(function);
  return EndTimedEvent(function, may_disable);
}

// What has passed since this thread's last event is put down to the function that it was spent in.
void Engine::BeginTimedEvent() {
  const Window::State state = window_.Current();
  const OwnTime::Stretch stretch = own_time_.BeginEvent(state);
  Function* function = stretch.function;
  if (function == nullptr) return;
  double inside = state == Window::State::kOpen ? 1 : 0;
  if (stretch.crosses_edge && stretch.all_ns > 0) {
    const int64_t now_ns = MonotonicNs();
    inside = static_cast<double>(window_.NsInside(now_ns - stretch.all_ns, now_ns)) /
             static_cast<double>(stretch.all_ns);
  }
  if (inside == 0) return;
  // In a fork's child the counters may still be the parent's.
  if (function->word == session::kNoCell &&
      !ReadCell(function, function->cell->load(std::memory_order_relaxed))) {
    return;
  }
  session::Add(function->counters->own_ns,
               static_cast<uint64_t>(std::llround(stretch.ran_ns * inside)));
}

PyObject* Engine::EndTimedEvent(const Function* function, bool may_disable) {
  own_time_.EndEvent();
  const bool is_over = window_.state() == Window::State::kAfter;
  if (is_over) StopForGood();
  return (is_over || function == &g_unmatched) && may_disable ? Py_NewRef(disable_) : None();
}

PyObject* Engine::Delay(Function* function) {
  const uint32_t forks = forks_;
  const DelayResult result = settings_.gil == Gil::kHold
                                 ? DelayHoldingGil(calibration_, function->spin_ticks)
                                 : DelayReleasingGil(calibration_, function->spin_ticks);
  // The handler of a signal may fork in the middle of a long delay. The call that goes on in the
  // child is one of the parent's, and so may its counters be.
  if (forks_ == forks) {
    session::Add(function->counters->spun_ticks,
                 result.spent_ticks + static_cast<uint64_t>(overshoot_ticks_));
  }
  return result.interrupted ? nullptr : None();
}

Function* Engine::DecideAndKeep(PyCodeObject* code) {
  auto* object = reinterpret_cast<PyObject*>(code);
  if (!extra_is_direct_) {
    void* extra = nullptr;
    if (PyUnstable_Code_GetExtra(object, extra_index_, &extra) != 0) PyErr_Clear();
    if (extra != nullptr) return static_cast<Function*>(extra);
  }
  NoticeSubinterpreters();
  if (settings_.own_time) NoticeGreenlets();
  Function* function = decider_.Decide(code);
  if (function == nullptr) function = &g_unmatched;
  // Without memory for the slot the code object is decided again at its next event.
  SetCodeExtra(code, extra_index_, function, extra_is_direct_);
  return function;
}

// Derives what the path of a call needs from a cell that has changed. False where this process may
// not count, and so not delay: a fork without memory for counters of its own. After a fork every
// function comes here first, since its word was forgotten.
bool Engine::ReadCell(Function* function, uint64_t word) {
  if (!recorder_->MakeWritable(function->counters)) return false;
  const session::Cell cell = session::UnpackCell(word);
  const auto ticks = static_cast<int64_t>(calibration_.TicksOf(cell.delay_ns));
  function->delay_ns = cell.delay_ns;
  function->frequency = cell.frequency;
  function->until_delayed = cell.frequency;
  function->spin_ticks =
      cell.delay_ns == 0 ? 0
                         : static_cast<uint64_t>(std::max<int64_t>(ticks - overshoot_ticks_, 1));
  function->word = word;
  return true;
}

// Before a window that a call opens (--start-at): the state now that this call has come, which may
// be the one, or another process of the session has had it.
Window::State Engine::OpenedBy(const Function* function) {
  if (function->opens_window) OpenWindow();
  const int64_t opened_ns = session_->window_opened_ns().load(std::memory_order_relaxed);
  if (opened_ns != 0) window_.OpenAt(opened_ns);
  return window_.state();
}

void Engine::OpenWindow() {
  int64_t unopened = 0;
  session_->window_opened_ns().compare_exchange_strong(unopened, MonotonicNs());
}

}  // namespace pyslow::core
