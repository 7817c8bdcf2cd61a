#include "sweep/trials/trial_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyslow::trials {
namespace {

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

}  // namespace
}  // namespace pyslow::trials
