// Fuzzes the parser and the matcher, and compares the matcher with the reference.
// Input: a text of targets, a NUL, then names separated by NULs: module, real module, file and
// qualname of one function after another. The first two are also the names of the process.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/utf8.h"
#include "patterns/call_matcher.h"
#include "patterns/line_matcher.h"
#include "patterns/matcher.h"
#include "patterns/near_miss.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"
#include "reference.h"

namespace pyslow::patterns {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::u32string Decoded(absl::string_view text) {
  std::u32string characters;
  while (!text.empty()) characters.push_back(TakeCharacter(&text));
  return characters;
}

// Whether the reference is fast enough for these targets: its time is exponential.
bool IsSimple(const TargetSet& set, absl::string_view names) {
  if (set.targets().size() > 20 || names.size() > 60) return false;
  for (const Target& target : set.targets()) {
    int runs = 0;
    for (const char c : target.text) runs += c == '*';
    for (const char c : set.groups()[target.group].process) runs += c == '*';
    if (runs > 4) return false;
  }
  return true;
}

ReferenceName DecodedName(const FunctionNames& names) {
  return {Decoded(names.module), Decoded(names.real_module), Decoded(names.file),
          Decoded(names.qualname)};
}

// Each function is also the caller of the next one.
void RequireAgreement(const TargetSet& set, const std::vector<absl::string_view>& names,
                      size_t cache_bytes) {
  std::vector<ReferenceLine> lines;
  for (const Target& target : set.targets()) {
    lines.push_back({static_cast<int>(target.group), target.excludes, Decoded(target.ModulePart()),
                     Decoded(target.QualnamePart())});
    lines.back().process = Decoded(set.groups()[target.group].process);
    if (target.HasLines()) {
      lines.back().first = target.lines.first;
      lines.back().last = target.lines.last;
      lines.back().relative = target.lines.is_relative;
      lines.back().each = target.lines.is_each;
      if (target.lines.is_each) lines.back().last = 1;
      // The reference's mark of a target without lines.
      if (lines.back().last == 0) return;
    }
    if (!target.HasCaller()) continue;
    lines.back().caller_left = Decoded(target.CallerModulePart());
    lines.back().caller_right = Decoded(target.CallerQualnamePart());
  }
  Matcher matcher(set, cache_bytes);
  std::vector<bool> is_used;
  for (const Target& target : set.targets()) is_used.push_back(!target.HasLines());
  Roles roles(set);
  CallMatcher call_matcher(set, roles, is_used, cache_bytes);
  LineMatcher line_matcher(set, roles, cache_bytes);
  std::vector<std::string> process;
  std::vector<std::u32string> decoded_process;
  for (size_t i = 0; i < std::min<size_t>(2, names.size()); ++i) {
    process.emplace_back(names[i]);
    decoded_process.push_back(Decoded(names[i]));
  }
  const Role role = roles.RoleOf(process);
  const std::vector<ReferenceLine> applying = ReferenceInProcess(lines, decoded_process);
  ReferenceName caller;
  CallMatcher::CallerClass caller_class = CallMatcher::kAnyCaller;
  for (size_t i = 0; i + 4 <= names.size(); i += 4) {
    const FunctionNames function = {names[i], names[i + 1], names[i + 2], names[i + 3]};
    const ReferenceName name = DecodedName(function);
    Scope scope = matcher.EnterScope(function.module, function.real_module, function.file);
    Require(matcher.Find(&scope, function.qualname).target == ReferenceFind(lines, name));
    if (i > 0) {
      const int expected = ReferenceFind(applying, name, &caller);
      Require(call_matcher.Find(caller_class, function, role).target == expected);
      const auto in_no_role = ReferenceInProcess(lines, {});
      Require(expected == ReferenceFind(in_no_role, name, &caller) ||
              call_matcher.DependsOnRole(function));
    }
    constexpr uint32_t kFirstLine = 7;
    const std::vector<LinesMatch> matches = line_matcher.Find(function, kFirstLine, role);
    for (const Target& target : set.targets()) {
      if (!target.HasLines()) continue;
      const LineRange range = target.lines.is_each ? LineRange{kFirstLine, kFirstLine}
                                                   : target.lines.InFile(kFirstLine);
      const auto match = std::find_if(matches.begin(), matches.end(), [&](const LinesMatch& one) {
        return one.lines.Selects(range);
      });
      const int found = match != matches.end() ? match->match.target : -1;
      Require(found == ReferenceFindLines(applying, name, kFirstLine, range.first, range.last));
    }
    caller = name;
    caller_class = call_matcher.ClassOf(function);
  }
}

void Fuzz(absl::string_view input) {
  const size_t cut = std::min(input.find('\0'), input.size());
  const absl::string_view text = input.substr(0, cut);
  const absl::string_view rest = input.substr(std::min(cut + 1, input.size()));
  TargetSet in_place;
  const absl::Status refused = in_place.AddInPlace(text, "--target");
  TargetSet set;
  const absl::Status status = set.AddText(text, "t");
  Require(status.ok() || absl::string_view(status.message()).substr(0, 2) == "t:");
  Require(status.ok() || !refused.ok());  // AddInPlace accepts no text that AddText refuses
  if (!status.ok()) return;
  (void)set.Check();
  const std::vector<absl::string_view> names = absl::StrSplit(rest, '\0');
  if (IsSimple(set, rest)) {
    RequireAgreement(set, names, 0);
    RequireAgreement(set, names, Matcher::kDefaultCacheBytes);
  }
  std::vector<FunctionIdView> seen;
  for (size_t i = 0; i + 4 <= names.size(); i += 4) {
    seen.push_back({names[i], names[i + 3], names[i + 2]});
  }
  for (const std::string& near : NearMisses(set.targets()[0], seen)) {
    Require(TargetSet().AddText(near, "t").ok());
  }
}

}  // namespace
}  // namespace pyslow::patterns

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pyslow::patterns::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
