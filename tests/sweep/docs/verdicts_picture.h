// The picture of the README: a curve of each verdict, from stored trials.
#ifndef PYSLOW_TESTS_SWEEP_DOCS_VERDICTS_PICTURE_H_
#define PYSLOW_TESTS_SWEEP_DOCS_VERDICTS_PICTURE_H_

#include <string>
#include <vector>

#include "sweep/model/findings.h"

namespace pyslow::docs {

// The findings of a sweep, from DIRECTORY/trials.jsonl. Fails the test, and returns no result, if
// they cannot be read or do not hold a whole sweep.
model::Findings FindingsOf(const std::string& directory);

// Two panels in a row, all with the same vertical axis: the time of a unit against the delay, the
// fitted shape, and a dotted line at which every delay would reach the clock. Complete with its
// colours, light and dark. Each of `curves` has a result of all targets with two levels or more.
std::string VerdictsPicture(const std::vector<model::Findings>& curves);

}  // namespace pyslow::docs

#endif  // PYSLOW_TESTS_SWEEP_DOCS_VERDICTS_PICTURE_H_
