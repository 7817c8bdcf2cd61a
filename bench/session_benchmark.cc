// What reading a large session costs: 1 000 processes, one of which called 100 000 functions and
// the others a thousand each. Per iteration: the whole of it, from files that the kernel has
// cached.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "session/recorder.h"
#include "session/session.h"
#include "session/snapshot.h"

namespace pyslow::session {
namespace {

constexpr int kProcesses = 1'000;
constexpr int kFunctions = 100'000;
constexpr int kFunctionsOfOthers = 1'000;

absl::Status AddProcess(const Session& session, int begin, int end) {
  auto recorder = Recorder::Create(session, {"3.13.0", 0.5, 40});
  if (!recorder.ok()) return recorder.status();
  for (int i = begin; i < end; ++i) {
    const std::string module = absl::StrCat("package.subpackage.module", i % 500);
    const std::string qualname = absl::StrCat("SomeClass.some_method_", i % kFunctions);
    const CountedFunction function = (*recorder)->AddFunction(
        {module, qualname, "/usr/lib/python3/dist-packages/package/subpackage/module.py", 7, 0, 0});
    function.counters->calls.store(1);
  }
  return absl::OkStatus();
}

absl::Status MakeSession(const std::string& directory) {
  Settings settings;
  settings.session_id = "benchmark";
  settings.groups = {{"default", {0, 1}, true}};
  settings.targets = {{"--target", 1, 1, "*:*", 0, false}};
  auto session = Session::Open(directory, settings, false);
  if (!session.ok()) return session.status();
  for (int process = 0; process < kProcesses; ++process) {
    const int begin = process * (kFunctions / kProcesses);
    const int end = process == 0 ? kFunctions : begin + kFunctionsOfOthers;
    if (auto status = AddProcess(**session, begin, end); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void ReadLargeSession(benchmark::State& state) {
  std::string parent = std::filesystem::temp_directory_path() / "pyslow-benchmark-XXXXXX";
  if (mkdtemp(parent.data()) == nullptr) return state.SkipWithError("no temporary directory");
  const std::string directory = parent + "/session";
  if (auto status = MakeSession(directory); !status.ok()) {
    state.SkipWithError(status.ToString().c_str());
  }
  size_t functions = 0;
  for ([[maybe_unused]] const auto _ : state) {
    const auto snapshot = ReadSession(directory);
    if (!snapshot.ok()) {
      state.SkipWithError(snapshot.status().ToString().c_str());
      break;
    }
    functions = snapshot->functions.size();
  }
  state.counters["functions"] = static_cast<double>(functions);
  std::filesystem::remove_all(parent);
}

BENCHMARK(ReadLargeSession)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace pyslow::session

BENCHMARK_MAIN();
