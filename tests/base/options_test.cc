#include "base/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/option_parser.h"

namespace pyslow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr OptionSpec kTableSpecs[] = {
    {"--delay", "TIME", "how long"},
    {"--json", nullptr, "as JSON"},
    Repeatable({"--target", "PATTERN", "which"}),
};

using Parse = absl::StatusOr<LeadingOptions> (*)(absl::Span<const OptionSpec>,
                                                 absl::Span<const std::string>);

// Both parsers of the table.
class LeadingOptionsTest : public ::testing::TestWithParam<Parse> {
 protected:
  LeadingOptions Take(const std::vector<std::string>& words) {
    const auto options = GetParam()(absl::MakeConstSpan(kTableSpecs), words);
    EXPECT_TRUE(options.ok()) << options.status();
    return options.value_or(LeadingOptions());
  }
  std::string Error(const std::vector<std::string>& words) {
    return std::string(GetParam()(absl::MakeConstSpan(kTableSpecs), words).status().message());
  }
};

INSTANTIATE_TEST_SUITE_P(Parsers, LeadingOptionsTest,
                         ::testing::Values(SplitLeadingOptions, ParseLeadingOptions),
                         [](const auto& info) {
                           return std::string(info.index == 0 ? "Split" : "Cxxopts");
                         });

TEST_P(LeadingOptionsTest, StopsAtTheFirstOtherWord) {
  const LeadingOptions options = Take({"--json", "--delay", "1us", "file", "--delay", "2us"});
  EXPECT_EQ(options.end, 3);
  EXPECT_THAT(options.given.at("--delay"), ElementsAre("1us"));
  EXPECT_THAT(options.given.at("--json"), ElementsAre("1"));
  for (const char* word : {"--", "-", "", "-d", "--dela", "--delays=1", "file"}) {
    EXPECT_EQ(Take({word, "--json"}).end, 0) << word;
  }
}

TEST_P(LeadingOptionsTest, KeepsAnyValueUnchanged) {
  const LeadingOptions options =
      Take({"--delay=a=b,c", "--delay", "-1", "--delay=", "--delay", "", "--delay", "--json"});
  EXPECT_THAT(options.given.at("--delay"), ElementsAre("a=b,c", "-1", "", "", "--json"));
  EXPECT_EQ(options.given.count("--json"), 0);
}

TEST_P(LeadingOptionsTest, ReportsAMissingValueAndAFlagWithAValue) {
  EXPECT_EQ(Error({"--delay"}), "--delay: the value is missing; write --delay TIME");
  EXPECT_EQ(Error({"--json=1"}), "--json: this option has no value; write --json alone");
  EXPECT_EQ(Error({"--json=true"}), "--json: this option has no value; write --json alone");
}

TEST_P(LeadingOptionsTest, ReturnsNothingForNoWords) { EXPECT_THAT(Take({}).given, IsEmpty()); }

TEST(LeadingOptions, BothParsersAgreeOnRandomWords) {
  const std::vector<std::string> words = {
      "--delay", "--json", "--target", "--delay=1", "--json=", "--target=a:b,c", "--", "-",
      "",        "file",   "-j",       "--delays",  "a=b",     "\xff=\x1b"};
  std::minstd_rand random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::string> line(random() % 7);
    for (std::string& word : line) word = words[random() % words.size()];
    const auto split = SplitLeadingOptions(kTableSpecs, line);
    const auto parsed = ParseLeadingOptions(kTableSpecs, line);
    ASSERT_EQ(split.status(), parsed.status()) << ::testing::PrintToString(line);
    if (!split.ok()) continue;
    ASSERT_EQ(split->end, parsed->end) << ::testing::PrintToString(line);
    ASSERT_EQ(split->given, parsed->given) << ::testing::PrintToString(line);
  }
}

TEST(CheckRepeats, AllowsOnlyRepeatableOptions) {
  EXPECT_TRUE(CheckRepeats(kTableSpecs, {{"--target", {"a:b", "c:d"}}, {"--delay", {"0"}}}).ok());
  EXPECT_EQ(CheckRepeats(kTableSpecs, {{"--delay", {"0", "1us"}}}).message(),
            "--delay: it is given twice; remove one");
}

TEST(NoSuchOption, SuggestsTheNearestName) {
  EXPECT_EQ(NoSuchOption("--dealy=1us", OptionNames(kTableSpecs), "tool", "tool").message(),
            "--dealy: no such option of tool; did you mean '--delay'? (see tool --help)");
}

TEST(OptionsHelp, ShowsPurposeUsageAndEveryOption) {
  const std::string help = OptionsHelp(kTableSpecs, "tool", "[options] FILE", "does a thing.");
  EXPECT_THAT(help, HasSubstr("does a thing."));
  EXPECT_THAT(help, HasSubstr("tool [options] FILE"));
  EXPECT_THAT(help, HasSubstr("--delay TIME"));
  EXPECT_THAT(help, HasSubstr("as JSON"));
}

}  // namespace
}  // namespace pyslow
