// Cells of functions: one per function for all processes, also while others insert and store.
#include "session/function_cells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <map>
#include <new>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "session/control_cells.h"
#include "session_testing.h"

namespace pyslow::session {
namespace {

using ::testing::HasSubstr;

class FunctionCellsTest : public SessionTest {
 protected:
  static Settings WithFunctions() {
    Settings settings = SampleSettings();
    settings.function_cells = true;
    return settings;
  }
  ControlCells OpenCells() const {
    auto cells = ControlCells::Open(dir_);
    EXPECT_TRUE(cells.ok()) << cells.status();
    return *std::move(cells);
  }
  std::string JoinError() const {
    const auto session = Session::Open(dir_, WithFunctions(), true);
    return session.ok() ? "no error" : std::string(session.status().message());
  }
  std::string Path() const { return dir_ + "/function-cells"; }
};

Cell Load(const std::atomic<uint64_t>* word) { return UnpackCell(word->load()); }

TEST_F(FunctionCellsTest, ExistOnlyInSessionsThatRequestThem) {
  const auto session = OpenSession();
  EXPECT_EQ(Files().size(), 1U);
  EXPECT_EQ(session->FunctionCell(7, 0), nullptr);
  EXPECT_EQ(session->own_time(), nullptr);
  EXPECT_FALSE(OpenCells().has_functions());
}

TEST_F(FunctionCellsTest, ANewCellHasTheValueOfItsGroup) {
  const auto session = OpenSession(WithFunctions());
  ControlCells cells = OpenCells();
  ASSERT_TRUE(cells.Store(1, {777, 3}).ok());
  EXPECT_EQ(Load(session->FunctionCell(7, 1)), (Cell{777, 3}));
  ASSERT_TRUE(cells.Store(1, {888, 3}).ok());
  EXPECT_EQ(Load(session->FunctionCell(7, 1)), (Cell{777, 3}));
  EXPECT_EQ(cells.functions(), 1U);
}

TEST_F(FunctionCellsTest, AStoreReachesAllProcessesAndLaterOnes) {
  const auto session = OpenSession(WithFunctions());
  const auto* const cell = session->FunctionCell(7, 0);
  ControlCells cells = OpenCells();
  ASSERT_TRUE(cells.StoreFunction(7, {5'000, 2}).ok());
  EXPECT_EQ(Load(cell), (Cell{5'000, 2}));
  EXPECT_TRUE(ExitedWith(InChild([&] { return Load(cell) == Cell{5'000, 2} ? 0 : 1; }), 0));
  const auto later = OpenSession(WithFunctions());
  EXPECT_EQ(Load(later->FunctionCell(7, 0)), (Cell{5'000, 2}));
}

TEST_F(FunctionCellsTest, AStoreBeforeTheFirstCallPrevails) {
  const auto session = OpenSession(WithFunctions());
  ControlCells cells = OpenCells();
  ASSERT_TRUE(cells.StoreFunction(7, {0, 1}).ok());
  EXPECT_EQ(Load(session->FunctionCell(7, 0)), (Cell{0, 1}));
}

TEST_F(FunctionCellsTest, RejectsValuesOutOfRange) {
  const auto session = OpenSession(WithFunctions());
  ControlCells cells = OpenCells();
  EXPECT_FALSE(cells.StoreFunction(7, {kMaxDelayNs + 1, 1}).ok());
  EXPECT_FALSE(cells.StoreFunction(7, {0, 0}).ok());
  EXPECT_EQ(cells.functions(), 0U);
}

TEST_F(FunctionCellsTest, OwnTimeIsSwitchedForAllProcesses) {
  const auto session = OpenSession(WithFunctions());
  EXPECT_EQ(session->own_time()->load(), 0U);
  OpenCells().SetOwnTime(true);
  EXPECT_EQ(session->own_time()->load(), 1U);
}

TEST_F(FunctionCellsTest, TheKeyIsThatOfTheRecordedFunction) {
  const auto session = OpenSession(WithFunctions());
  const auto recorder = OpenRecorder(*session);
  const uint64_t key = recorder->AddFunction(Named("f")).key;
  EXPECT_EQ(FunctionKey(Read().functions.at(0).id.View()), key);
}

TEST_F(FunctionCellsTest, AFullTableLeavesFunctionsToTheirGroups) {
  const auto session = OpenSession(WithFunctions());
  uint64_t inserted = 0;
  for (uint64_t i = 0; i < 2 * kFunctionSlots; ++i) {
    inserted += session->FunctionCell(FunctionKey(Checksum(i, "function")), 0) != nullptr ? 1 : 0;
  }
  ControlCells cells = OpenCells();
  EXPECT_EQ(cells.functions(), inserted);
  EXPECT_GT(inserted, kFunctionSlots * 9 / 10);
  uint64_t key = 1;
  while (session->FunctionCell(key, 0) != nullptr && key < 1000) ++key;
  const absl::Status status = cells.StoreFunction(key, {0, 1});
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << key;
}

// Processes insert the same and different functions while the controller changes all cells, group
// first. At the end every function has the last value.
TEST_F(FunctionCellsTest, NoStoreIsLostWhileProcessesInsert) {
  constexpr uint64_t kFunctions = 20'000;
  constexpr int kProcesses = 4;
  const auto session = OpenSession(WithFunctions());
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    children.push_back(fork());
    if (children.back() > 0) continue;
    while (session->own_time()->load() == 0) std::this_thread::yield();
    for (uint64_t i = 0; i < kFunctions; ++i) {
      const uint64_t number = process % 2 == 0 ? i : kFunctions - 1 - i;
      if (session->FunctionCell(FunctionKey(Checksum(number, "f")), 0) == nullptr) _exit(1);
    }
    _exit(0);
  }
  ControlCells cells = OpenCells();
  cells.SetOwnTime(true);  // only as a signal to begin
  Cell last = {0, 1};
  while (cells.functions() < kFunctions && last.delay_ns < 100'000) {
    ++last.delay_ns;
    ASSERT_TRUE(cells.Store(0, last).ok());
    for (const auto& function : cells.LoadFunctions()) {
      ASSERT_TRUE(cells.StoreFunction(function.key, last).ok());
    }
  }
  ASSERT_GT(last.delay_ns, 0);
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_TRUE(ExitedWith(status, 0));
  }
  std::map<int64_t, int> values;
  for (const auto& function : cells.LoadFunctions()) ++values[function.cell.delay_ns];
  EXPECT_EQ(values, (std::map<int64_t, int>{{last.delay_ns, static_cast<int>(kFunctions)}}));
}

// About 1 ms without sanitizers.
TEST_F(FunctionCellsTest, TenThousandFunctionsAreSwitchedQuickly) {
  const auto session = OpenSession(WithFunctions());
  ControlCells cells = OpenCells();
  std::vector<uint64_t> keys;
  for (uint64_t i = 0; i < 10'000; ++i) keys.push_back(FunctionKey(Checksum(i, "f")));
  for (const uint64_t key : keys) ASSERT_NE(session->FunctionCell(key, 0), nullptr);
  auto shortest = std::chrono::steady_clock::duration::max();
  for (int64_t round = 0; round < 10; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (const uint64_t key : keys) ASSERT_TRUE(cells.StoreFunction(key, {round, 1}).ok());
    shortest = std::min(shortest, std::chrono::steady_clock::now() - begin);
  }
  RecordProperty("us", std::chrono::duration_cast<std::chrono::microseconds>(shortest).count());
  EXPECT_LT(shortest, std::chrono::milliseconds(100));
}

// Ten processes see them at once, apart from the time until each has a core again. About 2 ms on a
// machine that is not busy.
TEST_F(FunctionCellsTest, TenProcessesSeeTenThousandSwitchedFunctions) {
  constexpr size_t kFunctions = 10'000;
  constexpr size_t kProcesses = 10;
  const auto session = OpenSession(WithFunctions());
  ControlCells cells = OpenCells();
  std::vector<const std::atomic<uint64_t>*> words;
  std::vector<uint64_t> keys;
  for (uint64_t i = 0; i < kFunctions; ++i) {
    keys.push_back(FunctionKey(Checksum(i, "f")));
    words.push_back(session->FunctionCell(keys.back(), 0));
    ASSERT_NE(words.back(), nullptr);
  }
  using Clock = std::chrono::steady_clock;
  using std::chrono::microseconds;
  struct Shared {
    std::atomic<size_t> ready = 0;
    std::atomic<int64_t> seen[kProcesses] = {};  // when, in us of the clock
  };
  void* const memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto* const shared = new (memory) Shared;
  std::vector<pid_t> children;
  for (size_t i = 0; i < kProcesses; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    ++shared->ready;
    const auto is_switched = [](const auto* word) { return Load(word).delay_ns == 777; };
    while (!std::all_of(words.rbegin(), words.rend(), is_switched)) usleep(100);
    shared->seen[i] =
        std::chrono::duration_cast<microseconds>(Clock::now().time_since_epoch()).count();
    _exit(0);
  }
  while (shared->ready < kProcesses) usleep(1000);
  const auto begin = Clock::now();
  for (const uint64_t key : keys) EXPECT_TRUE(cells.StoreFunction(key, {777, 1}).ok());
  int64_t last = 0;
  for (size_t i = 0; i < kProcesses; ++i) {
    int status = -1;
    ASSERT_EQ(waitpid(children[i], &status, 0), children[i]);
    EXPECT_TRUE(ExitedWith(status, 0));
    last = std::max(last, shared->seen[i].load());
  }
  const int64_t us =
      last - std::chrono::duration_cast<microseconds>(begin.time_since_epoch()).count();
  munmap(memory, sizeof(Shared));
  RecordProperty("us", us);
  std::cout << "10,000 functions in 10 processes were switched within " << us << " us\n";
  EXPECT_LT(us, 2'000'000);
}

TEST_F(FunctionCellsTest, DamagedFilesAreReported) {
  { const auto session = OpenSession(WithFunctions()); }
  const std::string content = FileContent(Path());
  WriteFile(Path(), "notes of the user");
  EXPECT_THAT(JoinError(), HasSubstr("function-cells: damaged: it is too short"));
  EXPECT_FALSE(ControlCells::Open(dir_).ok());
  WriteFile(Path(), std::string(content.size(), 'x'));
  EXPECT_THAT(JoinError(), HasSubstr("function-cells: it does not hold the cells"));
  std::string other = content;
  other[8] = 9;
  WriteFile(Path(), other);
  EXPECT_THAT(JoinError(), HasSubstr("function-cells: its format version is 9"));
  std::filesystem::remove(Path());
  EXPECT_THAT(JoinError(), HasSubstr("function-cells: cannot be opened"));
  std::filesystem::create_symlink("settings", Path());
  EXPECT_THAT(JoinError(), HasSubstr("function-cells: it is a symbolic link"));
}

// Another process may write anything into the slots.
TEST_F(FunctionCellsTest, ArbitrarySlotsDoNotHarm) {
  { const auto session = OpenSession(WithFunctions()); }
  std::string content = FileContent(Path());
  for (size_t i = sizeof(FunctionCellsHeader); i < content.size(); ++i) {
    content[i] = static_cast<char>(i * 37 % 251 + 1);
  }
  WriteFile(Path(), content);
  const auto session = OpenSession(WithFunctions());
  EXPECT_EQ(session->FunctionCell(7, 0), nullptr);
  EXPECT_EQ(OpenCells().LoadFunctions().size(), kFunctionSlots);
  EXPECT_LE(OpenCells().LoadFunctions().at(0).cell.delay_ns, kMaxDelayNs);
}

TEST_F(FunctionCellsTest, AreRemovedWithTheSession) {
  const auto session = OpenSession(WithFunctions());
  EXPECT_TRUE(session->RemoveDirectory().ok());
  EXPECT_FALSE(std::filesystem::exists(dir_));
}

TEST_F(FunctionCellsTest, AUsersFileOfThatNameIsKept) {
  std::filesystem::create_directory(dir_);
  WriteFile(Path(), "notes of the user");
  EXPECT_FALSE(Session::Open(dir_, SampleSettings(), false).ok());
  EXPECT_EQ(FileContent(Path()), "notes of the user");
}

}  // namespace
}  // namespace pyslow::session
