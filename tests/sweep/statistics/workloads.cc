#include "workloads.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>

namespace pyslow::statistics {

using model::Verdict;

namespace {

constexpr double kT0 = 0.010;

TrueWorkload LineWorkload(const std::string& name, double kappa, Verdict verdict) {
  TrueWorkload truth;
  truth.workload = OneFunction(name, [kappa](double dose) { return kappa * dose; });
  truth.verdict = verdict;
  truth.kappa = kappa;
  truth.critical_calls = kappa * 100;
  return truth;
}

TrueWorkload Threshold(const std::string& name, double slack) {
  TrueWorkload truth;
  truth.workload = OneFunction(name, [slack](double dose) { return std::max(0.0, dose - slack); });
  truth.verdict = Verdict::kThreshold;
  truth.slack_seconds = slack;
  return truth;
}

// From κ at the start to 1 at a dose of T0.
TrueWorkload Growing(double kappa) {
  TrueWorkload truth;
  truth.workload = OneFunction("growing slope", [kappa](double dose) {
    return kappa * dose + (1 - kappa) / (2 * kT0) * dose * dose;
  });
  truth.verdict = Verdict::kSubLinear;
  return truth;
}

// Four dispatches and a barrier: one dispatch is critical until the delay exceeds the device's
// time.
TrueWorkload Barrier() {
  TrueWorkload truth;
  truth.workload = OneFunction(
      "barrier", [](double dose) { return 0.25 * dose + 0.75 * std::max(0.0, dose - kT0 / 2); });
  truth.verdict = Verdict::kSubLinear;
  return truth;
}

// The mean of the larger of two normal times with the same standard deviation (Clark 1961).
double MeanOfLarger(double a, double b, double deviation) {
  const double spread = deviation * std::sqrt(2.0);
  const double z = (a - b) / spread;
  const double below = std::erfc(-z / std::sqrt(2.0)) / 2;
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0));
  return a * below + b * (1 - below) + spread * density;
}

// A host of 0.6 T0 and a device of T0 in parallel, each with a jitter of 3%, which rounds the knee.
TrueWorkload TwoPipelines() {
  constexpr double kJitter = 0.03 * kT0;
  TrueWorkload truth;
  truth.workload = OneFunction("two pipelines", [](double dose) {
    return MeanOfLarger(0.6 * kT0 + dose, kT0, kJitter) - MeanOfLarger(0.6 * kT0, kT0, kJitter);
  });
  truth.verdict = Verdict::kThreshold;
  truth.slack_seconds = 0.4 * kT0;
  return truth;
}

// As measured on a decode loop in a calm hour: a delay that ends shortly before the device costs 3%
// of T0, and the noise is a tenth of that. (R27)
TrueWorkload SoftKnee() {
  TrueWorkload truth;
  truth.workload = OneFunction("soft knee", [](double dose) {
    constexpr double kSlack = 0.65 * kT0;
    const double before = 0.03 * kT0 * std::exp(-std::abs(dose - kSlack) / (0.15 * kT0));
    return before + std::max(0.0, dose - kSlack);
  });
  truth.workload.disturbance.noise = 0.003;
  truth.verdict = Verdict::kThreshold;
  truth.slack_seconds = 0.65 * kT0;
  return truth;
}

TrueWorkload Workers() {
  TrueWorkload truth = LineWorkload("4 workers", 0.25, Verdict::kLinear);
  truth.workload.functions[0].processes = 4;
  return truth;
}

// Requests arrive at a fixed rate: the throughput is constant, and the latency grows.
TrueWorkload OpenLoop() {
  TrueWorkload truth = LineWorkload("open loop", 0, Verdict::kLoadLimited);
  truth.workload.metrics = [](const std::vector<double>& doses) {
    return std::vector<double>{0.004 + 0.3 * doses[0], 0.5};
  };
  return truth;
}

// A server with polling idle loops, as measured on vLLM: calls per unit fall from 865 to 320 while
// T rises by 150 us for each us of delay.
TrueWorkload Polling() {
  TrueWorkload truth;
  truth.workload = OneFunction("polling server", [](double delay) { return 150 * delay; });
  truth.workload.seconds_per_unit = 659e-6;
  truth.workload.functions[0].calls_at = [](double delay) {
    return 270 + 595 / (1 + delay / 0.45e-6);
  };
  truth.workload.disturbance.count_noise = 0.02;
  truth.verdict = Verdict::kSubLinear;  // of the delay that the loops deliver while they wait
  truth.critical_calls = 150;
  truth.largest_ns = 5'000;
  return truth;
}

// The same workload with another disturbance.
TrueWorkload Under(TrueWorkload truth, const std::string& name,
                   const std::function<void(Disturbance&)>& change) {
  truth.workload.name += ", " + name;
  change(truth.workload.disturbance);
  return truth;
}

void AddDisturbed(const TrueWorkload& calm, std::vector<TrueWorkload>& truths) {
  truths.push_back(Under(calm, "drift by blocks", [](auto& d) { d.block_drift = 0.05; }));
  truths.push_back(Under(calm, "drift all along", [](auto& d) { d.whole_drift = 0.05; }));
  truths.push_back(Under(calm, "heavy tails", [](auto& d) { d.heavy_tails = true; }));
  truths.push_back(Under(calm, "correlated noise", [](auto& d) { d.correlation = 0.6; }));
  truths.push_back(Under(calm, "noise as T", [](auto& d) { d.power = 1; }));
  truths.push_back(Under(calm, "counts astray", [](auto& d) { d.count_noise = 0.05; }));
  truths.push_back(Under(calm, "trials rejected", [](auto& d) {
    d.rejected = 0.1;
    d.rejected_growth = 0.4;
  }));
}

}  // namespace

std::vector<TrueWorkload> TrueWorkloads() {
  const TrueWorkload serial = LineWorkload("serial", 1, Verdict::kLinear);
  const TrueWorkload hidden = LineWorkload("hidden", 0, Verdict::kNone);
  const TrueWorkload partly = LineWorkload("partly hidden", 0.3, Verdict::kSubLinear);
  const TrueWorkload half = Threshold("threshold at a half", kT0 / 2);
  std::vector<TrueWorkload> truths = {serial,
                                      hidden,
                                      partly,
                                      half,
                                      Threshold("threshold at a quarter", kT0 / 4),
                                      Growing(0.25),
                                      Barrier(),
                                      TwoPipelines(),
                                      SoftKnee(),
                                      Workers(),
                                      OpenLoop(),
                                      Polling()};
  for (const TrueWorkload& calm : {serial, hidden, partly, half}) AddDisturbed(calm, truths);
  return truths;
}

void PrintTo(const TrueWorkload& truth, std::ostream* stream) { *stream << truth.workload.name; }

std::string NameForTest(const TrueWorkload& truth) {
  std::string name;
  for (const char c : truth.workload.name) {
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return name;
}

}  // namespace pyslow::statistics
