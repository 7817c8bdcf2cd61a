// Tests of the engine with callables that are no Python functions.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iterator>

#include "core/clock.h"
#include "interpreter.h"

namespace pyslow::core {
namespace {

// The calls of one callable since this object was made. The start of the interpreter calls
// builtins.
class CallsSince {
 public:
  CallsSince(const Interpreter& python, const char* module, const char* qualname)
      : python_(python), module_(module), qualname_(qualname), before_(Counts()) {}
  uint64_t calls() const { return Counts().calls - before_.calls; }
  uint64_t delayed() const { return Counts().delayed - before_.delayed; }

 private:
  session::CallCounts Counts() const { return python_.RecordedCounts(module_, qualname_); }

  const Interpreter& python_;
  const char* const module_;
  const char* const qualname_;
  const session::CallCounts before_;
};

TEST(NativeCalls, AreCountedByTheNameOfWhatDefinesTheCallable) {
  Interpreter python("*:*", OnCall());
  python.Run("import functools");
  const struct {
    CallsSince counted;
    uint64_t calls;
  } all[] = {{{python, "builtins", "sorted"}, 6},
             {{python, "builtins", "list.append"}, 6},
             {{python, "builtins", "dict.fromkeys"}, 2},
             {{python, "builtins", "type.mro"}, 2},
             {{python, "builtins", "int"}, 2},
             {{python, "tested", "Sub"}, 2},
             {{python, "functools", "partial"}, 2},
             {{python, "functools", "partial.__call__"}, 2},
             {{python, "builtins", "str.upper"}, 2},
             {{python, "builtins", "int.__add__"}, 4},
             {{python, "tested", "plain"}, 2}};  // the lru_cache has this name
  python.Run(R"py(
class Sub(list): pass
def plain(*_): pass
cached = functools.lru_cache(plain)
def run():
    for _ in range(3): sorted([])
    x = Sub()
    x.append(1)
    bound = x.append
    bound(2)
    bound(*[3])
    dict.fromkeys("ab")
    int.mro()
    int("1")
    functools.partial(plain)()
    str.upper("a")
    (1).__add__(2)
    int.__add__(1, 2)
    cached(1)
for _ in range(2): run()
)py");
  for (size_t i = 0; i < std::size(all); ++i) EXPECT_EQ(all[i].counted.calls(), all[i].calls) << i;
}

TEST(NativeCalls, AreNotThoseOfPythonCode) {
  Interpreter python("tested:*", OnCall());
  python.Run(R"py(
class WithInit:
    def __init__(self): pass
class WithNew:
    def __new__(cls): return object.__new__(cls)
class Meta(type):
    def __call__(cls): return 1
class OfMeta(metaclass=Meta): pass
class WithCall:
    def __call__(self): pass
    def method(self): pass
def f(): pass
def run():
    WithInit(); WithNew(); OfMeta(); f()
    x = object.__new__(WithCall)
    x(); x.method(); m = x.method; m()
run()
)py");
  for (const char* name : {"WithInit", "WithNew", "OfMeta", "WithCall.__call__", "WithCall",
                           "WithCall.method", "f", "run"}) {
    EXPECT_EQ(python.CountersNamed("tested", name).calls, 0U) << name;
  }
}

TEST(NativeCalls, AreExactIfManyCallablesPassOnePlace) {
  Interpreter python("builtins:len\nbuiltins:list.*\n", OnCall());
  const CallsSince length(python, "builtins", "len");
  const CallsSince append(python, "builtins", "list.append");
  python.Run(R"py(
def call(function, *arguments): return function(*arguments)
def one(function, argument): return function(argument)
for _ in range(50):
    for function in (abs, len, repr, call, [].append):
        try: one(function, "ab")
        except TypeError: pass
    call(len, "a"); call(abs, 1); call([].append, 1)
)py");
  EXPECT_EQ(length.calls(), 100U);
  EXPECT_EQ(append.calls(), 100U);
}

// An address of a dead callable is used again at once.
TEST(NativeCalls, DropADecisionWhenItsCallableDies) {
  Interpreter python("tested:matched*", OnCall(0));
  python.Run(R"py(
import functools
addresses = set()
def f(): pass
def call(made, name):
    made.__name__ = made.__qualname__ = name
    made.__module__ = "tested"
    addresses.add(id(made))
    made()
for i in range(600):
    call(functools.lru_cache(f), "matched" if i % 2 else "other")
    call(functools.partial(f), "matched_partial" if i % 2 else "other")
    call(type("matched_class" if i % 2 else "other", (), {}), "matched_class" if i % 2 else "other")
reused = 1800 - len(addresses)
)py");
  EXPECT_EQ(python.CountersNamed("tested", "matched").calls, 300U);
  EXPECT_EQ(python.CountersNamed("tested", "matched_partial").calls, 300U);
  EXPECT_EQ(python.CountersNamed("tested", "matched_class").calls, 300U);
  EXPECT_GT(python.Value("reused"), 0);
}

// More callables than the cache has entries.
TEST(NativeCalls, AreCountedWhenTheirDecisionsWereReplaced) {
  Interpreter python("tested:*", OnCall(0));
  python.Run(R"py(
classes = [type(f"c{i}", (), {}) for i in range(10_000)]
for _ in range(2):
    for c in classes: c()
)py");
  for (const char* name : {"c0", "c4999", "c9999"}) {
    EXPECT_EQ(python.CountersNamed("tested", name).calls, 2U) << name;
  }
}

TEST(NativeCalls, DelayForTheRequestedTimeEveryNthTime) {
  Interpreter python("builtins:len", OnCall(0));
  python.SetCell(0, {5'000'000, 2});
  const CallsSince length(python, "builtins", "len");
  const int64_t begin_ns = MonotonicNs();
  python.Run("for _ in range(10): len('')");
  EXPECT_GE(MonotonicNs() - begin_ns, 5 * int64_t{5'000'000} * 999 / 1000);
  EXPECT_EQ(length.calls(), 10U);
  EXPECT_EQ(length.delayed(), 5U);
}

TEST(NativeCalls, OfAGroupWithOnCallAreCountedBesidePythonFunctions) {
  Interpreter python("tested:*\n[native, on=call]\ntested:f\nbuiltins:len\n", OnStart());
  const CallsSince length(python, "builtins", "len");
  python.Run("def f(): len(''); abs(1)\nfor _ in range(4): f()\ncode = f.__code__");
  EXPECT_EQ(python.CountersOf("code").calls, 4U);
  EXPECT_EQ(length.calls(), 4U);
  EXPECT_EQ(python.CountersNamed("builtins", "abs").calls, 0U);
}

TEST(NativeCalls, HaveNoEventsUnlessTheyAreSelected) {
  Interpreter python("tested:*\nbuiltins:len", OnStart());
  python.Run("import sys\nbits = sys.monitoring.get_events(3) & sys.monitoring.events.CALL");
  EXPECT_EQ(python.Value("bits"), 0);
}

TEST(NativeCalls, AreCountedByManyThreads) {
  for (const Gil gil : {Gil::kHold, Gil::kRelease}) {
    InterpreterOptions options = OnCall();
    options.settings.gil = gil;
    Interpreter python("builtins:len", options);
    python.Run(R"py(
import sys, threading
sys.setswitchinterval(1e-5)
def work():
    for i in range(500): len(""); type(f"c{i}", (), {})()
threads = [threading.Thread(target=work) for _ in range(8)]
length = len
before = length("")
for thread in threads: thread.start()
for thread in threads: thread.join()
)py");
    EXPECT_GE(python.RecordedCounts("builtins", "len").calls, 4'001U);
    EXPECT_LT(python.RecordedCounts("builtins", "len").calls, 4'200U) << "those of threading";
  }
}

TEST(NativeCalls, OfAForkAreCountedSeparately) {
  Interpreter python("math:sqrt", OnCall());
  python.Run("import os, math\nfor _ in range(3): math.sqrt(1)\npid = os.fork()");
  if (python.Value("pid") == 0) {
    python.Run("for _ in range(5): math.sqrt(1)");
    _exit(python.CountersNamed("math", "sqrt").calls == 5U ? 0 : 1);
  }
  int status = -1;
  waitpid(static_cast<pid_t>(python.Value("pid")), &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(python.CountersNamed("math", "sqrt").calls, 3U);
}

TEST(NativeCalls, OpenTheWindowAndAreDelayedInIt) {
  InterpreterOptions options = OnCall();
  options.start_at = "math:sqrt";
  Interpreter python("math:*", options);
  python.Run("import math\nfor _ in range(3): math.floor(1.5)\nmath.sqrt(1)\nmath.floor(1.5)");
  EXPECT_EQ(python.CountersNamed("math", "floor").calls_outside, 3U);
  EXPECT_EQ(python.CountersNamed("math", "floor").delayed, 1U);
  EXPECT_EQ(python.CountersNamed("math", "sqrt").delayed, 1U);
}

TEST(NativeCalls, HaveNoEventsAfterTheWindow) {
  InterpreterOptions options = OnCall();
  options.settings.epoch_ns = MonotonicNs() - 2'000;
  options.settings.duration_ns = 1'000;
  Interpreter python("builtins:len", options);
  python.Run("import sys\nlen('')\nevents = sys.monitoring.get_events(3)");
  EXPECT_EQ(python.Value("events"), 0);
}

// Regression: without a matched callable the end of the window was not noticed.
TEST(NativeCalls, HaveNoEventsAfterTheWindowIfNoneMatches) {
  InterpreterOptions options = OnCall();
  options.settings.epoch_ns = MonotonicNs();
  options.settings.duration_ns = 2'000'000'000;
  Interpreter python("tested:nothing", options);
  python.Run(R"py(
import sys, time
before = sys.monitoring.get_events(3)
time.sleep(2)
len("")
after = sys.monitoring.get_events(3)
)py");
  EXPECT_NE(python.Value("before"), 0);
  EXPECT_EQ(python.Value("after"), 0);
}

// Regression: self-calibration called range.
TEST(NativeCalls, AreNotThoseOfSelfCalibration) {
  const Interpreter python("builtins:range", OnCall());
  EXPECT_EQ(python.RecordedCounts("builtins", "range").calls, 0U);
}

TEST(NativeCalls, AreDelayedDuringFinalization) {
  Interpreter python("builtins:*\ntested:*\n", OnCall());
  python.Run(R"py(
import functools
class Late:
    def __del__(self, length=len, cached=functools.lru_cache(len)):
        length("")
        cached("")
        length("")
late = Late()
late.itself = late
)py");
  const session::FunctionCounters& counters = python.CountersNamed("builtins", "len");
  const uint64_t before = counters.delayed;
  EXPECT_EQ(python.Finalize(), 0);
  EXPECT_GE(counters.delayed, before + 3);
}

// sorted() with a key works in C and calls back; so does pbkdf2_hmac, without the callback. The
// processor time of each is measured by the program itself.
TEST(NativeCalls, HaveOwnTime) {
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python("tested:[fk]\n[native, on=call]\n_hashlib:pbkdf2_hmac\nbuiltins:sorted\n",
                     options);
  python.Run(R"py(
import _hashlib, time
work, now = _hashlib.pbkdf2_hmac, time.thread_time
def k(x):
    n = 0
    while n < 50_000: n += 1
    return x
def f():
    global times
    begin = now()
    work('sha256', b'p', b's', 100_000)
    hashed = now()
    sorted(range(10), key=k)
    sorted_ = now()
    try: sorted(3)
    except TypeError: pass
    n = 0
    while n < 1_000_000: n += 1
    times = hashed - begin, sorted_ - hashed, now() - sorted_
f()
f_code, k_code = f.__code__, k.__code__
hashed_us, keys_us, loop_us = (int(seconds * 1e6) for seconds in times)
)py");
  const auto own_ms = [](const session::FunctionCounters& counters) {
    return static_cast<double>(counters.own_ns) * 1e-6;
  };
  const auto ms = [&](const char* name) { return static_cast<double>(python.Value(name)) * 1e-3; };
  const double hashed = ms("hashed_us");
  ASSERT_GT(hashed, 10);
  EXPECT_NEAR(own_ms(python.CountersNamed("_hashlib", "pbkdf2_hmac")), hashed, 0.2 * hashed);
  EXPECT_LT(own_ms(python.CountersNamed("builtins", "sorted")), 0.2 * ms("keys_us"));
  EXPECT_NEAR(own_ms(python.CountersOf("k_code")), ms("keys_us"), 0.2 * ms("keys_us"));
  EXPECT_NEAR(own_ms(python.CountersOf("f_code")), ms("loop_us"), 0.2 * ms("loop_us"));
}

// CPython names the end of a call of a bound method by its function.
TEST(NativeCalls, OfBoundMethodsAreOwnTimeOfTheirCaller) {
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python("tested:f\n[native, on=call]\n*:*len*\n", options);
  python.Run(R"py(
import time, types
class Sized:
    len = len
    def __len__(self): return 1
bound = types.MethodType(len, Sized())
def f():
    global loop_us
    bound()
    begin, n = time.thread_time(), 0
    while n < 500_000: n += 1
    loop_us = int((time.thread_time() - begin) * 1e6)
f()
code = f.__code__
)py");
  const auto own_us = static_cast<double>(python.CountersOf("code").own_ns) * 1e-3;
  EXPECT_GT(own_us, 0.8 * static_cast<double>(python.Value("loop_us")));
}

TEST(NativeCalls, AreNoOwnTimeOfTheirCallerWhileDelayed) {
  InterpreterOptions options = OnStart(2'000'000);
  options.settings.on_call = true;
  options.settings.own_time = true;
  Interpreter python("tested:f\nbuiltins:len\n", options);
  const CallsSince length(python, "builtins", "len");
  python.Run("def f():\n  for _ in range(20): len('')\nf()\ncode = f.__code__");
  EXPECT_EQ(length.delayed(), 20U);
  EXPECT_LT(python.CountersOf("code").own_ns, 20'000'000U) << "half of the delays";
}

}  // namespace
}  // namespace pyslow::core
