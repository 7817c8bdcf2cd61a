// Measures the cost of a call of a Python function with the engine, with a minimal callback (the
// lower bound for sys.monitoring) and with common profilers; the cost of a function's first call;
// and the memory per code object. call_costs.py runs it and prints the table.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/posix_clock.h"
#include "bench/monitors.h"
#include "bench/python.h"

namespace pyslow::bench {
namespace {

constexpr char kWorkload[] = R"(
import types

def called(): pass

def loop(n):
    for _ in range(n): called()

def loop_native(n):
    for _ in range(n): callable(n)

# Two lines for each time round. One function for each case, because it keeps the events of its lines.
for name in 'plain', 'bare', 'outside', 'inside', 'entered':
    exec(f'''def lines_{name}(n):
        for _ in range(n):
            pass
        return n''')

def template(): pass

# Functions with different names whose code has not run yet.
def make(n, start):
    code, space = template.__code__, globals()
    return [types.FunctionType(code.replace(co_name=name, co_qualname=name), space)
            for name in map('f{}'.format, range(start, start + n))]

def call_all(functions):
    for function in functions: function()
)";

constexpr char kPythonCallback[] = R"(
import sys
def callback(code, offset): pass
def on():
    sys.monitoring.use_tool_id(3, 'bench')
    sys.monitoring.register_callback(3, sys.monitoring.events.PY_START, callback)
    sys.monitoring.set_events(3, sys.monitoring.events.PY_START)
    sys.monitoring.restart_events()
def off():
    sys.monitoring.set_events(3, 0)
    sys.monitoring.free_tool_id(3)
)";

constexpr char kSetProfile[] = R"(
import sys
def profiler(frame, event, argument): pass
def on(): sys.setprofile(profiler)
def off(): sys.setprofile(None)
)";

constexpr char kCProfile[] = R"(
import cProfile
profile = cProfile.Profile()
def on(): profile.enable()
def off(): profile.disable()
)";

PyObject* g_workload = nullptr;

void CallWorkload(const char* name, PyObject* argument) {
  Py_DECREF(Checked(PyObject_CallOneArg(Get(g_workload, name), argument)));
}

// The time of one call in a loop of the workload.
void CallIn(const char* loop, benchmark::State& state, Monitor* monitor) {
  constexpr long kCalls = 1'000;
  PyObject* calls = Checked(PyLong_FromLong(kCalls));
  monitor->SwitchOn();
  CallWorkload(loop, calls);
  for ([[maybe_unused]] auto _ : state) CallWorkload(loop, calls);
  monitor->SwitchOff();
  state.SetItemsProcessed(state.iterations() * kCalls);
  Py_DECREF(calls);
}

void Call(benchmark::State& state, Monitor* monitor) { CallIn("loop", state, monitor); }
void CallNative(benchmark::State& state, Monitor* monitor) {
  CallIn("loop_native", state, monitor);
}

template <const char* loop>
void Lines(benchmark::State& state, Monitor* monitor) {
  CallIn(loop, state, monitor);
}

PyObject* NewFunctions(long functions) {
  static long made = 0;
  PyObject* list = Checked(PyObject_CallFunction(Get(g_workload, "make"), "ll", functions, made));
  made += functions;
  return list;
}

// Limits the number of functions to that of a large program. With more functions the benchmark
// would measure the processor's caches.
constexpr int kFirstCallRounds = 10;

// The time of a function's first call.
void FirstCall(benchmark::State& state, Monitor* monitor) {
  constexpr long kFunctions = 1'000;
  PyObject* nothing = Checked(PyList_New(0));
  for ([[maybe_unused]] auto _ : state) {
    PyObject* functions = NewFunctions(kFunctions);
    monitor->SwitchOn();
    CallWorkload("call_all", nothing);  // the first call of call_all itself
    const int64_t start_ns = ThreadNs();
    CallWorkload("call_all", functions);
    state.SetIterationTime(static_cast<double>(ThreadNs() - start_ns) * 1e-9);
    monitor->SwitchOff();
    Py_DECREF(functions);
  }
  Py_DECREF(nothing);
  state.SetItemsProcessed(state.iterations() * kFunctions);
}

long ResidentBytes() {
  long pages = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%*s %ld", &pages) != 1) std::perror("statm");
  if (file != nullptr) std::fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

// The memory that the first call of a function allocates permanently.
void Memory(benchmark::State& state, Monitor* monitor) {
  constexpr long kFunctions = 100'000;
  PyObject* functions = NewFunctions(kFunctions);  // not freed, so that its memory is not reused
  monitor->SwitchOn();
  const long before = ResidentBytes();
  for ([[maybe_unused]] auto _ : state) CallWorkload("call_all", functions);
  state.counters["bytes"] =
      static_cast<double>(ResidentBytes() - before) / static_cast<double>(kFunctions);
  monitor->SwitchOff();
}

// `count` targets, of which `last` is the last.
std::string Targets(int count, const char* last) {
  std::string text;
  for (int i = 1; i < count; ++i) absl::StrAppend(&text, "package", i, ".module:function", i, "\n");
  return absl::StrCat(text, last, "\n");
}

EngineCase Control(std::string targets) {
  EngineCase engine_case;
  engine_case.delay_ns = 0;
  engine_case.targets = std::move(targets);
  return engine_case;
}

using Body = void (*)(benchmark::State&, Monitor*);

// Creates the monitor at the first run of the benchmark, so that benchmarks that are not selected
// have no effect.
benchmark::internal::Benchmark* Add(const std::string& name, Body body,
                                    std::function<std::unique_ptr<Monitor>()> make) {
  auto monitor = std::make_shared<std::unique_ptr<Monitor>>();
  return benchmark::RegisterBenchmark(
      name.c_str(), [body, make = std::move(make), monitor](benchmark::State& state) {
        if (*monitor == nullptr) *monitor = make();
        body(state, monitor->get());
      });
}

void AddEngine(const std::string& name, Body body, const EngineCase& engine_case) {
  Add(name, body, [engine_case] { return EngineMonitor(engine_case); });
}

constexpr char kLinesPlain[] = "lines_plain";
constexpr char kLinesBare[] = "lines_bare";
constexpr char kLinesOutside[] = "lines_outside";
constexpr char kLinesInside[] = "lines_inside";
constexpr char kLinesEntered[] = "lines_entered";

void AddLines() {
  Add("lines/plain", Lines<kLinesPlain>, Nothing);
  Add("lines/bare callback", Lines<kLinesBare>, BareLineCallback);
  AddEngine("lines/outside", Lines<kLinesOutside>, Control("bench:lines_outside@+3"));
  AddEngine("lines/inside", Lines<kLinesInside>, Control("bench:lines_inside@+1-+2"));
  AddEngine("lines/entered", Lines<kLinesEntered>, Control("bench:lines_entered@+2"));
}

void AddCalls() {
  constexpr char kMatched[] = "bench:called";
  Add("call/plain", Call, Nothing);
  Add("call/bare callback", Call, [] { return BareCallback(false); });
  AddEngine("call/control", Call, Control(kMatched));
  EngineCase counted = Control(kMatched);
  counted.has_directory = true;
  AddEngine("call/control, session directory", Call, counted);
  EngineCase before = Control(kMatched);
  before.settings.epoch_ns = MonotonicNs();
  before.settings.start_ns = int64_t{3'600} * 1'000'000'000;
  AddEngine("call/before the window", Call, before);
  EngineCase within = before;
  within.settings.start_ns = 0;
  within.settings.duration_ns = before.settings.start_ns;
  AddEngine("call/control, end ahead", Call, within);
  EngineCase after = before;
  after.settings.start_ns = 0;
  after.settings.duration_ns = 1;
  AddEngine("call/after the window", Call, after);
  AddEngine("call/no match", Call, Control("bench:other"));
  EngineCase timed = Control(kMatched);
  timed.settings.own_time = true;
  AddEngine("call/control, own time", Call, timed);
  EngineCase other = Control("bench:other");
  other.settings.on_start = false;
  other.settings.on_call = true;
  AddEngine("call/on call", Call, other);
  Add("native/plain", CallNative, Nothing);
  Add("native/bare callback", CallNative, BareCallCallback);
  AddEngine("native/no target on call", CallNative, Control("bench:other"));
  AddEngine("native/no match", CallNative, other);
  EngineCase matched = Control("builtins:callable");
  matched.settings = other.settings;
  AddEngine("native/control", CallNative, matched);
  AddLines();
  Add("call/Python callback", Call, [] { return PythonMonitor(kPythonCallback); });
  Add("call/sys.setprofile", Call, [] { return PythonMonitor(kSetProfile); });
  Add("call/cProfile", Call, [] { return PythonMonitor(kCProfile); });
}

void AddFirstCalls() {
  Add("first/plain", FirstCall, Nothing)->UseManualTime()->Iterations(kFirstCallRounds);
  Add("first/bare callback", FirstCall, [] { return BareCallback(true); })
      ->UseManualTime()
      ->Iterations(kFirstCallRounds);
  for (const int count : {1, 100, 1'000}) {
    for (const bool matches : {false, true}) {
      const EngineCase engine_case = Control(Targets(count, matches ? "bench:f*" : "bench:other"));
      Add(absl::StrCat("first/", matches ? "match" : "no match", ", ", count), FirstCall,
          [engine_case] { return EngineMonitor(engine_case); })
          ->UseManualTime()
          ->Iterations(kFirstCallRounds);
    }
  }
  for (const char* target : {"bench:f*", "bench:other"}) {
    EngineCase counted = Control(target);
    counted.has_directory = true;
    Add(absl::StrCat("first/", target == std::string("bench:f*") ? "match" : "no match",
                     ", session directory"),
        FirstCall, [counted] { return EngineMonitor(counted); })
        ->UseManualTime()
        ->Iterations(kFirstCallRounds);
  }
}

void AddMemory() {
  Add("memory/plain", Memory, Nothing)->Iterations(1);
  Add("memory/bare callback", Memory, [] { return BareCallback(true); })->Iterations(1);
  for (const bool has_directory : {false, true}) {
    for (const bool matches : {false, true}) {
      EngineCase engine_case = Control(matches ? "bench:f*" : "bench:other");
      engine_case.has_directory = has_directory;
      Add(absl::StrCat("memory/", matches ? "match" : "no match",
                       has_directory ? ", session directory" : ""),
          Memory, [engine_case] { return EngineMonitor(engine_case); })
          ->Iterations(1);
    }
  }
}

}  // namespace
}  // namespace pyslow::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  pyslow::bench::StartPython(PYSLOW_PYTHON_EXECUTABLE);
  pyslow::bench::g_workload = pyslow::bench::Run(pyslow::bench::kWorkload);
  pyslow::bench::AddCalls();
  pyslow::bench::AddFirstCalls();
  pyslow::bench::AddMemory();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
