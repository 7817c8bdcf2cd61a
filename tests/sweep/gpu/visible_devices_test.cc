#include "sweep/gpu/visible_devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyslow::gpu {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<NvmlHandle> Devices(const std::vector<std::string>& names) {
  std::vector<NvmlHandle> devices;
  for (const std::string& name : names) {
    const int index = static_cast<int>(devices.size());
    devices.push_back({index, nullptr, name, "GPU-" + std::to_string(index) + "abc"});
  }
  return devices;
}

std::vector<size_t> VisibleOf(const std::string& listed,
                              const std::vector<std::string>& names = {"A", "A", "A"}) {
  return VisibleDevices(Devices(names), {"HOME=/", "CUDA_VISIBLE_DEVICES=" + listed});
}

TEST(VisibleDevicesTest, AreAllWithoutTheVariable) {
  EXPECT_THAT(VisibleDevices(Devices({"A", "B"}), {"X_CUDA_VISIBLE_DEVICES=1"}), ElementsAre(0, 1));
}

TEST(VisibleDevicesTest, AreThoseOfTheListUpToTheFirstThatIsNone) {
  EXPECT_THAT(VisibleOf("2,0"), ElementsAre(0, 2));
  EXPECT_THAT(VisibleOf(" 1 "), ElementsAre(1));
  EXPECT_THAT(VisibleOf("1,-1,0"), ElementsAre(1));
  EXPECT_THAT(VisibleOf("0,7,1"), ElementsAre(0));
}

TEST(VisibleDevicesTest, AreNoneForAnEmptyList) {
  EXPECT_THAT(VisibleOf(""), IsEmpty());
  EXPECT_THAT(VisibleOf("-1"), IsEmpty());
  EXPECT_THAT(VisibleOf("NoDevFiles"), IsEmpty());
}

TEST(VisibleDevicesTest, HaveUuidsThatMayBeCutShort) {
  EXPECT_THAT(VisibleOf("GPU-1"), ElementsAre(1));
  EXPECT_THAT(VisibleOf("GPU-2abc,GPU-0abc"), ElementsAre(0, 2));
  // Of which GPU it is the UUID is not known.
  EXPECT_THAT(VisibleOf("GPU-"), IsEmpty());
}

TEST(VisibleDevicesTest, AreAllForAnInstanceOfAGpu) {
  EXPECT_THAT(VisibleOf("MIG-1234"), ElementsAre(0, 1, 2));
}

// CUDA counts the fastest first, NVML by the bus.
TEST(VisibleDevicesTest, AreAllForAnIndexOfDifferentGpus) {
  EXPECT_THAT(VisibleOf("1", {"A", "B"}), ElementsAre(0, 1));
  EXPECT_THAT(VisibleDevices(Devices({"A", "B"}),
                             {"CUDA_VISIBLE_DEVICES=1", "CUDA_DEVICE_ORDER=PCI_BUS_ID"}),
              ElementsAre(1));
}

TEST(VisibleAmdDevicesTest, AreThoseOfEitherVariable) {
  EXPECT_THAT(VisibleAmdDevices(3, {"HIP_VISIBLE_DEVICES=2,1"}), ElementsAre(1, 2));
  EXPECT_THAT(VisibleAmdDevices(3, {"HIP_VISIBLE_DEVICES=2", "ROCR_VISIBLE_DEVICES=0,9"}),
              ElementsAre(0));
  EXPECT_THAT(VisibleAmdDevices(2, {"ROCR_VISIBLE_DEVICES=GPU-x"}), ElementsAre(0, 1));
  EXPECT_THAT(VisibleAmdDevices(2, {"ROCR_VISIBLE_DEVICES="}), IsEmpty());
  EXPECT_THAT(VisibleAmdDevices(2, {}), ElementsAre(0, 1));
}

}  // namespace
}  // namespace pyslow::gpu
