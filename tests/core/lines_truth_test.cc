// Compares the counted entries of lines with the truth: that of a callback for LINE events written
// in Python, of another tool, which keeps the last line of each frame object.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "interpreter.h"

namespace pyslow::core {
namespace {

// Counts the entries of the lines `first` to `last` of functions of this name, as `true_entries`.
constexpr char kTruth[] = R"py(
import sys, threading
def count_entries(name, first, last):
    global true_entries
    true_entries = 0
    monitoring = sys.monitoring
    lines = {}
    lock = threading.Lock()
    def line(code, number):
        global true_entries
        if code.co_qualname != name: return
        frame = sys._getframe(1)
        with lock:
            was_inside = first <= lines.get(frame, 0) <= last
            lines[frame] = number
            true_entries += first <= number <= last and not was_inside
    monitoring.use_tool_id(0, "truth")
    monitoring.register_callback(0, monitoring.events.LINE, line)
    monitoring.set_events(0, monitoring.events.LINE)
def stop():
    sys.monitoring.set_events(0, 0)
    sys.monitoring.free_tool_id(0)
)py";

// Programs of functions f, whose lines 3 to 5 count.
struct Program {
  const char* name;
  const char* source;
};
constexpr Program kPrograms[] = {
    {"branch", R"py(def f(n):
    if n % 3 == 0:
        a = n
        b = n
        return b
    return 0
for i in range(10): f(i)
)py"},
    {"loop", R"py(def f(n):
    for i in range(n):
        if i % 2:
            continue
        a = i
    return 0
for i in range(10): f(i)
)py"},
    {"loop_in_the_range", R"py(def f(n):
    a = 0
    for i in range(n):
        a += i
        a -= 1
    return a
for i in range(10): f(i)
)py"},
    {"recursion", R"py(def f(n):
    if n > 0:
        f(n - 1)
        a = n
        f(n - 2)
    return n
f(8)
)py"},
    {"exceptions", R"py(def f(n):
    try:
        if n % 2: raise ValueError
        a = n
        if n % 3 == 0: raise KeyError
    except ValueError:
        pass
    return n
for i in range(20):
    try: f(i)
    except KeyError: pass
)py"},
    {"generator", R"py(def f(n):
    for i in range(n):
        yield i
        a = i
        yield a
    yield 0
for a, b in zip(f(10), f(7)): pass
some = [f(5) for _ in range(4)]
for g in some: next(g)
for g in some: next(g); next(g)
some[0].close()
try: some[1].throw(ValueError)
except ValueError: pass
del some, g
for a in f(4): pass
)py"},
    {"coroutines", R"py(async def f(n):
    for i in range(n):
        await step(i)
        a = i
        await step(a)
    return a
class step:
    def __init__(self, i): self.i = i
    def __await__(self): yield self.i
def run(*all):
    all = list(all)
    while all:
        for c in list(all):
            try: c.send(None)
            except StopIteration: all.remove(c)
run(f(3), f(5), f(4))
)py"},
    {"one_line_loop", R"py(def f(n):
    a = 0

    while a < n: a += 1

    return a
for i in range(10): f(i)
)py"},
    {"with_and_finally", R"py(def f(n):
    try:
        with Manager(n):
            a = 1 / n
            return a
    except ZeroDivisionError: a = 1
    finally:
        a = 2
class Manager:
    def __init__(self, n): self.n = n
    def __enter__(self): return self
    def __exit__(self, *_): return self.n > 3
for i in range(6): f(i)
)py"},
    {"comprehensions", R"py(def f(n):
    a = [i for i in range(n)]
    b = [i
         for i in range(n)
         if i]
    return {i for i in a if i in b}
for i in range(6): f(i)
)py"},
    {"threads", R"py(def f(n):
    for i in range(n):
        a = i
        b = i
        c = i
    return 0
import threading
sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=lambda: [f(20) for _ in range(30)]) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
)py"},
    {"match_statement", R"py(def f(n):
    match n % 4:
        case 0: return 1
        case 1 | 2:
            a = n
        case _:
            a = 0
    return a
for i in range(12): f(i)
)py"},
};

class LinesTest : public ::testing::TestWithParam<Program> {};

constexpr char kRunWithTruth[] = R"py(
count_entries('f', 3, 5)
exec(compile(source, '<string>', 'exec'), globals())
stop()
)py";

TEST_P(LinesTest, CountsWhatAReferenceCounts) {
  for (const bool own_time : {false, true}) {
    InterpreterOptions options = OnStart(500);
    options.settings.own_time = own_time;
    Interpreter python("tested:f@3-5", options);
    python.Run(kTruth);
    python.Run(absl::StrCat("source = '''", GetParam().source, "'''").c_str());
    python.Run(kRunWithTruth);
    const session::CallCounts counters = python.RecordedCounts("tested", "f@3-5");
    EXPECT_GT(python.Value("true_entries"), 0);
    EXPECT_EQ(counters.calls, python.Value("true_entries"));
    EXPECT_EQ(counters.delayed, counters.calls);
    EXPECT_EQ(counters.resumed, 0U);
    // Once more, without the other tool.
    python.Run("exec(compile(source, '<string>', 'exec'), globals())");
    EXPECT_EQ(python.RecordedCounts("tested", "f@3-5").calls, 2 * python.Value("true_entries"));
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, LinesTest, ::testing::ValuesIn(kPrograms),
                         [](const auto& program) { return program.param.name; });

}  // namespace
}  // namespace pyslow::core
