#include "launcher/venv_python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "choose_python_testing.h"

namespace pyslow::launcher {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class PutIntoVenvTest : public ChoosePythonTest {
 protected:
  void SetUp() override {
    ChoosePythonTest::SetUp();
    venv_ = MakeVenv("venv", minor_, base_);
  }
  // A pyslow that ends with status 0, whatever it is to run.
  std::string Pyslow(const std::string& prefix) const {
    std::string program = Program(prefix + "/bin/pyslow" + minor_);
    std::ofstream(program) << "#!/bin/sh\n";
    fs::create_symlink(program, root_ + "/" + prefix + "/bin/python" + minor_ + "-pyslow");
    return program;
  }
  std::string ErrorOf(const std::string& program) const {
    const auto result = PutIntoVenv(venv_, program);
    return result.ok() ? "no error" : std::string(result.status().message());
  }

  std::string venv_;
};

TEST_F(PutIntoVenvTest, RefusesAPyslowInACache) {
  for (const char* cache :
       {".cache/pipx/0123456789abcde", "pipx/.cache/0123456789abcde", ".cache/uv/archive-v0/x"}) {
    const std::string program = Pyslow(cache);
    const bool is_of_uv = program.find("archive-v0") != std::string::npos;
    EXPECT_THAT(ErrorOf(program), HasSubstr(program + ": this pyslow is in "));
    EXPECT_THAT(ErrorOf(program), EndsWith(is_of_uv ? "(uv tool install pyslow-*.whl)"
                                                    : "(pipx install pyslow-*.whl)"));
  }
  EXPECT_EQ(ErrorOf(Pyslow("pipx/venvs/pyslow")), "no error");
}

TEST_F(PutIntoVenvTest, WarnsThatUvRemovesAnEnvironmentWithoutItsPyslow) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ErrorOf(Pyslow("venv")), "no error");
  const std::string warning = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(warning, HasSubstr("is uninstalled, also by uv sync or uv remove, and uv run then "
                                 "removes the environment; first run pyslow --out-of " +
                                 venv_ + ", or afterwards mv "));
  EXPECT_EQ(warning.find('\n'), warning.size() - 1) << "one line";
}

TEST_F(PutIntoVenvTest, DoesNotWarnOfAPyslowElsewhere) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ErrorOf(Pyslow("elsewhere")), "no error");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace pyslow::launcher
