// Tests of the engine in an interpreter: counters and delays with threads, forks, signals and
// unusual code objects.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "interpreter.h"

namespace pyslow::core {
namespace {

InterpreterOptions Delayed(int64_t delay_ns, Gil gil = Gil::kHold) {
  InterpreterOptions options;
  options.delay_ns = delay_ns;
  options.settings.gil = gil;
  return options;
}

class EachGil : public ::testing::TestWithParam<Gil> {};

TEST_P(EachGil, CountsEveryCallOfManyThreads) {
  Interpreter python("tested:[fw]*", Delayed(1'000, GetParam()));
  python.Run(R"py(
import sys, threading
sys.setswitchinterval(1e-5)
def f(): pass
def work():
    for _ in range(500): f()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
)py");
  const session::CallCounts f = python.RecordedCounts("tested", "f");
  EXPECT_EQ(f.calls, 4'000U);
  EXPECT_EQ(f.delayed, 4'000U);
  EXPECT_EQ(f.asked_ns, 4'000'000U);
  EXPECT_EQ(python.RecordedCounts("tested", "work").calls, 8U);
}

TEST_P(EachGil, DecidesNewCodeInManyThreadsAtOnce) {
  Interpreter python("tested:matched*", Delayed(1'000, GetParam()));
  python.Run(R"py(
import sys, threading
sys.setswitchinterval(1e-5)
def work(n):
    for i in range(100):
        space = {"__name__": "tested" if i % 2 else f"module{n}.{i}"}
        exec("def matched(): pass\nmatched()", space)
def matched(): pass
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
space = {"__name__": "tested"}
exec("def matched(): pass\nmatched()", space)
)py");
  EXPECT_EQ(python.RecordedCounts("tested", "matched").calls, 401U);
}

// In a separate process, because CPython does not end daemon threads, and they would run in the
// next interpreter.
TEST_P(EachGil, EndsWhileDaemonThreadsAreInADelay) {
  const pid_t pid = fork();
  ASSERT_GE(pid, 0);
  if (pid > 0) {
    int status = -1;
    waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
    return;
  }
  Interpreter python("tested:f", Delayed(20'000'000, GetParam()));
  python.Run(R"py(
import threading, time
def f(): pass
def work():
    while True: f()
for _ in range(4): threading.Thread(target=work, daemon=True).start()
time.sleep(0.03)
)py");
  const int result = python.Finalize();
  _exit(result != 0 || HasFailure() ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(Gil, EachGil, ::testing::Values(Gil::kHold, Gil::kRelease),
                         [](const auto& info) {
                           return std::string(info.param == Gil::kHold ? "Hold" : "Release");
                         });

TEST(Engine, DelaysForTheRequestedTime) {
  Interpreter python("tested:f", Delayed(5'000'000));
  python.Run("def f(): pass\ncode = f.__code__");
  const int64_t begin_ns = MonotonicNs();
  python.Run("for _ in range(10): f()");
  EXPECT_GE(MonotonicNs() - begin_ns, 10 * int64_t{5'000'000} * 999 / 1000);
  EXPECT_EQ(python.CountersOf("code").delayed, 10U);
}

TEST(Engine, DropsADecisionWhenItsCodeObjectDies) {
  Interpreter python("tested:matched", Delayed(0));
  python.Run(R"py(
for i in range(600):
    name = "matched" if i % 2 else "unmatched"
    space = {"__name__": "tested"}
    exec(f"def {name}(): pass", space)
    space[name]()
    if name == "matched": code = space[name].__code__
)py");
  EXPECT_EQ(python.CountersOf("code").calls, 300U);
}

TEST(Engine, CountsAFunctionByItsCurrentCode) {
  Interpreter python("tested:[fg]", Delayed(0));
  python.Run(R"py(
def f(): pass
def g(): pass
def unmatched(): pass
f_code, g_code = f.__code__, g.__code__
f()
f.__code__ = g_code
f()
f.__code__ = unmatched.__code__
f()
unmatched.__code__ = f_code
unmatched()
)py");
  EXPECT_EQ(python.CountersOf("f_code").calls, 2U);
  EXPECT_EQ(python.CountersOf("g_code").calls, 1U);
}

TEST(Engine, AppliesACellFromTheNextCallOn) {
  Interpreter python("[one]\ntested:f\n[two]\ntested:g\n", Delayed(0));
  python.Run("def f(): pass\ndef g(): pass\ncode = f.__code__\nother = g.__code__");
  const session::FunctionCounters& f = python.CountersOf("code");
  python.SetCell(0, {1'000, 0});  // off before its first call
  python.Run("for _ in range(10): f(); g()");
  EXPECT_EQ(f.calls, 10U);
  EXPECT_EQ(f.delayed, 0U);
  python.SetCell(0, {1'000, 3});
  python.Run("for _ in range(9): f(); g()");
  EXPECT_EQ(f.delayed, 3U);
  EXPECT_EQ(f.asked_ns, 3'000U);
  python.SetCell(0, {0, 1});
  python.Run("for _ in range(5): f(); g()");
  EXPECT_EQ(f.calls, 24U);
  EXPECT_EQ(f.delayed, 8U);
  EXPECT_EQ(f.asked_ns, 3'000U);
  EXPECT_EQ(python.CountersOf("other").delayed, 24U);
}

TEST(Engine, AppliesTheCellOfAFunctionFromTheNextCallOn) {
  InterpreterOptions options = Delayed(0);
  options.function_cells = true;
  Interpreter python("tested:[fg]", options);
  python.Run("def f(): pass\ndef g(): pass\ncode = f.__code__\nother = g.__code__");
  python.SetFunctionCell("code", {1'000, 2});  // before its first call
  python.Run("for _ in range(10): f(); g()");
  EXPECT_EQ(python.CountersOf("code").asked_ns, 5'000U);
  python.SetFunctionCell("code", {0, 1});
  python.SetFunctionCell("other", {2'000, 1});
  python.SetCell(0, {9'000, 1});
  python.Run("for _ in range(10): f(); g()");
  EXPECT_EQ(python.CountersOf("code").asked_ns, 5'000U);
  EXPECT_EQ(python.CountersOf("other").asked_ns, 20'000U);
}

TEST(Engine, CountsBeforeTheWindowAndDelaysInIt) {
  InterpreterOptions options = Delayed(1'000);
  const Settings& settings = options.settings;
  options.settings.epoch_ns = MonotonicNs();
  options.settings.start_ns = 1'500'000'000;
  Interpreter python("tested:f", options);
  python.Run("def f(): pass\ncode = f.__code__\nfor _ in range(7): f()");
  const session::FunctionCounters& counters = python.CountersOf("code");
  ASSERT_LT(MonotonicNs(), settings.epoch_ns + settings.start_ns) << "the start took too long";
  EXPECT_EQ(counters.calls_outside, 7U);
  EXPECT_EQ(counters.calls, 0U);
  while (MonotonicNs() < settings.epoch_ns + settings.start_ns) {
  }
  python.Run("for _ in range(5): f()");
  EXPECT_EQ(counters.calls_outside, 7U);
  EXPECT_EQ(counters.delayed, 5U);
}

// Regression: the overhead of a delay was measured before the window, where nothing is delayed.
// Some processes then delayed nothing, others delayed each call too long.
TEST(Engine, DelaysAFunctionFirstCalledBeforeTheWindowInFull) {
  for (const Gil gil : {Gil::kHold, Gil::kRelease}) {
    InterpreterOptions options = Delayed(100'000, gil);
    options.start_at = "tested:open_window";
    Interpreter python("tested:f", options);
    python.Run(
        "def f(): pass\ndef open_window(): pass\ncode = f.__code__\n"
        "for _ in range(7): f()\nopen_window()");
    const int64_t begin_ns = MonotonicNs();
    python.Run("for _ in range(500): f()");
    const int64_t took_ns = MonotonicNs() - begin_ns;
    const session::FunctionCounters& counters = python.CountersOf("code");
    ASSERT_EQ(counters.delayed, 500U);
    EXPECT_GE(took_ns, 500 * 98'000);
    const double spun_ns = static_cast<double>(counters.spun_ticks) * python.ns_per_tick();
    EXPECT_GE(spun_ns, 500 * 98'000.0);
    EXPECT_LE(spun_ns, static_cast<double>(took_ns) * 1.02);
  }
}

TEST(Engine, SwitchesEventsOffAfterTheWindow) {
  InterpreterOptions options = Delayed(0);
  options.settings.epoch_ns = MonotonicNs() - 2'000;
  options.settings.duration_ns = 1'000;
  Interpreter python("tested:f", options);
  python.Run("import sys\ndef f(): pass\nf()\nevents = sys.monitoring.get_events(3)");
  EXPECT_EQ(python.Value("events"), 0);
}

TEST(Engine, DelaysResumptionsOfGeneratorsCoroutinesAndAsynchronousGenerators) {
  InterpreterOptions options = Delayed(1'000);
  options.settings.on_start = false;
  options.settings.on_resume = true;
  Interpreter python("tested:[gca]", options);
  python.Run(R"py(
class Pause:
    def __await__(self): yield
def g():
    for _ in range(10): yield
async def c():
    for _ in range(10): await Pause()
async def a():
    for _ in range(10): yield
g_code, c_code, a_code = g.__code__, c.__code__, a.__code__
for _ in g(): pass
running = c()
try:
    while True: running.send(None)
except StopIteration: pass
step = a().__anext__
try:
    while True:
        try: step().send(None)
        except StopIteration: pass
except StopAsyncIteration: pass
closed = g()
next(closed); next(closed); closed.close()
thrown = g()
next(thrown)
try: thrown.throw(ValueError)
except ValueError: pass
)py");
  EXPECT_EQ(python.CountersOf("g_code").delayed, 11U);
  EXPECT_EQ(python.CountersOf("c_code").delayed, 10U);
  EXPECT_EQ(python.CountersOf("a_code").delayed, 10U);
}

TEST(Engine, CountsAForkSeparatelyFromItsParent) {
  Interpreter python("tested:f", Delayed(1'000));
  python.Run("def f(): pass\ncode = f.__code__\nfor _ in range(3): f()");
  const session::FunctionCounters& counters = python.CountersOf("code");
  python.Run("import os\npid = os.fork()");
  if (python.Value("pid") == 0) {
    python.Run("for _ in range(5): f()");
    _exit(counters.calls == 5U && counters.delayed == 5U ? 0 : 1);
  }
  int status = -1;
  waitpid(static_cast<pid_t>(python.Value("pid")), &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(counters.calls, 3U);
}

// Regression: the child added its part of a delay that was interrupted by a fork to the parent's
// counters.
TEST(Engine, CountsADelayInterruptedByAForkInTheParentOnly) {
  PYSLOW_SKIP_WITHOUT_SIGNALS();
  Interpreter python("tested:f", Delayed(60'000'000));
  python.Run(R"py(
import os, signal
pid = -1
def handler(*_):
    global pid
    pid = os.fork()
signal.signal(signal.SIGALRM, handler)
def f(): pass
code = f.__code__
signal.setitimer(signal.ITIMER_REAL, 0.02)
)py");
  const int64_t begin_ns = MonotonicNs();
  python.Run("f()");
  const int64_t took_ns = MonotonicNs() - begin_ns;
  const long pid = python.Value("pid");
  ASSERT_GE(pid, 0);
  if (pid == 0) _exit(0);
  int status = -1;
  waitpid(static_cast<pid_t>(pid), &status, 0);
  EXPECT_EQ(status, 0);
  const session::FunctionCounters& counters = python.CountersOf("code");
  EXPECT_EQ(counters.delayed, 1U);
  EXPECT_LE(static_cast<double>(counters.spun_ticks) * python.ns_per_tick(),
            static_cast<double>(took_ns) * 1.001);
}

TEST(Engine, EndsADelayWhenASignalHandlerRaises) {
  PYSLOW_SKIP_WITHOUT_SIGNALS();
  Interpreter python("tested:f", Delayed(10'000'000'000));
  python.Run(R"py(
import signal, time
def handler(*_): raise OSError
signal.signal(signal.SIGALRM, handler)
def f(): pass
code = f.__code__
signal.setitimer(signal.ITIMER_REAL, 0.02)
begin = time.process_time()
try: f()
except OSError: pass
took_ms = int((time.process_time() - begin) * 1000)
)py");
  EXPECT_LT(python.Value("took_ms"), 5'000);
  EXPECT_EQ(python.CountersOf("code").delayed, 1U);
}

TEST(Engine, HandlesDirectCallsOfItsCallback) {
  Interpreter python("tested:f", Delayed(0));
  python.Run(R"py(
import sys
events = sys.monitoring.events.PY_START
callback = sys.monitoring.register_callback(3, events, None)
refused = 0
for arguments in ((), (1, 2), (None,)):
    try: callback(*arguments)
    except TypeError: refused += 1
def f(): pass
code = f.__code__
sys.monitoring.register_callback(3, events, callback)
f()
callback(code, 0)
)py");
  EXPECT_EQ(python.Value("refused"), 3);
  EXPECT_EQ(python.CountersOf("code").calls, 2U);
}

TEST(Engine, DelaysCallsDuringFinalization) {
  Interpreter python("tested:*", Delayed(1'000));
  python.Run(R"py(
import atexit
class Late:
    def __del__(self): last()
def last(): pass
atexit.register(last)
late = Late()
late.itself = late
code = last.__code__
)py");
  const session::FunctionCounters& counters = python.CountersOf("code");
  EXPECT_EQ(python.Finalize(), 0);
  EXPECT_EQ(counters.delayed, 2U);
}

}  // namespace
}  // namespace pyslow::core
