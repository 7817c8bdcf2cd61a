#include "launcher/launch_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "temporary_directory.h"

namespace pyslow::launcher {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

class ResolveSettingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    surroundings_.environment = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end() || found->second.empty()) return std::nullopt;
      return found->second;
    };
    surroundings_.monotonic_ns = 5'000;
    surroundings_.pid = 42;
    surroundings_.boot_id = [] { return "boot"; };
    surroundings_.fresh_session_id = [] { return "fresh"; };
    surroundings_.current_directory = [this] { return directory_; };
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ + "/" + name) << text;
  }
  ResolvedSettings Resolve() {
    auto resolved = ResolveSettings(line_, surroundings_);
    EXPECT_TRUE(resolved.ok()) << resolved.status();
    return resolved.ok() ? *std::move(resolved) : ResolvedSettings();
  }
  std::string Error() {
    const auto resolved = ResolveSettings(line_, surroundings_);
    return resolved.ok() ? "no error" : std::string(resolved.status().message());
  }
  static std::map<std::string, std::string> Exports(const ResolvedSettings& resolved) {
    return {resolved.exports.begin(), resolved.exports.end()};
  }
  // Sets the environment of a child of `parent`.
  void BecomeChild(const ResolvedSettings& parent) {
    for (const auto& [name, value] : parent.exports) variables_[name] = value;
    line_ = CommandLine();
    surroundings_.monotonic_ns = 9'000;
    surroundings_.pid = 43;
    surroundings_.fresh_session_id = [] { return "another"; };
  }

  const TemporaryDirectory temporary_;
  const std::string directory_ = temporary_.path();
  CommandLine line_;
  std::map<std::string, std::string> variables_;
  Surroundings surroundings_;
};

TEST_F(ResolveSettingsTest, WithoutTargetsExportsNothing) {
  const ResolvedSettings resolved = Resolve();
  EXPECT_FALSE(resolved.targets.has_value());
  EXPECT_TRUE(resolved.exports.empty());
}

TEST_F(ResolveSettingsTest, HasTheDocumentedDefaults) {
  variables_["SPEED_BUMP_PATTERNS"] = "a:b";
  const ResolvedSettings resolved = Resolve();
  EXPECT_EQ(resolved.delay_ns, 1'000);
  EXPECT_EQ(resolved.frequency, 1);
  EXPECT_EQ(resolved.engine.duration_ns, 0);
  EXPECT_TRUE(resolved.engine.on_start);
  EXPECT_FALSE(resolved.engine.on_resume);
  EXPECT_EQ(resolved.engine.gil, core::Gil::kHold);
  EXPECT_EQ(resolved.engine.epoch_ns, 5'000);
  EXPECT_EQ(resolved.session_id, "fresh");
}

TEST_F(ResolveSettingsTest, AnOptionWithoutATargetIsAMistake) {
  line_.options["--delay"] = {"1ms"};
  EXPECT_THAT(Error(), HasSubstr("--delay: nothing is targeted"));
  line_.options["--target"] = {"a:b"};
  EXPECT_EQ(Error(), "no error");
  line_.options = {{"--python", {"/x"}}};
  variables_["SPEED_BUMP_DELAY_NS"] = "5";  // may be set for several programs
  EXPECT_EQ(Error(), "no error");
}

TEST_F(ResolveSettingsTest, OwnTimeIsOptionalAndExported) {
  variables_["SPEED_BUMP_PATTERNS"] = "a:b";
  EXPECT_FALSE(Resolve().engine.own_time);
  line_.options["--own-time"] = {"1"};
  EXPECT_TRUE(Resolve().engine.own_time);
  EXPECT_THAT(Exports(Resolve()), Contains(Pair("SPEED_BUMP_OWN_TIME", "1")));
  line_.options.clear();
  variables_["SPEED_BUMP_OWN_TIME"] = "yes";
  EXPECT_THAT(Error(), HasSubstr("SPEED_BUMP_OWN_TIME: 'yes': expected 1"));
}

TEST_F(ResolveSettingsTest, AnOptionOverridesItsVariableAndIsExported) {
  variables_["SPEED_BUMP_PATTERNS"] = "a:b";
  variables_["SPEED_BUMP_DELAY_NS"] = "7";
  line_.options["--delay"] = {"1us", "2us"};
  const ResolvedSettings resolved = Resolve();
  EXPECT_EQ(resolved.delay_ns, 2'000);
  EXPECT_THAT(Exports(resolved), Contains(Pair("SPEED_BUMP_DELAY_NS", "2000")));
}

TEST_F(ResolveSettingsTest, AVariableWithTheSameValueIsNotExported) {
  variables_["SPEED_BUMP_PATTERNS"] = "a:b";
  variables_["SPEED_BUMP_DELAY_NS"] = "2000";
  line_.options["--delay"] = {"2us"};
  EXPECT_THAT(Exports(Resolve()), Not(Contains(Key("SPEED_BUMP_DELAY_NS"))));
}

TEST_F(ResolveSettingsTest, AnOptionHidesAnErrorInItsVariable) {
  variables_["SPEED_BUMP_PATTERNS"] = "a:b";
  variables_["SPEED_BUMP_DELAY_NS"] = "x";
  EXPECT_THAT(Error(), HasSubstr("SPEED_BUMP_DELAY_NS: 'x'"));
  line_.options["--delay"] = {"0"};
  EXPECT_EQ(Error(), "no error");
}

TEST_F(ResolveSettingsTest, TheTargetFileIsExportedWithItsPathAndHash) {
  Write("t.txt", "a:b\n");
  variables_["SPEED_BUMP_TARGETS"] = "t.txt";
  const auto exports = Exports(Resolve());
  EXPECT_THAT(exports, Contains(Pair("SPEED_BUMP_TARGETS", directory_ + "/t.txt")));
  EXPECT_THAT(exports.at("SPEED_BUMP_TARGETS_HASH"), HasSubstr(":" + directory_ + "/t.txt"));
}

TEST_F(ResolveSettingsTest, AChildHasTheSameSessionAndEpoch) {
  line_.options["--target"] = {"a:b"};
  BecomeChild(Resolve());
  const ResolvedSettings child = Resolve();
  EXPECT_EQ(child.session_id, "fresh");
  EXPECT_EQ(child.engine.epoch_ns, 5'000);
  EXPECT_FALSE(child.is_first_process);
  EXPECT_TRUE(child.exports.empty());
}

TEST_F(ResolveSettingsTest, TheFirstProcessStaysTheFirstAfterExec) {
  line_.options["--target"] = {"a:b"};
  BecomeChild(Resolve());
  surroundings_.pid = 42;
  EXPECT_TRUE(Resolve().is_first_process);
}

TEST_F(ResolveSettingsTest, IgnoresAnEpochOfAnotherBoot) {
  line_.options["--target"] = {"a:b"};
  BecomeChild(Resolve());
  surroundings_.boot_id = [] { return "another host"; };
  const ResolvedSettings child = Resolve();
  EXPECT_EQ(child.session_id, "fresh");
  EXPECT_EQ(child.engine.epoch_ns, 9'000);
}

TEST_F(ResolveSettingsTest, KeepsAGivenSessionId) {
  line_.options["--target"] = {"a:b"};
  variables_["SPEED_BUMP_SESSION_ID"] = "sweep-1";
  const ResolvedSettings resolved = Resolve();
  EXPECT_EQ(resolved.session_id, "sweep-1");
  EXPECT_TRUE(resolved.is_first_process);
}

TEST_F(ResolveSettingsTest, AChildThatFindsAnotherTextRunsWithoutDelays) {
  Write("t.txt", "a:b\n");
  line_.options["--targets"] = {"t.txt"};
  BecomeChild(Resolve());
  Write("t.txt", "a:c\n");
  EXPECT_THAT(Resolve().disabled_reason, HasSubstr("changed"));
  EXPECT_FALSE(Resolve().targets.has_value());
  std::filesystem::remove(directory_ + "/t.txt");
  EXPECT_THAT(Resolve().disabled_reason, HasSubstr("no such file"));
  Write("t.txt", "a:b\n");
  EXPECT_EQ(Resolve().disabled_reason, "");
}

TEST_F(ResolveSettingsTest, AChildWithAnotherTargetFileUsesIt) {
  Write("t.txt", "a:b\n");
  Write("u.txt", "a:c\n");
  line_.options["--targets"] = {"t.txt"};
  BecomeChild(Resolve());
  variables_["SPEED_BUMP_TARGETS"] = directory_ + "/u.txt";
  const ResolvedSettings child = Resolve();
  EXPECT_EQ(child.disabled_reason, "");
  EXPECT_EQ(child.targets->targets()[0].text, "a:c");
}

TEST_F(ResolveSettingsTest, ARelativeFileNeedsACurrentDirectory) {
  surroundings_.current_directory = [] { return ""; };
  line_.options["--targets"] = {"t.txt"};
  EXPECT_THAT(Error(), HasSubstr("current directory is gone"));
}

TEST_F(ResolveSettingsTest, WindowsAreWholeMilliseconds) {
  line_.options["--target"] = {"a:b"};
  line_.options["--start"] = {"1.5s"};
  EXPECT_EQ(Resolve().engine.start_ns, 1'500'000'000);
  EXPECT_THAT(Exports(Resolve()), Contains(Pair("SPEED_BUMP_START_MS", "1500")));
  line_.options["--start"] = {"1500us"};
  EXPECT_THAT(Error(), HasSubstr("--start: '1500us' is not a whole number of milliseconds"));
}

TEST_F(ResolveSettingsTest, GroupsAreSelectedByOptionOrVariable) {
  Write("t.txt", "[a]\nx:y\n[b]\nx:z\n[c]\nz:z\n");
  line_.options["--targets"] = {"t.txt"};
  variables_["SPEED_BUMP_GROUPS"] = "a, c";
  const ResolvedSettings resolved = Resolve();
  EXPECT_TRUE(resolved.targets->groups()[0].selected);
  EXPECT_FALSE(resolved.targets->groups()[1].selected);
  EXPECT_TRUE(resolved.targets->groups()[2].selected);
  line_.options["--group"] = {"bb"};
  EXPECT_THAT(Error(), HasSubstr("--group: "));
}

TEST_F(ResolveSettingsTest, AGroupDelayReplacesTheCommonDelay) {
  Write("t.txt", "i:j\n[a]\nx:y\n[b]\nx:z\n");
  line_.options["--targets"] = {"t.txt"};
  line_.options["--delay"] = {"10us"};
  line_.options["--frequency"] = {"3"};
  line_.options["--group-delay"] = {"b=2us", "default=5us/4"};
  const ResolvedSettings parent = Resolve();
  const std::vector<session::Cell> cells = {{5'000, 4}, {10'000, 3}, {2'000, 3}};
  EXPECT_EQ(parent.cells, cells);
  EXPECT_THAT(Exports(parent), Contains(Pair("SPEED_BUMP_GROUP_DELAYS", "b=2us\ndefault=5us/4")));
  BecomeChild(parent);
  EXPECT_EQ(Resolve().cells, cells);
}

TEST_F(ResolveSettingsTest, TargetsOfOptionsAreInTheGroupDefault) {
  line_.options["--target"] = {"a:b"};
  line_.options["--group-delay"] = {"default=5us"};
  EXPECT_EQ(Resolve().cells, (std::vector<session::Cell>{{5'000, 1}}));
}

TEST_F(ResolveSettingsTest, GroupDelaysOfOptionsReplaceThoseOfTheVariable) {
  line_.options["--target"] = {"a:b"};
  line_.options["--group-delay"] = {"default=5us"};
  variables_["SPEED_BUMP_GROUP_DELAYS"] = "no such group=1us";
  EXPECT_EQ(Error(), "no error");
}

TEST_F(ResolveSettingsTest, RejectsADelayForAnUnknownGroup) {
  Write("t.txt", "[model]\nx:y\n");
  line_.options["--targets"] = {"t.txt"};
  variables_["SPEED_BUMP_GROUP_DELAYS"] = "modle=1us";
  EXPECT_EQ(
      Error(),
      "SPEED_BUMP_GROUP_DELAYS: 'modle' is not a group of the targets; did you mean 'model'? The "
      "groups are: model");
  line_.options["--group-delay"] = {"x=1us"};
  EXPECT_THAT(Error(),
              HasSubstr("--group-delay: 'x' is not a group of the targets; the groups are:"));
}

TEST_F(ResolveSettingsTest, RejectsTooManyPatternsForTheEnvironment) {
  line_.options["--target"] = std::vector<std::string>(2'000, std::string(60, 'x') + ":y");
  EXPECT_THAT(Error(), HasSubstr("--targets"));
}

}  // namespace
}  // namespace pyslow::launcher
