// Own time: whose frames the processor's time is put down to.
#include "core/own_time.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "interpreter.h"

namespace pyslow::core {
namespace {

// Takes so many milliseconds of this thread's processor time. It is matched by no target here.
constexpr char kWork[] = R"py(
import time
def work(ms):
    end = time.thread_time() + ms / 1e3
    while time.thread_time() < end: pass
)py";

class OwnTimeTest : public ::testing::Test {
 protected:
  static Settings Measured(int64_t delay_ns = 0) {
    Settings settings;
    settings.delay_ns = delay_ns;
    settings.own_time = true;
    return settings;
  }
  explicit OwnTimeTest(int64_t delay_ns = 0) : python_("tested:[fgh]*", Measured(delay_ns)) {
    python_.Run(kWork);
  }
  double OwnMs(const char* code) {
    return static_cast<double>(python_.CountersOf(code).own_ns) * 1e-6;
  }

  Interpreter python_;
};

TEST_F(OwnTimeTest, ACalleeThatIsMatchedKeepsItsTimeToItself) {
  python_.Run(R"py(
def f(): work(30)
def g():
    f(); work(20); f()
g()
f_code, g_code = f.__code__, g.__code__
)py");
  EXPECT_GE(OwnMs("f_code"), 59.9);
  EXPECT_LT(OwnMs("f_code"), 70);
  EXPECT_GE(OwnMs("g_code"), 19.9);
  EXPECT_LT(OwnMs("g_code"), 30);
}

TEST_F(OwnTimeTest, WaitingIsNotOwnTime) {
  python_.Run(R"py(
import threading
def f(): time.sleep(0.1)
lock = threading.Lock()
def g(): lock.acquire(timeout=0.1)
lock.acquire()
f(); g()
f_code, g_code = f.__code__, g.__code__
)py");
  EXPECT_LT(OwnMs("f_code"), 20);
  EXPECT_LT(OwnMs("g_code"), 20);
}

TEST_F(OwnTimeTest, AGeneratorsPauseIsItsConsumers) {
  python_.Run(R"py(
def f():
    for _ in range(3):
        work(10)
        yield
def g():
    for _ in f(): work(20)
g()
f_code, g_code = f.__code__, g.__code__
)py");
  EXPECT_GE(OwnMs("f_code"), 29.9);
  EXPECT_LT(OwnMs("f_code"), 40);
  EXPECT_GE(OwnMs("g_code"), 59.9);
  EXPECT_LT(OwnMs("g_code"), 70);
}

TEST_F(OwnTimeTest, CoroutinesThatTakeTurnsAreToldApart) {
  python_.Run(R"py(
import asyncio
async def f():
    for _ in range(3):
        work(10)
        await asyncio.sleep(0)
async def g():
    for _ in range(3):
        work(20)
        await asyncio.sleep(0)
async def both(): await asyncio.gather(f(), g())
asyncio.run(both())
f_code, g_code = f.__code__, g.__code__
)py");
  EXPECT_GE(OwnMs("f_code"), 29.9);
  EXPECT_LT(OwnMs("f_code"), 45);
  EXPECT_GE(OwnMs("g_code"), 59.9);
  EXPECT_LT(OwnMs("g_code"), 75);
}

TEST_F(OwnTimeTest, WhatIsLeftByAnExceptionOrClosedHasEnded) {
  python_.Run(R"py(
def f(): raise KeyError
def h():
    try: yield
    finally: work(10)
def g():
    try: f()
    except KeyError: work(20)
    paused = h()
    next(paused)
    work(20)
    paused.close()
    thrown = h()
    next(thrown)
    try: thrown.throw(ValueError)
    except ValueError: work(20)
g()
f_code, g_code, h_code = f.__code__, g.__code__, h.__code__
)py");
  EXPECT_LT(OwnMs("f_code"), 10);
  EXPECT_GE(OwnMs("g_code"), 59.9);
  EXPECT_LT(OwnMs("g_code"), 75);
  EXPECT_GE(OwnMs("h_code"), 19.9);
  EXPECT_LT(OwnMs("h_code"), 35);
}

TEST_F(OwnTimeTest, EachThreadsTimeIsAdded) {
  python_.Run(R"py(
import threading
def f(): work(20)
threads = [threading.Thread(target=f) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
f_code = f.__code__
)py");
  EXPECT_GE(OwnMs("f_code"), 79.9);
  EXPECT_LT(OwnMs("f_code"), 120);
}

TEST_F(OwnTimeTest, AForksChildCountsItsOwn) {
  python_.Run(R"py(
import os
def f(ms): work(ms)
def g():
    global child
    work(20)
    child = os.fork()
    f(20)
    if child == 0: os._exit(0)
    os.waitpid(child, 0)
g()
f_code, g_code = f.__code__, g.__code__
)py");
  EXPECT_GE(OwnMs("f_code"), 19.9);
  EXPECT_LT(OwnMs("f_code"), 35);
  EXPECT_GE(OwnMs("g_code"), 19.9);
  EXPECT_LT(OwnMs("g_code"), 40);
}

TEST_F(OwnTimeTest, CallsAreCountedAsEver) {
  python_.Run(R"py(
def f(): pass
def g(): yield from range(3)
for _ in range(100): f()
list(g())
f_code, g_code = f.__code__, g.__code__
)py");
  EXPECT_EQ(python_.CountersOf("f_code").calls, 100U);
  EXPECT_EQ(python_.CountersOf("g_code").calls, 1U);
}

class DelayedOwnTimeTest : public OwnTimeTest {
 protected:
  DelayedOwnTimeTest() : OwnTimeTest(50'000'000) {}
};

TEST_F(DelayedOwnTimeTest, ADelayIsNotOwnTime) {
  python_.Run(R"py(
def f(): pass
def g(): f()
g()
f_code, g_code = f.__code__, g.__code__
)py");
  EXPECT_LT(OwnMs("f_code"), 10);
  EXPECT_LT(OwnMs("g_code"), 10);
}

}  // namespace
}  // namespace pyslow::core
