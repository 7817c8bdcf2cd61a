#include "session/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "session_testing.h"

namespace pyslow::session {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RecorderTest : public SessionTest {};

TEST_F(RecorderTest, CountersCanBeReadWhileTheProcessRuns) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  FunctionCounters* counters =
      recorder->AddFunction({{"json", "dumps", "/lib/json.py", 12}, 1, 1}).counters;
  Add(counters->calls, 5);
  Add(counters->calls_outside, 4);
  Add(counters->delayed, 3);
  Add(counters->asked_ns, 30'000);
  Add(counters->spun_ticks, 62'000);
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.functions.size(), 1U);
  const FunctionSnapshot& function = snapshot.functions[0];
  EXPECT_EQ(function.id.module, "json");
  EXPECT_EQ(function.id.qualname, "dumps");
  EXPECT_EQ(function.id.file, "/lib/json.py");
  EXPECT_EQ(function.id.first_line, 12U);
  EXPECT_EQ(function.group, 1U);
  EXPECT_EQ(function.target, 1U);
  EXPECT_EQ(function.processes, 1U);
  EXPECT_EQ(function.counts.calls, 5U);
  EXPECT_EQ(function.counts.calls_outside, 4U);
  EXPECT_EQ(function.counts.delayed, 3U);
  EXPECT_EQ(function.counts.asked_ns, 30'000U);
  EXPECT_DOUBLE_EQ(function.counts.spun_ns, 31'000);  // half a nanosecond per tick
}

TEST_F(RecorderTest, TheRecordDescribesItsProcess) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.processes.size(), 1U);
  const ProcessSnapshot& process = snapshot.processes[0];
  EXPECT_EQ(process.record, recorder->record_name());
  EXPECT_EQ(process.pid, getpid());
  EXPECT_EQ(process.parent_pid, getppid());
  EXPECT_NE(process.start_ticks, 0U);
  EXPECT_TRUE(process.running);
  EXPECT_EQ(process.boot_id, snapshot.settings.boot_id);
  EXPECT_EQ(process.host, snapshot.settings.host);
  EXPECT_THAT(process.command, HasSubstr("session_test"));
  EXPECT_EQ(process.python_version, "3.13.0");
  EXPECT_EQ(process.ns_per_tick, 0.5);
  EXPECT_EQ(process.resolution_ns, 40);
  EXPECT_EQ(process.forked_from, "");
  EXPECT_GE(process.start_monotonic_ns, snapshot.settings.epoch_monotonic_ns);
}

TEST_F(RecorderTest, AddingAFunctionAgainReturnsTheSameCounters) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  FunctionCounters* first = recorder->AddFunction(Named("f")).counters;
  EXPECT_EQ(recorder->AddFunction(Named("f")).counters, first);
  MatchedFunction other = Named("f");
  other.id.first_line += 1;
  EXPECT_NE(recorder->AddFunction(other).counters, first);
  EXPECT_EQ(Read().functions.size(), 2U);
}

TEST_F(RecorderTest, TheBoundaryBetweenTextsCounts) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  recorder->AddFunction({{"ab", "c", "f", 1}, 0, 0});
  recorder->AddFunction({{"a", "bc", "f", 1}, 0, 0});
  EXPECT_EQ(Read().functions.size(), 2U);
}

TEST_F(RecorderTest, CountersKeepTheirAddressesWhileTheFileGrows) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  constexpr int kFunctions = 20'000;
  std::vector<FunctionCounters*> counters;
  for (int i = 0; i < kFunctions; ++i) {
    counters.push_back(recorder->AddFunction(Named(absl::StrCat("f", i))).counters);
    Add(counters.back()->calls, 1);
  }
  for (int i = 0; i < kFunctions; ++i) {
    ASSERT_EQ(recorder->AddFunction(Named(absl::StrCat("f", i))).counters, counters[i]);
    ASSERT_EQ(reinterpret_cast<uintptr_t>(counters[i]) % 64, 0U);
    Add(counters[i]->calls, i);
  }
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.functions.size(), size_t{kFunctions});
  for (const FunctionSnapshot& function : snapshot.functions) {
    ASSERT_EQ(function.counts.calls, 1 + std::stoul(function.id.qualname.substr(1)));
  }
  EXPECT_EQ(recorder->lost(), 0U);
}

TEST_F(RecorderTest, RecordsArbitraryBytesAndLongNames) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  const std::string odd("\xff\xed\xb2\x80\0\n\"", 7);  // not UTF-8, a surrogate, a NUL
  const std::string long_name(10'000, 'q');
  Add(recorder->AddFunction({{odd, long_name, ""}, 0, 0}).counters->calls, 1);
  Add(recorder->AddFunction({{"", "", ""}, 0, 0}).counters->calls, 2);
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.functions.size(), 2U);
  EXPECT_EQ(snapshot.functions[0].id.qualname, "");
  EXPECT_EQ(snapshot.functions[1].id.module, odd);
  EXPECT_EQ(snapshot.functions[1].id.qualname, long_name);
}

TEST_F(RecorderTest, CutsANameOfMegabytesWithAnEllipsis) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  const std::string endless(3 << 20, 'q');
  FunctionCounters* counters = recorder->AddFunction({{"m", endless, ""}, 0, 0}).counters;
  EXPECT_EQ(recorder->AddFunction({{"m", endless, ""}, 0, 0}).counters, counters);
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.functions.size(), 1U);
  EXPECT_EQ(snapshot.functions[0].id.qualname.size(), size_t{1} << 20);
  EXPECT_THAT(snapshot.functions[0].id.qualname, EndsWith("q\u2026"));
}

TEST_F(RecorderTest, RecordsNotesFlagsAndUnmatchedFunctions) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  recorder->AddNote("tool id 3 was taken");
  recorder->AddNote("");
  recorder->AddFlags(kDisabled);
  EXPECT_TRUE(recorder->AddUnmatched({"numpy._core", "dot", "/n.py"}));
  EXPECT_FALSE(recorder->AddUnmatched({"numpy._core", "dot", "/n.py"}));
  EXPECT_TRUE(recorder->AddUnmatched({"json", "loads", "/j.py"}));
  const SessionSnapshot snapshot = Read();
  EXPECT_THAT(snapshot.processes[0].notes, ElementsAre("tool id 3 was taken", ""));
  EXPECT_EQ(snapshot.processes[0].flags & kDisabled, uint64_t{kDisabled});
  ASSERT_EQ(snapshot.unmatched.size(), 2U);
  EXPECT_EQ(snapshot.unmatched[0].module, "json");
  EXPECT_EQ(snapshot.unmatched[1].qualname, "dot");
  EXPECT_EQ(snapshot.unmatched[1].file, "/n.py");
  EXPECT_THAT(snapshot.functions, IsEmpty());
}

TEST_F(RecorderTest, RecordsEachNameOfTheProcessOnce) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  for (const char* name : {"rank=3", "VLLM::EngineCore", "rank=3"}) recorder->AddProcessName(name);
  const SessionSnapshot snapshot = Read();
  EXPECT_THAT(snapshot.process_names, ElementsAre("VLLM::EngineCore", "rank=3"));
  EXPECT_THAT(snapshot.processes[0].notes, IsEmpty());
  EXPECT_THAT(snapshot.unmatched, IsEmpty());
}

TEST_F(RecorderTest, RecordsTheTimeOfAnOrderlyEnd) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  EXPECT_EQ(Read().processes[0].end_monotonic_ns, 0);
  EXPECT_EQ(Read().processes[0].main_end_monotonic_ns, 0);
  recorder->MarkMainEnded();
  EXPECT_EQ(Read().processes[0].end_monotonic_ns, 0);
  recorder->MarkEnded();
  const ProcessSnapshot process = Read().processes[0];
  EXPECT_GE(process.main_end_monotonic_ns, process.start_monotonic_ns);
  EXPECT_GE(process.end_monotonic_ns, process.main_end_monotonic_ns);
  EXPECT_GE(process.end_monotonic_ns, process.start_monotonic_ns);
  EXPECT_FALSE(process.running);
}

TEST_F(RecorderTest, AFunctionWithoutCallsIsInNoProcess) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  recorder->AddFunction(Named("f"));
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.functions.size(), 1U);
  EXPECT_EQ(snapshot.functions[0].processes, 0U);
  EXPECT_THAT(snapshot.processes[0].functions, IsEmpty());
}

TEST_F(RecorderTest, SumsTheRecordsOfSeveralProcessesByFunction) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  Add(recorder->AddFunction(Named("shared")).counters->calls, 1);
  ASSERT_TRUE(ExitedWith(InChild([&] {
                           const auto other = OpenSession();
                           const auto own = OpenRecorder(*other);
                           Add(own->AddFunction(Named("own")).counters->calls, 10);
                           Add(own->AddFunction(Named("shared")).counters->calls, 20);
                           return 0;
                         }),
                         0));
  const SessionSnapshot snapshot = Read();
  EXPECT_EQ(snapshot.processes.size(), 2U);
  EXPECT_EQ(CallsOf(snapshot, "own"), 10U);
  EXPECT_EQ(CallsOf(snapshot, "shared"), 21U);
  EXPECT_EQ(FindFunction(snapshot, "shared")->processes, 2U);
}

TEST_F(RecorderTest, SumsTheCountersOfThreadsAndCountsTheirProcessOnce) {
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  FunctionCounters* const dumps =
      recorder->AddFunction({{"json", "dumps", "/lib/json.py", 12}, 1, 1}).counters;
  FunctionCounters* const loads =
      recorder->AddFunction({{"json", "loads", "/lib/json.py", 30}, 1, 1}).counters;
  Add(dumps->calls, 5);
  Add(loads->calls, 7);
  for (const uint64_t calls : {10, 0, 20}) {
    FunctionCounters* const of_thread = recorder->AddCounters(dumps);
    ASSERT_NE(of_thread, nullptr);
    EXPECT_NE(of_thread, dumps);
    Add(of_thread->calls, calls);
    Add(of_thread->own_ns, 2 * calls);
  }
  EXPECT_EQ(recorder->AddFunction({{"json", "dumps", "/lib/json.py", 12}, 1, 1}).counters, dumps);
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.functions.size(), 2U);
  EXPECT_EQ(snapshot.functions[0].counts.calls, 35U);
  EXPECT_EQ(snapshot.functions[0].counts.own_ns, 60U);
  EXPECT_EQ(snapshot.functions[0].group, 1U);
  EXPECT_EQ(snapshot.functions[0].processes, 1U);
  ASSERT_EQ(snapshot.processes[0].functions.size(), 2U);
  EXPECT_EQ(snapshot.processes[0].functions[0].counts.calls, 35U);
  EXPECT_EQ(snapshot.processes[0].functions[1].counts.calls, 7U);
}

TEST_F(RecorderTest, InAPrivateSessionItCountsWithoutAFile) {
  const auto session = Session::OpenPrivate(SampleSettings());
  const auto recorder = OpenRecorder(*session);
  std::map<std::string, FunctionCounters*> counters;
  for (int i = 0; i < 1'000; ++i) {
    const std::string name = absl::StrCat("f", i);
    counters[name] = recorder->AddFunction(Named(name)).counters;
    Add(counters[name]->calls, i);
  }
  for (const auto& [name, counter] : counters) {
    ASSERT_EQ(recorder->AddFunction(Named(name)).counters, counter);
    ASSERT_EQ(counter->calls, std::stoul(name.substr(1)));
  }
  EXPECT_EQ(recorder->record_name(), "");
  EXPECT_EQ(recorder->uncounted(), "");
  EXPECT_FALSE(std::filesystem::exists(dir_));
}

// How a process ends after its last counted call.
struct End {
  const char* name;
  int (*end)();
};
class RecorderEndTest : public SessionTest, public ::testing::WithParamInterface<End> {};

TEST_P(RecorderEndTest, LosesNothing) {
  const auto session = OpenSession();
  InChild([&] {
    const auto recorder = OpenRecorder(*session);
    for (int i = 0; i < 300; ++i) {
      Add(recorder->AddFunction(Named(absl::StrCat("f", i))).counters->calls, i + 1);
    }
    return GetParam().end();
  });
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.functions.size(), 300U);
  EXPECT_EQ(CallsOf(snapshot, "f299"), 300U);
  ASSERT_EQ(snapshot.processes.size(), 1U);
  EXPECT_EQ(snapshot.processes[0].end_monotonic_ns, 0);
  EXPECT_FALSE(snapshot.processes[0].running);
}

INSTANTIATE_TEST_SUITE_P(Ends, RecorderEndTest,
                         ::testing::Values(End{"Sigkill", [] { return kill(getpid(), SIGKILL); }},
                                           End{"Sigsegv",
                                               [] {
                                                 signal(SIGSEGV, SIG_DFL);
                                                 return raise(SIGSEGV);
                                               }},
                                           End{"UnderscoreExit", [] { return 0; }},
                                           End{"Exec",
                                               [] { return execl("/bin/true", "true", nullptr); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace pyslow::session
