// Tests of the engine in a Python without a GIL: threads that are in the call path at the same
// time.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "interpreter.h"

namespace pyslow::core {
namespace {

// run(work, n): runs work(i) in n threads, which start together.
constexpr char kRun[] = R"py(
import threading
def run(work, n):
    barrier = threading.Barrier(n)
    def body(i):
        barrier.wait()
        work(i)
    threads = [threading.Thread(target=body, args=(i,)) for i in range(n)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
)py";

TEST(FreeThreads, RunWithoutTheGil) {
  Interpreter python("tested:f");
  python.Run("import sys\nenabled = int(sys._is_gil_enabled())");
  EXPECT_EQ(python.Value("enabled"), 0);
}

// Two threads are delayed for 200 ms each. With a GIL that would need 400 ms.
TEST(FreeThreads, AreDelayedAtTheSameTime) {
  Interpreter python("tested:f", OnStart(20'000'000));
  python.Run(kRun);
  python.Run(R"py(
import os, time
def f(): pass
def work(i):
    for _ in range(10): f()
fastest_ms = 10**6
for _ in range(5):  # other programs may use the cores
    begin = time.monotonic()
    run(work, 2)
    fastest_ms = min(fastest_ms, int((time.monotonic() - begin) * 1000))
cores = len(os.sched_getaffinity(0))
)py");
  if (python.Value("cores") < 2) GTEST_SKIP() << "there is one core";
  EXPECT_GE(python.Value("fastest_ms"), 199);
  EXPECT_LT(python.Value("fastest_ms"), 390);
  EXPECT_EQ(python.RecordedCounts("tested", "f").delayed, 100U);
}

TEST(FreeThreads, CountEveryCallOfSharedAndNewFunctions) {
  Interpreter python("tested:*", OnStart(0));
  python.Run(kRun);
  python.Run(R"py(
def f(): pass
class C:
    def m(self): f()
def work(i):
    space = {"__name__": "tested", "f": f}
    for n in range(50):
        exec(f"def new{n}(): f()\nnew{n}()", space)
        C().m()
for _ in range(4): run(work, 8)
)py");
  EXPECT_EQ(python.RecordedCounts("tested", "f").calls, 4U * 8 * 50 * 2);
  EXPECT_EQ(python.RecordedCounts("tested", "C.m").calls, 4U * 8 * 50);
  for (const int n : {0, 49}) {
    EXPECT_EQ(python.RecordedCounts("tested", absl::StrCat("new", n).c_str()).calls, 4U * 8);
  }
}

// The delays requested are those of the cells at every call, though these change meanwhile.
TEST(FreeThreads, FollowCellsThatChangeWhileTheyRun) {
  Interpreter python("tested:f", OnStart(0));
  python.Run(kRun);
  python.Run(R"py(
stop = False
def f(): pass
def work(i):
    while not stop: f()
worker = threading.Thread(target=run, args=(work, 4))
worker.start()
)py");
  for (int i = 0; i < 200; ++i) {
    python.SetCell(0, {i % 2 == 0 ? 3'000 : 0, i % 3 == 0 ? 0U : 1U});
    python.Run("import time\ntime.sleep(0.0005)");
  }
  python.Run("stop = True\nworker.join()");
  const session::CallCounts f = python.RecordedCounts("tested", "f");
  EXPECT_GT(f.delayed, 0U);
  EXPECT_LT(f.delayed, f.calls);
  EXPECT_GT(f.asked_ns, 0U);
  EXPECT_EQ(f.asked_ns % 3'000, 0U);
}

TEST(FreeThreads, CountTheirOwnCallsUntilTheNextDelay) {
  Interpreter python("tested:f", OnStart(0));
  python.SetCell(0, {1'000, 4});
  python.Run(kRun);
  python.Run(R"py(
def f(): pass
def work(i):
    for _ in range(40 + i): f()
run(work, 4)
)py");
  const session::CallCounts f = python.RecordedCounts("tested", "f");
  EXPECT_EQ(f.calls, 4U * 40 + 6);
  // A thread that starts when another has ended continues its count, so the rest may be a call.
  EXPECT_GE(f.delayed, 40U);
  EXPECT_LE(f.delayed, 41U);
}

// Each call counts in one of the two roles, whichever thread finds that the title has changed.
TEST(FreeThreads, CountInOneRoleWhileTheTitleChanges) {
  char name[16] = {};
  prctl(PR_GET_NAME, name);
  prctl(PR_SET_NAME, "front");
  Interpreter python("[front, process=front]\ntested:f\n[back, process=back]\ntested:f\n",
                     OnStart(0));
  python.Run(kRun);
  python.Run(R"py(
import time
stop = False
totals = [0] * 4
def f(): pass
def work(i):
    while not stop:
        f()
        totals[i] += 1
worker = threading.Thread(target=run, args=(work, 4))
worker.start()
)py");
  for (const char* const title : {"back", "front", "back"}) {
    python.Run("time.sleep(0.2)");
    prctl(PR_SET_NAME, title);
  }
  python.Run("time.sleep(0.2)\nstop = True\nworker.join()\ntotal = sum(totals)");
  const uint64_t front = python.RecordedCounts("tested", "f [process=front]").calls;
  const uint64_t back = python.RecordedCounts("tested", "f [process=back]").calls;
  EXPECT_GT(front, 0U);
  EXPECT_GT(back, 0U);
  EXPECT_EQ(front + back, static_cast<uint64_t>(python.Value("total")));
  prctl(PR_SET_NAME, name);
}

// The record has counters for the threads that run at the same time, not for all that ever ran.
TEST(FreeThreads, ReuseTheCountersOfThreadsThatHaveEnded) {
  Interpreter python("tested:f", OnStart(0));
  python.Run(R"py(
import threading
def f(): pass
for _ in range(300):
    thread = threading.Thread(target=f)
    thread.start()
    thread.join()
)py");
  EXPECT_EQ(python.RecordedCounts("tested", "f").calls, 300U);
  EXPECT_LE(python.RecordedEntries("tested", "f"), 8U);
}

// A collection stops all threads. It must not wait for the end of a delay of seconds.
TEST(FreeThreads, CanBeStoppedDuringALongDelay) {
  Interpreter python("tested:f", OnStart(3'000'000'000));
  python.Run(R"py(
import gc, threading, time
def f(): pass
thread = threading.Thread(target=f)
thread.start()
time.sleep(0.05)
begin = time.monotonic()
gc.collect()
collected_ms = int((time.monotonic() - begin) * 1000)
thread.join()
took_ms = int((time.monotonic() - begin) * 1000)
)py");
  EXPECT_LT(python.Value("collected_ms"), 1'500);
  EXPECT_GE(python.Value("took_ms"), 2'500);
}

TEST(FreeThreads, MoveAGeneratorWithinItsLinesToAnotherThread) {
  Interpreter python("tested:g@2-4", OnStart(0));
  python.Run(kRun);
  python.Run(R"py(
exec(compile("""def g():
    for i in range(3):
        yield i
        x = i
    return x
""", "<string>", "exec"))
generators = [g() for _ in range(50)]
for generator in generators: next(generator)
def work(i):
    for generator in generators[i::4]: list(generator)
run(work, 4)
)py");
  EXPECT_EQ(python.RecordedCounts("tested", "g@2-4").calls, 50U);
}

TEST(FreeThreads, CountNativeCallsAndCallsByCaller) {
  InterpreterOptions options = OnStart(0);
  Interpreter python("tested:a -> tested:f\ntested:b -> math:sqrt\n", options);
  python.Run(kRun);
  python.Run(R"py(
import math
def f(): pass
def a():
    for _ in range(10): f()
def b():
    for _ in range(10): math.sqrt(2); f()
def work(i):
    for _ in range(20): a(); b()
run(work, 8)
)py");
  EXPECT_EQ(python.RecordedCounts("tested", "a -> tested:f").calls, 8U * 20 * 10);
  EXPECT_EQ(python.RecordedCounts("tested", "b -> math:sqrt").calls, 8U * 20 * 10);
}

TEST(FreeThreads, MeasureTheirOwnTimeWhenItIsSwitchedOnWhileTheyRun) {
  constexpr session::Cell kControl = {0, 1};
  InterpreterOptions options = OnStart(0);
  options.function_cells = true;
  Interpreter python("tested:f", options);
  python.Run(kRun);
  python.Run(R"py(
import time
stop = False
def f():
    end = time.thread_time() + 0.0002
    while time.thread_time() < end: pass
def work(i):
    while not stop: f()
worker = threading.Thread(target=run, args=(work, 4))
worker.start()
time.sleep(0.02)
)py");
  for (int i = 0; i < 10; ++i) {
    python.SetOwnTime(i % 2 == 0, {0, i % 2 == 0 ? 1U : 2U});
    python.Run("time.sleep(0.02)");
  }
  python.SetOwnTime(false, kControl);
  python.Run(
      "time.sleep(0.02)\nstop = True\nworker.join()\nevents = "
      "__import__('sys').monitoring.get_events(3)");
  const session::CallCounts f = python.RecordedCounts("tested", "f");
  EXPECT_GT(f.own_ns, 0U);
  EXPECT_LT(f.own_ns, f.calls * 250'000);
  EXPECT_EQ(python.Value("events"), 1) << "PY_START alone";
}

TEST(FreeThreads, CountAForkDuringCallsOfOtherThreads) {
  Interpreter python("tested:[fg]", OnStart(0));
  python.Run(kRun);
  python.Run(R"py(
import os, warnings
warnings.simplefilter("ignore")
def f(): pass
def g(): pass
stop = False
def work(i):
    n = 0
    while not stop:
        f()
        exec(f"def h{n}(): pass\nh{n}()", {"__name__": "tested"})
        n += 1
worker = threading.Thread(target=run, args=(work, 3))
worker.start()
failed = 0
for _ in range(20):
    pid = os.fork()
    if pid == 0: break
    failed += os.waitpid(pid, 0)[1] != 0
)py");
  if (python.Value("pid") == 0) {
    python.Run("for _ in range(7): g()\nf()");
    _exit(python.RecordedCounts("tested", "g").calls == 7U &&
                  python.RecordedCounts("tested", "f").calls == 1U
              ? 0
              : 1);
  }
  python.Run("stop = True\nworker.join()");
  EXPECT_EQ(python.Value("failed"), 0);
  EXPECT_EQ(python.RecordedCounts("tested", "g").calls, 0U);
}

TEST(FreeThreads, OpenTheWindowForAllThreads) {
  InterpreterOptions options = OnStart(0);
  options.start_at = "tested:open_window";
  Interpreter python("tested:f", options);
  python.Run(kRun);
  python.Run(R"py(
def f(): pass
def open_window(): pass
barrier = threading.Barrier(4)
def work(i):
    for _ in range(100): f()
    barrier.wait()
    if i == 2: open_window()
    barrier.wait()
    for _ in range(50): f()
run(work, 4)
)py");
  EXPECT_EQ(python.RecordedCounts("tested", "f").calls_outside, 400U);
  EXPECT_EQ(python.RecordedCounts("tested", "f").calls, 200U);
}

}  // namespace
}  // namespace pyslow::core
