// Tests of the engine with groups that apply only in processes of some title. Here the title is the
// name of the main thread (PR_SET_NAME), or a rank.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "interpreter.h"

namespace pyslow::core {
namespace {

constexpr char kTargets[] =
    "[front, process=front*]\ntested:*\n[worker, process=*worker]\ntested:*\nbuiltins:len\n";

class Roles : public ::testing::Test {
 protected:
  Roles() {
    prctl(PR_GET_NAME, name_);
    SetTitle("front 1");
  }
  ~Roles() override {
    prctl(PR_SET_NAME, name_);
    unsetenv("RANK");
    unsetenv("SLURM_PROCID");
  }

  static void SetTitle(const char* title) { ASSERT_EQ(prctl(PR_SET_NAME, title), 0); }
  // Until the engine knows a change at the latest: ProcessRole::kMaxAgeNs and a step of the clock.
  static void Wait() { usleep(100'000); }

 private:
  char name_[16] = {};
};

session::CallCounts CountsIn(const Interpreter& python, const std::string& qualname,
                             const std::string& process, const char* module = "tested") {
  return python.RecordedCounts(module, absl::StrCat(qualname, " [process=", process, "]").c_str());
}

TEST_F(Roles, CountAndDelayAFunctionByTheTitle) {
  Interpreter python(kTargets, OnStart(2'000));
  python.SetCell(0, {0, 1});
  python.Run("def f(): pass\nfor _ in range(5): f()");
  SetTitle("a worker");
  Wait();
  python.Run("for _ in range(7): f()");
  EXPECT_EQ(CountsIn(python, "f", "front*").calls, 5U);
  EXPECT_EQ(CountsIn(python, "f", "front*").asked_ns, 0U);
  EXPECT_EQ(CountsIn(python, "f", "*worker").calls, 7U);
  EXPECT_EQ(CountsIn(python, "f", "*worker").asked_ns, 14'000U);
  EXPECT_EQ(python.RecordedCounts("tested", "f").calls, 0U);
}

TEST_F(Roles, AreFoundForFunctionsThatNoGroupHadBefore) {
  SetTitle("other");
  Interpreter python(kTargets, OnStart());
  python.Run("def f(): pass\nfor _ in range(100): f()");
  SetTitle("worker");
  Wait();
  python.Run("for _ in range(3): f()");
  SetTitle("other");
  Wait();
  python.Run("for _ in range(3): f()");
  EXPECT_EQ(CountsIn(python, "f", "*worker").calls, 3U);
  EXPECT_EQ(CountsIn(python, "f", "front*").calls, 0U);
}

TEST_F(Roles, LeaveOtherProcessesToLaterGroups) {
  Interpreter python("[worker, process=*worker]\ntested:f\n[rest]\ntested:*\n", OnStart());
  python.Run("def f(): pass\ndef g(): pass\nfor _ in range(4): f(); g()");
  SetTitle("worker");
  Wait();
  python.Run("for _ in range(3): f(); g()");
  EXPECT_EQ(python.Calls("f"), 4U);
  EXPECT_EQ(CountsIn(python, "f", "*worker").calls, 3U);
  EXPECT_EQ(python.Calls("g"), 7U) << "it does not depend on the title";
}

TEST_F(Roles, AreDecidedAgainAtTheFirstCallAfterAFork) {
  Interpreter python(kTargets, OnStart());
  python.Run("def f(): pass\nf(); f()");
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_NAME, "worker");
    python.Run("f(); f(); f()");
    _exit(static_cast<int>(CountsIn(python, "f", "*worker").calls));
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 3) << "calls of the worker";
  EXPECT_EQ(CountsIn(python, "f", "front*").calls, 2U);
  EXPECT_EQ(CountsIn(python, "f", "*worker").calls, 0U) << "in the parent";
}

TEST_F(Roles, HaveCellsOfTheirOwn) {
  InterpreterOptions options = OnStart(0);
  options.function_cells = true;
  Interpreter python(kTargets, options);
  python.Run("def f(): pass\nf()");
  SetTitle("worker");
  Wait();
  python.Run("f()");
  python.SetNamedCell("tested", "f [process=*worker]", "<string>", 1, {1'000, 1});
  python.Run("f(); f()");
  SetTitle("front 2");
  Wait();
  python.Run("f()");
  EXPECT_EQ(CountsIn(python, "f", "*worker").asked_ns, 2'000U);
  EXPECT_EQ(CountsIn(python, "f", "front*").calls, 2U);
  EXPECT_EQ(CountsIn(python, "f", "front*").asked_ns, 0U);
}

TEST_F(Roles, ApplyToOtherCallables) {
  for (const bool own_time : {false, true}) {
    SetTitle("front 1");
    InterpreterOptions options = OnCall();
    options.settings.own_time = own_time;
    Interpreter python(kTargets, options);
    python.Run("def f(n):\n  for _ in range(n): len('')\nf(5)");
    SetTitle("worker");
    Wait();
    python.Run("f(6)");
    EXPECT_EQ(CountsIn(python, "len", "*worker", "builtins").calls, 6U) << own_time;
    EXPECT_EQ(CountsIn(python, "len", "front*", "builtins").calls, 0U) << own_time;
  }
}

TEST_F(Roles, ApplyToCallers) {
  Interpreter python("[w, process=worker]\ntested:a -> *:*\n[rest]\ntested:a -> builtins:len\n",
                     OnStart());
  python.Run(
      "def f(): pass\ndef a(): f(); len('')\ndef b(): f(); len('')\nfor _ in range(4): a(); b()");
  SetTitle("worker");
  Wait();
  python.Run("for _ in range(3): a(); b()");
  EXPECT_EQ(CountsIn(python, "a -> builtins:len", "worker").calls, 3U);
  EXPECT_EQ(CountsIn(python, "a -> tested:f", "worker").calls, 3U);
  EXPECT_EQ(python.CountersOfCall("a", "builtins:len").calls, 4U);
  EXPECT_EQ(python.RecordedCounts("tested", "a -> tested:f").calls, 0U);
}

TEST_F(Roles, ApplyToLines) {
  Interpreter python(
      "[w, process=worker]\ntested:f@+1\n[front, process=front*]\ntested:f@+2\n"
      "tested:f\n",
      OnStart());
  python.Run("def f():\n  x = 1\n  y = 2\n  y = x\nfor _ in range(4): f()");
  SetTitle("worker");
  Wait();
  python.Run("for _ in range(3): f()");
  EXPECT_EQ(CountsIn(python, "f@2", "worker").calls, 3U);
  EXPECT_EQ(CountsIn(python, "f@3", "front*").calls, 4U);
  EXPECT_EQ(CountsIn(python, "f", "front*").calls, 4U);
}

TEST_F(Roles, HaveOwnTime) {
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python(kTargets, options);
  python.Run("def work():\n  for _ in range(20_000): pass\nfor _ in range(5): work()");
  SetTitle("worker");
  Wait();
  python.Run("for _ in range(5): work()");
  EXPECT_GT(CountsIn(python, "work", "front*").own_ns, 100'000U);
  EXPECT_GT(CountsIn(python, "work", "*worker").own_ns, 100'000U);
}

// Regression: the call at which the new title was found was forgotten with the frames before it. A
// worker may call its loop once, for ever.
TEST_F(Roles, HaveOwnTimeOfTheCallThatFindsANewTitle) {
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python(
      "[front, process=front*]\ntested:work\n[worker, process=*worker]\ntested:work\n", options);
  python.Run("def work():\n  for _ in range(200_000): pass\nwork()");
  SetTitle("worker");
  Wait();
  python.Run("work()");
  EXPECT_EQ(CountsIn(python, "work", "*worker").calls, 1U);
  EXPECT_GT(CountsIn(python, "work", "*worker").own_ns, 100'000U);
}

// outer() was entered in the role of the front, and ends in that of the worker.
TEST_F(Roles, HaveNoOwnTimeAfterAFrameInWhichTheTitleChanged) {
  InterpreterOptions options = OnStart(0);
  options.settings.own_time = true;
  Interpreter python(
      "[front, process=front*]\ntested:outer\ntested:inner\n"
      "[worker, process=*worker]\ntested:outer\ntested:inner\n",
      options);
  python.Run(R"py(
import time
def inner(): pass
def outer():
    with open("/proc/self/comm", "w") as name: name.write("a worker")
    time.sleep(0.1)
    inner()
outer()
start = time.process_time()
while time.process_time() - start < 0.2: pass
inner()
)py");
  EXPECT_EQ(CountsIn(python, "outer", "front*").calls, 1U);
  EXPECT_EQ(CountsIn(python, "inner", "*worker").calls, 2U);
  EXPECT_LT(CountsIn(python, "outer", "front*").own_ns, 100'000'000U);
}

TEST_F(Roles, ApplyToResumptionsAlone) {
  InterpreterOptions options = OnStart();
  options.settings.on_start = false;
  options.settings.on_resume = true;
  Interpreter python("[w, process=worker]\ntested:g\ntested:g@+1\n", options);
  python.Run("def g():\n  yield 1\n  yield 2\nlist(g())");
  SetTitle("worker");
  Wait();
  python.Run("list(g())");
  EXPECT_EQ(CountsIn(python, "g", "worker").resumed, 2U);
  EXPECT_EQ(CountsIn(python, "g@2", "worker").calls, 1U);
}

TEST_F(Roles, AreRanksOfTheEnvironment) {
  setenv("SLURM_PROCID", "0", 1);
  setenv("RANK", "3", 1);
  Interpreter python("[three, process=rank=3]\ntested:f\n[rest, process=rank=?]\ntested:f\n",
                     OnStart());
  python.Run("def f(): pass\nf(); f()");
  python.Run("import os\nos.environ['RANK'] = '5'");
  Wait();
  python.Run("f()");
  // Without a GIL the number is that of the start.
  EXPECT_EQ(CountsIn(python, "f", "rank=3").calls, kIsFreeThreaded ? 3U : 2U);
  EXPECT_EQ(CountsIn(python, "f", "rank=?").calls, kIsFreeThreaded ? 0U : 1U);
}

TEST_F(Roles, OpenTheWindowInEveryRole) {
  SetTitle("other");
  InterpreterOptions options = OnStart();
  options.start_at = "tested:f";
  Interpreter python(kTargets, options);
  python.Run("def f(): pass\ndef g(): pass\ng(); f()");
  SetTitle("worker");
  Wait();
  python.Run("g(); f()");
  EXPECT_EQ(CountsIn(python, "g", "*worker").calls, 1U);
  EXPECT_EQ(CountsIn(python, "f", "*worker").calls, 1U);
}

}  // namespace
}  // namespace pyslow::core
