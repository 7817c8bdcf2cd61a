#include "core/engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/call_targets.h"

namespace pyslow::core {
namespace {

// The extra slot of a code object that no target matches points here.
Function g_unmatched{.is_target = false};

PyObject* None() { return Py_NewRef(Py_None); }

std::unique_ptr<NativeMatcher> MakeNativeMatcher(const patterns::TargetSet& targets,
                                                 const patterns::Roles& roles,
                                                 const Settings& settings,
                                                 const std::optional<patterns::TargetSet>& start_at,
                                                 MatchedFunctions* functions) {
  if (!SelectsNative(targets, settings) && !HasCallers(targets)) return nullptr;
  return std::make_unique<NativeMatcher>(targets, roles, settings, start_at, functions);
}

std::unique_ptr<NativeCallables> MakeNatives(NativeMatcher* matcher) {
  if (matcher == nullptr || kIsFreeThreaded) return nullptr;
  return std::make_unique<NativeCallables>(matcher);
}

}  // namespace

inline Function* Engine::FunctionOf(PyCodeObject* code) {
  if (extra_is_direct_) [[likely]] {
    auto* function = static_cast<Function*>(ReadCodeExtra(code, extra_index_));
    if (function != nullptr) [[likely]]
      return OfThread(function);
  }
  return OfThread(DecideAndStore(code));
}

// OnEvent, OnMatched and OnCall are the whole call path of Python functions. All rare cases are in
// other functions.
template <CallEvent kEvent>
PyObject* Engine::OnEvent(PyCodeObject* code) {
  Function* function = FunctionOf(code);
  if (function == &g_unmatched) return Py_NewRef(disable_);
  return OnMatched<kEvent>(function);
}

template <CallEvent kEvent>
[[gnu::always_inline]] inline PyObject* Engine::OnMatched(Function* function) {
  Window::State state = window().Current();
  if (state == Window::State::kBefore && waits_for_call_) state = TryToOpenWindow(function);
  const uint64_t word = function->cell->load(std::memory_order_relaxed);
  if (word != function->word && !ReadCell(function, word)) [[unlikely]]
    return OnUnread<kEvent>(function, state);
  if (state == Window::State::kOpen) return OnCall<kEvent>(function);
  session::Add(function->counters->calls_outside, 1);
  return state == Window::State::kBefore ? None() : AfterWindow();
}

template <CallEvent kEvent>
inline PyObject* Engine::OnCall(Function* function) {
  session::FunctionCounters& counters = *function->counters;
  session::Add(counters.calls, 1);
  if constexpr (kEvent == CallEvent::kResume) session::Add(counters.resumed, 1);
  if (--function->until_delayed > 0) return None();
  function->until_delayed = function->frequency;
  if (function->frequency == 0) return None();  // the group is off
  session::Add(counters.delayed, 1);
  if (function->spin_ticks == 0) return None();  // the control
  session::Add(counters.asked_ns, static_cast<uint64_t>(function->delay_ns));
  return Delay(function);
}

// The call path of all other callables.
PyObject* Engine::OnNativeCall(PyCodeObject* code, PyObject* callable) {
  return OnNative(FunctionOfNative(code, callable));
}

inline Function* Engine::FunctionOfNative(PyCodeObject* code, PyObject* callable) {
  Function* const function = natives().FunctionOf(callable, CallerOf(code));
  return function != nullptr ? OfThread(function) : nullptr;
}

inline PyObject* Engine::OnNative(Function* function) {
  if (function != nullptr) return OnMatched<CallEvent::kStart>(function);
  return NoCall();
}

Engine::Engine(EngineOptions options, MonitoringTool* tool, const CodeSlots& slots)
    : extra_is_direct_(slots.function.is_direct),
      waits_for_call_(options.start_at.has_value()),
      extra_index_(slots.function.index),
      window_(options.calibration, MonotonicNs(), 0),
      calibration_(options.calibration),
      settings_(options.settings),
      session_(options.session),
      releases_gil_(session_->releases_gil()),
      recorder_(options.recorder),
      targets_(std::move(options.targets)),
      start_at_(std::move(options.start_at)),
      roles_(targets_),
      process_role_(&roles_, recorder_, settings_.option_words),
      caller_slot_(slots.caller),
      functions_(targets_, session_, recorder_),
      native_matcher_(MakeNativeMatcher(targets_, roles_, settings_, start_at_, &functions_)),
      natives_(MakeNatives(native_matcher_.get())),
      decider_(targets_, roles_, settings_, start_at_,
               native_matcher_ ? &native_matcher_->matcher() : nullptr, &functions_),
      own_time_(options.calibration),
      own_time_switch_(session_->own_time()),
      disable_(tool->disable()),
      tool_(tool),
      unsupported_use_(recorder_, settings_.own_time || own_time_switch_ != nullptr),
      threads_(window_, native_matcher_.get(), &functions_) {}

void Engine::Start(const Window& window, const EventCosts& costs, EventMode mode) {
  process_role_.RecordNames();
  window_ = window;
  if constexpr (kIsFreeThreaded) threads_.SetWindow(window);
  costs_ = costs;
  own_time_.SetEventTicks(costs.event_ticks);
  SetMode(mode);
  is_started_ = true;
}

// Runs at the first event after the window, and at the events that other places in the code raise
// before CPython has switched them off.
PyObject* Engine::AfterWindow() {
  tool_->SwitchOff();
  return Py_NewRef(disable_);
}

// Own time: a frame of `found` starts or continues to run. Returns the function that it is of.
inline Function* Engine::EnterFrame(Function* found, bool starts) {
  if (!found->is_target) return EnterPlaceholder(found, starts);
  own_time_.Enter(found);
  return found;
}

template <CallEvent kEvent>
PyObject* Engine::OnTimedEvent(PyCodeObject* code) {
  BeginTimedEvent();
  Function* const function = EnterFrame(FunctionOf(code), kEvent == CallEvent::kStart);
  PyObject* result = function == &g_unmatched ? Py_NewRef(disable_) : OnMatched<kEvent>(function);
  own_time_.EndEvent();
  return result;
}

PyObject* Engine::OnTimedNativeCall(PyCodeObject* code, PyObject* callable) {
  BeginTimedEvent();
  Function* const function = NativeOf(code, callable);
  // The end of a bound method has another callable, or no event: its time is its caller's.
  const bool has_end = function != nullptr && function->is_target && !PyMethod_Check(callable) &&
                       !PyInstanceMethod_Check(callable);
  if (has_end) own_time_.Enter(function);
  PyObject* result = OnNative(function);
  if (result == nullptr && has_end) own_time_.Leave(function);  // it is not called
  own_time_.EndEvent();
  return result;
}

// The function that a call is counted as; nullptr if there is none.
Function* Engine::NativeOf(PyCodeObject* code, PyObject* callable) {
  Function* const function = FunctionOfNative(code, callable);
  if (function == nullptr || function->kind != FunctionKind::kByRole) return function;
  Function* const in_role = InRole(function);
  return in_role != function ? in_role : nullptr;
}

PyObject* Engine::OnNativeReturn(PyCodeObject* code, PyObject* callable) {
  BeginTimedEvent();
  Function* const function = NativeOf(code, callable);
  if (function != nullptr && function->is_target) own_time_.Leave(function);
  own_time_.EndEvent();
  return None();
}

PyObject* Engine::OnSeen(PyCodeObject* code) {
  Function* const function = FunctionOf(code);
  // If own time may be measured later, the start of a target is an event then.
  const bool is_needed = own_time_switch_ != nullptr && function != &g_unmatched;
  const bool is_placeholder =
      function->kind == FunctionKind::kWithLines || function->kind == FunctionKind::kByRole;
  if (!is_placeholder && !is_needed) return Py_NewRef(disable_);
  StartLines(InRole(function));
  return NoCall();
}

PyObject* Engine::OnTimedStart(PyCodeObject* code) {
  BeginTimedEvent();
  const Function* const function = EnterFrame(FunctionOf(code), true);
  return EndTimedEvent(function, true);
}

// The call path of entries of lines.
PyObject* Engine::OnLine(PyCodeObject* code, uint32_t line) {
  Function* const found = FunctionOf(code);
  const Function* const function = InRole(found);
  const void* const frame = FrameOf(code);
  if (function->kind != FunctionKind::kWithLines || frame == nullptr) {
    if (found->kind != FunctionKind::kByRole) return Py_NewRef(disable_);
    // It may have been in a range in another role, as a dead frame at its address may.
    if (frame != nullptr) line_frames_.Move(frame, line, false);
    return NoCall();
  }
  const auto* const lines = static_cast<const CodeWithLines*>(function);
  const std::vector<CodeWithLines::Range>& ranges = lines->RangesAt(line);
  const uint32_t before = line_frames_.Move(frame, line, !ranges.empty());
  for (const CodeWithLines::Range& range : ranges) {
    if (range.lines.Contains(before)) continue;
    PyObject* const result = OnMatched<CallEvent::kStart>(OfThread(range.function));
    if (result != Py_None) return result;
    Py_DECREF(result);
  }
  return NoCall();
}

// The time in the lines is theirs and not that of their function.
PyObject* Engine::OnTimedLine(PyCodeObject* code, uint32_t line) {
  BeginTimedEvent();
  const Function* const function = InRole(FunctionOf(code));
  if (function->kind == FunctionKind::kWithLines) MoveOwnTime(function, line);
  PyObject* result = OnLine(code, line);
  own_time_.EndEvent();
  return result;
}

// A function that must not be counted in this process, or a placeholder: one that depends on the
// role or on its caller, or one with lines.
template <CallEvent kEvent>
[[gnu::noinline]] PyObject* Engine::OnUnread(Function* function, Window::State state) {
  Function* const in_role = InRole(function);
  if constexpr (kEvent == CallEvent::kStart) StartLines(in_role);
  Function* const of_call = FunctionOfCall(in_role);
  const bool is_counted = of_call != function && of_call->kind == FunctionKind::kPlain;
  if (is_counted) return OnMatched<kEvent>(of_call);
  return state == Window::State::kAfter ? AfterWindow() : None();
}

// If `function`, whose event is being handled, is a placeholder, the one that the call is counted
// as. Otherwise, and if no target matches the call, `function`.
[[gnu::noinline]] Function* Engine::FunctionOfCall(Function* function) {
  if (function->kind == FunctionKind::kWithLines) {
    Function* const of_calls = static_cast<CodeWithLines*>(function)->of_calls;
    return of_calls != nullptr ? FunctionOfCall(OfThread(of_calls)) : function;
  }
  if (function->kind != FunctionKind::kByCaller) return function;
  auto* const by_caller = static_cast<FunctionByCaller*>(function);
  PyCodeObject* const caller = by_caller->has_frame ? CallingCode() : CurrentCode();
  Function* const of_call = FunctionByCallerOf(by_caller, CallerOf(caller));
  return of_call != nullptr ? of_call : function;
}

inline Function* Engine::FunctionByCallerOf(FunctionByCaller* function, const Caller* caller) {
  if constexpr (!kIsFreeThreaded) return decider_.DecideCall(function, caller);
  return threads_.CopyOfDecided(&threads_.This().by_caller, {function, caller},
                                [&] { return decider_.DecideCall(function, caller); });
}

template PyObject* Engine::OnEvent<CallEvent::kStart>(PyCodeObject* code);
template PyObject* Engine::OnEvent<CallEvent::kResume>(PyCodeObject* code);
template PyObject* Engine::OnTimedEvent<CallEvent::kStart>(PyCodeObject* code);
template PyObject* Engine::OnTimedEvent<CallEvent::kResume>(PyCodeObject* code);

PyObject* Engine::OnEnter(PyCodeObject* code, bool may_disable) {
  BeginTimedEvent();
  const Function* const function = EnterFrame(FunctionOf(code), false);
  return EndTimedEvent(function, may_disable);
}

PyObject* Engine::OnLeave(PyCodeObject* code, bool may_disable) {
  BeginTimedEvent();
  Function* const found = FunctionOf(code);
  if (!found->is_target) return EndTimedEvent(LeavePlaceholder(found), may_disable);
  own_time_.Leave(found);
  return EndTimedEvent(found, may_disable);
}

// Adds the time since this thread's last event to the function that ran in it.
void Engine::BeginTimedEvent() {
  if constexpr (kIsFreeThreaded) FollowOpening();
  const Window::State state = window().Current();
  const OwnTime::Stretch stretch = own_time_.BeginEvent(state);
  Function* function = stretch.function;
  if (function == nullptr) return;
  double inside = state == Window::State::kOpen ? 1 : 0;
  if (stretch.crosses_edge && stretch.all_ns > 0) {
    const int64_t now_ns = MonotonicNs();
    inside = static_cast<double>(window().NsInside(now_ns - stretch.all_ns, now_ns)) /
             static_cast<double>(stretch.all_ns);
  }
  if (inside == 0) return;
  // In the child of a fork the counters may still be the parent's.
  if (function->word == session::kNoCell &&
      !ReadCell(function, function->cell->load(std::memory_order_relaxed))) {
    return;
  }
  session::Add(function->counters->own_ns,
               static_cast<uint64_t>(std::llround(stretch.ran_ns * inside)));
}

PyObject* Engine::EndTimedEvent(const Function* function, bool may_disable) {
  own_time_.EndEvent();
  const bool is_over = window().state() == Window::State::kAfter;
  if (is_over) tool_->SwitchOff();
  return (is_over || function == &g_unmatched) && may_disable ? Py_NewRef(disable_) : None();
}

PyObject* Engine::Delay(Function* function) {
  const uint32_t forks = forks_;
  const bool releases = settings_.gil == Gil::kRelease ||
                        (is_started_ && releases_gil_.load(std::memory_order_relaxed) != 0);
  const DelayResult result = releases ? DelayReleased(function->spin_ticks)
                                      : DelayHoldingGil(calibration_, function->spin_ticks);
  // A signal handler may fork during a long delay. The child then continues a call that the parent
  // has counted, and its counters may still be the parent's.
  if (forks_ == forks) {
    session::Add(function->counters->spun_ticks,
                 result.spent_ticks + static_cast<uint64_t>(overshoot_ticks_));
  }
  return result.interrupted ? nullptr : None();
}

Function* Engine::DecideAndStore(PyCodeObject* code) {
  if (!extra_is_direct_) {
    void* extra = GetCodeExtra(code, extra_index_);
    if (extra != nullptr) return static_cast<Function*>(extra);
  }
  unsupported_use_.Check();
  const Decision decision = decider_.Decide(code);
  Function* const function = decision.function != nullptr ? decision.function : &g_unmatched;
  const Caller* const caller = decision.caller;
  if (caller != nullptr) SetCodeExtra(code, *caller_slot_, const_cast<Caller*>(caller));
  const bool has_calls = caller != nullptr && caller->native != patterns::CallMatcher::kAnyCaller;
  tool_->SwitchOnIn(code, {.calls = has_calls, .lines = decision.has_lines});
  // Last, as other threads then take the code for decided. If there is no memory for the slot, the
  // code object is decided again at its next event.
  SetCodeExtra(code, {extra_index_, extra_is_direct_}, function);
  return function;
}

void Engine::MeasureNative(PyCodeObject* code, PyObject* builtin, Function* function) {
  natives().Put(builtin, function);
  if (function != nullptr) tool_->SwitchOnIn(code, {.calls = true});
}

// nullptr if no target names it, and for nullptr.
inline const Caller* Engine::CallerOf(PyCodeObject* code) const {
  if (!caller_slot_.has_value() || code == nullptr) return nullptr;
  return static_cast<const Caller*>(caller_slot_->is_direct
                                        ? ReadCodeExtra(code, caller_slot_->index)
                                        : GetCodeExtra(code, caller_slot_->index));
}

// Derives from a changed cell the values that the call path uses. Returns false if this process
// must neither count nor delay: the child of a fork without memory for its counters. A placeholder
// has no cell. After a fork every function is read again, as AfterForkInChild resets its word.
bool Engine::ReadCell(Function* function, uint64_t word) {
  if (function->kind != FunctionKind::kPlain) return false;
  {
    const SharedLock lock;
    if (!recorder_->MakeWritable(function->counters)) return false;
  }
  if (own_time_switch_ != nullptr) FollowOwnTime();
  const session::Cell cell = session::UnpackCell(word);
  const auto ticks = static_cast<int64_t>(calibration_.TicksOf(cell.delay_ns));
  function->delay_ns = cell.delay_ns;
  function->frequency = cell.frequency;
  function->until_delayed = cell.frequency;
  function->spin_ticks =
      cell.delay_ns == 0 ? 0
                         : static_cast<uint64_t>(std::max<int64_t>(ticks - overshoot_ticks_, 1));
  // During a switch of the mode, the overshoot may be that of the old one: it is read again.
  if (!kIsFreeThreaded || !is_switching_) function->word = word;
  return true;
}

void Engine::AfterForkInChild() noexcept {
  ++forks_;
  SharedLock::AfterForkInChild();
  line_frames_.AfterForkInChild();
  is_switching_ = false;
  recorder_->AfterForkInChild();
  functions_.ForgetCells();
  process_role_.Forget();
}

void Engine::MarkMainEnded() {
  const SharedLock lock;
  if (!recorder_->forked()) process_role_.RecordNames();
  recorder_->MarkMainEnded();
}

}  // namespace pyslow::core
