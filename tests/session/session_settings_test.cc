#include "session/session_settings.h"

#include <gtest/gtest.h>

#include "session_testing.h"

namespace pyslow::session {
namespace {

TEST(SettingsTest, IdsAreUnique) { EXPECT_NE(NewSessionId(), NewSessionId()); }

TEST(SettingsTest, EqualSettingsHaveNoDifference) {
  Settings other = SampleSettings();
  other.epoch_monotonic_ns = 5;  // may differ between processes
  EXPECT_EQ(Difference(SampleSettings(), other), "");
}

TEST(SettingsTest, NamesTheSettingThatDiffers) {
  Settings other = SampleSettings();
  other.text = "delay=1us\nfrequency=1";
  EXPECT_EQ(Difference(other, SampleSettings()), "delay=1us is not delay=10us");
  other.text = "delay=10us";
  EXPECT_EQ(Difference(other, SampleSettings()), "nothing is not frequency=1");
}

TEST(SettingsTest, NamesTheGroupThatDiffers) {
  Settings other = SampleSettings();
  other.groups[1].initial.delay_ns = 0;
  EXPECT_EQ(Difference(other, SampleSettings()), "group [model] differs");
}

TEST(SettingsTest, NamesTheTargetThatIsNewMissingOrDiffers) {
  Settings other = SampleSettings();
  other.targets.push_back({"--target", 1, 1, "x:y", 0, false});
  EXPECT_EQ(Difference(other, SampleSettings()), "target 'x:y' is new");
  EXPECT_EQ(Difference(SampleSettings(), other), "target 'x:y' is missing");
  other = SampleSettings();
  other.targets[0].exclusion = true;
  EXPECT_EQ(Difference(other, SampleSettings()), "target '*:json_*' differs");
}

}  // namespace
}  // namespace pyslow::session
