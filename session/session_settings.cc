#include "session/session_settings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "session/directory.h"

namespace pyslow::session {
namespace {

std::string TextDifference(absl::string_view a, absl::string_view b) {
  if (a == b) return "";
  const std::vector<absl::string_view> ours = absl::StrSplit(a, '\n');
  const std::vector<absl::string_view> theirs = absl::StrSplit(b, '\n');
  const auto [x, y] = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
  const absl::string_view nothing = "nothing";
  const absl::string_view our_line = x == ours.end() || x->empty() ? nothing : *x;
  const absl::string_view their_line = y == theirs.end() || y->empty() ? nothing : *y;
  return absl::StrCat(our_line, " is not ", their_line);
}

bool Same(const Group& a, const Group& b) {
  return a.name == b.name && a.initial == b.initial && a.chosen == b.chosen &&
         a.process == b.process;
}

bool Same(const Target& a, const Target& b) {
  return a.source == b.source && a.line == b.line && a.column == b.column && a.text == b.text &&
         a.group == b.group && a.exclusion == b.exclusion;
}

std::string NameOf(const Group& group) { return absl::StrCat("group [", group.name, "]"); }
std::string NameOf(const Target& target) { return absl::StrCat("target '", target.text, "'"); }

template <typename Item>
std::string ListDifference(const std::vector<Item>& a, const std::vector<Item>& b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end(),
                                    [](const Item& p, const Item& q) { return Same(p, q); });
  if (x == a.end() && y == b.end()) return "";
  if (x == a.end()) return absl::StrCat(NameOf(*y), " is missing");
  if (y == b.end()) return absl::StrCat(NameOf(*x), " is new");
  return absl::StrCat(NameOf(*x), " differs");
}

}  // namespace

std::string NewSessionId() { return RandomDigits(); }

std::string Difference(const Settings& a, const Settings& b) {
  std::string difference = TextDifference(a.text, b.text);
  if (difference.empty()) difference = ListDifference(a.groups, b.groups);
  if (difference.empty()) difference = ListDifference(a.targets, b.targets);
  return difference;
}

}  // namespace pyslow::session
