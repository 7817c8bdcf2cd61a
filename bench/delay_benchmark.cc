// Measures the accuracy of delays: the time of a delayed call minus that of the control, divided by
// the requested delay; 1 is exact. The cell of one engine is changed between four blocks of calls:
// control, delayed, delayed, control. This order cancels a linear drift. Each benchmark shows the
// median of the ratios.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/posix_clock.h"
#include "bench/monitors.h"
#include "bench/python.h"
#include "core/clock.h"

namespace pyslow::bench {
namespace {

// Each raises n events in the function `target`.
constexpr char kWorkload[] = R"(
def target(): pass

def start(n):
    for _ in range(n): target()

def make_generator():
    def target(n):
        for _ in range(n): yield
    return target

def generator(n):
    for _ in make_generator()(n): pass

class Pause:
    def __await__(self): yield

def make_coroutine():
    async def target(n):
        for _ in range(n): await Pause()
    return target

def coroutine(n):
    running = make_coroutine()(n)
    try:
        while True: running.send(None)
    except StopIteration: pass

def make_asynchronous_generator():
    async def target(n):
        for _ in range(n): yield
    return target

def asynchronous_generator(n):
    step = make_asynchronous_generator()(n).__anext__
    try:
        while True:
            try: step().send(None)
            except StopIteration: pass
    except StopAsyncIteration: pass
)";

struct Case {
  std::string workload;  // a function of kWorkload
  int64_t delay_ns;
  int64_t frequency = 1;
  bool on_resume = false;
  core::Gil gil = core::Gil::kHold;
};

EngineCase CaseFor(const Case& of) {
  EngineCase engine_case;
  engine_case.targets = "bench:*target";
  engine_case.has_directory = true;
  engine_case.settings.on_start = !of.on_resume;
  engine_case.settings.on_resume = of.on_resume;
  engine_case.settings.gil = of.gil;
  return engine_case;
}

double SecondsOf(PyObject* workload, PyObject* events, AdjustableEngine* engine,
                 const session::Cell& cell) {
  engine->SetCells(cell);
  // Warms up the processor's branch predictors.
  Py_DECREF(Checked(PyObject_CallOneArg(workload, events)));
  const int64_t start_ns = MonotonicNs();
  Py_DECREF(Checked(PyObject_CallOneArg(workload, events)));
  return static_cast<double>(MonotonicNs() - start_ns) * 1e-9;
}

// Consecutive delays of a millisecond would synchronize with the timer interrupts of a 1000 Hz
// kernel: each would end during an interrupt, and be late by the duration of the interrupt.
void AwaitRandomPhase(std::minstd_rand* random) {
  const int64_t end_ns = MonotonicNs() + static_cast<int64_t>((*random)() % 1'000'000);
  while (MonotonicNs() < end_ns) {
  }
}

double MedianOf(std::vector<double>* values) {
  std::sort(values->begin(), values->end());
  return (*values)[values->size() / 2];
}

void Measure(benchmark::State& state, const Case& of, PyObject* space) {
  // Short compared with the interval of timer interrupts, so that most blocks, and therefore the
  // median, are undisturbed.
  constexpr int64_t kBlockNs = 50'000;
  const std::unique_ptr<AdjustableEngine> engine = EngineWithCells(CaseFor(of));
  // CPython caches ints up to 256. Larger ones would be allocated in each iteration.
  const int64_t delays =
      std::clamp<int64_t>(kBlockNs / of.delay_ns, 1, std::max<int64_t>(250 / of.frequency, 1));
  const double requested_seconds = static_cast<double>(delays * of.delay_ns) * 1e-9;
  const auto frequency = static_cast<uint32_t>(of.frequency);
  PyObject* workload = Get(space, of.workload.c_str());
  PyObject* events = Checked(PyLong_FromLongLong(delays * of.frequency));
  std::vector<double> ratios;
  std::minstd_rand random;
  const session::Cell control{0, frequency};
  const session::Cell delayed{of.delay_ns, frequency};
  const auto seconds_of = [&](const session::Cell& cell) {
    return SecondsOf(workload, events, engine.get(), cell);
  };
  engine->SwitchOn();
  for ([[maybe_unused]] auto _ : state) {
    AwaitRandomPhase(&random);
    double control_seconds = seconds_of(control);
    const double delayed_seconds = seconds_of(delayed) + seconds_of(delayed);
    control_seconds += seconds_of(control);
    ratios.push_back((delayed_seconds - control_seconds) / (2 * requested_seconds));
    state.SetIterationTime(delayed_seconds);
  }
  engine->SwitchOff();
  Py_DECREF(events);
  state.counters["ratio"] = MedianOf(&ratios);
}

// The time that a process spends at its start on calibrating the clock, if it has nothing else to
// do.
void Calibrate(benchmark::State& state) {
  const core::Counter counter = core::BestCounter();
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(core::Calibrate(counter, core::ReadClocks(counter)));
  }
}

BENCHMARK(Calibrate)->Unit(benchmark::kMicrosecond);

std::string TimeText(int64_t ns) {
  if (ns < 1'000) return absl::StrCat(ns, "ns");
  if (ns < 1'000'000) return absl::StrCat(ns / 1'000, "us");
  return absl::StrCat(ns / 1'000'000, "ms");
}

void Add(const std::string& name, const Case& of, PyObject* space) {
  benchmark::RegisterBenchmark(absl::StrCat(name, "/", TimeText(of.delay_ns)).c_str(),
                               [of, space](benchmark::State& state) { Measure(state, of, space); })
      ->UseManualTime()
      ->Iterations(1'000);
}

void AddAll(PyObject* space) {
  for (const int64_t delay_ns : {100, 300, 1'000, 10'000, 100'000, 1'000'000}) {
    Add("start", {"start", delay_ns}, space);
  }
  for (const int64_t frequency : {2, 10, 100}) {
    Add(absl::StrCat("every ", frequency, "th"), {"start", 10'000, frequency}, space);
  }
  for (const char* kind : {"generator", "coroutine", "asynchronous_generator"}) {
    for (const int64_t delay_ns : {1'000, 10'000}) {
      Add(absl::StrCat("resume ", kind), {kind, delay_ns, 1, true}, space);
    }
  }
  for (const int64_t delay_ns : {1'000, 10'000, 100'000, 1'000'000}) {
    Add("release", {"start", delay_ns, 1, false, core::Gil::kRelease}, space);
  }
}

}  // namespace
}  // namespace pyslow::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  pyslow::bench::StartPython(PYSLOW_PYTHON_EXECUTABLE);
  pyslow::bench::AddAll(pyslow::bench::Run(pyslow::bench::kWorkload));
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
