// The part of TargetReader that reads headings: [GROUP, on=call, process=GLOB].
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/sanitize.h"
#include "base/utf8.h"
#include "patterns/glob.h"
#include "patterns/target_reader.h"

namespace pyslow::patterns {
namespace {

constexpr absl::string_view kProcess = "process=";
constexpr absl::string_view kHeadingExample =
    "expected [GROUP], [GROUP, on=call] or [GROUP, process=GLOB]";

// Whether the '=' at `place` of a group name ends the name of an option without its comma: a
// further word, as in [worker process=x], or "on" or "process".
bool FollowsAnOption(absl::string_view name, size_t place) {
  const absl::string_view before = name.substr(0, place);
  const size_t blank = before.find_last_of(" \t");
  if (blank == absl::string_view::npos) return before == "on" || before == "process";
  return blank + 1 < before.size();
}

}  // namespace

// A pattern may begin with a class, but has a colon after it. A heading has one only in a
// process=GLOB, which follows a comma. (A class with all of these characters in this order can be
// written in another order.)
bool TargetReader::IsHeading(absl::string_view content) {
  if (content.find(':') == absl::string_view::npos) return true;
  if (content.find(']') == content.size() - 1) return true;  // a colon in the group name
  const absl::string_view first = content.substr(0, content.find(']'));
  for (size_t comma = first.find(','); comma != absl::string_view::npos;
       comma = first.find(',', comma + 1)) {
    if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(first.substr(comma + 1)), kProcess)) {
      return true;
    }
  }
  return false;
}

absl::Status TargetReader::ReadHeading(absl::string_view heading) {
  const std::string shown = absl::StrCat("'", Excerpt(heading), "' is ");
  if (headings_ == Headings::kRefused) {
    return ErrorAt(heading.data(), absl::StrCat(shown, "a heading, which only a target file may ",
                                                "have; ", kExample));
  }
  const size_t end = heading.rfind(']');
  if (end == absl::string_view::npos) {
    return ErrorAt(heading.data(), absl::StrCat(shown, "a heading without its ']'; expected ",
                                                "[GROUP], or a pattern MODULE:QUALNAME"));
  }
  if (heading.back() != ']') {
    const absl::string_view after = absl::StripLeadingAsciiWhitespace(heading.substr(end + 1));
    return ErrorAt(after.data(), absl::StrCat("'", Excerpt(after), "' follows a heading; expected ",
                                              "[GROUP] alone on its line"));
  }
  const absl::string_view inside = heading.substr(1, heading.size() - 2);
  const size_t comma = inside.find(',');
  const absl::string_view name = absl::StripAsciiWhitespace(inside.substr(0, comma));
  if (name.empty()) {
    return ErrorAt(heading.data(),
                   absl::StrCat(shown, "a heading without a name; expected [GROUP]"));
  }
  if (absl::Status status = CheckGroupName(name); !status.ok()) return status;
  GroupOptions read;
  if (comma != absl::string_view::npos) {
    absl::Status status = ReadGroupOptions(inside.substr(comma + 1), &read);
    if (!status.ok()) return status;
  }
  group_ = std::string(name);
  const bool is_new = !set_->group_index_.contains(name);
  Group& group = set_->groups_[set_->GroupNamed(name)];
  if (is_new) {
    group.on_call = read.on_call;
    group.process = std::move(read.process);
    return absl::OkStatus();
  }
  // A later heading needs no options.
  if (read.on_call && !group.on_call) {
    return ErrorAt(read.on_call_place,
                   absl::StrCat("group '", Excerpt(group_), "' began without on=call; ",
                                "expected on=call in its first heading"));
  }
  if (!read.process.empty() && read.process != group.process) {
    return ErrorAt(read.process_place,
                   absl::StrCat("group '", Excerpt(group_), "' began ",
                                group.process.empty() ? "without process=" : "with process=",
                                Excerpt(group.process),
                                "; expected a group of another name, or process= in the ",
                                "first heading of this one"));
  }
  return absl::OkStatus();
}

absl::Status TargetReader::ReadGroupOptions(absl::string_view options, GroupOptions* read) const {
  for (absl::string_view rest = options;;) {
    rest = absl::StripLeadingAsciiWhitespace(rest);
    const absl::string_view option =
        absl::StripTrailingAsciiWhitespace(rest.substr(0, rest.find(',')));
    const bool is_on = option == "on=call";
    const bool is_process = absl::StartsWith(option, kProcess);
    if (!is_on && !is_process) {
      return ErrorAt(rest.data(), absl::StrCat("'", Excerpt(option), "' is not an option of a ",
                                               "group; ", kHeadingExample));
    }
    if (is_on ? read->on_call : !read->process.empty()) {
      return ErrorAt(rest.data(), absl::StrCat("'", Excerpt(option), "' repeats an option; ",
                                               "expected it once"));
    }
    if (is_on) {
      read->on_call = true;
      read->on_call_place = rest.data();
      rest.remove_prefix(std::min(rest.find(','), rest.size()));
    } else {
      read->process_place = rest.data();
      rest.remove_prefix(kProcess.size());
      if (absl::Status status = ReadProcess(rest, &read->process, &rest); !status.ok()) {
        return status;
      }
    }
    if (!absl::ConsumePrefix(&rest, ",")) return absl::OkStatus();
  }
}

absl::Status TargetReader::ReadProcess(absl::string_view text, std::string* process,
                                       absl::string_view* rest) const {
  GlobReader reader(text);
  size_t begin = text.size();
  size_t end = 0;
  size_t comma = text.size();
  while (!reader.AtEnd()) {
    const size_t start = reader.offset();
    if (absl::Status status = reader.Next(); !status.ok()) {
      return ErrorAt(text.data() + reader.offset(), status.message());
    }
    if (text[start] == ',') {
      comma = start;
      break;
    }
    if (absl::ascii_isspace(static_cast<unsigned char>(text[start])))
      continue;  // kept between other characters
    begin = std::min(begin, start);
    end = reader.offset();
  }
  *rest = text.substr(comma);
  if (end == 0) {
    return ErrorAt(text.data(),
                   absl::StrCat("'process=' names no process; expected a glob for its title, such ",
                                "as process=*Worker*, or process=rank=0"));
  }
  const absl::string_view glob = text.substr(begin, end - begin);
  for (absl::string_view left = glob; !left.empty();) {
    const absl::string_view from = left;
    if (!IsControl(TakeCharacter(&left))) continue;
    return ErrorAt(from.data(),
                   absl::StrCat("'", Excerpt(from.substr(0, from.size() - left.size())),
                                "' in 'process=", Excerpt(glob),
                                "'; expected a glob without control characters"));
  }
  if (glob.size() > TargetSet::kMaxProcessBytes) {
    return ErrorAt(glob.data(),
                   absl::StrCat("'process=", Excerpt(glob), "' has a glob of ", glob.size(),
                                " bytes; expected at most ", TargetSet::kMaxProcessBytes));
  }
  *process = std::string(glob);
  return absl::OkStatus();
}

absl::Status TargetReader::CheckGroupName(absl::string_view name) const {
  // A bracket would look like a class, commas separate the names in SPEED_BUMP_GROUPS, and a
  // heading with a colon would look like a pattern. An option without its comma would be a name.
  for (absl::string_view rest = name; !rest.empty();) {
    const absl::string_view from = rest;
    const char32_t c = TakeCharacter(&rest);
    if (c == '=' && FollowsAnOption(name, static_cast<size_t>(from.data() - name.data()))) {
      return ErrorAt(from.data(), absl::StrCat("an option in the group name '", Excerpt(name),
                                               "'; ", kHeadingExample));
    }
    if (c != ',' && c != ':' && c != '[' && c != ']' && !IsControl(c)) continue;
    const absl::string_view shown = from.substr(0, from.size() - rest.size());
    return ErrorAt(from.data(), absl::StrCat("'", Excerpt(shown), "' in the group name '",
                                             Excerpt(name), "'; expected a name without commas, ",
                                             "colons, brackets and control characters"));
  }
  if (name.size() > TargetSet::kMaxGroupNameBytes) {
    return ErrorAt(name.data(),
                   absl::StrCat("the group name '", Excerpt(name), "' has ", name.size(),
                                " bytes; expected at most ", TargetSet::kMaxGroupNameBytes));
  }
  if (set_->groups_.size() >= TargetSet::kMaxTargets && !set_->group_index_.contains(name)) {
    return ErrorAt(name.data(),
                   absl::StrCat("group '", Excerpt(name), "' is one too many; expected ",
                                "at most ", TargetSet::kMaxTargets, " groups"));
  }
  return absl::OkStatus();
}

}  // namespace pyslow::patterns
