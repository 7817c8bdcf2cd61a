// docs/examples/verdicts.svg shows what the stored trials mean. With PYSLOW_UPDATE_DOCS=1 the test
// writes it.
#include "docs/verdicts_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"

namespace pyslow::docs {
namespace {

using model::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr size_t kMaxPicture = 1 << 20;

std::vector<model::Findings> Stored() {
  std::vector<model::Findings> curves;
  for (const char* name : {"critical", "partly", "slack", "hidden"}) {
    curves.push_back(FindingsOf(absl::StrCat(DOCS_EXAMPLES, "/verdicts/", name)));
  }
  return curves;
}

// The text with "#" in place of each number, and the numbers.
struct Split {
  explicit Split(absl::string_view all) {
    for (size_t i = 0; i < all.size();) {
      const size_t end = std::min(all.find_first_not_of("0123456789.", i), all.size());
      double number = 0;
      if (end > i && absl::SimpleAtod(all.substr(i, end - i), &number)) {
        numbers.push_back(number);
        text += '#';
        i = end;
      } else {
        text += all[i++];
      }
    }
  }
  std::string text;
  std::vector<double> numbers;
};

TEST(VerdictsPicture, HasOneCurveOfEachVerdict) {
  std::vector<Verdict> verdicts;
  for (const model::Findings& findings : Stored()) {
    ASSERT_TRUE(findings.global.has_value());
    ASSERT_GE(findings.global->curve.levels.size(), 4U);
    ASSERT_TRUE(findings.global->curve.calls_per_unit.has_value());
    verdicts.push_back(findings.global->curve.verdict());
  }
  EXPECT_THAT(verdicts, ElementsAre(Verdict::kLinear, Verdict::kSubLinear, Verdict::kThreshold,
                                    Verdict::kNone));
}

TEST(VerdictsPicture, IsLightAndDark) {
  const std::string picture = VerdictsPicture(Stored());
  EXPECT_THAT(picture, HasSubstr("@media (prefers-color-scheme: dark)"));
  EXPECT_THAT(picture, HasSubstr("svg rect { fill: var(--paper); }"));
}

// Compilers round differently, so numbers may differ a little.
TEST(VerdictsPicture, IsTheOneOfTheReadme) {
  const std::string path = absl::StrCat(DOCS_EXAMPLES, "/verdicts.svg");
  const std::string drawn = VerdictsPicture(Stored());
  if (std::getenv("PYSLOW_UPDATE_DOCS") != nullptr) {
    ASSERT_TRUE(WriteFile(path, drawn).ok());
  }
  const absl::StatusOr<std::string> kept = ReadRegularFile(path, kMaxPicture);
  ASSERT_TRUE(kept.ok()) << kept.status();
  const Split expected(*kept);
  const Split actual(drawn);
  const char* const remedy = "run docs_test with PYSLOW_UPDATE_DOCS=1, and look at the picture";
  ASSERT_EQ(actual.text, expected.text) << remedy;
  ASSERT_EQ(actual.numbers.size(), expected.numbers.size()) << remedy;
  for (size_t i = 0; i < actual.numbers.size(); ++i) {
    EXPECT_NEAR(actual.numbers[i], expected.numbers[i], 0.02) << i << ": " << remedy;
  }
}

}  // namespace
}  // namespace pyslow::docs
