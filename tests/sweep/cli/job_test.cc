#include "sweep/cli/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sweep/cli/sweep_settings_json.h"

namespace pyslow::cli {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(LoadSettings, MetricsKeepTheirUnits) {
  Job job;
  job.recorded.sweep["settings"] = ToJson(steps::Settings());
  trials::Trial trial;
  trial.metric_units = {{"p99", 1e-3}};
  job.recorded.entries.emplace_back(trial);
  trial.metric_units = {{"p50", 1e-6}, {"p99", 1e-3}};
  job.recorded.entries.emplace_back(trial);
  const absl::Status loaded = LoadSettings(CommandLine(), &job);
  ASSERT_TRUE(loaded.ok()) << loaded;
  EXPECT_THAT(job.settings.trials.metric_units,
              UnorderedElementsAre(Pair("p50", 1e-6), Pair("p99", 1e-3)));
}

}  // namespace
}  // namespace pyslow::cli
