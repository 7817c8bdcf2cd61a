#include "launcher/python_home.h"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "temporary_directory.h"

namespace pyslow::launcher {
namespace {

TEST(VenvAtTest, ReadsFilesOfVenvAndVirtualenv) {
  std::optional<TemporaryDirectory> temporary(std::in_place);
  const std::string directory = temporary->path();
  for (const char* text :
       {"home = /x/bin\nversion = 3.13.0\n", "HOME=/x/bin\r\nversion_info=3.13.0.final.0"}) {
    std::ofstream(directory + "/pyvenv.cfg") << text;
    const auto venv = VenvAt(directory);
    ASSERT_TRUE(venv.has_value());
    EXPECT_EQ(venv->home, "/x/bin");
    EXPECT_EQ(venv->minor, "3.13");
    EXPECT_EQ(VenvOfDirectory(directory + "/bin")->minor, "3.13");
  }
  temporary.reset();
  EXPECT_FALSE(VenvAt(directory).has_value());
}

}  // namespace
}  // namespace pyslow::launcher
