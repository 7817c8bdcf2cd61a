// Measures the time to read and report a large session: 1 000 processes, one with 100 000 functions
// and the others with 1 000 each. An iteration reads the whole session from files in the page
// cache.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "report/report_json.h"
#include "report/report_table.h"
#include "report/summary.h"
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
        {{module, qualname, "/usr/lib/python3/dist-packages/package/subpackage/module.py", 7},
         0,
         0});
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

// Each returns the length of its result, so that the compiler cannot remove the work.
absl::StatusOr<size_t> Read(const std::string& directory) {
  const auto session = ReadSession(directory);
  if (!session.ok()) return session.status();
  return session->functions.size();
}

template <bool is_json>
absl::StatusOr<size_t> Report(const std::string& directory) {
  const auto session = ReadSession(directory);
  if (!session.ok()) return session.status();
  const report::Summary summary = report::Summarize(*session);
  return is_json ? report::FormatJson(*session, summary, false).size()
                 : report::FormatTable(*session, summary, {}).size();
}

void LargeSession(benchmark::State& state,
                  absl::StatusOr<size_t> (*task)(const std::string& directory)) {
  std::string parent = std::filesystem::temp_directory_path() / "pyslow-benchmark-XXXXXX";
  if (mkdtemp(parent.data()) == nullptr) return state.SkipWithError("no temporary directory");
  const std::string directory = parent + "/session";
  if (auto status = MakeSession(directory); !status.ok()) {
    state.SkipWithError(status.ToString().c_str());
  }
  for ([[maybe_unused]] const auto _ : state) {
    const absl::StatusOr<size_t> length = task(directory);
    if (!length.ok()) {
      state.SkipWithError(length.status().ToString().c_str());
      break;
    }
    state.counters["length"] = static_cast<double>(*length);
  }
  std::filesystem::remove_all(parent);
}

BENCHMARK_CAPTURE(LargeSession, read, Read)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(LargeSession, table, Report<false>)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(LargeSession, json, Report<true>)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace pyslow::session

BENCHMARK_MAIN();
