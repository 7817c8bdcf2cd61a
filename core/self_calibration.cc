#include "core/self_calibration.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "core/code_lines.h"
#include "core/engine.h"
#include "core/function.h"
#include "core/own_time.h"

namespace pyslow::core {
namespace {

PyObject* DoNothing(PyObject* /*self*/, PyObject* /*no arguments*/) { return Py_NewRef(Py_None); }

// A Python function call(range(n)). It calls `measured`, an empty function, n times, or resumes it
// n times as a generator, or enters its third line n times. It calls nothing else, because a call
// of range may be one that the engine counts. function() sets the delay of `measured`.
class MeasuredCalls {
 public:
  // `engine`: nullptr unless its delays are measured.
  MeasuredCalls(MeasuredKind kind, ExtraSlot slot, Engine* engine);
  ~MeasuredCalls();
  MeasuredCalls(const MeasuredCalls&) = delete;
  MeasuredCalls& operator=(const MeasuredCalls&) = delete;

  // Duration of n calls; 0 if this or an earlier run failed.
  uint64_t Ticks(int n, Counter counter);
  bool failed() const { return failed_; }

  Function& function() { return function_; }

 private:
  static constexpr uint64_t kEveryCall = session::PackCell({0, 1});

  const std::atomic<uint64_t> cell_{kEveryCall};
  session::FunctionCounters unread_{};
  Function function_{&unread_, &cell_, kEveryCall};
  const std::atomic<uint64_t> off_{session::PackCell({0, 0})};
  Function caller_{&unread_, &off_};
  // If entries of a line are measured, the extra slot of call() points here and not to caller_.
  CodeWithLines lines_;
  void DefineNative();
  void DefineLines(ExtraSlot slot);

  Engine* const engine_;
  PyObject* globals_ = nullptr;
  PyObject* call_ = nullptr;
  PyObject* native_ = nullptr;  // `measured`, if it is a builtin function
  bool failed_ = false;
};

// Clears the exception. Ctrl-C is meant for the program, so it is raised again later.
void ClearException() {
  if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt)) PyErr_SetInterrupt();
  PyErr_Clear();
}

constexpr const char* SourceOf(MeasuredKind kind) {
  switch (kind) {
    case MeasuredKind::kCalls:
      return "def measured(): pass\n"
             "def call(numbers):\n"
             "  for _ in numbers: measured()\n";
    case MeasuredKind::kResumptions:
      return "def measured(numbers):\n"
             "  for _ in numbers: yield\n"
             "def call(numbers):\n"
             "  for _ in measured(numbers): pass\n";
    case MeasuredKind::kNativeCalls:
      return "def call(numbers):\n"
             "  for _ in numbers: measured()\n";
    case MeasuredKind::kLines:
      return "def call(numbers):\n"
             "  for _ in numbers:\n"
             "    pass\n";
  }
  return "";
}

MeasuredCalls::MeasuredCalls(MeasuredKind kind, ExtraSlot slot, Engine* engine) : engine_(engine) {
  function_.is_target = false;
  caller_.is_target = false;
  globals_ = PyDict_New();
  PyObject* code = Py_CompileString(SourceOf(kind), "<pyslow>", Py_file_input);
  if (code != nullptr) SetCodeExtra(reinterpret_cast<PyCodeObject*>(code), slot, &caller_);
  PyObject* done =
      globals_ != nullptr && code != nullptr ? PyEval_EvalCode(code, globals_, globals_) : nullptr;
  const std::pair<const char*, Function*> all[] = {{"measured", &function_}, {"call", &caller_}};
  for (const auto& [name, function] : all) {
    PyObject* made = done != nullptr ? PyDict_GetItemString(globals_, name) : nullptr;
    if (made == nullptr) continue;
    SetCodeExtra(reinterpret_cast<PyCodeObject*>(PyFunction_GetCode(made)), slot, function);
    if (function == &caller_) call_ = Py_NewRef(made);
  }
  Py_XDECREF(done);
  Py_XDECREF(code);
  if (kind == MeasuredKind::kNativeCalls && call_ != nullptr) DefineNative();
  if (kind == MeasuredKind::kLines && call_ != nullptr) DefineLines(slot);
  failed_ = call_ == nullptr || (kind == MeasuredKind::kNativeCalls && native_ == nullptr);
  if (failed_) ClearException();
}

void MeasuredCalls::DefineNative() {
  static PyMethodDef method = {"measured", DoNothing, METH_NOARGS, nullptr};
  native_ = PyCFunction_New(&method, nullptr);
  if (native_ == nullptr) return;
  engine_->MeasureNative(reinterpret_cast<PyCodeObject*>(PyFunction_GetCode(call_)), native_,
                         &function_);
  if (PyDict_SetItemString(globals_, "measured", native_) != 0) Py_CLEAR(native_);
}

void MeasuredCalls::DefineLines(ExtraSlot slot) {
  constexpr patterns::LineRange kBody = {3, 3};
  static_cast<Function&>(lines_) = caller_;
  lines_.kind = FunctionKind::kWithLines;
  lines_.SetRanges({{kBody, &function_}}, {kBody.first});
  auto* const code = reinterpret_cast<PyCodeObject*>(PyFunction_GetCode(call_));
  SetCodeExtra(code, slot, static_cast<Function*>(&lines_));
  engine_->MeasureLines(code);
}

// The functions and their globals are a reference cycle. It must be freed here, because the extra
// slots of the code objects point into this object.
MeasuredCalls::~MeasuredCalls() {
  if (native_ != nullptr) engine_->MeasureNative(nullptr, native_, nullptr);
  Py_XDECREF(native_);
  Py_XDECREF(call_);
  if (globals_ != nullptr) PyDict_Clear(globals_);
  Py_XDECREF(globals_);
}

uint64_t MeasuredCalls::Ticks(int n, Counter counter) {
  if (failed_) return 0;
  PyObject* const numbers =
      PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyRange_Type), "i", n);
  const uint64_t begin = ReadCounter(counter);
  PyObject* const done = numbers != nullptr ? PyObject_CallOneArg(call_, numbers) : nullptr;
  const uint64_t passed = ReadCounter(counter) - begin;
  failed_ = done == nullptr;
  if (failed_) ClearException();
  Py_XDECREF(done);
  Py_XDECREF(numbers);
  return failed_ ? 0 : passed;
}

constexpr int kCallsToMeasure = 200;

}  // namespace

// The shortest duration of kCallsToMeasure calls, without the time in the engine's handlers.
// UINT64_MAX if the calls fail.
uint64_t SelfCalibration::MeasureCalls() const {
  MeasuredCalls calls(MeasuredKind::kCalls, slot_, nullptr);
  uint64_t shortest = UINT64_MAX;
  for (int round = 0; round < 8; ++round) {
    const uint64_t in_events = OwnTime::TicksInEvents();
    const uint64_t passed = calls.Ticks(kCallsToMeasure, calibration_.counter);
    if (calls.failed()) return UINT64_MAX;
    shortest = std::min(shortest, passed - (OwnTime::TicksInEvents() - in_events));
  }
  return shortest;
}

void SelfCalibration::MeasureEvents(int events_per_call) {
  const uint64_t ticks = MeasureCalls();
  if (ticks == UINT64_MAX || ticks < ticks_without_events_) return;
  const auto events = static_cast<uint64_t>(events_per_call) * kCallsToMeasure;
  costs_.event_ticks = (ticks - ticks_without_events_) / events;
}

// Measures Python calls instead of the delay loop alone: the processor executes earlier
// instructions during the first part of a delay, and has lost branch predictions when it ends.
// Rounds with and without a delay alternate, and the median is taken because some rounds are
// disturbed. One delay is measured for all, so that a delay has the same length whether it is set
// at the start or in a cell later.
void SelfCalibration::MeasureOvershoot(EventMode mode, MeasuredKind kind, Engine* engine) {
  constexpr int64_t kDelayNs = 400;
  constexpr int kCalls = 32;
  MeasuredCalls calls(kind, slot_, engine);
  const auto ticks_of_calls = [&](uint64_t spin_ticks) {
    calls.function().spin_ticks = spin_ticks;
    return static_cast<int64_t>(calls.Ticks(kCalls, calibration_.counter));
  };
  const uint64_t spin_ticks = calibration_.TicksOf(kDelayNs);
  // Warm up until the interpreter has specialized the code.
  for (int i = 0; i < 4; ++i) ticks_of_calls(0);
  std::array<int64_t, 7> rounds;
  for (int64_t& overshoot : rounds) {
    const int64_t control = ticks_of_calls(0);
    overshoot = ticks_of_calls(spin_ticks) - control - kCalls * static_cast<int64_t>(spin_ticks);
  }
  if (calls.failed()) return;
  std::nth_element(rounds.begin(), rounds.begin() + rounds.size() / 2, rounds.end());
  const auto min_ticks = -static_cast<int64_t>(calibration_.TicksOf(200));
  const auto max_ticks = static_cast<int64_t>(calibration_.TicksOf(2'000));
  costs_.overshoot_ticks[static_cast<size_t>(mode)] =
      std::clamp(rounds[rounds.size() / 2] / kCalls, min_ticks, max_ticks);
}

}  // namespace pyslow::core
