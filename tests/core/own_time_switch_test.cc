// Tests of own time that is switched on and off while the program runs.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interpreter.h"

namespace pyslow::core {
namespace {

class SwitchedOwnTimeTest : public ::testing::Test {
 protected:
  static InterpreterOptions Switched() {
    InterpreterOptions options;
    options.delay_ns = 0;
    options.function_cells = true;
    return options;
  }
  SwitchedOwnTimeTest() : python_("tested:[fgh]*", Switched()) { python_.Run(kWork); }
  long Events() {
    python_.Run("import sys\nevents = sys.monitoring.get_events(3)");
    return python_.Value("events");
  }

  Interpreter python_;
  static constexpr session::Cell kOn = {0, 2};
  static constexpr session::Cell kOff = {0, 1};
};

TEST_F(SwitchedOwnTimeTest, MeasuresOnlyWhileItIsOn) {
  python_.Run(R"py(
def f(): work(10)
def g():
    f(); work(20)
g()
f_code, g_code = f.__code__, g.__code__
)py");
  const long plain = Events();
  EXPECT_EQ(python_.OwnMs("f_code"), 0);
  python_.SetOwnTime(true, kOn);
  python_.Run("g()\ng()");
  EXPECT_GT(Events(), plain);
  // The first call switches it on: its frame was not entered.
  EXPECT_GE(python_.OwnMs("f_code"), 19.9);
  EXPECT_LT(python_.OwnMs("f_code"), 28);
  EXPECT_GE(python_.OwnMs("g_code"), 19.9);
  EXPECT_LT(python_.OwnMs("g_code"), 28);
  python_.SetOwnTime(false, kOff);
  python_.Run("g()");
  EXPECT_EQ(Events(), plain);
  EXPECT_LT(python_.OwnMs("g_code"), 28);
  EXPECT_EQ(python_.CountersOf("g_code").calls, 4U);
  // Time without events belongs to no function.
  python_.Run("work(30)");
  python_.SetOwnTime(true, kOn);
  python_.Run("g()\nwork(30)\ng()");
  EXPECT_GE(python_.OwnMs("g_code"), 39.9);
  EXPECT_LT(python_.OwnMs("g_code"), 55);
}

TEST_F(SwitchedOwnTimeTest, ToleratesFramesAndGeneratorsFromBefore) {
  python_.Run(R"py(
def f():
    while True:
        work(5)
        yield
def h(): pass
running = f()
next(running)
def g(n):
    if n == 5: switch()
    if n < 10: g(n + 1)
    h()
    next(running)
def switch(): pass
switched = 0
f_code, g_code = f.__code__, g.__code__
g(0)
)py");
  python_.SetOwnTime(true, kOn);
  python_.Run("g(0)");
  // In g and h above, which are on the stack when own time is switched off and on again.
  python_.SetOwnTime(false, kOff);
  python_.Run("g(0)");
  python_.SetOwnTime(true, kOn);
  python_.Run("g(0)\nrunning.close()");
  EXPECT_GE(python_.OwnMs("f_code"), 2 * 11 * 4.9);
  EXPECT_LT(python_.OwnMs("f_code"), 2 * 11 * 8.0);
  EXPECT_LT(python_.OwnMs("g_code"), 20);
}

TEST_F(SwitchedOwnTimeTest, SwitchesEachForkAndEachThread) {
  python_.Run(R"py(
import os, threading
def f(): work(10)
f_code = f.__code__
f()
pid = os.fork()
)py");
  if (python_.Value("pid") == 0) {
    python_.SetOwnTime(true, kOn);
    python_.Run("f(); f()");
    _exit(python_.OwnMs("f_code") >= 9.9 ? 0 : 1);
  }
  int status = -1;
  waitpid(static_cast<pid_t>(python_.Value("pid")), &status, 0);
  EXPECT_EQ(status, 0);
  python_.Run(R"py(
threads = [threading.Thread(target=lambda: [f() for _ in range(5)]) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
)py");
  EXPECT_GE(python_.OwnMsOfThreads("f"), 80);
  EXPECT_LT(python_.OwnMsOfThreads("f"), 130);
}

TEST_F(SwitchedOwnTimeTest, StaysOffIfAnotherToolTookTheId) {
  python_.Run(R"py(
import sys
def f(): pass
f_code = f.__code__
f()
sys.monitoring.free_tool_id(3)
sys.monitoring.use_tool_id(3, "another")
sys.monitoring.set_events(3, 0)
)py");
  python_.SetOwnTime(true, kOn);
  python_.Run("f()");
  EXPECT_EQ(Events(), 0);
}

}  // namespace
}  // namespace pyslow::core
