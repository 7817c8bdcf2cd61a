#include "sweep/trials/json_place.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "sweep/trials/printed_unit.h"

namespace pyslow::trials {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxNamesShown = 12;
constexpr size_t kMaxValueShown = 60;  // characters of a value in a message

std::string PointerOf(absl::Span<const std::string> tokens) {
  std::string pointer;
  for (const std::string& token : tokens) {
    absl::StrAppend(&pointer, "/", absl::StrReplaceAll(token, {{"~", "~0"}, {"/", "~1"}}));
  }
  return pointer;
}

// "'a', 'b' and 3 more".
std::string NamesIn(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) {
    names.push_back(absl::StrCat("'", Excerpt(name), "'"));
  }
  return ListText(names, kMaxNamesShown);
}

std::string Shown(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return value.empty() ? "an empty object" : absl::StrCat("an object with ", NamesIn(value));
    case Json::value_t::array:
      return absl::StrCat("an array of ", CountedText(value.size(), "element", "elements"));
    case Json::value_t::string:
      return absl::StrCat("the text '", Excerpt(value.get<std::string>(), kMaxValueShown), "'");
    default:
      return Excerpt(value.dump());
  }
}

absl::Status LeadsNowhere(absl::Span<const std::string> before, const std::string& token,
                          const Json& value) {
  const std::string where = before.empty() ? "the document" : Excerpt(PointerOf(before));
  return absl::NotFoundError(absl::StrCat("nothing is at '", Excerpt(token), "': ", where, " is ",
                                          Shown(value), "; correct the pointer"));
}

// The element that `token` names in an array; nullptr: none.
const Json* ElementOf(const Json& array, const std::string& token) {
  uint64_t index = 0;
  const bool is_index =
      !token.empty() &&
      std::all_of(token.begin(), token.end(),
                  [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }) &&
      (token.size() == 1 || token.front() != '0') && absl::SimpleAtoi(token, &index);
  return is_index && index < array.size() ? &array[index] : nullptr;
}

const Json* MemberOf(const Json& value, const std::string& token) {
  if (!value.is_structured()) return nullptr;
  if (value.is_object()) {
    const auto found = value.find(token);
    if (found != value.end()) return &*found;
  }
  if (token == "*" && value.size() == 1) return &*value.begin();
  return value.is_array() ? ElementOf(value, token) : nullptr;
}

bool HasUnit(const std::string& token) {
  bool is_near = false;
  return UnitBefore(absl::StrCat(token, ":"), &is_near).kind != PrintedUnit::Kind::kNone;
}

// The last token with a unit, as in {"latency_ms": {"mean": 5}}, or the last that is no index: it
// names the figure.
std::string NameOf(const JsonPlace& place) {
  const auto unit = std::find_if(place.tokens.rbegin(), place.tokens.rend(), HasUnit);
  if (unit != place.tokens.rend()) return *unit;
  const auto name = std::find_if(place.tokens.rbegin(), place.tokens.rend(), [](const auto& token) {
    return token.find_first_not_of("0123456789") != std::string::npos;
  });
  return name == place.tokens.rend() ? "" : *name;
}

// `text` with the words NaN, Infinity and -Infinity outside of strings in quotation marks.
std::string WithQuotedWords(absl::string_view text) {
  std::string result;
  bool in_string = false;
  while (!text.empty()) {
    if (text.front() == '"') in_string = !in_string;
    size_t size = in_string && text.front() == '\\' && text.size() > 1 ? 2 : 1;
    bool is_word = false;
    for (const absl::string_view word : {"NaN", "Infinity", "-Infinity"}) {
      if (in_string || !absl::StartsWith(text, word)) continue;
      is_word = true;
      size = word.size();
    }
    const absl::string_view quote = is_word ? "\"" : "";
    absl::StrAppend(&result, quote, text.substr(0, size), quote);
    text.remove_prefix(size);
  }
  return result;
}

absl::StatusOr<Json> Parse(absl::string_view text) {
  try {  // nlohmann-json reports by throwing
    return Json::parse(text);
  } catch (const Json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    absl::string_view what = error.what();
    const size_t end = what.find("] ");
    if (end != absl::string_view::npos) what.remove_prefix(end + 2);
    return absl::InvalidArgumentError(
        absl::StrCat("it is not JSON: ", Excerpt(what, 2 * kMaxValueShown)));
  }
}

}  // namespace

absl::StatusOr<JsonPlace> ParseJsonPlace(absl::string_view text) {
  const size_t mark = std::min(text.find("#/"), text.empty() ? 0 : text.size() - 1);
  if (text.empty() || text[mark] != '#' || mark == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", Excerpt(text, 2 * kMaxValueShown),
                     "' is not FILE#/pointer, such as results.json#/throughput, or -#/throughput "
                     "for JSON on standard output"));
  }
  JsonPlace place;
  place.text = std::string(text);
  place.file = std::string(text.substr(0, mark));
  const absl::string_view pointer = text.substr(mark + 1);
  if (pointer.empty()) return place;
  for (const absl::string_view token : absl::StrSplit(pointer.substr(1), '/')) {
    const std::string other = absl::StrReplaceAll(token, {{"~0", ""}, {"~1", ""}});
    if (absl::StrContains(other, "~")) {
      return absl::InvalidArgumentError(absl::StrCat("'", Excerpt(token),
                                                     "' in the pointer has a ~ without 0 or 1; "
                                                     "write ~0 for ~, and ~1 for /"));
    }
    place.tokens.push_back(absl::StrReplaceAll(token, {{"~0", "~"}, {"~1", "/"}}));
  }
  return place;
}

absl::StatusOr<Json> ParseJson(absl::string_view text) {
  absl::StatusOr<Json> json = Parse(text);
  if (json.ok() || (!absl::StrContains(text, "NaN") && !absl::StrContains(text, "Infinity"))) {
    return json;
  }
  absl::StatusOr<Json> quoted = Parse(WithQuotedWords(text));
  return quoted.ok() ? quoted : json;
}

absl::StatusOr<Figure> FigureAt(const Json& document, const JsonPlace& place,
                                const FigureRules& rules) {
  const Json* value = &document;
  for (size_t i = 0; i < place.tokens.size(); ++i) {
    const Json* const member = MemberOf(*value, place.tokens[i]);
    if (member == nullptr) {
      return LeadsNowhere(absl::MakeSpan(place.tokens).first(i), place.tokens[i], *value);
    }
    value = member;
  }
  if (value->is_number()) {
    FigureRules plain = rules;
    plain.comma = CommaMeaning::kUnknown;  // the comma of JSON is none of a number
    return ReadMember(NameOf(place), value->dump(), plain);
  }
  if (value->is_string()) {
    absl::StatusOr<Figure> figure = ReadMember(NameOf(place), value->get<std::string>(), rules);
    if (figure.ok()) return figure;
    return absl::InvalidArgumentError(absl::StrCat("the text ", figure.status().message()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("it is ", Shown(*value), ", not a number; correct the pointer"));
}

}  // namespace pyslow::trials
