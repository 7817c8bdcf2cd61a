// Tests of the engine with targets that have lines.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/clock.h"
#include "interpreter.h"

namespace pyslow::core {
namespace {

constexpr char kLoop[] = R"py(
def f(n):
    for i in range(n):
        a = i
        b = i
    return n
)py";

// The counters of the body of the loop in kLoop.
const session::FunctionCounters& BodyOf(Interpreter* python) {
  return python->CountersNamed("tested", "f@4-5", "<string>", 2);
}

TEST(Lines, MayBeCountedFromTheFirstLineOfTheFunction) {
  Interpreter python("tested:f@+2-+3\ntested:f@+4\n", OnStart());
  python.Run(kLoop);
  python.Run("f(5)\nf(2)");
  EXPECT_EQ(BodyOf(&python).calls, 7U);
  EXPECT_EQ(python.CountersNamed("tested", "f@6", "<string>", 2).calls, 2U);
}

TEST(Lines, AreCountedBesideTheCallsAndOverlap) {
  Interpreter python("tested:f@4-5\ntested:f\ntested:f@5\n[other]\ntested:f@5\ntested:*@4\n",
                     OnStart());
  python.Run(kLoop);
  python.Run("f(5)\nf(2)");
  EXPECT_EQ(python.Calls("f"), 2U);
  for (const char* name : {"f@4-5", "f@5", "f@4"}) {
    EXPECT_EQ(python.CountersNamed("tested", name, "<string>", 2).calls, 7U) << name;
  }
}

TEST(Lines, MayEachBeCountedByThemselves) {
  Interpreter python("tested:f@*\n[other]\ntested:f@*\ntested:f@5\n", OnStart());
  python.Run(kLoop);
  python.Run("f(5)\nf(2)");
  const auto entries = [&](const char* name) -> uint64_t {
    return python.CountersNamed("tested", name, "<string>", 2).calls;
  };
  EXPECT_EQ(entries("f@3"), 9U);
  EXPECT_EQ(entries("f@4"), 7U);
  EXPECT_EQ(entries("f@5"), 7U) << "of the first group";
  EXPECT_EQ(entries("f@6"), 2U);
}

TEST(Lines, OfAReloadedFileKeepTheirOwnCode) {
  Interpreter python("tested:f@4-5", OnStart());
  python.Run("\ndef f(n):\n  a = n\n  return a\nf(1)");
  python.Run("\ndef f(n):\n  a = n\n\n  return a\nf(1); f(2)");
  EXPECT_EQ(BodyOf(&python).calls, 3U) << "line 5 is one of the second code alone";
}

TEST(Lines, OfAModuleCanBeNamed) {
  Interpreter python("tested:<module>@3-4", OnStart());
  python.Run("a = 0\nfor i in range(6):\n  a += 1\n  a += 2\n");
  EXPECT_EQ(python.CountersNamed("tested", "<module>@3-4", "<string>", 1).calls, 6U);
}

TEST(Lines, HaveEventsInTheirFunctionAlone) {
  Interpreter python("tested:f@4-5\ntested:g -> tested:f\n", OnStart());
  python.Run(kLoop);
  python.Run(R"py(
import sys
def g(): f(1); len("")
g()
line, call = sys.monitoring.events.LINE, sys.monitoring.events.CALL
everywhere = sys.monitoring.get_events(3) & (line | call)
in_f = sys.monitoring.get_local_events(3, f.__code__) == line
in_g = sys.monitoring.get_local_events(3, g.__code__) == call
)py");
  EXPECT_EQ(python.Value("everywhere"), 0);
  EXPECT_EQ(python.Value("in_f"), 1);
  EXPECT_EQ(python.Value("in_g"), 1);
  EXPECT_EQ(BodyOf(&python).calls, 1U);
}

// The events of lines and of calls of one function are switched on one after the other.
TEST(Lines, OfACallerKeepTheEventsOfItsCalls) {
  Interpreter python("tested:f@4-5\ntested:f -> builtins:*\n", OnStart());
  python.Run(kLoop);
  python.Run("f(5)");
  EXPECT_EQ(BodyOf(&python).calls, 5U);
  EXPECT_EQ(python.CountersOfCall("f", "builtins:range").calls, 1U);
}

TEST(Lines, OfAFunctionByCallerLeaveItsCallsToTheCaller) {
  Interpreter python("tested:f@4-5\ntested:g -> tested:f\n", OnStart());
  python.Run(kLoop);
  python.Run("def g(): f(3)\ng(); f(2); g()");
  EXPECT_EQ(BodyOf(&python).calls, 8U);
  EXPECT_EQ(python.CountersOfCall("g", "tested:f").calls, 2U);
}

TEST(Lines, AreFoundWhateverCountsAsACall) {
  for (const bool on_call : {true, false}) {
    for (const bool own_time : {true, false}) {
      InterpreterOptions options = OnCall();
      options.settings.on_call = on_call;
      options.settings.on_resume = !on_call;
      options.settings.own_time = own_time;
      Interpreter python("tested:f@4-5", options);
      python.Run(kLoop);
      python.Run("for _ in range(3): f(3)");
      EXPECT_EQ(BodyOf(&python).delayed, 9U);
    }
  }
}

TEST(Lines, AreExcludedWithTheirFunction) {
  Interpreter python("tested:*@4-5\n!tested:f\n", OnStart());
  python.Run(kLoop);
  python.Run("def g():\n  a = 1\n\n  b = 2\nf(3); g()");
  EXPECT_EQ(BodyOf(&python).calls, 0U);
  EXPECT_EQ(python.CountersNamed("tested", "g@4-5", "<string>", 1).calls, 1U);
}

// work(ms) uses processor time. f works for 4, 10 and 6 ms, the second in lines 11 and 12 and the
// third after the yield in line 13.
constexpr char kWorkInLines[] = R"py(
import time
def work(ms):
    end = time.thread_time() + ms / 1e3
    while time.thread_time() < end: pass
def f(fails):
    work(4)



    work(5)
    work(5)
    yield
    work(6)
    if fails: raise ValueError
def run(fails):
    g = f(fails)
    next(g)
    work(3)
    try: next(g)
    except (StopIteration, ValueError): pass
    work(2)
for i in range(6): run(i % 2)
code = f.__code__
)py";

TEST(Lines, HaveOwnTimeThatIsNotThatOfTheirFunction) {
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python("tested:f@11-12\ntested:f\ntested:f@13-15\ntested:f@12\n", options);
  python.Run(kWorkInLines);
  const auto own_ms = [&](const char* name) {
    return static_cast<double>(python.CountersNamed("tested", name, "<string>", 6).own_ns) * 1e-6;
  };
  EXPECT_NEAR(own_ms("f"), 24, 4);
  EXPECT_NEAR(own_ms("f@11-12"), 30, 4);
  EXPECT_NEAR(own_ms("f@12"), 30, 4) << "the last of two ranges";
  EXPECT_NEAR(own_ms("f@13-15"), 36, 5) << "not the time between two next";
}

// The recursion and the loop are in both ranges: the time is that of the last one.
TEST(Lines, KeepTheOwnTimeOfTheirFrameBesideRecursion) {
  PYSLOW_SKIP_UNDER_SANITIZERS();
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python("tested:f\ntested:f@+1-+5\ntested:f@+2-+5\n", options);
  python.Run(R"py(
def f(depth):
    n = 0
    if depth: f(depth - 1)
    while n < 5_000:
        n += 1
    return n
f(0)
)py");
  const session::FunctionCounters& counters =
      python.CountersNamed("tested", "f@4-7", "<string>", 2);
  // In short turns and the median of them, because the speed of the machine may change.
  std::vector<double> ratios;
  for (int round = 0; round < 101; ++round) {
    const uint64_t begin_ns = counters.own_ns;
    python.Run("for _ in range(4): f(0)");
    const uint64_t middle_ns = counters.own_ns;
    python.Run("f(3)");
    ratios.push_back(static_cast<double>(counters.own_ns - middle_ns) /
                     static_cast<double>(middle_ns - begin_ns));
  }
  std::nth_element(ratios.begin(), ratios.begin() + 50, ratios.end());
  EXPECT_NEAR(ratios[50], 1, 0.3);
}

TEST(Lines, OfAFunctionThatIsNoTargetHaveOwnTime) {
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python("tested:run\ntested:f@11-12\n", options);
  python.Run(kWorkInLines);
  const auto own_ms = [&](const char* name, uint32_t line) {
    return static_cast<double>(python.CountersNamed("tested", name, "<string>", line).own_ns) *
           1e-6;
  };
  EXPECT_NEAR(own_ms("f@11-12", 6), 60, 6);
  EXPECT_NEAR(own_ms("run", 16), 90, 9) << "with the rest of f";
}

TEST(Lines, DelayEveryNthEntry) {
  Interpreter python("tested:f@4-5", OnStart(0));
  python.SetCell(0, {5'000'000, 2});
  python.Run(kLoop);
  const int64_t begin_ns = MonotonicNs();
  python.Run("f(10)");
  EXPECT_GE(MonotonicNs() - begin_ns, 5 * int64_t{5'000'000} * 999 / 1000);
  const session::FunctionCounters& counters = BodyOf(&python);
  EXPECT_EQ(counters.calls, 10U);
  EXPECT_EQ(counters.delayed, 5U);
}

TEST(Lines, HaveACellOfTheirOwn) {
  InterpreterOptions options = OnStart(0);
  options.function_cells = true;
  Interpreter python("tested:f@4-5", options);
  python.Run(kLoop);
  python.Run("f(2)");
  python.SetNamedCell("tested", "f@4-5", "<string>", 2, {1'000, 1});
  python.Run("f(3)");
  const session::FunctionCounters& counters = BodyOf(&python);
  EXPECT_EQ(counters.calls, 5U);
  EXPECT_EQ(counters.asked_ns, 3'000U);
}

TEST(Lines, OfAGroupThatIsOffRaiseNoDelay) {
  Interpreter python("tested:f@4-5", OnStart(1'000'000));
  python.SetCell(0, {1'000'000, 0});
  python.Run(kLoop);
  python.Run("f(10)");
  EXPECT_EQ(BodyOf(&python).delayed, 0U);
}

TEST(Lines, HaveNoEventsAfterTheWindow) {
  for (const bool own_time : {false, true}) {
    InterpreterOptions options = OnStart();
    options.settings.epoch_ns = MonotonicNs();
    options.settings.duration_ns = 2'000'000'000;
    options.settings.own_time = own_time;
    Interpreter python("tested:f@4-5", options);
    python.Run(kLoop);
    python.Run(
        "import sys, time\nf(2)\ntime.sleep(2)\nf(3)\nevents = sys.monitoring.get_events(3)");
    EXPECT_EQ(python.Value("events"), 0);
    EXPECT_EQ(BodyOf(&python).calls, 2U);
  }
}

TEST(Lines, AreInterruptedByASignal) {
  PYSLOW_SKIP_WITHOUT_SIGNALS();
  Interpreter python("tested:f@4-5", OnStart(20'000'000'000));
  python.Run(kLoop);
  python.Run(R"py(
import signal
def stop(*_): raise KeyError
signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, 0.05)
caught = 0
try: f(1)
except KeyError: caught = 1
)py");
  EXPECT_EQ(python.Value("caught"), 1);
}

TEST(Lines, OfAForkAreCountedSeparately) {
  Interpreter python("tested:f@4-5", OnStart());
  python.Run(kLoop);
  python.Run("import os\nf(3)\npid = os.fork()");
  if (python.Value("pid") == 0) {
    python.Run("f(5)");
    _exit(BodyOf(&python).calls == 5U ? 0 : 1);
  }
  int status = -1;
  waitpid(static_cast<pid_t>(python.Value("pid")), &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(BodyOf(&python).calls, 3U);
}

// A file that was changed and loaded again: the function has the same name and first line.
TEST(Lines, AreThoseOfEachCodeOfAName) {
  Interpreter python("tested:f@4-5", OnStart());
  python.Run("\ndef f(n):\n  return n\nf(1)");
  python.Run(kLoop);
  python.Run("f(3)");
  EXPECT_EQ(BodyOf(&python).calls, 3U);
}

// Frames that end inside of the range by an exception, at addresses that are used again.
TEST(Lines, DoNotConfuseADeadFrameWithTheNext) {
  Interpreter python("tested:f@3-4", OnStart());
  python.Run(R"py(def f(n):
    a = n
    b = n
    if n: raise ValueError
def run():
    for i in range(1000):
        try: f(i % 3)
        except ValueError: pass
run()
)py");
  EXPECT_EQ(python.CountersNamed("tested", "f@3-4", "<string>", 1).calls, 1'000U);
}

TEST(Lines, OfDebuggedCodeAreCounted) {
  Interpreter python("tested:f@4-5", OnStart());
  python.Run(kLoop);
  python.Run(R"py(
import sys
lines = 0
def trace(frame, event, argument):
    global lines
    lines += event == "line"
    return trace
sys.settrace(trace)
f(5)
sys.settrace(None)
f(2)
sys.monitoring.restart_events()
f(1)
)py");
  EXPECT_GT(python.Value("lines"), 10);
  EXPECT_EQ(BodyOf(&python).calls, 8U);
}

}  // namespace
}  // namespace pyslow::core
