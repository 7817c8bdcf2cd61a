// Tests of the engine: the names of callables that are no Python functions.
#include <gtest/gtest.h>

#include "interpreter.h"

namespace pyslow::core {
namespace {

TEST(NativeNames, AreFoundWithoutRunningPythonCode) {
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

// Regression: attributes of these are those of another object, whose class may be one of Python.
TEST(NativeNames, OfForwardingCallablesAreFoundWithoutRunningPythonCode) {
  Interpreter python("*:*", OnCall(0));
  python.Run(R"py(
import types, _weakref
ran = 0
def note(*_):
    global ran
    ran += 1
    raise AttributeError
class Forwarded:
    __getattr__ = note
    def __call__(self): pass
class Meta(type): __getattribute__ = note
class Origin(metaclass=Meta): pass
referent = Forwarded()
proxy = _weakref.proxy(referent)
alias = types.GenericAlias(Origin, int)
def run():
    proxy()
    alias()
ran = 0
run()
)py");
  EXPECT_EQ(python.Value("ran"), 0);
  EXPECT_EQ(python.RecordedCounts("types", "GenericAlias.__call__").calls, 1U);
}

TEST(NativeNames, OfAMethodThatAPythonClassOverridesAreThoseOfItsOwnClass) {
  Interpreter python("tested:* -> builtins:*", OnCall(0));
  python.Run(R"py(
class L(list):
    def append(self, x): super().append(x)
class D(dict):
    def get(self, key): return super().get(key)
    @classmethod
    def fromkeys(cls, keys): return super().fromkeys(keys)
class S(str):
    def upper(self): return super().upper()
l, d, s = L(), D(), S("s")
def run():
    l.append(1)
    d.get(1)
    D.fromkeys([1])
    s.upper()
for _ in range(7): run()
)py");
  for (const char* const call :
       {"L.append -> builtins:list.append", "D.get -> builtins:dict.get",
        "D.fromkeys -> builtins:dict.fromkeys", "S.upper -> builtins:str.upper"}) {
    EXPECT_EQ(python.RecordedCounts("tested", call).calls, 7U) << call;
  }
}

// The functions of torch are such: torch:matmul.
TEST(NativeNames, OfAStaticMethodHaveTheModuleThatWasSet) {
  Interpreter python("torch:*", OnCall(0));
  python.Run(R"py(
make = str.maketrans
def run(n):
    for _ in range(n): make("a", "b")
run(2)
make.__module__ = "torch"
run(3)
del make.__module__
)py");
  EXPECT_EQ(python.RecordedCounts("torch", "maketrans").calls, 3U);
}

// Regression: a method had the name that it has in the first class of all that contain its builtin.
// Since 3.14, the event has the function that the method binds, here len of builtins.
TEST(NativeNames, OfOneBuiltinAsAMethodOfManyClassesAreSeparate) {
  Interpreter python("tested:*", OnCall());
  python.Run(R"py(
import types
class A(list): len = len
class B(list): len = len
def call(method): method()
for _ in range(3):
    for instance in (A(), B()): call(types.MethodType(len, instance))
)py");
  const bool has_method = PY_VERSION_HEX < 0x030E0000;
  EXPECT_EQ(python.RecordedCounts("tested", "A.len").calls, has_method ? 3U : 0U);
  EXPECT_EQ(python.RecordedCounts("tested", "B.len").calls, has_method ? 3U : 0U);
}

}  // namespace
}  // namespace pyslow::core
