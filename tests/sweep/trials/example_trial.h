// A trial with a value in every field.
#ifndef PYSLOW_TESTS_SWEEP_TRIALS_EXAMPLE_TRIAL_H_
#define PYSLOW_TESTS_SWEEP_TRIALS_EXAMPLE_TRIAL_H_

#include "sweep/trials/trial_runner.h"

namespace pyslow::trials {

inline Trial ExampleTrial() {
  Trial trial;
  trial.spec = {3, "groups", 1, 2, 1, true, {{1, 1'000, 5}, {0, 2'000, 1}}, true};
  trial.wall_seconds = 1.0 / 3;
  trial.other_seconds = 0.75;
  trial.window_seconds = 0.1;
  trial.seconds_per_unit = 1e-7 / 3;
  trial.units = 12;
  trial.reading = {50, false, 0.5, 2.5, 0.25, "1.05 s/it", "0.9524 it/s"};
  trial.benchmark = {"wrk", "wrk", "requests per second", "Requests/sec: 5", {"hey"}};
  trial.metrics = {{"p99", 1.5}, {"errors", 0}};
  trial.metric_units = {{"p99", 1e-3}};
  trial.core_wait = 0.25;
  trial.other_load = 0.5;
  trial.stolen_load = 0.125;
  trial.processor_mhz = 2400.5;
  trial.throttled = 0.0625;
  trial.overheated = 3;
  trial.gpus = {{1, "A \"100\"", "gpm", 0.75, 0.5, 1980.5, {{"heat", 0.25}}, true},
                {2, "", "sysfs", 0, std::nullopt, std::nullopt, {}, false}};
  trial.counts = {{18'446'744'073'709'551'615U, 2, 3, 4.25, 6, {5, 0, 7}}, {}};
  trial.functions = {{{"m", "C.f\"", "/m.py", 7}, 1, 5, 6, 2}};
  trial.processes = 3;
  trial.notes = {"a tool id was lost"};
  trial.failures = 2;
  trial.left = {"redis-server (pid 123)"};
  trial.outside = {{"python3.12", 1.5}};
  trial.processors = 0.25;
  trial.ran_on = 2;
  trial.course = {{0.5, 10}, {1.0 / 3, 20}};
  return trial;
}

}  // namespace pyslow::trials

#endif  // PYSLOW_TESTS_SWEEP_TRIALS_EXAMPLE_TRIAL_H_
