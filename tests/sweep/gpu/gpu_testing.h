// A fixture with a script for the fake libnvidia-ml.so.1, and a fake /sys and /dev.
#ifndef PYSLOW_TESTS_SWEEP_GPU_GPU_TESTING_H_
#define PYSLOW_TESTS_SWEEP_GPU_GPU_TESTING_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "sweep/gpu/find_devices.h"
#include "temporary_directory.h"

namespace pyslow::gpu {

class GpuTest : public ::testing::Test {
 protected:
  GpuTest() { places_ = {FAKE_NVML_NEW, directory_.path() + "/sys", directory_.path() + "/dev"}; }
  ~GpuTest() override { unsetenv("FAKE_NVML"); }

  void Write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = directory_.path() + "/" + name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void WriteScript(const std::string& text) {
    Write("nvml.script", text);
    setenv("FAKE_NVML", (directory_.path() + "/nvml.script").c_str(), 1);
  }
  // The indices of the devices that are found.
  std::vector<int> IndicesOf(const Found& found) {
    std::vector<int> indices;
    for (const auto& device : found.devices) indices.push_back(device->index());
    return indices;
  }

  TemporaryDirectory directory_;
  Places places_;
};

}  // namespace pyslow::gpu

#endif  // PYSLOW_TESTS_SWEEP_GPU_GPU_TESTING_H_
