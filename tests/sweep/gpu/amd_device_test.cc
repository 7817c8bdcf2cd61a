#include "sweep/gpu/amd_device.h"

#include <gmock/gmock.h>

#include "gpu_testing.h"

namespace pyslow::gpu {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class AmdDeviceTest : public GpuTest {
 protected:
  void WriteCard(const std::string& card, const std::string& file, const std::string& text) {
    Write("sys/class/drm/" + card + "/device/" + file, text);
  }
  std::vector<std::string> Cards() { return FindAmdCards(places_.sys, places_.dev); }
};

TEST_F(AmdDeviceTest, AreTheCardsThatProgramsCanComputeOn) {
  WriteCard("card0", "vendor", "0x8086\n");
  WriteCard("card0", "gpu_busy_percent", "1\n");
  WriteCard("card10", "vendor", "0x1002\n");
  WriteCard("card10", "gpu_busy_percent", "1\n");
  WriteCard("card2", "vendor", "0x1002\n");
  WriteCard("card2", "gpu_busy_percent", "1\n");
  WriteCard("card2-DP-1", "vendor", "0x1002\n");
  WriteCard("card3", "vendor", "0x1002\n");
  EXPECT_THAT(Cards(), IsEmpty());  // no /dev/kfd
  Write("dev/kfd", "");
  EXPECT_THAT(Cards(), ::testing::ElementsAre(places_.sys + "/class/drm/card2/device",
                                              places_.sys + "/class/drm/card10/device"));
}

TEST_F(AmdDeviceTest, ReadsTheBusyShareAndTheClock) {
  Write("dev/kfd", "");
  WriteCard("card0", "vendor", "0x1002\n");
  WriteCard("card0", "product_name", "Instinct MI300X\n");
  WriteCard("card0", "gpu_busy_percent", "40\n");
  WriteCard("card0", "hwmon/hwmon3/freq1_input", "2100000000\n");
  std::string why;
  const auto device = OpenAmdDevice(Cards().front(), 3, &why);
  ASSERT_NE(device, nullptr) << why;
  EXPECT_EQ(device->name(), "Instinct MI300X");
  EXPECT_EQ(device->index(), 3);
  device->Begin();
  std::vector<BusySpan> spans;
  device->ReadBusy(&spans);
  WriteCard("card0", "gpu_busy_percent", "250\n");
  device->ReadBusy(&spans);
  ASSERT_THAT(spans, SizeIs(2));
  EXPECT_DOUBLE_EQ(spans[0].busy, 0.4);
  EXPECT_DOUBLE_EQ(spans[1].busy, 1);
  EXPECT_EQ(spans[1].begin, spans[0].end);
  EXPECT_DOUBLE_EQ(device->ReadClock().mhz.value_or(0), 2100);
  EXPECT_FALSE(device->ReadProcesses().has_value());
}

TEST_F(AmdDeviceTest, HasAReasonIfItCannotBeRead) {
  WriteCard("card0", "gpu_busy_percent", "EBUSY\n");
  std::string why;
  EXPECT_EQ(OpenAmdDevice(places_.sys + "/class/drm/card0/device", 0, &why), nullptr);
  EXPECT_THAT(why, ::testing::HasSubstr("gpu_busy_percent cannot be read"));
}

}  // namespace
}  // namespace pyslow::gpu
