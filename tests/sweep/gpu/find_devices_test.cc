#include "sweep/gpu/find_devices.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gmock/gmock.h>

#include "gpu_testing.h"

namespace pyslow::gpu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FindDevicesTest : public GpuTest {
 protected:
  Found Find(const std::string& choice, const std::vector<std::string>& environment = {}) {
    const auto parsed = ParseChoice(choice);
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    auto found = FindDevices(*parsed, environment, places_);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *std::move(found) : Found();
  }
  std::string ErrorOf(const std::string& choice) {
    const auto found = FindDevices(*ParseChoice(choice), {}, places_);
    return found.ok() ? "" : std::string(found.status().message());
  }
};

TEST_F(FindDevicesTest, TakesTheGpusThatTheCommandCanUse) {
  WriteScript("device A\ndevice A\n");
  EXPECT_THAT(IndicesOf(Find("")), ElementsAre(0, 1));
  EXPECT_THAT(IndicesOf(Find("", {"CUDA_VISIBLE_DEVICES=1"})), ElementsAre(1));
  EXPECT_THAT(IndicesOf(Find("", {"CUDA_VISIBLE_DEVICES="})), IsEmpty());
}

TEST_F(FindDevicesTest, TakesTheGpusThatTheUserNames) {
  WriteScript("device A\ndevice B\ndevice C\n");
  const std::vector<std::string> one = {"CUDA_VISIBLE_DEVICES=1"};
  EXPECT_THAT(IndicesOf(Find("all", one)), ElementsAre(0, 1, 2));
  EXPECT_THAT(IndicesOf(Find("2,0", one)), ElementsAre(0, 2));
  EXPECT_THAT(IndicesOf(Find("none", one)), IsEmpty());
  EXPECT_EQ(ErrorOf("3"), "there is no GPU 3; this machine has 0 to 2");
}

TEST_F(FindDevicesTest, FindsNothingWithoutAGpu) {
  places_.nvml = "libno-such-nvml.so.1";
  const Found found = Find("");
  EXPECT_THAT(found.devices, IsEmpty());
  EXPECT_EQ(found.note, "");
  EXPECT_THAT(ErrorOf("0"), HasSubstr("no GPU was found"));
  EXPECT_THAT(ErrorOf("all"), HasSubstr("no GPU was found"));
}

TEST_F(FindDevicesTest, HasOneNoteForALibraryThatFails) {
  WriteScript("init 18\n");
  const Found found = Find("");
  EXPECT_THAT(found.devices, IsEmpty());
  EXPECT_THAT(found.note, HasSubstr("Driver/library version mismatch; GPU figures are left out"));
  EXPECT_THAT(ErrorOf("0"), HasSubstr("Driver/library version mismatch"));
}

TEST_F(FindDevicesTest, HasOneNoteForGpusThatMayNotBeRead) {
  WriteScript("device A\ngpm 4\nsamples 4\nrate 4\ndevice A\ngpm 4\nsamples 4\nrate 4\n");
  const Found found = Find("");
  EXPECT_THAT(found.devices, IsEmpty());
  EXPECT_THAT(found.note, HasSubstr("GPU 0, A: how busy it is cannot be read: Insufficient"));
  EXPECT_THAT(found.note, ::testing::Not(HasSubstr("GPU 1")));
}

TEST_F(FindDevicesTest, TakesTheFinestSourceThatWorks) {
  WriteScript(
      "device Hopper\n"
      "device Locked_Hopper\ngpm 4\n"
      "device Ampere\ngpm 3\n"
      "device Instance\ngpm 3\nsamples 3\n");
  const Found found = Find("");
  ASSERT_EQ(found.devices.size(), 4U);
  EXPECT_STREQ(found.devices[0]->source(), "gpm");
  EXPECT_STREQ(found.devices[1]->source(), "samples");
  EXPECT_EQ(found.devices[1]->name(), "Locked Hopper");
  EXPECT_STREQ(found.devices[2]->source(), "samples");
  EXPECT_STREQ(found.devices[3]->source(), "utilization");
}

TEST_F(FindDevicesTest, LeavesNoFileOpenForTheCommand) {
  WriteScript("device A\n");
  Find("");
  void* const library = dlopen(places_.nvml.c_str(), RTLD_NOW | RTLD_NOLOAD);
  ASSERT_NE(library, nullptr);
  const auto file = reinterpret_cast<int (*)()>(dlsym(library, "FakeNvmlFile"));
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(fcntl(file(), F_GETFD), FD_CLOEXEC);
}

TEST_F(FindDevicesTest, UsesAnOldDriver) {
  WriteScript("device A\n");
  places_.nvml = FAKE_NVML_OLD;
  const Found found = Find("");
  ASSERT_EQ(found.devices.size(), 1U);
  EXPECT_STREQ(found.devices[0]->source(), "samples");
}

TEST_F(FindDevicesTest, CountsAmdGpusAfterThoseOfNvidia) {
  WriteScript("device A\n");
  Write("dev/kfd", "");
  Write("sys/class/drm/card1/device/vendor", "0x1002\n");
  Write("sys/class/drm/card1/device/gpu_busy_percent", "40\n");
  const Found found = Find("");
  EXPECT_THAT(IndicesOf(found), ElementsAre(0, 1));
  EXPECT_STREQ(found.devices[1]->source(), "sysfs");
}

TEST(ParseChoiceTest, RefusesOtherWords) {
  for (const char* const text : {"0,", "-1", "x", "0;1", "all,0", "1,1", "1024", " "}) {
    EXPECT_FALSE(ParseChoice(text).ok()) << text;
  }
  EXPECT_THAT(ParseChoice("2,0")->indices, ElementsAre(0, 2));
}

}  // namespace
}  // namespace pyslow::gpu
