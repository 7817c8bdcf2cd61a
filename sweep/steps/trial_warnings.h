// Collects what a reader of the findings has to know of the trials.
#ifndef PYSLOW_SWEEP_STEPS_TRIAL_WARNINGS_H_
#define PYSLOW_SWEEP_STEPS_TRIAL_WARNINGS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sweep/model/estimate.h"
#include "sweep/model/trial.h"
#include "sweep/model/warning.h"

namespace pyslow::steps {

// A program without pyslow that used less of a processor in the mean trial is only a helper.
inline constexpr double kMinUnrecorded = 0.1;

// kMatchesDiffer, if the last of several matches counts and they differ by more than 1%.
std::optional<model::Warning> MatchesDiffer(const model::Trial& trial);

class TrialWarnings {
 public:
  // A measured trial.
  void Add(const model::Trial& trial);
  // Trials that failed and were repeated.
  void AddFailures(size_t count) { failed_ += count; }
  // A trial stalled, took longer than others by `ratio`, and was measured again (R17).
  void AddStall(double ratio);
  // Processes that a command left behind, by name; empty: none.
  void AddLeft(const std::vector<std::string>& left);
  // As Findings::converted.
  const std::pair<std::string, std::string>& converted() const { return converted_; }
  // Each GPU that worked, by index, as the first such trial has it.
  const std::map<int, model::GpuUse>& gpus() const { return gpus_; }
  // Each note once; each other kind at most once.
  std::vector<model::Warning> All() const;

 private:
  void AddGpus(const model::Trial& trial);
  // The programs of `sums`, processors summed over the trials, that used much of a processor.
  std::string ProgramsText(const std::map<std::string, double>& sums) const;
  // Likewise of Trial::outside; "" if the command used more.
  std::string OutsideText() const;

  size_t trials_ = 0;
  bool wait_unknown_ = false;
  size_t waited_ = 0;
  double other_load_ = 0;   // of the trials that waited, summed
  double stolen_load_ = 0;  // likewise
  size_t throttled_ = 0;
  double stopped_ = 0;  // of the throttled trials, summed
  size_t overheated_ = 0;
  std::map<int, model::GpuUse> gpus_;  // those that worked, as the first such trial shows them
  std::set<std::string> gpu_reasons_;  // for a lowered clock
  size_t gpu_throttled_ = 0;
  size_t gpu_shared_ = 0;
  std::optional<model::Range> gpu_mhz_;       // of the trials in which a GPU worked
  std::map<std::string, double> unrecorded_;  // processors, summed over the trials
  std::map<std::string, double> outside_;     // likewise
  double processors_ = 0;                     // of the command, likewise
  size_t ran_on_ = 0;
  std::vector<std::string> notes_;         // of the records, each once
  std::optional<model::Warning> matches_;  // of the first trial that has it
  std::pair<std::string, std::string> converted_;
  size_t failed_ = 0;
  size_t stalls_ = 0;
  double stalled_ratios_ = 0;      // summed
  size_t leavings_ = 0;            // commands that left processes behind
  std::vector<std::string> left_;  // by the first of them
};

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_TRIAL_WARNINGS_H_
