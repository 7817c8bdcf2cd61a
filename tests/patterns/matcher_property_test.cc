// Compares the matcher with the reference on random targets and names from small alphabets.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "patterns/call_matcher.h"
#include "patterns/line_matcher.h"
#include "patterns/matcher.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"
#include "reference.h"

namespace pyslow::patterns {
namespace {

constexpr char32_t kSurrogate = 0xd800;

std::string Encoded(std::u32string_view text) {
  std::string bytes;
  for (const char32_t c : text) {
    if (c == kInvalidByte) {
      bytes.push_back('\xff');
    } else {
      AppendUtf8(c, &bytes);
    }
  }
  return bytes;
}

class Dice {
 public:
  explicit Dice(uint32_t seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  bool OneIn(int n) { return Below(n) == 0; }

  std::u32string Name(int max_size) {
    static const std::u32string kPlain = U"aabbc./";
    static const std::u32string kAll =
        std::u32string(U"abc./:]é日𝄞\u007f\u0080") + kSurrogate + kInvalidByte;
    std::u32string name;
    for (int left = Below(max_size + 1); left > 0; --left) {
      const std::u32string& from = OneIn(4) ? kAll : kPlain;
      name.push_back(from[static_cast<size_t>(Below(static_cast<int>(from.size())))]);
    }
    return name;
  }

  // A glob that is not empty. `slash`: whether it may contain slashes.
  std::u32string Glob(int max_pieces, bool slash) {
    static const std::vector<std::u32string> kPieces = {
        U"*",       U"*",    U"*",    U"?",      U"?",      U"a",      U"a",     U"a",
        U"b",       U"b",    U".",    U".",      U"é",      U"日",     U"𝄞",     U"\\a",
        U"\\*",     U"\\\\", U"\\é",  U"\\:",    U"[ab]",   U"[!a]",   U"[a-c]", U"[!b-é]",
        U"[]a]",    U"[!]]", U"[a-]", U"[\\]b]", U"[\\!a]", U"[é-日]", U"[!é]",  U"[:]",
        U"[a-b-c]", U"[a]",  U"/",    U"\\/",    U"[/b]"};
    constexpr int kWithSlash = 3;
    const int pieces = static_cast<int>(kPieces.size()) - (slash ? 0 : kWithSlash);
    std::u32string glob;
    for (int left = 1 + Below(max_pieces); left > 0; --left) {
      glob += kPieces[static_cast<size_t>(OneIn(2) ? Below(13) : Below(pieces))];
    }
    return glob;
  }

 private:
  std::mt19937 random_;
};

std::vector<ReferenceLine> RandomLines(Dice* dice, int max_lines) {
  std::vector<ReferenceLine> lines;
  const int groups = 1 + dice->Below(4);
  const bool simple_left = dice->OneIn(2);
  for (int left = 1 + dice->Below(max_lines); left > 0; --left) {
    ReferenceLine line;
    line.group = dice->Below(groups);
    line.excludes = dice->OneIn(4);
    line.left = simple_left ? U"*" : dice->Glob(4, true);
    line.right = dice->Glob(6, true);
    lines.push_back(std::move(line));
  }
  return lines;
}

// Numbers the groups in order of first appearance, as the set does.
void Renumber(std::vector<ReferenceLine>* lines) {
  std::vector<int> seen;
  for (ReferenceLine& line : *lines) {
    const auto place = std::find(seen.begin(), seen.end(), line.group);
    const int number = static_cast<int>(place - seen.begin());
    if (place == seen.end()) seen.push_back(line.group);
    line.group = number;
  }
}

std::string TextOf(const std::vector<ReferenceLine>& lines) {
  std::string text;
  for (const ReferenceLine& line : lines) {
    absl::StrAppend(&text, "[g", line.group, line.on_call ? ", on=call" : "",
                    line.process.empty() ? "" : ", process=", Encoded(line.process), "]\n",
                    line.excludes ? "!" : "");
    if (!line.caller_right.empty()) {
      absl::StrAppend(&text, Encoded(line.caller_left), ":", Encoded(line.caller_right), " -> ");
    }
    absl::StrAppend(&text, Encoded(line.left), ":", Encoded(line.right));
    if (line.last != 0) {
      absl::StrAppend(&text, LineRange{line.first, line.last, line.relative, line.each}.Text());
    }
    text.push_back('\n');
  }
  return text;
}

void ExpectAgreement(uint32_t seed, int max_lines, size_t cache_bytes) {
  Dice dice(seed);
  std::vector<ReferenceLine> lines = RandomLines(&dice, max_lines);
  Renumber(&lines);
  const std::string text = TextOf(lines);
  TargetSet set;
  const absl::Status status = set.AddText(text, "t");
  ASSERT_TRUE(status.ok()) << status << "\n" << text;
  Matcher matcher(set, cache_bytes);
  for (int i = 0; i < 8; ++i) {
    ReferenceName name{dice.Name(4), dice.OneIn(3) ? dice.Name(4) : U"", dice.Name(5), U""};
    Scope scope =
        matcher.EnterScope(Encoded(name.module), Encoded(name.real_module), Encoded(name.file));
    for (int j = 0; j < 8; ++j) {
      name.qualname = dice.Name(8);
      const Match match = matcher.Find(&scope, Encoded(name.qualname));
      const int expected = ReferenceFind(lines, name);
      ASSERT_EQ(match.target, expected)
          << "seed " << seed << "\n"
          << text << Encoded(name.module) << "|" << Encoded(name.real_module) << "|"
          << Encoded(name.file) << "|" << Encoded(name.qualname);
      ASSERT_EQ(match.found(), expected >= 0);
      if (expected >= 0) {
        ASSERT_EQ(match.group, lines[static_cast<size_t>(expected)].group);
      }
      ASSERT_EQ(match, matcher.Find(Encoded(name.module), Encoded(name.real_module),
                                    Encoded(name.file), Encoded(name.qualname)));
    }
  }
}

void ExpectAgreementOnManySeeds(int max_lines, size_t cache_bytes) {
  for (uint32_t seed = 0; seed < 1500 && !::testing::Test::HasFatalFailure(); ++seed) {
    ExpectAgreement(seed, max_lines, cache_bytes);
  }
}

TEST(MatcherProperty, AgreesWithTheReferenceOnFewPatterns) {
  ExpectAgreementOnManySeeds(4, Matcher::kDefaultCacheBytes);
}
TEST(MatcherProperty, AgreesWithTheReferenceOnManyPatterns) {
  ExpectAgreementOnManySeeds(40, Matcher::kDefaultCacheBytes);
}
TEST(MatcherProperty, AgreesWithTheReferenceWithACacheOfAFewStates) {
  ExpectAgreementOnManySeeds(12, 8'000);
}
TEST(MatcherProperty, AgreesWithTheReferenceWithNoCacheAtAll) { ExpectAgreementOnManySeeds(12, 0); }

TEST(MatcherProperty, AgreesWithTheReferenceOnOneScopeKeptThroughManyFlushes) {
  Dice dice(7);
  std::vector<ReferenceLine> lines = RandomLines(&dice, 30);
  Renumber(&lines);
  TargetSet set;
  ASSERT_TRUE(set.AddText(TextOf(lines), "t").ok());
  Matcher matcher(set, 6'000);
  ReferenceName name{U"a.b", U"", U"a/b", U""};
  Scope scope = matcher.EnterScope("a.b", "", "a/b");
  for (int i = 0; i < 5'000; ++i) {
    name.qualname = dice.Name(10);
    ASSERT_EQ(matcher.Find(&scope, Encoded(name.qualname)).target, ReferenceFind(lines, name));
  }
}

// The names of a ReferenceName as bytes, for as long as this object lives.
struct EncodedName {
  explicit EncodedName(const ReferenceName& name)
      : module(Encoded(name.module)),
        real_module(Encoded(name.real_module)),
        file(Encoded(name.file)),
        qualname(Encoded(name.qualname)) {}
  FunctionNames View() const { return {module, real_module, file, qualname}; }

  std::string module, real_module, file, qualname;
};

ReferenceName RandomName(Dice* dice) {
  return {dice->Name(4), dice->OneIn(3) ? dice->Name(4) : U"", dice->Name(5), dice->Name(6)};
}

void ExpectCallsAgree(uint32_t seed, size_t cache_bytes) {
  Dice dice(seed);
  std::vector<ReferenceLine> lines = RandomLines(&dice, 12);
  const int on_call = dice.Below(1 << 4);  // a bit for each group
  for (ReferenceLine& line : lines) {
    line.on_call = ((on_call >> line.group) & 1) != 0;
    if (dice.OneIn(3)) {
      if (!line.on_call && !line.excludes && dice.OneIn(4)) line.first = line.last = 1;
      continue;
    }
    line.caller_left = dice.OneIn(2) ? U"*" : dice.Glob(3, true);
    line.caller_right = dice.Glob(4, true);
  }
  Renumber(&lines);
  TargetSet set;
  ASSERT_TRUE(set.AddText(TextOf(lines), "t").ok()) << TextOf(lines);
  const CallKind kind = dice.OneIn(2) ? CallKind::kNative : CallKind::kPython;
  const bool counts = dice.OneIn(2);
  const auto used_lines = ReferenceOfCalls(lines, kind == CallKind::kNative, counts);
  const Roles roles(set);
  CallMatcher matcher(set, roles, TargetsOfCalls(set, kind, counts), cache_bytes);
  std::vector<ReferenceName> callers;
  for (int i = 0; i < 6; ++i) callers.push_back(RandomName(&dice));
  for (int i = 0; i < 20; ++i) {
    const ReferenceName callee = RandomName(&dice);
    const EncodedName encoded(callee);
    const int of_any = ReferenceFind(used_lines, callee);
    ASSERT_EQ(matcher.Find(CallMatcher::kAnyCaller, encoded.View()).target, of_any);
    for (const ReferenceName& caller : callers) {
      const int expected = ReferenceFind(used_lines, callee, &caller);
      const CallMatcher::CallerClass of = matcher.ClassOf(EncodedName(caller).View());
      ASSERT_EQ(matcher.Find(of, encoded.View()).target, expected) << "seed " << seed << "\n"
                                                                   << TextOf(lines);
      if (expected != of_any) {
        ASSERT_TRUE(matcher.DependsOnCaller(encoded.View()));
      }
    }
  }
}

TEST(MatcherProperty, AgreesWithTheReferenceOnCallers) {
  for (uint32_t seed = 0; seed < 1500 && !HasFatalFailure(); ++seed) {
    ExpectCallsAgree(seed, Matcher::kDefaultCacheBytes);
  }
}

void ExpectLinesAgree(uint32_t seed, size_t cache_bytes) {
  Dice dice(seed);
  std::vector<ReferenceLine> lines = RandomLines(&dice, 12);
  for (ReferenceLine& line : lines) {
    if (line.excludes || dice.OneIn(4)) continue;
    line.relative = dice.OneIn(2);
    line.first = static_cast<uint32_t>(1 + dice.Below(4));
    line.last = line.first + static_cast<uint32_t>(dice.Below(3));
    line.each = dice.OneIn(5);
  }
  Renumber(&lines);
  TargetSet set;
  ASSERT_TRUE(set.AddText(TextOf(lines), "t").ok()) << TextOf(lines);
  const Roles roles(set);
  LineMatcher matcher(set, roles, cache_bytes);
  Matcher of_calls(set, cache_bytes);
  for (int i = 0; i < 20; ++i) {
    const ReferenceName name = RandomName(&dice);
    const EncodedName encoded(name);
    ASSERT_EQ(
        of_calls.Find(encoded.module, encoded.real_module, encoded.file, encoded.qualname).target,
        ReferenceFind(lines, name));
    const auto first_line = static_cast<uint32_t>(1 + dice.Below(3));
    const std::vector<LinesMatch> found = matcher.Find(encoded.View(), first_line);
    for (uint32_t first = 1; first < 12; ++first) {
      for (uint32_t last = first; last < 12; ++last) {
        const int expected = ReferenceFindLines(lines, name, first_line, first, last);
        const auto place = std::find_if(found.begin(), found.end(), [&](const LinesMatch& match) {
          return match.lines.Selects({first, last});
        });
        if (expected < 0) {
          ASSERT_EQ(place, found.end()) << "seed " << seed << "\n" << TextOf(lines);
          continue;
        }
        ASSERT_NE(place, found.end()) << "seed " << seed << "\n" << TextOf(lines);
        ASSERT_EQ(place->match.target, expected) << "seed " << seed << "\n" << TextOf(lines);
        ASSERT_EQ(place->match.group, lines[static_cast<size_t>(expected)].group);
      }
    }
  }
}

TEST(MatcherProperty, AgreesWithTheReferenceOnLines) {
  for (uint32_t seed = 0; seed < 1500 && !HasFatalFailure(); ++seed) {
    ExpectLinesAgree(seed, Matcher::kDefaultCacheBytes);
    ExpectLinesAgree(seed, 0);
  }
}

// Gives most groups a GLOB.
void AddProcesses(Dice* dice, std::vector<ReferenceLine>* lines) {
  static const std::vector<std::u32string> kRanks = {U"rank=*", U"rank=[0-2]", U"local_rank=1"};
  std::vector<std::u32string> by_group(4);
  for (std::u32string& process : by_group) {
    if (dice->OneIn(4)) continue;
    process = dice->OneIn(3) ? kRanks[static_cast<size_t>(dice->Below(3))] : dice->Glob(3, true);
  }
  for (ReferenceLine& line : *lines) line.process = by_group[static_cast<size_t>(line.group)];
}

std::vector<std::u32string> RandomProcess(Dice* dice) {
  static const std::vector<std::u32string> kRanks = {U"rank=0", U"rank=3", U"local_rank=1"};
  std::vector<std::u32string> names = {dice->Name(3)};
  if (dice->OneIn(2)) names.push_back(dice->Name(2));
  if (dice->OneIn(2)) names.push_back(kRanks[static_cast<size_t>(dice->Below(3))]);
  return names;
}

void ExpectProcessesAgree(uint32_t seed, size_t cache_bytes) {
  Dice dice(seed);
  std::vector<ReferenceLine> lines = RandomLines(&dice, 12);
  for (ReferenceLine& line : lines) {
    if (dice.OneIn(3)) {
      line.caller_left = U"*";
      line.caller_right = dice.Glob(3, true);
    } else if (!line.excludes && dice.OneIn(3)) {
      line.first = line.last = static_cast<uint32_t>(1 + dice.Below(3));
    }
  }
  AddProcesses(&dice, &lines);
  Renumber(&lines);
  TargetSet set;
  const absl::Status status = set.AddText(TextOf(lines), "t");
  ASSERT_TRUE(status.ok()) << status << "\n" << TextOf(lines);
  Roles roles(set);
  std::vector<bool> of_calls;
  for (const Target& target : set.targets()) of_calls.push_back(!target.HasLines());
  CallMatcher calls(set, roles, of_calls, cache_bytes);
  LineMatcher line_matcher(set, roles, cache_bytes);
  const ReferenceName caller = RandomName(&dice);
  const CallMatcher::CallerClass caller_class = calls.ClassOf(EncodedName(caller).View());
  const auto in_no_role = ReferenceInProcess(lines, {});
  for (int i = 0; i < 6; ++i) {
    const std::vector<std::u32string> process = RandomProcess(&dice);
    std::vector<std::string> names;
    for (const std::u32string& name : process) names.push_back(Encoded(name));
    const Role role = roles.RoleOf(names);
    const auto applying = ReferenceInProcess(lines, process);
    for (int j = 0; j < 10; ++j) {
      const ReferenceName name = RandomName(&dice);
      const EncodedName encoded(name);
      const int of_any = ReferenceFind(applying, name);
      ASSERT_EQ(calls.Find(CallMatcher::kAnyCaller, encoded.View(), role).target, of_any)
          << "seed " << seed << "\n"
          << TextOf(lines);
      const int of_caller = ReferenceFind(applying, name, &caller);
      ASSERT_EQ(calls.Find(caller_class, encoded.View(), role).target, of_caller)
          << "seed " << seed << "\n"
          << TextOf(lines);
      if (of_any != ReferenceFind(in_no_role, name) ||
          of_caller != ReferenceFind(in_no_role, name, &caller)) {
        ASSERT_TRUE(calls.DependsOnRole(encoded.View())) << "seed " << seed;
      }
      const std::vector<LinesMatch> found = line_matcher.Find(encoded.View(), 1, role);
      for (uint32_t line = 1; line < 4; ++line) {
        const int expected = ReferenceFindLines(applying, name, 1, line, line);
        int target = -1;
        for (const LinesMatch& match : found) {
          if (match.lines.first == line) target = match.match.target;
        }
        ASSERT_EQ(target, expected) << "seed " << seed << "\n" << TextOf(lines);
        if (expected != ReferenceFindLines(in_no_role, name, 1, line, line)) {
          ASSERT_TRUE(line_matcher.DependsOnRole(encoded.View())) << "seed " << seed;
        }
      }
    }
  }
}

TEST(MatcherProperty, AgreesWithTheReferenceOnProcesses) {
  for (uint32_t seed = 0; seed < 1500 && !HasFatalFailure(); ++seed) {
    ExpectProcessesAgree(seed, Matcher::kDefaultCacheBytes);
    ExpectProcessesAgree(seed, 0);
  }
}

TEST(MatcherProperty, AgreesWithTheReferenceOnCallersWithNoCacheAtAll) {
  for (uint32_t seed = 0; seed < 500 && !HasFatalFailure(); ++seed) ExpectCallsAgree(seed, 0);
}

}  // namespace
}  // namespace pyslow::patterns
