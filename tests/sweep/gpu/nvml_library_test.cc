#include "sweep/gpu/nvml_library.h"

#include <gmock/gmock.h>

#include "gpu_testing.h"

namespace pyslow::gpu {
namespace {

using ::testing::HasSubstr;

TEST_F(GpuTest, NoLibraryIsNoFault) {
  std::string unusable = "x";
  EXPECT_EQ(NvmlLibrary::Load("libno-such-nvml.so.1", &unusable), nullptr);
  EXPECT_EQ(unusable, "");
}

TEST_F(GpuTest, ALibraryWithoutADriverIsNoFault) {
  WriteScript("init 9\n");
  std::string unusable;
  EXPECT_EQ(NvmlLibrary::Load(places_.nvml, &unusable), nullptr);
  EXPECT_EQ(unusable, "");
}

TEST_F(GpuTest, ALibraryOfAnotherDriverHasAReason) {
  WriteScript("init 18\n");
  std::string unusable;
  EXPECT_EQ(NvmlLibrary::Load(places_.nvml, &unusable), nullptr);
  EXPECT_THAT(unusable, HasSubstr("libnvidia-ml.so.1: Driver/library version mismatch"));
}

TEST_F(GpuTest, AFileThatIsNoLibraryHasAReason) {
  Write("libnvidia-ml.so.1", "no library\n");
  std::string unusable;
  EXPECT_EQ(NvmlLibrary::Load(directory_.path() + "/libnvidia-ml.so.1", &unusable), nullptr);
  EXPECT_THAT(unusable, HasSubstr("libnvidia-ml.so.1"));
}

TEST_F(GpuTest, AnotherLibraryHasAReason) {
  std::string unusable;
  EXPECT_EQ(NvmlLibrary::Load("libm.so.6", &unusable), nullptr);
  EXPECT_THAT(unusable, HasSubstr("lacks nvmlInit"));
}

TEST_F(GpuTest, FunctionsOfNewDriversAreNotRequired) {
  WriteScript("device A\n");
  std::string unusable;
  const auto library = NvmlLibrary::Load(FAKE_NVML_OLD, &unusable);
  ASSERT_NE(library, nullptr) << unusable;
  EXPECT_EQ(library->call().gpm_get, nullptr);
  EXPECT_NE(library->call().processes, nullptr);
  EXPECT_NE(library->call().reasons, nullptr);
}

}  // namespace
}  // namespace pyslow::gpu
