// Each known benchmark, on output that was written for this test after the format of the real one.
#include "sweep/trials/known_benchmarks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "sweep/trials/output_parser.h"
#include "tests/temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;

struct Sample {
  const char* name;
  const char* output;
  double seconds_per_unit;
  std::optional<double> units = std::nullopt;
  std::vector<std::string> others = {};
};

const std::vector<Sample>& Samples() {
  static const std::vector<Sample>& samples = *new std::vector<Sample>{
      {"vllm-serve",
       "100%|##########| 40/40 [00:10<00:00,  3.98it/s]\n"
       "============ Serving Benchmark Result ============\n"
       "Successful requests:                     40        \n"
       "Benchmark duration (s):                  10.04     \n"
       "Total input tokens:                      20480     \n"
       "Total generated tokens:                  5020      \n"
       "Request throughput (req/s):              3.98      \n"
       "Output token throughput (tok/s):         500.00    \n"
       "Peak output token throughput (tok/s):    612.00    \n"
       "Total Token throughput (tok/s):          2539.84   \n"
       "---------------Time to First Token----------------\n"
       "Mean TTFT (ms):                          51.20     \n",
       1 / 500.0,
       5020,
       {"tqdm"}},
      {"vllm-throughput",
       "Throughput: 5.00 requests/s, 1920.00 total tokens/s, 640.00 output tokens/s\n"
       "Total num prompt tokens:  10240\nTotal num output tokens:  5120\n",
       1 / 640.0, 5120},
      {"vllm-throughput", "Throughput: 5.00 requests/s, 1920.00 tokens/s\n", 1 / 1920.0},
      {"vllm-latency",
       "Avg latency: 2.5 seconds\n10% percentile latency: 2.4 seconds\n"
       "99% percentile latency: 2.7 seconds\n",
       2.5},
      {"vllm-engine",
       "(APIServer pid=7) INFO 03-01 10:00:10 [loggers.py:123] Engine 000: Avg prompt throughput: "
       "12.0 tokens/s, Avg generation throughput: 40.0 tokens/s, Running: 4 reqs, Waiting: 0 reqs, "
       "GPU KV cache usage: 1.5%, Prefix cache hit rate: 0.0%\n"
       "(APIServer pid=7) INFO 03-01 10:00:20 [loggers.py:123] Engine 000: Avg prompt throughput: "
       "0.0 tokens/s, Avg generation throughput: 80.0 tokens/s, Running: 4 reqs, Waiting: 0 reqs\n"
       "(APIServer pid=7) INFO 03-01 10:00:30 [loggers.py:123] Engine 000: Avg prompt throughput: "
       "0.0 tokens/s, Avg generation throughput: 0.0 tokens/s, Running: 0 reqs, Waiting: 0 reqs\n",
       1 / 40.0},
      {"sglang-serving",
       "============ Serving Benchmark Result ============\n"
       "Backend:                                 sglang    \n"
       "Traffic request rate:                    inf       \n"
       "Max request concurrency:                 not set   \n"
       "Successful requests:                     32        \n"
       "Benchmark duration (s):                  8.00      \n"
       "Total input tokens:                      6400      \n"
       "Total generated tokens:                  3200      \n"
       "Total generated tokens (retokenized):    3190      \n"
       "Request throughput (req/s):              4.00      \n"
       "Input token throughput (tok/s):          800.00    \n"
       "Output token throughput (tok/s):         400.00    \n"
       "Total token throughput (tok/s):          1200.00   \n",
       1 / 400.0, 3200},
      {"sglang-offline",
       "====== Offline Throughput Benchmark Result =======\n"
       "Backend:                                 engine    \n"
       "Successful requests:                     10        \n"
       "Benchmark duration (s):                  2.00      \n"
       "Total input tokens:                      1000      \n"
       "Total generated tokens:                  2000      \n"
       "Last generation throughput (tok/s):      950.10    \n"
       "Request throughput (req/s):              5.00      \n"
       "Input token throughput (tok/s):          500.00    \n"
       "Output token throughput (tok/s):         1000.00   \n"
       "Total token throughput (tok/s):          1500.00   \n",
       1 / 1000.0, 2000},
      {"sglang-one-batch",
       "Warmup ...\nPrefill. latency: 0.50000 s, throughput:    512.00 token/s\n"
       "Total. latency:  0.900 s, throughput:    300.00 token/s\nBenchmark ...\n"
       "Prefill. latency: 0.02000 s, throughput:  12800.00 token/s\n"
       "Decode 0. Batch size: 1, latency: 0.00500 s, throughput:    200.00 token/s\n"
       "Decode.  median latency: 0.00500 s, median throughput:    200.00 token/s\n"
       "Total. latency:  0.100 s, throughput:   2720.00 token/s\n",
       1 / 2720.0},
      {"trtllm-bench",
       "===========================================================\n"
       "= REQUEST DETAILS \n"
       "===========================================================\n"
       "Number of requests:             100\n"
       "Number of concurrent requests:  5.3019\n"
       "= PERFORMANCE OVERVIEW \n"
       "Request Throughput (req/sec):                     \t 12.5000\n"
       "Total Output Throughput (tokens/sec):             1600.0000\n"
       "Total Latency (ms):                               8000.0000\n",
       1 / 12.5, 100},
      {"lm-eval",
       "Running loglikelihood requests:  50%|#####     | 200/400 [00:05<00:05, 38.10it/s]\r"
       "Running loglikelihood requests: 100%|##########| 400/400 [00:10<00:00, 40.00it/s]\n"
       "|Tasks|Version|Filter|n-shot|Metric|   |Value |   |Stderr|\n",
       1 / 40.0,
       400,
       {"tqdm"}},
      {"wrk",
       "Running 2s test @ http://127.0.0.1:8000/\n  1 threads and 4 connections\n"
       "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
       "    Latency     4.01ms    1.02ms  12.15ms   90.00%\n"
       "    Req/Sec     0.50k    12.30     0.60k    75.00%\n"
       "  1004 requests in 2.01s, 141.19KB read\nRequests/sec:    500.25\n"
       "Transfer/sec:     70.24KB\n",
       1 / 500.25, 1004},
      {"ab",
       "Concurrency Level:      4\nTime taken for tests:   2.000 seconds\n"
       "Complete requests:      1000\nFailed requests:        0\n"
       "Requests per second:    500.00 [#/sec] (mean)\n"
       "Time per request:       8.000 [ms] (mean)\n",
       1 / 500.0, 1000},
      {"hey",
       "\nSummary:\n  Total:\t2.0000 secs\n  Slowest:\t0.0100 secs\n  Fastest:\t0.0010 secs\n"
       "  Average:\t0.0020 secs\n  Requests/sec:\t250.0000\n  \n\n"
       "Status code distribution:\n  [200]\t500 responses\n\n\n\n",
       1 / 250.0, 500},
      {"oha",
       "Summary:\n  Success rate:\t100.00%\n  Total:\t2.0000 secs\n  Slowest:\t0.0100 secs\n"
       "  Fastest:\t0.0010 secs\n  Average:\t0.0020 secs\n  Requests/sec:\t125.0000\n\n"
       "  Total data:\t3.00 KiB\n\nStatus code distribution:\n  [200] 240 responses\n"
       "  [503] 10 responses\n",
       1 / 125.0},
      {"k6",
       "     http_req_waiting...............: avg=1.63ms  min=57.9us   med=1.28ms\n"
       "     http_reqs......................: 8571    142.5/s\n"
       "     iterations.....................: 2857    47.5/s\n",
       1 / 142.5, 8571},
      {"locust",
       "Type     Name       # reqs      # fails |    Avg     Min     Max    Med |   req/s  "
       "failures/s\n"
       "--------|----------|-------|-------------|-------|-------|-------|-------|--------|------\n"
       "GET      /               9     0(0.00%) |     12       1     100     10 |    0.90        "
       "0.00\n"
       "--------|----------|-------|-------------|-------|-------|-------|-------|--------|------\n"
       "         Aggregated      9     0(0.00%) |     12       1     100     10 |    0.90        "
       "0.00\n"
       "\n"
       "         Aggregated     50     1(2.00%) |     12       1     100     10 |    2.50        "
       "0.05\n"
       "\nResponse time percentiles (approximated)\n"
       "         Aggregated     10     20     30     40     50     60     70     80     90     "
       "50\n",
       1 / 2.5, 50},
      {"timeit", "20000 loops, best of 5: 12.5 usec per loop\n", 12.5e-6},
      {"timeit", "1 loop, best of 5: 1.25 sec per loop\n", 1.25},
      {"hf-trainer",
       "{'loss': 1.0355, 'grad_norm': 2.13, 'learning_rate': 0.0, 'epoch': 2.0}\n"
       "{'train_runtime': 8.1250, 'train_samples_per_second': 64.0, 'train_steps_per_second': 8.0, "
       "'train_loss': 1.35, 'epoch': 2.0}\n100%|##########| 64/64 [00:08<00:00,  7.88it/s]\n",
       8.125,
       std::nullopt,
       {"tqdm"}},
      {"hf-trainer", "{'train_runtime': '9.5', 'train_steps_per_second': '0.105'}\n", 9.5},
      {"megatron",
       " [2026-01-01 10:00:00] iteration        1/      50 | consumed samples:          128 | "
       "elapsed "
       "time per iteration (ms): 9000.5 | throughput per GPU (TFLOP/s/GPU): 80.2 | learning rate: "
       "6.976744E-08 | global batch size:   128 |\n"
       " iteration        2/      50 | consumed samples:          256 | elapsed time per iteration "
       "(ms): 1250.5 | learning rate: 1E-07 |\n"
       " iteration        3/      50 | consumed samples:          384 | elapsed time per iteration "
       "(ms): 1240.0 | learning rate: 1E-07 |\n",
       1.2505},
      {"torchtitan",
       "[titan] 2026-01-01 10:00:00,000 - root - INFO - \x1b[31mstep:  1  \x1b[32mloss:  8.1305  "
       "\x1b[38;2;180;60;0mgrad_norm:  1.5  \x1b[33mmemory:  1.20GiB(1.50%)  \x1b[34mtps: 900  "
       "\x1b[36mtflops: 10.20  \x1b[35mmfu: 3.27%\x1b[39m\n"
       "[titan] 2026-01-01 10:00:05,000 - root - INFO - step: 10  loss:  7.1  tps: 2,304  tflops: "
       "26.1  mfu: 8.4%\n"
       "[titan] 2026-01-01 10:00:09,000 - root - INFO - step: 20  loss:  6.1  tps: 2,400  tflops: "
       "27.1  mfu: 8.7%\n",
       1 / 2304.0},
      {"maxtext",
       "completed step: 0, seconds: 30.125, TFLOP/s/device: 1.500, Tokens/s/device: 10.1, "
       "total_weights: 4096, loss: 10.871\n"
       "completed step: 1, seconds: 1.500, TFLOP/s/device: 30.1, Tokens/s/device: 2730.6, loss: "
       "9.7\n"
       "completed step: 2, seconds: 1.250, TFLOP/s/device: 36.1, Tokens/s/device: 3276.8, loss: "
       "9.1\n",
       1.5},
      {"tqdm",
       "  5%|5         | 5/100 [00:00<00:08, 11.00it/s]\r"
       "100%|##########| 100/100 [00:10<00:00, 10.00it/s]\n",
       1 / 10.0, 100},
      {"tqdm", "40it [00:50,  1.25s/it]\n", 1.25, 40},
      {"tqdm", "100%|#| 50.0k/50.0k [00:10<00:00, 5.00kit/s]\n", 1 / 5000.0},
      {"tqdm", "100%|#| 64/64 [00:10<00:00, 6.40examples/s, loss=0.5]\n", 1 / 6.4, 64},
  };
  return samples;
}

TrialSettings Detecting() {
  TrialSettings settings;
  settings.detects_benchmark = true;
  return settings;
}

absl::StatusOr<OutputFigures> Read(OutputParser& parser, const std::string& output) {
  OutputReader reader = parser.NewReader();
  reader.Append(OutputStream::kStandardOutput, output);
  return reader.Read(1000);
}

absl::StatusOr<OutputFigures> Read(const TrialSettings& settings, const std::string& output) {
  auto parser = OutputParser::Compile(settings);
  if (!parser.ok()) return parser.status();
  return Read(*parser, output);
}

TEST(KnownBenchmarksTest, AreDetectedInTheirOutput) {
  for (const Sample& sample : Samples()) {
    SCOPED_TRACE(sample.output);
    const auto figures = Read(Detecting(), sample.output);
    ASSERT_TRUE(figures.ok()) << figures.status();
    ASSERT_TRUE(figures->benchmark.has_value());
    EXPECT_EQ(figures->benchmark->name, sample.name);
    EXPECT_EQ(figures->benchmark->others, sample.others);
    EXPECT_DOUBLE_EQ(figures->seconds_per_unit.value_or(-1), sample.seconds_per_unit);
    EXPECT_EQ(figures->units, sample.units);
  }
}

TEST(KnownBenchmarksTest, AreReadWhenTheyAreNamed) {
  for (const Sample& sample : Samples()) {
    SCOPED_TRACE(sample.output);
    TrialSettings settings;
    ASSERT_TRUE(UseBenchmark(*FindBenchmark(sample.name), &settings).ok());
    const auto figures = Read(settings, sample.output);
    ASSERT_TRUE(figures.ok()) << figures.status();
    EXPECT_FALSE(figures->benchmark.has_value());
    EXPECT_DOUBLE_EQ(figures->seconds_per_unit.value_or(-1), sample.seconds_per_unit);
    EXPECT_EQ(figures->units, sample.units);
    EXPECT_THAT(std::string(Read(settings, "x\n").status().message()),
                HasSubstr(std::string("--benchmark ") + sample.name + ": it matches nothing"));
  }
}

TEST(KnownBenchmarksTest, HaveASampleEach) {
  for (const KnownBenchmark& known : KnownBenchmarks()) {
    const bool has_sample =
        std::any_of(Samples().begin(), Samples().end(),
                    [&](const Sample& sample) { return std::string(known.name) == sample.name; });
    EXPECT_TRUE(has_sample || *known.pointer != '\0') << known.name;
  }
}

TEST(KnownBenchmarksTest, TheFirstTrialDecides) {
  auto parser = OutputParser::Compile(Detecting());
  ASSERT_TRUE(parser.ok());
  EXPECT_EQ(Read(*parser, "Requests/sec:   4.00\n")->benchmark->printed, "Requests/sec:   4.00");
  const std::string other = "1 loop, best of 5: 1.25 sec per loop\n";
  EXPECT_THAT(std::string(Read(*parser, other).status().message()),
              HasSubstr("--benchmark wrk: it matches nothing in the command's output"));
  const auto later = Read(*parser, other + "Requests/sec:   8.00\n");
  EXPECT_EQ(later->seconds_per_unit, 0.125);
  EXPECT_EQ(later->benchmark->name, "wrk") << "a trial that failed may have been the first";
}

TEST(KnownBenchmarksTest, OutputOfNoneIsARun) {
  auto parser = OutputParser::Compile(Detecting());
  ASSERT_TRUE(parser.ok());
  const auto figures = Read(*parser, "rate: 5 it/s\n");
  ASSERT_TRUE(figures.ok());
  EXPECT_EQ(figures->benchmark->name, "none");
  EXPECT_FALSE(figures->seconds_per_unit.has_value());
  EXPECT_FALSE(Read(*parser, "Requests/sec:   8.00\n")->seconds_per_unit.has_value());
}

TEST(KnownBenchmarksTest, AServerNeedsAFigure) {
  TrialSettings settings = Detecting();
  settings.is_server = true;
  EXPECT_THAT(std::string(Read(settings, "speed: 7\n").status().message()),
              HasSubstr("no figure is named (--throughput-regex ...), and no known benchmark's "
                        "(--list-benchmarks) is in the command's output; this line looks like a "
                        "metric: 'speed: 7'"));
}

TEST(KnownBenchmarksTest, OtherUnitsMayNotBeMissing) {
  TrialSettings settings;
  ASSERT_TRUE(UseBenchmark(*FindBenchmark("timeit"), &settings).ok());
  settings.units_json = "-#/n";
  EXPECT_THAT(
      std::string(Read(settings, "1 loop, best of 5: 1.25 sec per loop\n").status().message()),
      HasSubstr("--units-json: it matches nothing"));
}

TEST(KnownBenchmarksTest, AFigureOfZeroIsNotTaken) {
  EXPECT_EQ(Read(Detecting(), "Requests/sec:   0.00\n")->benchmark->name, "none");
}

class ResultFilesTest : public ::testing::Test {
 protected:
  // What is found after a trial that writes `content` to `file`.
  absl::StatusOr<OutputFigures> Trial(const std::string& file, const std::string& content) {
    auto parser = OutputParser::Compile(settings_);
    if (!parser.ok()) return parser.status();
    OutputReader reader = parser->NewReader();
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file) << content;
    return reader.Read(1000);
  }

  TemporaryDirectory directory_;
  TrialSettings settings_ = Detecting();
};

TEST_F(ResultFilesTest, PytestBenchmark) {
  const std::string file = directory_.path() + "/b.json";
  settings_.command = {"-m", "pytest", "--benchmark-json=" + file};
  const auto found = Trial(
      file, R"({"machine_info": {}, "benchmarks": [{"name": "t", "stats": {"mean": 0.25}}]})");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->benchmark->name, "pytest-benchmark");
  EXPECT_EQ(found->benchmark->printed, file + "#/benchmarks/*/stats/mean");
  EXPECT_EQ(found->seconds_per_unit, 0.25);
  const auto several = Trial(file, R"({"benchmarks": [{"stats": {"mean": 1}}, {}]})");
  EXPECT_EQ(several->benchmark->name, "none") << "the user has to choose one";
  settings_.command = {"-m", "pytest"};
  EXPECT_EQ(UseBenchmark(*FindBenchmark("pytest-benchmark"), &settings_).message(),
            "'pytest-benchmark' needs a file of results; add --benchmark-json=FILE to the command");
}

TEST_F(ResultFilesTest, Asv) {
  const auto old = std::filesystem::current_path();
  std::filesystem::current_path(directory_.path());
  std::filesystem::create_directories(".asv/results/m");
  std::ofstream(".asv/results/m/machine.json") << "{}";
  const auto found = Trial(".asv/results/m/0123abcd-existing-py.json",
                           R"({"results": {"b.time_x": [[1.25e-05], [], "v"]}, "version": 2})");
  std::filesystem::current_path(old);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->benchmark->name, "asv");
  EXPECT_EQ(found->seconds_per_unit, 1.25e-5);
}

}  // namespace
}  // namespace pyslow::trials
