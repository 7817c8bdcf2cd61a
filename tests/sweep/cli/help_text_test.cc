#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "sweep/cli/sweep_command_line.h"

namespace pyslow::cli {
namespace {

TEST(HelpText, FitsAScreen) {
  const std::vector<std::string> lines = absl::StrSplit(HelpText(), '\n');
  EXPECT_LE(lines.size(), 74U);
  for (const std::string& line : lines) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace pyslow::cli
