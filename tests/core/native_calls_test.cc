// Tests of the engine with callables that are no Python functions, and with callers.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iterator>

#include "core/clock.h"
#include "interpreter.h"

namespace pyslow::core {
namespace {

InterpreterOptions OnCall(int64_t delay_ns = 1'000) {
  InterpreterOptions options;
  options.delay_ns = delay_ns;
  options.settings.on_start = false;
  options.settings.on_call = true;
  return options;
}

InterpreterOptions OnStart(int64_t delay_ns = 1'000) {
  InterpreterOptions options;
  options.delay_ns = delay_ns;
  return options;
}

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

TEST(NativeCalls, AreNamedWithoutRunningPythonCode) {
  Interpreter python("*:*", OnCall(0));
  python.Run(R"py(
import functools
ran = 0
def note(*_):
    global ran
    ran += 1
    raise AttributeError
class Meta(type):
    __getattribute__ = note
    __module__ = property(note)
class Strange(functools.partial, metaclass=Meta):
    __getattribute__ = note
    __getattr__ = note
class Named(functools.partial):
    __qualname__ = "Named"
    __name__ = property(note)
    __module__ = property(note)
def f(): pass
def run():
    Named(f)()
    strange()
strange = functools.partial.__new__(Strange, f)
ran = 0
run()
)py");
  EXPECT_EQ(python.Value("ran"), 0);
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
    EXPECT_GE(python.CountersNamed("builtins", "len").calls, 4'001U);
    EXPECT_LT(python.CountersNamed("builtins", "len").calls, 4'200U) << "those of threading";
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

constexpr char kCallers[] = R"py(
import sys
class C:
    def __init__(self): pass
    def __add__(self, other): return 1
def callee(): pass
def generator():
    yield 1
    yield 2
def a(n):
    for _ in range(n):
        callee(); len(""); C(); C() + 1; sorted([1, 2], key=key); list(generator())
def b(n):
    for _ in range(n):
        callee(); len(""); C(); C() + 1; sorted([1, 2], key=key); list(generator())
def key(x): return x
b(5); a(3); b(5); a(4)
)py";

TEST(Callers, AreTheOnlyOnesWhoseCallsAreCounted) {
  Interpreter python("tested:a -> *:*", OnStart());
  python.Run(kCallers);
  const auto calls = [&](const char* callee) {
    return python.CountersOfCall("a", callee).delayed.load();
  };
  EXPECT_EQ(calls("tested:callee"), 7U);
  EXPECT_EQ(calls("builtins:len"), 7U);
  EXPECT_EQ(calls("tested:C.__init__"), 14U);
  EXPECT_EQ(calls("tested:C.__add__"), 7U);
  EXPECT_EQ(calls("tested:key"), 14U) << "called by sorted";
  EXPECT_EQ(calls("tested:generator"), 7U);
  EXPECT_EQ(calls("builtins:list"), 7U);
  for (const char* name : {"callee", "C.__init__", "b", "key"}) {
    EXPECT_EQ(python.CountersNamed("tested", name).calls, 0U) << name;
  }
}

TEST(Callers, ShareFunctionsWithOtherTargetsInTheOrderOfGroups) {
  Interpreter python("tested:a -> tested:callee\n[all]\ntested:callee\n[rest]\ntested:*\n",
                     OnStart());
  python.Run(kCallers);
  EXPECT_EQ(python.CountersOfCall("a", "tested:callee").calls, 7U);
  EXPECT_EQ(python.Calls("callee"), 10U);
  EXPECT_EQ(python.Calls("key"), 34U);
}

TEST(Callers, CanBeExcluded) {
  Interpreter python("tested:callee\nbuiltins:len\n!tested:b -> *:*\n", [] {
    InterpreterOptions options = OnStart();
    options.settings.on_call = true;
    return options;
  }());
  python.Run(kCallers);
  EXPECT_EQ(python.Calls("callee"), 7U);
  // Some modules of the start call it too.
  EXPECT_GE(python.CountersNamed("builtins", "len").calls, 7U);
}

TEST(Callers, HaveEventsOfTheirOwn) {
  Interpreter python("tested:a -> builtins:len", OnStart());
  python.Run(kCallers);
  python.Run(R"py(
call = sys.monitoring.events.CALL
everywhere = sys.monitoring.get_events(3) & call
in_a = sys.monitoring.get_local_events(3, a.__code__) & call
in_b = sys.monitoring.get_local_events(3, b.__code__) & call
)py");
  EXPECT_EQ(python.Value("everywhere"), 0);
  EXPECT_GT(python.Value("in_a"), 0);
  EXPECT_EQ(python.Value("in_b"), 0);
}

TEST(Callers, AreFoundIfOnlyOtherCallablesOrResumptionsCount) {
  for (const bool on_call : {true, false}) {
    InterpreterOptions options = OnCall();
    options.settings.on_call = on_call;
    options.settings.on_resume = !on_call;
    Interpreter python("tested:a -> *:*", options);
    python.Run(kCallers);
    EXPECT_EQ(python.CountersOfCall("a", "builtins:len").delayed, 7U);
    EXPECT_EQ(python.CountersOfCall("a", "tested:callee").calls, 0U);
    EXPECT_EQ(python.CountersOfCall("a", "tested:generator").resumed, on_call ? 0U : 14U);
  }
}

TEST(Callers, CanCallThemselves) {
  Interpreter python("tested:f -> tested:f", OnStart());
  python.Run("def f(n):\n  if n > 0: f(n - 1)\nf(10)\nf(5)");
  EXPECT_EQ(python.CountersOfCall("f", "tested:f").calls, 15U);
}

TEST(Callers, HaveOwnTimeOfTheirCalls) {
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python("tested:a -> tested:work", options);
  python.Run(R"py(
def work():
    for _ in range(20_000): pass
def a(): work()
def b(): work()
for _ in range(5): a(); b()
)py");
  EXPECT_GT(python.CountersOfCall("a", "tested:work").own_ns, 100'000U);
  EXPECT_EQ(python.Calls("work"), 0U);
}

// Compiled code (Cython with profile=True, numba) reports events of a code object that no frame
// runs. The direct call of the callback does the same.
TEST(ForeignCode, IsNamedByItsFileAndNotByItsCaller) {
  Interpreter python("tested:compiled\nfast:compiled\ntested:f\nencodings.utf_8:compiled\n",
                     OnStart());
  python.Run(R"py(
import sys
events = sys.monitoring.events.PY_START
callback = sys.monitoring.register_callback(3, events, None)
sys.monitoring.register_callback(3, events, callback)
def code_of(file):
    space = {}
    exec(compile("def compiled(): pass", file, "exec"), space)
    return space["compiled"].__code__
fast, utf_8 = code_of("build/fast.pyx"), code_of("/any/encodings/utf_8.py")
def f():
    callback(fast, 0)
    callback(utf_8, 0)
for _ in range(4): f()
code = f.__code__
)py");
  EXPECT_EQ(python.CountersNamed("fast", "compiled", "build/fast.pyx", 1).calls, 4U);
  EXPECT_EQ(python.CountersNamed("encodings.utf_8", "compiled", "/any/encodings/utf_8.py", 1).calls,
            4U);
  EXPECT_EQ(python.CountersOf("code").calls, 4U);
}

}  // namespace
}  // namespace pyslow::core
