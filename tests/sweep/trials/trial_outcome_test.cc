#include "sweep/trials/trial_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyslow::trials {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(SetUnrecorded, SumsProcessesWithoutARecordByProgram) {
  Disturbance disturbance;
  disturbance.seconds = 2;
  disturbance.programs = {
      {10, {"pyslow3.12", 100, 2'000'000'000}}, {11, {"python3.12", 101, 500'000'000}},
      {12, {"python3.12", 102, 300'000'000}},   {13, {"sh", 103, 1'000'000}},
      {14, {"python3.12", 104, 2'000'000'000}}, {15, {"python3.12", 105, 2'000'000'000}}};
  session::SessionSnapshot snapshot;
  snapshot.processes.resize(3);
  snapshot.processes[0].pid = 10;
  snapshot.processes[1].pid = 14;
  // In a PID namespace of its own.
  snapshot.processes[2].pid = 1;
  snapshot.processes[2].start_ticks = 105;
  Trial trial;
  SetUnrecorded(disturbance, snapshot, &trial);
  EXPECT_THAT(trial.unrecorded, ElementsAre(Pair("python3.12", 0.4)));
}

TEST(SetUnrecorded, HasProcessesThatNoSampleFound) {
  Disturbance disturbance;
  disturbance.seconds = 1;
  disturbance.programs = {{10, {"pyslow3.12", 100, 1'000'000'000}}};
  disturbance.unseen_program_ns = 250'000'000;
  session::SessionSnapshot snapshot;
  snapshot.processes.resize(1);
  snapshot.processes[0].pid = 10;
  Trial trial;
  SetUnrecorded(disturbance, snapshot, &trial);
  EXPECT_THAT(trial.unrecorded, ElementsAre(Pair("", 0.25)));
  // They may be the recorded ones.
  snapshot.processes.resize(2);
  snapshot.processes[1].pid = 11;
  Trial another;
  SetUnrecorded(disturbance, snapshot, &another);
  EXPECT_TRUE(another.unrecorded.empty());
}

// It makes all counts unknown.
TEST(SetUnrecorded, LeavesOutAPyslowWithoutARecord) {
  Disturbance disturbance;
  disturbance.seconds = 1;
  disturbance.programs = {{10, {"pyslow3.12", 100, 1'000'000'000}}};
  Trial trial;
  SetUnrecorded(disturbance, {}, &trial);
  EXPECT_TRUE(trial.unrecorded.empty());
}

// A PEX file executes another Python in the same process.
TEST(SetUnrecorded, HasAProgramThatARecordedProcessExecuted) {
  Disturbance disturbance;
  disturbance.seconds = 1;
  ProgramTime python = {"python3.11", 100, 900'000'000};
  python.program_ns = 600'000'000;
  python.has_pyslow = false;
  ProgramTime preloaded = python;
  preloaded.has_pyslow = true;
  ProgramTime unknown = python;
  unknown.has_pyslow.reset();
  disturbance.programs = {{10, python}, {11, preloaded}, {12, unknown}};
  session::SessionSnapshot snapshot;
  snapshot.processes.resize(3);
  for (int i = 0; i < 3; ++i) snapshot.processes[static_cast<size_t>(i)].pid = 10 + i;
  Trial trial;
  SetUnrecorded(disturbance, snapshot, &trial);
  EXPECT_THAT(trial.unrecorded, ElementsAre(Pair("python3.11", DoubleNear(0.6, 1e-9))));
}

TEST(SetUnrecorded, LeavesARecordedProcessOutsideToTheCommand) {
  Disturbance disturbance;
  disturbance.seconds = 2;
  disturbance.programs = {{10, {"srun", 100, 500'000'000}}};
  disturbance.outside = {{11, {"python3.12", 101, 1'000'000'000}},
                         {12, {"python3.12", 102, 3'000'000'000}}};
  session::SessionSnapshot snapshot;
  snapshot.processes.resize(1);
  snapshot.processes[0].pid = 11;
  Trial trial;
  SetDisturbance(disturbance, &trial);
  SetUnrecorded(disturbance, snapshot, &trial);
  EXPECT_THAT(trial.outside, ElementsAre(Pair("python3.12", 1.5)));
  EXPECT_DOUBLE_EQ(*trial.processors, 0.75);
}

TEST(SetFigures, SaysThatTheWindowNeverOpened) {
  TrialSettings settings;
  settings.measure = Measure::kProgress;
  settings.progress = "app:step";
  settings.start_ns = 5'000'000'000;
  Trial trial;
  EXPECT_EQ(SetFigures(settings, {}, 0.125, 0, &trial).message(),
            "the window never opened: the trial ended after 0.12 s, before --start 5s");
  settings.start_at = "app:warm";
  EXPECT_EQ(SetFigures(settings, {}, 0.125, 0, &trial).message(),
            "the window never opened: app:warm (--start-at) was not called before the trial ended "
            "after 0.12 s");
}

}  // namespace
}  // namespace pyslow::trials
