// Where a figure stands in JSON: FILE#/pointer, the value of --throughput-json and its like.
#ifndef PYSLOW_SWEEP_TRIALS_JSON_PLACE_H_
#define PYSLOW_SWEEP_TRIALS_JSON_PLACE_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/figure.h"

namespace pyslow::trials {

struct JsonPlace {
  std::string text;                 // as written
  std::string file;                 // relative to the directory of the trial; "-": standard output
  std::vector<std::string> tokens;  // of the pointer (RFC 6901), unescaped
};

// Splits at the first "#/", or at a "#" that ends the text. InvalidArgument if there is none; the
// message follows "--throughput-json: ".
absl::StatusOr<JsonPlace> ParseJsonPlace(absl::string_view text);

// The document in `text`. NaN and Infinity, which Python writes, are texts in it. InvalidArgument,
// with the line and what is wrong there.
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text);

// The figure at `place`. A token "*" stands for the only member or element, unless a member has
// this name. The figure is a number, or a text that is a number with or without its unit. NotFound
// if the pointer leads nowhere, InvalidArgument if no number stands there; the message says what
// does, such as the members beside it.
absl::StatusOr<Figure> FigureAt(const nlohmann::json& document, const JsonPlace& place,
                                const FigureRules& rules);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_JSON_PLACE_H_
