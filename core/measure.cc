// What the engine learns of itself at its start, of calls that it makes: what an event takes, and
// what a delay takes beyond what was asked for.
#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "core/cpython.h"
#include "core/engine.h"

namespace pyslow::core {
namespace {

// A Python function call(n), which calls `measured`, a function that does nothing, n times, or has
// it resumed as a generator. `measured` is delayed as function() says. In no record.
class Calls {
 public:
  enum class Kind : uint8_t { kCalls, kResumptions };

  Calls(Kind kind, Py_ssize_t extra_index, bool extra_is_direct);
  ~Calls();
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  // What n calls take. 0 where they could not be made, now or before.
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
  PyObject* globals_ = nullptr;
  PyObject* call_ = nullptr;
  bool failed_ = false;
};

// Drops the exception that is set, but for Ctrl-C, which is the program's.
void DropException() {
  if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt)) PyErr_SetInterrupt();
  PyErr_Clear();
}

Calls::Calls(Kind kind, Py_ssize_t extra_index, bool extra_is_direct) {
  function_.is_target = false;
  caller_.is_target = false;
  const char* source = kind == Kind::kCalls ? "def measured(): pass\n"
                                              "def call(n):\n"
                                              "  for _ in range(n): measured()\n"
                                            : "def measured(n):\n"
                                              "  for _ in range(n): yield\n"
                                              "def call(n):\n"
                                              "  for _ in measured(n): pass\n";
  globals_ = PyDict_New();
  PyObject* code = Py_CompileString(source, "<pyslow>", Py_file_input);
  if (code != nullptr) {
    SetCodeExtra(reinterpret_cast<PyCodeObject*>(code), extra_index, &caller_, extra_is_direct);
  }
  PyObject* done =
      globals_ != nullptr && code != nullptr ? PyEval_EvalCode(code, globals_, globals_) : nullptr;
  const std::pair<const char*, Function*> all[] = {{"measured", &function_}, {"call", &caller_}};
  for (const auto& [name, function] : all) {
    PyObject* made = done != nullptr ? PyDict_GetItemString(globals_, name) : nullptr;
    if (made == nullptr) continue;
    auto* its_code = reinterpret_cast<PyCodeObject*>(PyFunction_GetCode(made));
    SetCodeExtra(its_code, extra_index, function, extra_is_direct);
    if (function == &caller_) call_ = Py_NewRef(made);
  }
  Py_XDECREF(done);
  Py_XDECREF(code);
  failed_ = call_ == nullptr;
  if (failed_) DropException();
}

// The functions and their globals hold each other. None may live on: their code points here.
Calls::~Calls() {
  Py_XDECREF(call_);
  if (globals_ != nullptr) PyDict_Clear(globals_);
  Py_XDECREF(globals_);
}

uint64_t Calls::Ticks(int n, Counter counter) {
  if (failed_) return 0;
  const uint64_t begin = ReadCounter(counter);
  PyObject* done = PyObject_CallFunction(call_, "i", n);
  const uint64_t passed = ReadCounter(counter) - begin;
  failed_ = done == nullptr;
  if (failed_) DropException();
  Py_XDECREF(done);
  return failed_ ? 0 : passed;
}

constexpr int kCallsToMeasure = 200;

}  // namespace

// Of several times the least that kCallsToMeasure calls take, without what lies in our own code.
// UINT64_MAX where they could not be made.
uint64_t Engine::MeasureCalls() {
  Calls calls(Calls::Kind::kCalls, extra_index_, extra_is_direct_);
  uint64_t least = UINT64_MAX;
  for (int round = 0; round < 8; ++round) {
    const uint64_t in_events = OwnTime::TicksInEvents();
    const uint64_t passed = calls.Ticks(kCallsToMeasure, calibration_.counter);
    if (calls.failed()) return UINT64_MAX;
    least = std::min(least, passed - (OwnTime::TicksInEvents() - in_events));
  }
  return least;
}

void Engine::MeasureEvents(uint64_t plain_ticks) {
  if (window_.Current() == Window::State::kAfter) return;
  const uint64_t ticks = MeasureCalls();
  constexpr uint64_t kEvents = uint64_t{2} * kCallsToMeasure;
  if (ticks == UINT64_MAX || ticks < plain_ticks) return;
  own_time_.SetEventTicks((ticks - plain_ticks) / kEvents);
}

// Whether there may ever be a delay: now, or in a control cell that others can write.
bool Engine::MayDelay() const {
  if (window_.state() == Window::State::kAfter) return false;
  if (!session_->directory().empty()) return true;
  for (size_t group = 0; group < targets_.groups().size(); ++group) {
    const session::Cell cell = session::UnpackCell(session_->cell(group).load());
    if (targets_.groups()[group].selected && cell.frequency > 0 && cell.delay_ns > 0) return true;
  }
  return false;
}

// Of Python calls, and not of OnCall alone: a processor goes on with earlier work while a delay
// begins, and has lost some of its predictions when it ends. By turns as many calls with a delay
// and without; the median, since a round may be disturbed. With the compiling it takes a third of a
// millisecond of a start. One length for all delays, so that a delay is the same whether it was
// asked for at the start or in a control cell.
void Engine::MeasureOvershoot() {
  constexpr int64_t kDelayNs = 400;
  constexpr int kCalls = 32;
  const Window window = std::exchange(window_, Window(calibration_, MonotonicNs(), 0));
  Calls calls(settings_.on_start ? Calls::Kind::kCalls : Calls::Kind::kResumptions, extra_index_,
              extra_is_direct_);
  const auto ticks_of_calls = [&](uint64_t spin_ticks) {
    calls.function().spin_ticks = spin_ticks;
    return static_cast<int64_t>(calls.Ticks(kCalls, calibration_.counter));
  };
  const uint64_t spin_ticks = calibration_.TicksOf(kDelayNs);
  for (int i = 0; i < 4; ++i) ticks_of_calls(0);  // until the interpreter has specialized them
  std::array<int64_t, 7> rounds;
  for (int64_t& beyond : rounds) {
    const int64_t control = ticks_of_calls(0);
    beyond = ticks_of_calls(spin_ticks) - control - kCalls * static_cast<int64_t>(spin_ticks);
  }
  window_ = window;
  if (calls.failed()) return;
  std::nth_element(rounds.begin(), rounds.begin() + rounds.size() / 2, rounds.end());
  const auto least = -static_cast<int64_t>(calibration_.TicksOf(200));
  const auto most = static_cast<int64_t>(calibration_.TicksOf(2'000));
  overshoot_ticks_ = std::clamp(rounds[rounds.size() / 2] / kCalls, least, most);
}

}  // namespace pyslow::core
