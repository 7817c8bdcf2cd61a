#include "sweep/model/gpu.h"

namespace pyslow::model {

const char* NameOf(GpuFinding::Trend trend) {
  switch (trend) {
    case GpuFinding::Trend::kUnknown:
      return "unknown";
    case GpuFinding::Trend::kFlat:
      return "flat";
    case GpuFinding::Trend::kGrows:
      return "grows";
    case GpuFinding::Trend::kFalls:
      return "falls";
  }
  return "";
}

}  // namespace pyslow::model
