#include "session/cell.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <thread>

namespace pyslow::session {
namespace {

TEST(CellTest, KeepsDelayAndFrequencyUpToTheirLimits) {
  for (const int64_t delay : {int64_t{0}, int64_t{1}, int64_t{999'999'937}, kMaxDelayNs}) {
    for (const uint32_t frequency : {0U, 1U, 10U, kMaxFrequency}) {
      EXPECT_EQ(UnpackCell(PackCell({delay, frequency})), (Cell{delay, frequency}));
    }
  }
}

TEST(CellTest, ClampsValuesOutOfRange) {
  EXPECT_EQ(UnpackCell(PackCell({-5, 1})), (Cell{0, 1}));
  EXPECT_EQ(UnpackCell(PackCell({std::numeric_limits<int64_t>::max(), kMaxFrequency + 7})),
            (Cell{kMaxDelayNs, kMaxFrequency}));
}

TEST(CellTest, UnpacksAnyWordToAValidCell) {
  EXPECT_EQ(UnpackCell(kNoCell), (Cell{kMaxDelayNs, kMaxFrequency}));
}

TEST(CellTest, NoCellPacksToTheWordNoCell) {
  EXPECT_NE(PackCell({kMaxDelayNs, kMaxFrequency}), kNoCell);
}

TEST(CellTest, IsNeverTorn) {
  std::atomic<uint64_t> word{PackCell({1'000, 1})};
  std::thread writer([&word] {
    for (int i = 0; i < 200'000; ++i) {
      word.store(PackCell(i % 2 == 0 ? Cell{9'000'000'000, 7} : Cell{1'000, 1}),
                 std::memory_order_relaxed);
    }
  });
  int torn = 0;
  for (int i = 0; i < 200'000; ++i) {
    const Cell cell = UnpackCell(word.load(std::memory_order_relaxed));
    torn += cell != Cell{9'000'000'000, 7} && cell != Cell{1'000, 1};
  }
  writer.join();
  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace pyslow::session
