#include "sweep/cli/program_words.h"

#include <gtest/gtest.h>

namespace pyslow::cli {
namespace {

constexpr char kVersion[] =
    "pyslow 0.1.0, Python 3.13.0, embedded; in place of /usr/bin/python3.13";

TEST(CheckDroppedVersion, RefusesTheNameOfAnotherPython) {
  EXPECT_EQ(CheckDroppedVersion("python3.12", kVersion).message(),
            "python3.12: pyslow runs Python 3.13.0 here; remove the word, or set "
            "SPEED_BUMP_PYTHON=python3.12");
}

TEST(CheckDroppedVersion, AcceptsWhatDoesNotContradict) {
  for (const char* dropped : {"", "python", "python3", "python3.13", "python3.13t"}) {
    EXPECT_TRUE(CheckDroppedVersion(dropped, kVersion).ok()) << dropped;
  }
  EXPECT_TRUE(CheckDroppedVersion("python3.12", "").ok());
  EXPECT_TRUE(CheckDroppedVersion("python3.12", "a wrapper says nothing").ok());
}

}  // namespace
}  // namespace pyslow::cli
