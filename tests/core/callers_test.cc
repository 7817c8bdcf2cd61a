// Tests of the engine with targets that have a caller, and with code that no frame runs.
#include <gtest/gtest.h>

#include "interpreter.h"

namespace pyslow::core {
namespace {

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

// Regression: the caller of the function that calls it was taken for its caller.
TEST(ForeignCode, IsCalledByTheFunctionWhoseFrameIsCurrent) {
  for (const bool own_time : {false, true}) {
    InterpreterOptions options = OnStart();
    options.settings.own_time = own_time;
    Interpreter python("tested:* -> fast:compiled", options);
    python.Run(R"py(
import sys
events = sys.monitoring.events.PY_START
callback = sys.monitoring.register_callback(3, events, None)
sys.monitoring.register_callback(3, events, callback)
space = {}
exec(compile("def compiled(): pass", "build/fast.pyx", "exec"), space)
compiled = space["compiled"].__code__
def inner(): callback(compiled, 0)
def outer(): inner()
for _ in range(4): outer()
)py");
    EXPECT_EQ(python.CountersOfCall("inner", "fast:compiled").calls, 4U);
    EXPECT_EQ(python.CountersOfCall("outer", "fast:compiled").calls, 0U);
  }
}

}  // namespace
}  // namespace pyslow::core
