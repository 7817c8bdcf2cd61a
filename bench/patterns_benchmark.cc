// Measures the cost of matching a function against 1, 100 and 1 000 patterns.
//
// There are 5 000 functions in 250 modules, with names like those of real packages. Each kind of
// pattern list is one that a user might write; the list of 1 is its first pattern. An iteration
// matches one function.
//   Warm      the scope is kept and all states exist: the cost of a first call in a running program
//   WarmScope the same, and the scope is entered each time
//   Cold      starts from the compiled patterns; each function once, each scope entered once
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "patterns/matcher.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {
namespace {

const std::vector<std::string> kPackages = {"numpy", "torch", "transformers", "vllm",   "asyncio",
                                            "json",  "zmq",   "triton",       "django", "sklearn"};
const std::vector<std::string> kModules = {"_core.multiarray",
                                           "linalg",
                                           "nn.modules.linear",
                                           "engine.async_llm",
                                           "utils",
                                           "events",
                                           "modeling_bert",
                                           "worker.model_runner",
                                           "decoder",
                                           "sugar.socket",
                                           "runtime.jit",
                                           "db.models.query",
                                           "metrics._ranking",
                                           "config",
                                           "io.common",
                                           "_internal",
                                           "testing",
                                           "compat.py3k",
                                           "distributed.rpc",
                                           "core.scheduler",
                                           "tokenization",
                                           "generation",
                                           "attention.backends",
                                           "quantization.awq",
                                           "parser"};
const std::vector<std::string> kClasses = {"",           "Linear.",  "BertSelfAttention.",
                                           "LLMEngine.", "_Handle.", "outer.<locals>."};
const std::vector<std::string> kFunctions = {
    "forward",      "__init__",   "__call__",   "matmul",         "_matmul_impl",
    "step",         "schedule",   "json_dumps", "loads",          "to_device",
    "<lambda>",     "get_config", "_run_once",  "send_multipart", "load_state_dict",
    "encode_batch", "<module>",   "reset",      "compute_logits", "validate_args"};

struct Module {
  std::string name;
  std::string file;
  std::vector<std::string> qualnames;
};

// 10 packages of 25 modules, each with 20 functions.
std::vector<Module> Functions() {
  std::vector<Module> modules;
  uint32_t random = 1;
  for (const std::string& package : kPackages) {
    for (const std::string& module : kModules) {
      Module one = {
          absl::StrCat(package, ".", module),
          absl::StrCat("/venv/lib/python3.12/site-packages/", package, "/", module, ".py"),
          {}};
      for (const std::string& function : kFunctions) {
        random = random * 1664525 + 1013904223;
        one.qualnames.push_back(absl::StrCat(kClasses[(random >> 16) % kClasses.size()], function));
      }
      modules.push_back(std::move(one));
    }
  }
  return modules;
}

// Modules by name; functions by name in any module; both; parts of names; files.
enum Kind { kByModule, kByFunction, kExact, kByPart, kByFile };
std::string Pattern(Kind kind, size_t i) {
  const std::string& package = kPackages[(i + 1) % kPackages.size()];
  const std::string& module = kModules[(i / 10) % kModules.size()];
  const std::string& type = kClasses[(i * 7 + 1) % kClasses.size()];
  const std::string& function = kFunctions[(i * 3) % kFunctions.size()];
  // Patterns from the 250th on match nothing, like most patterns of a long list.
  const std::string more = i < 250 ? "" : absl::StrCat("_", i);
  switch (kind) {
    case kByModule:
      return absl::StrCat(package, ".", module, more, "*:*");
    case kByFunction:
      return absl::StrCat("*:", type, function, more);
    case kExact:
      return absl::StrCat(package, ".", module, more, ":", type, function);
    case kByPart:
      return absl::StrCat("*:*", function, more, "*");
    case kByFile:
      return absl::StrCat("*/", package, "/", module, more, "*.py:", type, function, "*");
  }
  return "";
}

TargetSet Targets(const benchmark::State& state) {
  std::string text;
  for (int64_t i = 0; i < state.range(1); ++i) {
    absl::StrAppend(&text, Pattern(static_cast<Kind>(state.range(0)), static_cast<size_t>(i)),
                    "\n");
  }
  TargetSet set;
  if (!set.AddText(text, "benchmark").ok()) std::abort();
  return set;
}

// Calls `find` for each function until the benchmark ends.
template <typename Find>
void ForEachFunction(benchmark::State& state, const std::vector<Module>& modules, Find find) {
  for (;;) {
    for (size_t m = 0; m < modules.size(); ++m) {
      for (const std::string& qualname : modules[m].qualnames) {
        if (!state.KeepRunning()) return;
        benchmark::DoNotOptimize(find(m, qualname));
      }
    }
  }
}

void Warm(benchmark::State& state) {
  const std::vector<Module> modules = Functions();
  Matcher matcher(Targets(state));
  std::vector<Scope> scopes;
  int64_t matched = 0;
  for (const Module& module : modules) {
    scopes.push_back(matcher.EnterScope(module.name, "", module.file));
    for (const std::string& qualname : module.qualnames) {
      matched += matcher.Find(&scopes.back(), qualname).found();
    }
  }
  ForEachFunction(state, modules, [&](size_t m, const std::string& qualname) {
    return matcher.Find(&scopes[m], qualname);
  });
  state.counters["matched"] = static_cast<double>(matched);
  state.counters["kB"] = static_cast<double>(matcher.MemoryBytes()) / 1e3;
}

void WarmScope(benchmark::State& state) {
  const std::vector<Module> modules = Functions();
  Matcher matcher(Targets(state));
  ForEachFunction(state, modules, [&](size_t m, const std::string& qualname) {
    Scope scope = matcher.EnterScope(modules[m].name, "", modules[m].file);
    return matcher.Find(&scope, qualname);
  });
}

void Cold(benchmark::State& state) {
  const std::vector<Module> modules = Functions();
  const TargetSet set = Targets(state);
  int64_t functions = 0;
  for ([[maybe_unused]] const auto iteration : state) {
    state.PauseTiming();
    auto matcher = std::make_unique<Matcher>(set);
    state.ResumeTiming();
    for (const Module& module : modules) {
      Scope scope = matcher->EnterScope(module.name, "", module.file);
      for (const std::string& qualname : module.qualnames) {
        benchmark::DoNotOptimize(matcher->Find(&scope, qualname));
        ++functions;
      }
    }
    state.PauseTiming();
    matcher.reset();
    state.ResumeTiming();
  }
  // The reported time is that of 5 000 functions; this is the time of one.
  state.counters["per_function"] = benchmark::Counter(
      static_cast<double>(functions), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void Compile(benchmark::State& state) {
  const TargetSet set = Targets(state);
  for ([[maybe_unused]] const auto iteration : state)
    benchmark::DoNotOptimize(Matcher(set).MemoryBytes());
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"kind", "patterns"});
  for (const int64_t kind : {kByModule, kByFunction, kExact, kByPart, kByFile}) {
    for (const int64_t patterns : {1, 100, 1'000}) benchmark->Args({kind, patterns});
  }
}

BENCHMARK(Warm)->Apply(Sizes);
BENCHMARK(WarmScope)->Apply(Sizes);
BENCHMARK(Cold)->Apply(Sizes)->Unit(benchmark::kMicrosecond);
BENCHMARK(Compile)->Args({kExact, 1'000})->Args({kExact, 100'000})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pyslow::patterns

BENCHMARK_MAIN();
