#include "sweep/model/gil_finding.h"

namespace pyslow::model {

const char* NameOf(GilFinding::Outcome outcome) {
  switch (outcome) {
    case GilFinding::Outcome::kNone:
      return "none";
    case GilFinding::Outcome::kPart:
      return "part";
    case GilFinding::Outcome::kReleasedSlower:
      return "released_slower";
    case GilFinding::Outcome::kUndecided:
      return "undecided";
    case GilFinding::Outcome::kNoCost:
      return "no_cost";
  }
  return "";
}

}  // namespace pyslow::model
