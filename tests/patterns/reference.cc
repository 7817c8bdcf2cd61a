#include "reference.h"

#include <algorithm>

namespace pyslow::patterns {
namespace {

char32_t TakeEscaped(std::u32string_view* glob) {
  if (glob->front() == U'\\') glob->remove_prefix(1);
  const char32_t c = glob->front();
  glob->remove_prefix(1);
  return c;
}

// Removes a class, whose `[` is already removed, from the start of `glob`. Returns whether `c` is a
// member of it.
bool TakeClass(std::u32string_view* glob, char32_t c) {
  const bool negated = glob->front() == U'!';
  if (negated) glob->remove_prefix(1);
  bool inside = false;
  bool first = true;
  while (first || glob->front() != U']') {
    first = false;
    const char32_t low = TakeEscaped(glob);
    char32_t high = low;
    if (glob->size() >= 2 && (*glob)[0] == U'-' && (*glob)[1] != U']') {
      glob->remove_prefix(1);
      high = TakeEscaped(glob);
    }
    inside = inside || (low <= c && c <= high);
  }
  glob->remove_prefix(1);
  return inside != negated;
}

}  // namespace

bool ReferenceGlobMatches(std::u32string_view glob, std::u32string_view name) {
  if (glob.empty()) return name.empty();
  if (glob.front() == U'*') {
    return ReferenceGlobMatches(glob.substr(1), name) ||
           (!name.empty() && ReferenceGlobMatches(glob, name.substr(1)));
  }
  if (name.empty()) return false;
  bool takes = true;
  if (glob.front() == U'[') {
    glob.remove_prefix(1);
    takes = TakeClass(&glob, name.front());
  } else if (glob.front() == U'?') {
    glob.remove_prefix(1);
  } else {
    takes = TakeEscaped(&glob) == name.front();
  }
  return takes && ReferenceGlobMatches(glob, name.substr(1));
}

namespace {

bool SideMatches(const std::u32string& left, const std::u32string& right, const ReferenceName& of) {
  if (!ReferenceGlobMatches(right, of.qualname)) return false;
  if (left.find(U'/') != std::u32string::npos) return ReferenceGlobMatches(left, of.file);
  return ReferenceGlobMatches(left, of.module) ||
         (!of.real_module.empty() && ReferenceGlobMatches(left, of.real_module));
}

// The first inclusion in the first group that has one and no exclusion, among the lines that match.
template <typename Matches>
int Deciding(const std::vector<ReferenceLine>& lines, const Matches& matches) {
  int groups = 0;
  for (const ReferenceLine& line : lines) groups = std::max(groups, line.group + 1);
  for (int group = 0; group < groups; ++group) {
    int credited = -1;
    bool excluded = false;
    for (size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].group != group || !matches(lines[i])) continue;
      if (lines[i].excludes) excluded = true;
      if (!lines[i].excludes && credited < 0) credited = static_cast<int>(i);
    }
    if (credited >= 0 && !excluded) return credited;
  }
  return -1;
}

}  // namespace

std::vector<ReferenceLine> ReferenceInProcess(std::vector<ReferenceLine> lines,
                                              const std::vector<std::u32string>& names) {
  const auto is_rank = [](const std::u32string& text) {
    return text.substr(0, 5) == U"rank=" || text.substr(0, 11) == U"local_rank=";
  };
  for (ReferenceLine& line : lines) {
    bool applies = line.process.empty();
    for (const std::u32string& name : names) {
      if (applies || (is_rank(name) && !is_rank(line.process))) continue;
      applies = ReferenceGlobMatches(line.process, name);
    }
    if (!applies) line.group = -1;
  }
  return lines;
}

std::vector<ReferenceLine> ReferenceOfCalls(std::vector<ReferenceLine> lines, bool is_native,
                                            bool counts) {
  for (ReferenceLine& line : lines) {
    const bool has_caller = !line.caller_right.empty();
    bool decides = line.excludes;
    if (!line.excludes && line.last == 0) {
      decides = is_native ? counts || line.on_call || has_caller : counts && !line.on_call;
    }
    if (!decides) line.group = -1;
  }
  return lines;
}

int ReferenceFind(const std::vector<ReferenceLine>& lines, const ReferenceName& name,
                  const ReferenceName* caller) {
  return Deciding(lines, [&](const ReferenceLine& line) {
    if (line.last != 0) return false;
    const bool calls =
        line.caller_right.empty() ||
        (caller != nullptr && SideMatches(line.caller_left, line.caller_right, *caller));
    return calls && SideMatches(line.left, line.right, name);
  });
}

int ReferenceFindLines(const std::vector<ReferenceLine>& lines, const ReferenceName& name,
                       uint32_t first_line, uint32_t first, uint32_t last) {
  return Deciding(lines, [&](const ReferenceLine& line) {
    if (!line.caller_right.empty() || !SideMatches(line.left, line.right, name)) return false;
    if (line.each) return first == last;
    const uint32_t base = line.relative ? first_line : 0;
    return line.excludes ||
           (line.last != 0 && base + line.first == first && base + line.last == last);
  });
}

}  // namespace pyslow::patterns
