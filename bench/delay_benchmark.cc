// How exactly a delay is delivered: what a delayed call takes beyond the control, over the delay
// that was asked for; 1 is exact. In one engine, whose control cell is changed, a block of control
// calls is followed by two of delayed ones and another of control ones, so that neither kind has an
// earlier place; each benchmark shows the median of these fours' ratios.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/monitors.h"
#include "bench/python.h"
#include "core/clock.h"

namespace pyslow::bench {
namespace {

// Each makes n events in the function `target`.
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
  // The processor's predictors find their way again.
  Py_DECREF(Checked(PyObject_CallOneArg(workload, events)));
  const int64_t start_ns = core::MonotonicNs();
  Py_DECREF(Checked(PyObject_CallOneArg(workload, events)));
  return static_cast<double>(core::MonotonicNs() - start_ns) * 1e-9;
}

// Delays of a millisecond, one after the other, fall into step with the ticks of a kernel of 1000
// Hz: each would end inside one, and be late by as long as that takes.
void AwaitRandomPhase(std::minstd_rand* random) {
  const int64_t end_ns = core::MonotonicNs() + static_cast<int64_t>((*random)() % 1'000'000);
  while (core::MonotonicNs() < end_ns) {
  }
}

double MedianOf(std::vector<double>* values) {
  std::sort(values->begin(), values->end());
  return (*values)[values->size() / 2];
}

void Measure(benchmark::State& state, const Case& of, PyObject* space) {
  // Short beside the time between two ticks of the kernel, so that most blocks are undisturbed, and
  // with them the median.
  constexpr int64_t kBlockNs = 50'000;
  const std::unique_ptr<AdjustableEngine> engine = EngineWithCells(CaseFor(of));
  // An int beyond 256 is made anew in each step of the loop.
  const int64_t delays =
      std::clamp<int64_t>(kBlockNs / of.delay_ns, 1, std::max<int64_t>(250 / of.frequency, 1));
  const double asked_seconds = static_cast<double>(delays * of.delay_ns) * 1e-9;
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
    ratios.push_back((delayed_seconds - control_seconds) / (2 * asked_seconds));
    state.SetIterationTime(delayed_seconds);
  }
  engine->SwitchOff();
  Py_DECREF(events);
  state.counters["ratio"] = MedianOf(&ratios);
}

// What a process spends at its start on learning its clock's rate, were there nothing else to do
// meanwhile.
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
