// Forks: in the child, counters keep their addresses and are in the child's own record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <latch>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "session_testing.h"

namespace pyslow::session {
namespace {

using ::testing::HasSubstr;

class ForkTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    session_ = OpenSession();
    recorder_ = OpenRecorder(*session_);
    for (int i = 0; i < kFunctions; ++i) {
      counters_.push_back(recorder_->AddFunction(Named(absl::StrCat("f", i))).counters);
      Add(counters_.back()->calls, 1'000);
    }
  }

  static constexpr int kFunctions = 500;  // several chunks
  std::unique_ptr<Session> session_;
  std::unique_ptr<Recorder> recorder_;
  std::vector<FunctionCounters*> counters_;
};

TEST_F(ForkTest, AChildWithoutCallsHasNoRecord) {
  ASSERT_TRUE(ExitedWith(InChild([&] {
                           recorder_->AfterForkInChild();
                           recorder_->MarkEnded();
                           return 0;
                         }),
                         0));
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.processes.size(), 1U);
  EXPECT_EQ(snapshot.processes[0].end_monotonic_ns, 0);
}

TEST_F(ForkTest, AChildCountsAtTheSameAddressesInItsOwnRecord) {
  ASSERT_TRUE(ExitedWith(InChild([&] {
                           recorder_->AfterForkInChild();
                           if (!recorder_->forked() || !recorder_->StartOwnRecord()) return 1;
                           if (recorder_->forked()) return 2;
                           for (FunctionCounters* counters : counters_) {
                             if (!recorder_->MakeWritable(counters) || counters->calls != 0)
                               return 3;
                             Add(counters->calls, 1);
                           }
                           if (recorder_->AddFunction(Named("f7")).counters != counters_[7])
                             return 4;
                           Add(recorder_->AddFunction(Named("new")).counters->calls, 5);
                           return 0;
                         }),
                         0));
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.processes.size(), 2U);
  const ProcessSnapshot& child = snapshot.processes[1];
  EXPECT_EQ(child.forked_from, recorder_->record_name());
  EXPECT_EQ(child.parent_pid, getpid());
  EXPECT_NE(child.pid, getpid());
  EXPECT_EQ(child.functions.size(), size_t{kFunctions + 1});
  EXPECT_EQ(CallsOf(snapshot, "f499"), 1'001U);
  EXPECT_EQ(CallsOf(snapshot, "new"), 5U);
  EXPECT_EQ(counters_[499]->calls, 1'000U);
}

TEST_F(ForkTest, AddingAFunctionCreatesTheRecordOfTheChild) {
  ASSERT_TRUE(ExitedWith(InChild([&] {
                           recorder_->AfterForkInChild();
                           Add(recorder_->AddFunction(Named("f0")).counters->calls, 3);
                           return 0;
                         }),
                         0));
  EXPECT_EQ(CallsOf(Read(), "f0"), 1'003U);
  EXPECT_EQ(counters_[0]->calls, 1'000U);
}

TEST_F(ForkTest, AGrandchildHasItsOwnRecord) {
  InChild([&] {
    recorder_->AfterForkInChild();
    Add(recorder_->AddFunction(Named("f0")).counters->calls, 10);
    return InChild([&] {
      recorder_->AfterForkInChild();
      Add(recorder_->AddFunction(Named("f0")).counters->calls, 100);
      return 0;
    });
  });
  const SessionSnapshot snapshot = Read();
  EXPECT_EQ(snapshot.processes.size(), 3U);
  EXPECT_EQ(CallsOf(snapshot, "f0"), 1'110U);
}

// With whole copies of the parent's record, a thousand forks of a process with 100 000 functions
// used 13 GB.
TEST_F(ForkTest, AChildThatCallsFewFunctionsHasASmallRecord) {
  std::vector<FunctionCounters*> many;
  for (int i = 0; i < 20'000; ++i) {
    many.push_back(recorder_->AddFunction(Named(absl::StrCat("many", i))).counters);
    Add(many.back()->calls, 1);
  }
  ASSERT_TRUE(ExitedWith(InChild([&] {
                           recorder_->AfterForkInChild();
                           for (const int i : {19'999, 7, 10'000, 8}) {
                             if (!recorder_->MakeWritable(many[i]) || many[i]->calls != 0) return 1;
                             Add(many[i]->calls, 10);
                             const std::string name = absl::StrCat("new", i);
                             Add(recorder_->AddFunction(Named(name)).counters->calls, 1);
                           }
                           // The grandchild calls functions of both.
                           return InChild([&] {
                             recorder_->AfterForkInChild();
                             for (const int i : {19'999, 3'000, 9}) {
                               if (!recorder_->MakeWritable(many[i]) || many[i]->calls != 0)
                                 return 1;
                               Add(many[i]->calls, 100);
                             }
                             return 0;
                           });
                         }),
                         0));
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.processes.size(), 3U);
  EXPECT_EQ(CallsOf(snapshot, "many19999"), 111U);
  EXPECT_EQ(CallsOf(snapshot, "many7"), 11U);
  EXPECT_EQ(CallsOf(snapshot, "many10000"), 11U);
  EXPECT_EQ(CallsOf(snapshot, "many3000"), 101U);
  EXPECT_EQ(CallsOf(snapshot, "new8"), 1U);
  EXPECT_EQ(CallsOf(snapshot, "many12345"), 1U);
  EXPECT_EQ(many[19'999]->calls, 1U);
  for (const ProcessSnapshot& process : snapshot.processes) {
    if (process.forked_from.empty()) continue;
    EXPECT_LT(std::filesystem::file_size(std::filesystem::path(dir_) / process.record), 2'000'000U);
    EXPECT_LT(process.functions.size(), 10'000U);
  }
}

TEST_F(ForkTest, AChildWhoseRecordCannotGrowReportsLostFunctions) {
  ASSERT_TRUE(ExitedWith(InChild([&] {
                           recorder_->AfterForkInChild();
                           if (!recorder_->MakeWritable(counters_[0])) return 1;
                           Add(counters_[0]->calls, 1);
                           const rlimit none = {0, 0};
                           setrlimit(RLIMIT_FSIZE, &none);
                           if (!recorder_->MakeWritable(counters_[499])) return 2;
                           Add(counters_[499]->calls, 1);
                           return recorder_->lost() > 0 && counters_[499]->calls == 1 ? 0 : 3;
                         }),
                         0));
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.processes.size(), 2U);
  EXPECT_GT(snapshot.processes[1].lost, 0U);
  EXPECT_EQ(CallsOf(snapshot, "f0"), 1'001U);
  EXPECT_EQ(CallsOf(snapshot, "f499"), 1'000U);
}

TEST_F(ForkTest, TheParentsRecordGrowsBeforeTheChildHasOne) {
  int gate[2];
  ASSERT_EQ(pipe(gate), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    recorder_->AfterForkInChild();
    char byte;
    (void)!read(gate[0], &byte, 1);
    for (int i = 0; i < kFunctions; ++i) {
      Add(recorder_->AddFunction(Named(absl::StrCat("child", i))).counters->calls, 1);
    }
    _exit(0);
  }
  for (int i = 0; i < kFunctions; ++i) {
    Add(recorder_->AddFunction(Named(absl::StrCat("parent", i))).counters->calls, 1);
  }
  (void)!write(gate[1], "x", 1);
  int status = 0;
  waitpid(pid, &status, 0);
  ASSERT_TRUE(ExitedWith(status, 0));
  const SessionSnapshot snapshot = Read();
  EXPECT_EQ(snapshot.functions.size(), size_t{3 * kFunctions});
  EXPECT_EQ(CallsOf(snapshot, "child499"), 1U);
  EXPECT_EQ(CallsOf(snapshot, "parent499"), 1U);
  close(gate[0]);
  close(gate[1]);
}

TEST_F(ForkTest, AChildWhoseRecordCannotBeCreatedIsReportedAsUncounted) {
  ASSERT_TRUE(ExitedWith(InChild([&] {
                           recorder_->AfterForkInChild();
                           const rlimit none = {0, 0};
                           setrlimit(RLIMIT_FSIZE, &none);
                           if (!recorder_->StartOwnRecord()) return 1;
                           if (recorder_->uncounted().find("ulimit") == std::string::npos) return 2;
                           for (FunctionCounters* counters : counters_) {
                             if (counters->calls != 0) return 3;
                             Add(counters->calls, 1);
                           }
                           return recorder_->AddFunction(Named("new")).counters == nullptr ? 4 : 0;
                         }),
                         0));
  const SessionSnapshot snapshot = Read();
  EXPECT_EQ(snapshot.processes.size(), 1U);
  EXPECT_EQ(snapshot.uncounted, 1U);
  EXPECT_EQ(CallsOf(snapshot, "f0"), 1'000U);
}

TEST_F(ForkTest, AChildOfARemovedSessionContinuesUncounted) {
  ASSERT_TRUE(session_->RemoveDirectory().ok());
  std::filesystem::create_directory(dir_);  // a new directory with this path must stay unused
  ASSERT_TRUE(ExitedWith(InChild([&] {
                           recorder_->AfterForkInChild();
                           if (!recorder_->StartOwnRecord()) return 1;
                           Add(counters_[0]->calls, 1);
                           return recorder_->uncounted().find("replaced") == std::string::npos ? 2
                                                                                               : 0;
                         }),
                         0));
  EXPECT_TRUE(std::filesystem::is_empty(dir_));
}

TEST_F(ForkTest, AChildOfAPrivateSessionCountsFromZero) {
  const auto session = Session::OpenPrivate(SampleSettings());
  const auto recorder = OpenRecorder(*session);
  FunctionCounters* counters = recorder->AddFunction(Named("f")).counters;
  Add(counters->calls, 7);
  EXPECT_TRUE(ExitedWith(InChild([&] {
                           recorder->AfterForkInChild();
                           if (!recorder->StartOwnRecord()) return 1;
                           return counters->calls == 0 ? 0 : 2;
                         }),
                         0));
  EXPECT_EQ(counters->calls, 7U);
}

// As in the engine, counting and forking happen with the GIL held.
TEST_F(ForkTest, ForksFromSeveralThreadsCountEachCallOnce) {
  std::mutex gil;
  constexpr int kThreads = 4;
  constexpr int kForks = 25;
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  // All threads exist from the first fork to the last: a sanitizer locks mutexes while a thread
  // starts or ends, and a child forked then would find them locked forever.
  std::latch begin{kThreads};
  std::latch end{kThreads};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      begin.arrive_and_wait();
      for (int i = 0; i < kForks; ++i) {
        pid_t pid = 0;
        {
          const std::lock_guard<std::mutex> held(gil);
          const std::string name = absl::StrCat("t", t) + absl::StrCat(".", i);
          Add(recorder_->AddFunction(Named(name)).counters->calls, 1);
          Add(counters_[t]->calls, 1);
          pid = fork();
          if (pid == 0) {
            recorder_->AfterForkInChild();
            if (!recorder_->MakeWritable(counters_[100])) _exit(1);
            Add(counters_[100]->calls, 1);
            Add(recorder_->AddFunction(Named(name)).counters->calls, 1);
            _exit(0);
          }
        }
        int status = 0;
        waitpid(pid, &status, 0);
        failed += !ExitedWith(status, 0);
      }
      end.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  const SessionSnapshot snapshot = Read();
  EXPECT_EQ(snapshot.processes.size(), size_t{1 + kThreads * kForks});
  EXPECT_EQ(CallsOf(snapshot, "f100"), 1'000U + kThreads * kForks);
  EXPECT_EQ(CallsOf(snapshot, "f3"), 1'000U + kForks);
  for (int i = 0; i < kForks; ++i) EXPECT_EQ(CallsOf(snapshot, absl::StrCat("t2.", i)), 2U);
}

}  // namespace
}  // namespace pyslow::session
