#include "base/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pyslow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr OptionSpec kSpecs[] = {{"--delay", "TIME", "how long"}, {"--json", nullptr, "as JSON"}};

LeadingOptions Take(const std::vector<std::string>& words) {
  const auto options = TakeLeadingOptions(kSpecs, words);
  EXPECT_TRUE(options.ok()) << options.status();
  return options.value_or(LeadingOptions());
}

TEST(TakeLeadingOptions, StopsAtTheFirstOtherWord) {
  const LeadingOptions options = Take({"--json", "--delay", "1us", "file", "--delay", "2us"});
  EXPECT_EQ(options.end, 3);
  EXPECT_THAT(options.given.at("--delay"), ElementsAre("1us"));
  EXPECT_THAT(options.given.at("--json"), ElementsAre("1"));
  for (const char* word : {"--", "-", "", "-d", "--dela", "--delays=1", "file"}) {
    EXPECT_EQ(Take({word, "--json"}).end, 0) << word;
  }
}

TEST(TakeLeadingOptions, TakesAnyValueAsItIs) {
  const LeadingOptions options =
      Take({"--delay=a=b,c", "--delay", "-1", "--delay=", "--delay", "", "--delay", "--json"});
  EXPECT_THAT(options.given.at("--delay"), ElementsAre("a=b,c", "-1", "", "", "--json"));
  EXPECT_EQ(options.given.count("--json"), 0);
}

TEST(TakeLeadingOptions, TellsAValueLeftOutOrTooMany) {
  EXPECT_THAT(TakeLeadingOptions(kSpecs, {"--delay"}).status().message(),
              HasSubstr("--delay: its TIME is missing"));
  EXPECT_THAT(TakeLeadingOptions(kSpecs, {"--json=1"}).status().message(),
              HasSubstr("--json: it takes no value"));
}

TEST(TakeLeadingOptions, OfNothingIsNothing) { EXPECT_THAT(Take({}).given, IsEmpty()); }

TEST(OptionsHelp, ShowsPurposeUsageAndEveryOption) {
  const std::string help = OptionsHelp(kSpecs, "tool", "[options] FILE", "does a thing.");
  EXPECT_THAT(help, HasSubstr("does a thing."));
  EXPECT_THAT(help, HasSubstr("tool [options] FILE"));
  EXPECT_THAT(help, HasSubstr("--delay TIME"));
  EXPECT_THAT(help, HasSubstr("as JSON"));
}

}  // namespace
}  // namespace pyslow
