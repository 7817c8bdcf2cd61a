#include "report/target_hint.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "patterns/function_side.h"
#include "patterns/line_range.h"

namespace pyslow::report {
namespace {

// The names in the operator module and numpy's ufuncs of the same operators, and the special
// methods of statements, all without underscores.
constexpr absl::string_view kOperators[] = {
    "abs",        "absolute",    "add",           "and",      "bitwise_and",
    "bitwise_or", "bitwise_xor", "call",          "concat",   "contains",
    "delitem",    "div",         "divide",        "enter",    "eq",
    "equal",      "exit",        "floor_divide",  "floordiv", "ge",
    "getitem",    "greater",     "greater_equal", "gt",       "iadd",
    "imatmul",    "imul",        "index",         "invert",   "isub",
    "iter",       "le",          "left_shift",    "less",     "less_equal",
    "lshift",     "lt",          "matmul",        "mod",      "mul",
    "multiply",   "ne",          "neg",           "negative", "next",
    "not_equal",  "or",          "pos",           "positive", "pow",
    "power",      "remainder",   "right_shift",   "rshift",   "setitem",
    "sub",        "subtract",    "true_divide",   "truediv",  "xor"};

}  // namespace

CountedKinds CountedKindsOf(const session::Settings& settings) {
  const absl::flat_hash_set<absl::string_view> lines = absl::StrSplit(settings.text, '\n');
  const bool native_in_all = absl::c_any_of(lines, [](absl::string_view line) {
    if (!absl::ConsumePrefix(&line, "on=")) return false;
    const std::vector<absl::string_view> events = absl::StrSplit(line, ',');
    return absl::c_linear_search(events, "call");
  });
  const bool python_in_none = lines.contains("on=call");
  CountedKinds kinds;
  for (const session::Group& group : settings.groups) {
    const bool is_native = lines.contains(absl::StrCat("on[", group.name, "]=call"));
    kinds.native.push_back(native_in_all || is_native);
    kinds.python.push_back(!python_in_none && !is_native);
  }
  return kinds;
}

bool CountedKinds::Include(const patterns::Target& target, uint32_t group,
                           const FunctionIdView& id) const {
  if (target.HasCaller()) return true;
  if (target.HasLines()) return id.IsPython();
  return id.IsPython() ? python[group] : native[group];
}

bool NamesAnOperator(const patterns::Target& target) {
  const absl::string_view qualname = target.QualnamePart();
  // set.add and builtins:next are no operators.
  const bool is_plain = !absl::StrContains(qualname, '.') && target.ModulePart() != "builtins";
  if (!is_plain && !absl::StrContains(qualname, "__")) return false;
  absl::string_view name = qualname.substr(qualname.rfind('.') + 1);
  for (const absl::string_view wild : {"*", "__", "*"}) {
    while (absl::ConsumePrefix(&name, wild) || absl::ConsumeSuffix(&name, wild)) {
    }
  }
  return std::find(std::begin(kOperators), std::end(kOperators), name) != std::end(kOperators);
}

std::string RenamedModuleHint(const patterns::Target& target) {
  const absl::string_view module = target.ModulePart();
  absl::string_view rest = module;
  if (!absl::ConsumePrefix(&rest, "numpy.core") || (!rest.empty() && rest.front() != '.'))
    return "";
  return absl::StrCat("since numpy 2 this module is numpy._core", rest,
                      "; its functions written in C are in numpy, such as numpy:dot (--on call)");
}

std::string LinesHint(const patterns::Target& target, const std::vector<FunctionId>& unmatched,
                      const patterns::MainNames& main_names) {
  constexpr size_t kMaxNamed = 3;
  if (!target.HasLines()) return "";
  const patterns::FunctionSide side(target.ModulePart(), target.QualnamePart());
  std::vector<std::string> named;
  for (const FunctionId& id : unmatched) {
    absl::string_view function;
    patterns::LineRange lines;
    if (!patterns::SplitQualnameOfLines(id.qualname, &function, &lines)) continue;
    if (!patterns::MatchesAny(side, main_names.CharactersOf({id.module, function, id.file}))) {
      continue;
    }
    if (named.size() == kMaxNamed) break;
    // Lines between them may be those of an inner function, or have no code.
    const patterns::LineRange wanted = target.lines;
    const bool overlaps =
        !wanted.is_relative && wanted.first <= lines.last && lines.first <= wanted.last;
    named.push_back(absl::StrCat(function, lines.first == lines.last ? " has line " : " has lines ",
                                 lines.Text().substr(1), overlaps ? ", and no code in these" : ""));
  }
  return absl::StrJoin(named, ", ");
}

}  // namespace pyslow::report
