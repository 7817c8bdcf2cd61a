#include "sweep/cli/terminal_observer.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "sweep/model/trial.h"

namespace pyslow::cli {
namespace {

// Closes `file`.
std::string TextOf(std::FILE* file) {
  std::rewind(file);
  std::string text(1'000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

TEST(TerminalObserver, ForecastsNoMoreTrialsThanTheBudgetHasTimeFor) {
  std::FILE* const out = std::tmpfile();
  std::FILE* const progress = std::tmpfile();
  ASSERT_TRUE(out != nullptr && progress != nullptr);
  constexpr double kTrialSeconds = 20;
  TerminalObserver observer(out, progress, false, 24 * kTrialSeconds);
  observer.PartBegins("global", 100);
  observer.LaterParts(20);
  model::Trial trial;
  trial.wall_seconds = trial.seconds_per_unit = kTrialSeconds;
  observer.TrialDone(trial, "control", false, kTrialSeconds);
  EXPECT_EQ(TextOf(out), "");
  const std::string text = TextOf(progress);
  EXPECT_NE(text.find("trial 1 of about 24, at most 7:40 left"), std::string::npos) << text;
}

}  // namespace
}  // namespace pyslow::cli
