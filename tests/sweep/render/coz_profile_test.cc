#include "sweep/render/coz_profile.h"

#include <gtest/gtest.h>

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "render_testing.h"

namespace pyslow::render {

using model::Findings;

namespace {

// The profile as Coz's viewer reads it: location, progress point, speed-up, time of a unit.
using Profile = std::map<std::string, std::map<std::string, std::map<double, double>>>;

std::map<std::string, std::string> Fields(absl::string_view line) {
  std::map<std::string, std::string> fields;
  for (const absl::string_view part : absl::StrSplit(line, '\t')) {
    const std::pair<std::string, std::string> field = absl::StrSplit(part, absl::MaxSplits('=', 1));
    fields[field.first] = field.second;
  }
  return fields;
}

double Figure(const std::string& text) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return number;
}

Profile Load(const std::string& text) {
  Profile profile;
  std::map<std::string, std::string> experiment;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    std::map<std::string, std::string> fields = Fields(line);
    if (fields.count("experiment") > 0) {
      experiment = fields;
    } else if (fields.count("throughput-point") > 0) {
      profile[experiment["selected"]][fields["name"]][Figure(experiment["speedup"])] =
          Figure(experiment["duration"]) / Figure(fields["delta"]);
    } else {
      EXPECT_TRUE(line.empty() || fields.count("startup") + fields.count("runtime") > 0) << line;
    }
  }
  return profile;
}

// The program's speed-up in the viewer.
double SpeedUp(const std::map<double, double>& points, double at) {
  return 1 - points.at(at) / points.at(0);
}

constexpr const char* kForward = "/srv/app/model.py:31 (model:Layer.forward)";

TEST(CozProfileTest, DrawsALineOfTheCriticalFraction) {
  const Profile profile = Load(CozProfile(WholeSweep()));
  const auto& points = profile.at(kForward).at("/step");
  EXPECT_EQ(points.size(), 21U);  // the viewer needs 10
  EXPECT_NEAR(SpeedUp(points, 0.1), 0.1, 1e-9);
  EXPECT_NEAR(SpeedUp(points, 0.5), 0.5, 1e-9);
}

TEST(CozProfileTest, DrawsNoGainForAHiddenFunction) {
  const Profile profile = Load(CozProfile(WholeSweep()));
  EXPECT_EQ(SpeedUp(profile.at("/srv/app/model.py:31 (model:hide)").at("/step"), 0.5), 0);
}

TEST(CozProfileTest, LeavesOutResultsWithoutVerdict) {
  const Profile profile = Load(CozProfile(WholeSweep()));
  EXPECT_EQ(profile.count("/srv/app/model.py:31 (model:capture)"), 0U);
  EXPECT_EQ(profile.count("/all Python functions"), 1U);
}

TEST(CozProfileTest, LeavesOutResultsWithoutCurve) {
  Findings findings = WholeSweep();
  findings.functions[0].curve.levels.resize(2);
  EXPECT_EQ(Load(CozProfile(findings)).count(kForward), 0U);
}

TEST(CozProfileTest, DrawsTheStartOfAGrowingSlope) {
  Findings findings = WholeSweep();
  findings.functions[0].curve.reason.kind = model::Reason::Kind::kGrowing;
  findings.functions[0].curve.shape.kind = model::Shape::Kind::kQuadratic;
  findings.functions[0].curve.shape.slope = 0.25;
  const Profile profile = Load(CozProfile(findings));
  EXPECT_NEAR(SpeedUp(profile.at(kForward).at("/step"), 0.4), 0.1, 1e-9);
}

TEST(CozProfileTest, PredictsNoMoreThanTheSavedTime) {
  Findings findings = WholeSweep();
  findings.functions[0].curve.kappa = Between(1.2, 1.3, 1.4);
  EXPECT_NEAR(SpeedUp(Load(CozProfile(findings)).at(kForward).at("/step"), 0.5), 0.5, 1e-9);
}

TEST(CozProfileTest, EscapesNames) {
  Findings findings = WholeSweep();
  findings.groups[0].name = "a\tspeedup=9\nb";
  EXPECT_EQ(Load(CozProfile(findings)).count("/a\\x09speedup=9\\x0ab"), 1U);
}

}  // namespace
}  // namespace pyslow::render
