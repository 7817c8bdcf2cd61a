#include "sweep/cli/sweep_command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "sweep/cli/sweep_settings_json.h"

namespace pyslow::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

steps::Settings Parsed(const Words& words) {
  const auto line = ParseCommandLine(words);
  EXPECT_TRUE(line.ok()) << line.status();
  return line.ok() ? line->settings : steps::Settings();
}

TEST(ParseCommandLine, ReadsEveryOption) {
  const steps::Settings s = Parsed({"--targets",
                                    "t.txt",
                                    "--target=a,b:*",
                                    "--target",
                                    "-x:y",
                                    "--group",
                                    "g",
                                    "--delays",
                                    "100us,0,10us",
                                    "--frequency",
                                    "3",
                                    "--start",
                                    "5s",
                                    "--duration=30s",
                                    "--time-regex",
                                    "t=(.*)",
                                    "--runs",
                                    "4",
                                    "--seed",
                                    "9",
                                    "--out",
                                    "d",
                                    "--timeout",
                                    "1s",
                                    "--pyslow",
                                    "/p",
                                    "--python",
                                    "venv",
                                    "--",
                                    "-m",
                                    "mod",
                                    "--",
                                    "--delays"});
  EXPECT_EQ(s.targets_file, "t.txt");
  EXPECT_THAT(s.targets, ElementsAre("a,b:*", "-x:y"));
  EXPECT_THAT(s.groups, ElementsAre("g"));
  EXPECT_THAT(s.delays_ns, ElementsAre(0, 10'000, 100'000));
  EXPECT_EQ(s.frequency, 3);
  EXPECT_EQ(s.trials.start_ns, 5'000'000'000);
  EXPECT_EQ(s.trials.duration_ns, 30'000'000'000);
  EXPECT_EQ(s.trials.measure, trials::Measure::kTime);
  EXPECT_EQ(s.trials.regex, "t=(.*)");
  EXPECT_EQ(s.blocks, 4U);
  EXPECT_EQ(s.seed, 9U);
  EXPECT_EQ(s.trials.timeout_ns, 1'000'000'000);
  EXPECT_EQ(s.trials.pyslow, "/p");
  EXPECT_EQ(s.trials.python, "venv");
  EXPECT_THAT(s.trials.command, ElementsAre("-m", "mod", "--", "--delays"));
}

TEST(ParseCommandLine, RunsAllStepsByDefault) {
  const steps::Settings s = Parsed({"--", "x.py"});
  EXPECT_TRUE(s.targets.empty() && s.targets_file.empty()) << "everything";
  EXPECT_TRUE(s.steps.impact && s.steps.isolate && s.steps.focus && !s.steps.sites &&
              !s.steps.lines);
  EXPECT_TRUE(s.delays_ns.empty()) << "found by a pilot";
  EXPECT_EQ(s.blocks, std::nullopt);
  EXPECT_EQ(s.max_slowdown, 4);
  EXPECT_EQ(s.trials.measure, trials::Measure::kWallTime);
}

TEST(ParseCommandLine, ReadsStepsMetricsAndWhenToStop) {
  const steps::Settings s = Parsed({"--steps",
                                    "impact,focus",
                                    "--metric",
                                    "p99=p99 ([0-9]+)",
                                    "--metric=ttft=t=(.*)",
                                    "--precision",
                                    "0.5%",
                                    "--time-budget",
                                    "10m",
                                    "--max-slowdown=2.5",
                                    "--launcher",
                                    "mpirun -n  4",
                                    "--start-at",
                                    "m:f",
                                    "--on",
                                    "start,resume",
                                    "--gil=release",
                                    "--throughput-regex",
                                    "x",
                                    "--",
                                    "x.py"});
  EXPECT_TRUE(s.steps.impact && s.steps.focus);
  EXPECT_FALSE(s.steps.isolate);
  EXPECT_THAT(s.trials.metrics,
              ElementsAre(std::pair<std::string, std::string>("p99", "p99 ([0-9]+)"),
                          std::pair<std::string, std::string>("ttft", "t=(.*)")));
  EXPECT_DOUBLE_EQ(s.precision.value_or(0), 0.005);
  EXPECT_DOUBLE_EQ(s.budget_seconds.value_or(0), 600);
  EXPECT_EQ(s.max_slowdown, 2.5);
  EXPECT_THAT(s.trials.launcher, ElementsAre("mpirun", "-n", "4"));
  EXPECT_EQ(s.trials.start_at, "m:f");
  EXPECT_EQ(s.trials.on, "start,resume");
  EXPECT_EQ(s.trials.gil, "release");
}

TEST(ParseCommandLine, ReadsAServer) {
  const steps::Settings s = Parsed({"--server", "--ready-command", "curl x", "--load", "wrk y",
                                    "--throughput-regex", "r", "--", "-m", "uvicorn", "app"});
  EXPECT_TRUE(s.trials.is_server);
  EXPECT_EQ(s.trials.ready_command, "curl x");
  EXPECT_EQ(s.trials.load, "wrk y");
  const steps::Settings live =
      Parsed({"--live", "--progress", "app:handle", "--interval", "3s", "--", "app.py"});
  EXPECT_TRUE(live.trials.live);
  EXPECT_EQ(live.trials.interval_ns, 3'000'000'000);
  EXPECT_EQ(live.trials.progress, "app:handle");
}

TEST(ParseCommandLine, ReadsWhatIsRepeatedAndWhatMatters) {
  const steps::Settings s = Parsed({"--warmup", "2", "--retries=0", "--min-gain", "2%", "--grace",
                                    "13s", "--units-regex", "n=(.*)", "--", "x.py"});
  EXPECT_EQ(s.warmup, 2);
  EXPECT_EQ(s.retries, 0);
  EXPECT_DOUBLE_EQ(s.min_gain, 0.02);
  EXPECT_EQ(s.trials.grace_ns, 13'000'000'000);
  EXPECT_EQ(s.trials.units_regex, "n=(.*)");
}

TEST(ParseCommandLine, WarmsUpProcessesOnly) {
  EXPECT_EQ(Parsed({"--", "x.py"}).warmup, 1);
  EXPECT_EQ(Parsed({"--live", "--progress", "app:handle", "--", "app.py"}).warmup, 0);
}

TEST(ParseCommandLine, ReadsHowFiguresAreRead) {
  const steps::Settings s = Parsed({"--time-regex", "t=(.*)", "--unit", "ms", "--matches", "median",
                                    "--skip-matches", "10", "--decimal-comma", "--", "x.py"});
  EXPECT_EQ(s.trials.unit, "ms");
  EXPECT_EQ(s.trials.matches, trials::MatchRule::kMedian);
  EXPECT_EQ(s.trials.skip_matches, 10U);
  EXPECT_EQ(s.trials.comma, trials::CommaMeaning::kDecimal);
  EXPECT_EQ(ToJson(*SettingsFromJson(ToJson(s))), ToJson(s));
}

TEST(ParseCommandLine, ReadsWhichGpusToWatch) {
  const steps::Settings s = Parsed({"--gpu", "0,2", "--", "x.py"});
  EXPECT_EQ(s.trials.gpu, "0,2");
  EXPECT_EQ(SettingsFromJson(ToJson(s))->trials.gpu, "0,2");
  EXPECT_EQ(Parsed({"--", "x.py"}).trials.gpu, "");
  const auto line = ParseCommandLine({"--gpu", "first", "--", "x.py"});
  EXPECT_THAT(line.status().message(),
              HasSubstr("--gpu: 'first' is not none, all or numbers of GPUs"));
}

// The sweep is one that holds the GIL, with a further step.
TEST(ParseCommandLine, ComparesBothGilModes) {
  for (const char* const modes : {"hold,release", "release,hold"}) {
    const steps::Settings s = Parsed({"--gil", modes, "--fail-if", "gil>50%", "--", "x.py"});
    EXPECT_TRUE(s.steps.gil);
    EXPECT_EQ(s.trials.gil, "hold");
    EXPECT_TRUE(SettingsFromJson(ToJson(s))->steps.gil);
  }
  EXPECT_FALSE(Parsed({"--gil", "release", "--", "x.py"}).steps.gil);
  EXPECT_FALSE(SettingsFromJson(ToJson(Parsed({"--", "x.py"})))->steps.gil);
}

TEST(ParseCommandLine, ReadsConditions) {
  const auto line = ParseCommandLine({"--fail-if", "change<-2%", "--fail-if", "time > 5ms",
                                      "--fail-if", "verdict=hidden", "--", "x.py"});
  ASSERT_TRUE(line.ok()) << line.status();
  ASSERT_EQ(line->gates.size(), 3U);
  EXPECT_EQ(line->gates[0].figure, model::Gate::Figure::kChange);
  EXPECT_TRUE(line->gates[0].is_below);
  EXPECT_DOUBLE_EQ(line->gates[0].limit, -0.02);
  EXPECT_EQ(line->gates[1].figure, model::Gate::Figure::kTime);
  EXPECT_FALSE(line->gates[1].is_below);
  EXPECT_DOUBLE_EQ(line->gates[1].limit, 0.005);
  EXPECT_EQ(line->gates[2].verdict, model::Verdict::kNone);
  EXPECT_EQ(ParseCommandLine({"--from", "d", "--fail-if", "kappa>0.5"})->gates.size(), 1U);
}

TEST(ParseCommandLine, ReadsPlacesInJson) {
  const steps::Settings s = Parsed({"--time-json", "r.json#/t", "--unit", "ms", "--units-json",
                                    "r.json#/n", "--metric-json", "p99=-#/p99", "--", "x.py"});
  EXPECT_EQ(s.trials.measure, trials::Measure::kTime);
  EXPECT_EQ(s.trials.json, "r.json#/t");
  EXPECT_EQ(s.trials.units_json, "r.json#/n");
  EXPECT_THAT(s.trials.json_metrics,
              ElementsAre(std::pair<std::string, std::string>("p99", "-#/p99")));
  EXPECT_EQ(ToJson(*SettingsFromJson(ToJson(s))), ToJson(s));
}

TEST(SweepSettingsJson, RefusesAnUnknownRule) {
  nlohmann::json json = ToJson(Parsed({"--", "x.py"}));
  json["trials"]["matches"] = "mode";
  EXPECT_FALSE(SettingsFromJson(json).ok());
}

TEST(SweepSettingsJson, KeepsEverySetting) {
  const steps::Settings s = Parsed({"--warmup", "2", "--retries=0", "--min-gain", "2%", "--grace",
                                    "13s", "--units-regex", "n=(.*)", "--", "x.py"});
  const auto read = SettingsFromJson(ToJson(s));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(ToJson(*read), ToJson(s));
}

TEST(SweepSettingsJson, ReadsASweepOfAnOlderVersion) {
  nlohmann::json json = ToJson(Parsed({"--", "x.py"}));
  for (const char* key : {"warmup", "retries", "min_gain"}) json.erase(key);
  json["steps"].erase("sites");
  json["steps"].erase("lines");
  for (const char* key : {"grace_ns", "units_regex", "unit", "matches", "skip_matches", "comma"}) {
    json["trials"].erase(key);
  }
  const auto read = SettingsFromJson(json);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->warmup, 0) << "it had none";
}

TEST(ParseCommandLine, ReadsFewOptionsForARecordedSweep) {
  const auto line = ParseCommandLine({"--resume", "d", "--runs", "16"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->resume, "d");
  EXPECT_EQ(line->settings.blocks, 16U);
  EXPECT_EQ(ParseCommandLine({"--from", "d"})->from, "d");
}

TEST(ParseCommandLine, AddsAMissingControl) {
  const steps::Settings s = Parsed({"--target", "a:b", "--delays", "5us", "--", "x.py"});
  EXPECT_THAT(s.delays_ns, ElementsAre(0, 5'000));
  EXPECT_TRUE(s.control_added);
}

TEST(ParseCommandLine, NeedsNoCommandForHelp) {
  EXPECT_TRUE(ParseCommandLine({"--help"})->help);
  EXPECT_TRUE(ParseCommandLine({"--version"})->version);
}

TEST(ParseCommandLine, ReportsEachMistakeWithItsPlaceAndARemedy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"--resume d -- x.py", "with --resume the command of that sweep applies"},
      {"--resume d --delays 1us", "--delays: with --resume the settings of that sweep apply"},
      {"--from d --runs 3", "--runs: with --from the settings"},
      {"--resume d --from e", "with --resume the settings of that sweep apply"},
      {"--steps impct -- x.py",
       "--steps: 'impct': expected one or more of impact, isolate, focus, sites, lines, such as "
       "impact,isolate,focus,sites,lines; did"},
      {"--steps impact,sites -- x.py",
       "--steps: sites examines the function that focus finds; add"},
      {"--steps isolate,lines -- x.py",
       "--steps: lines examines the function that focus finds; add"},
      {"--steps impact,impact -- x.py", "contains impact twice"},
      {"--group g -- x.py", "--group: only a target file has groups"},
      {"--precision 1 -- x.py",
       "--precision: '1': expected a number greater than 0 and at most 100 with a %"},
      {"--time-budget 10 -- x.py", "--time-budget: '10' is not a duration above 0"},
      {"--time-budget 9m --runs 3 -- x.py", "--time-budget: --runs is given too"},
      {"--max-slowdown 1 -- x.py", "--max-slowdown: '1': expected a number greater than 1"},
      {"--metric p99 -- x.py", "--metric: 'p99': expected NAME=RE"},
      {"--load y -- x.py", "--load: only a server has it; add --server"},
      {"--server --throughput-regex r -- x.py", "--server: name the command that loads the server"},
      {"--live --throughput-regex r -- x.py",
       "--live: a command that does not end needs a measure"},
      {"--live --progress a:b --warmup 1 -- x.py", "--warmup: with --live the program starts once"},
      {"--progress a:b --units-regex r -- x.py", "--units-regex: --progress counts the units"},
      {"--throughput-regex r --unit ms -- x.py", "--unit: only a time has one"},
      {"--time-regex r --unit m -- x.py", "--unit: 'm': expected one of ns, us, ms, s, min, h"},
      {"--throughput-json a#/b --time-json a#/c -- x.py",
       "--time-json: --throughput-json is given"},
      {"--units-regex r --units-json a#/c -- x.py", "--units-json: --units-regex is given too"},
      {"--progress a:b --units-json a#/c -- x.py", "--units-json: --progress counts the units"},
      {"--metric-json p99 -- x.py", "--metric-json: 'p99': expected NAME=FILE#/PTR, such as 'p99="},
      {"--fail-if slow -- x.py",
       "--fail-if: 'slow': expected change, kappa, n*, slack, gil or time"},
      {"--fail-if change=2 -- x.py", "--fail-if: 'change=2': expected change, kappa"},
      {"--fail-if change<x -- x.py", "--fail-if: 'change<x': expected a number or a percentage"},
      {"--fail-if time>5 -- x.py", "--fail-if: 'time>5': '5' is not a duration"},
      {"--fail-if verdict=bad -- x.py", "--fail-if: 'verdict=bad': expected a verdict: critical"},
      {"--benchmark wrk --time-regex r -- x.py", "--time-regex: --benchmark is given too"},
      {"--benchmark none --live --load a -- x.py", "--live: it needs a unit"},
      {"--matches mean -- x.py",
       "--matches: it needs a figure, such as --throughput-regex or --time-json"},
      {"--progress a:b --skip-matches 1 -- x.py", "--skip-matches: it needs a figure"},
      {"--thousands --decimal-comma -- x.py", "--decimal-comma: --thousands is given too"},
      {"--min-gain 2 -- x.py", "--min-gain: '2': expected a number greater than 0 and at most 1"},
      {"--interval 1s -- x.py", "--interval: it needs --live"},
      {"--progress a:b --time-regex r -- x.py", "--time-regex is given too"},
      {"--gil keep -- x.py", "--gil: 'keep': expected one or more of hold, release"},
      {"--gil hold,hold -- x.py", "--gil: 'hold,hold' contains hold twice"},
      {"--gil hold, -- x.py", "--gil: '': expected one or more of hold, release"},
      {"--gil hold,release --steps isolate -- x.py", "--gil: both modes are compared for what"},
      {"--gil hold,release --against-env A=1 -- x.py", "--gil: a comparison of versions has steps"},
      {"--fail-if gil>50% -- x.py",
       "--fail-if: 'gil>50%': only a comparison of both GIL modes has"},
      {"--fail-if gil=1 -- x.py", "--fail-if: 'gil=1': expected change, kappa, n*, slack, gil or"},
      {"--target a:b", "the command is missing"},
      {"--target a:b --", "the command is missing"},
      {"--target a:b x.py", "x.py: it is not an option of pyslow-sweep; put -- before"},
      {"--dealys 0 -- x.py", "--dealys: no such option of pyslow-sweep; did you mean '--delays'?"},
      {"--lvie -- x.py", "--lvie: no such option of pyslow-sweep; did you mean '--live'?"},
      {"-h", "-h: no such option"},
      {"--delays", "--delays: the value is missing; write --delays TIME,..."},
      {"--target a:b --delays 10 -- x.py", "--delays: '10' has no unit"},
      {"--target a:b --delays 0,,1us -- x.py", "--delays: '' is empty"},
      {"--target a:b --delays -1us -- x.py", "--delays: '-1us' is negative"},
      {"--target a:b --delays 0,11s -- x.py", "--delays: '11s' is more than 10s"},
      {"--target a:b --delays 0 -- x.py", "--delays: '0' is only the control"},
      {"--target a:b --delays 1us,1000ns -- x.py", "contains 1us twice"},
      {"--target a:b --frequency 0 -- x.py", "--frequency: '0' is not in range"},
      {"--target a:b --runs 1.5 -- x.py", "--runs: '1.5' is not a whole number"},
      {"--target a:b --seed -1 -- x.py", "--seed: '-1'"},
      {"--target a:b --timeout 0 -- x.py", "--timeout: 0 would stop every trial"},
      {"--target a:b --out= -- x.py", "--out: the value is empty"},
      {"--target a:b --runs 2 --runs 3 -- x.py", "--runs: it is given twice"},
      {"--target a:b --time-regex a --throughput-regex b -- x.py", "is given too; remove one"},
      {"--version=3", "--version: this option has no value"},
      {"--accept-changes -- x.py", "--accept-changes: only a sweep that is continued has it"},
      {"--from d --accept-changes", "--accept-changes: with --from the settings"},
      {"--target a:b -- pyslow x.py", "pyslow: remove this word"},
      {"--target a:b -- --delay 1us x.py", "--delay: options of pyslow-sweep stand before --"}};
  for (const auto& [words, why] : cases) {
    const auto line = ParseCommandLine(absl::StrSplit(words, ' '));
    ASSERT_FALSE(line.ok()) << words;
    EXPECT_THAT(std::string(line.status().message()), HasSubstr(why)) << words;
  }
}

TEST(ParseCommandLine, AcceptsAScriptNamedLikePython) {
  EXPECT_THAT(Parsed({"--target", "a:b", "--", "python_bench.py"}).trials.command,
              ElementsAre("python_bench.py"));
}

TEST(ParseCommandLine, ReadsTheShellOfCompletion) {
  EXPECT_EQ(ParseCommandLine({"--completion", "zsh"})->completion, "zsh");
  EXPECT_EQ(ParseCommandLine({"--completion", "tcsh"}).status().message(),
            "--completion: 'tcsh': expected one of bash, zsh, fish");
}

TEST(ParseCommandLine, ReadsTheOtherVersion) {
  const steps::Settings s =
      Parsed({"--against", "new.py 'a b' --n=1", "--against-env", "X=1", "--against-env",
              "Y=", "--against-python", "venv", "--", "old.py"});
  ASSERT_TRUE(s.trials.against.has_value());
  EXPECT_THAT(s.trials.against->command, ElementsAre("new.py", "a b", "--n=1"));
  EXPECT_THAT(s.trials.against->environment, ElementsAre("X=1", "Y="));
  EXPECT_EQ(s.trials.against->python, "venv");
  EXPECT_FALSE(s.steps.isolate || s.steps.focus);
  const auto again = SettingsFromJson(ToJson(s));
  ASSERT_TRUE(again.ok() && again->trials.against.has_value());
  EXPECT_EQ(ToJson(*again), ToJson(s));
  EXPECT_FALSE(Parsed({"--", "old.py"}).trials.against.has_value());
  EXPECT_TRUE(Parsed({"--against-env", "X=1", "--", "old.py"}).trials.against->command.empty());
}

TEST(ParseCommandLine, ReadsTwoDirectoriesOfADiff) {
  for (const Words& words :
       {Words{"--diff", "a", "b", "--json"}, Words{"--json", "--diff", "a", "b"},
        Words{"--diff=a", "--diff=b", "--json"}}) {
    const auto line = ParseCommandLine(words);
    ASSERT_TRUE(line.ok()) << line.status();
    EXPECT_THAT(line->diff, ElementsAre("a", "b"));
    EXPECT_TRUE(line->json);
  }
  EXPECT_FALSE(ParseCommandLine({"--diff", "a"}).ok());
  EXPECT_FALSE(ParseCommandLine({"--diff", "a", "b", "c"}).ok());
  EXPECT_FALSE(ParseCommandLine({"--diff", "a", "b", "--fail-if", "change<-2%"}).ok());
}

TEST(ParseCommandLine, ReadsGatesOfAComparison) {
  const auto line =
      ParseCommandLine({"--against-env", "X=1", "--fail-if", "verdict=slower", "--", "x.py"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->gates[0].figure, model::Gate::Figure::kOutcome);
  EXPECT_EQ(line->gates[0].outcome, model::VersionTimes::Outcome::kSlower);
  EXPECT_THAT(ParseCommandLine({"--fail-if", "verdict=slower", "--", "x.py"}).status().message(),
              HasSubstr("add --against"));
}

}  // namespace
}  // namespace pyslow::cli
