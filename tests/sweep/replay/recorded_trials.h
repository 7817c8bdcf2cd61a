// The trials of a recorded sweep, as the steps give them to the statistics.
#ifndef PYSLOW_TESTS_SWEEP_REPLAY_RECORDED_TRIALS_H_
#define PYSLOW_TESTS_SWEEP_REPLAY_RECORDED_TRIALS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "sweep/model/trial.h"
#include "sweep/statistics/arms.h"
#include "sweep/statistics/curve.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

class RecordedTrials {
 public:
  // `name`: of a file in data/, without its suffix.
  explicit RecordedTrials(const std::string& name);

  // Settings with which the window is taken to hold only the measured units.
  static Settings UnitsKnown();

  // Disturbed trials were repeated when the logs were written.
  enum class Attempts { kFirst, kAll };
  // The curve of all functions together: the trials of `part` in its first `blocks` blocks.
  std::vector<statistics::Block> Curve(const std::string& part, size_t blocks,
                                       const Settings& settings,
                                       Attempts attempts = Attempts::kAll) const;

  // The trials of the first `blocks` blocks of the part "groups". The arms are groups, by index.
  std::vector<statistics::ArmObservation> Arms(size_t blocks) const;
  // The curve of one group, from its trials and the controls.
  std::vector<statistics::Block> ArmCurve(size_t group) const;

  // The groups of the last setup.
  const std::vector<std::string>& groups() const { return groups_; }

  // The functions of the count, with the own time of each trial that measured it.
  std::vector<CalledFunction> Functions() const;
  // The units of the counting trial.
  double CountedUnits() const;

  // Mean T of the controls of a part.
  double ControlOf(const std::string& part) const;

 private:
  std::vector<model::Trial> PartOf(const std::string& part) const;

  std::vector<model::Trial> trials_;
  std::vector<std::string> groups_;
};

}  // namespace pyslow::steps

#endif  // PYSLOW_TESTS_SWEEP_REPLAY_RECORDED_TRIALS_H_
