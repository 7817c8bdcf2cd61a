#include "launcher/pyslow_command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "launcher/pyslow_options.h"

namespace pyslow::launcher {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CommandLine Split(const std::vector<std::string>& words) {
  const auto line = SplitCommandLine(words);
  EXPECT_TRUE(line.ok()) << line.status();
  return line.value_or(CommandLine());
}

std::string ErrorOf(const std::vector<std::string>& words) {
  const auto line = SplitCommandLine(words);
  return line.ok() ? "no error" : std::string(line.status().message());
}

TEST(SplitCommandLine, KeepsPythonsWords) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"script.py", "--delay=3", "--help"},
                                             {"-c", "pass", "--targets", "x"},
                                             {"-m", "mod", "--", "--version"},
                                             {"-", "--delay"},
                                             {"--", "--delay", "1us"},
                                             {"--help-all"},
                                             {"--check-hash-based-pycs", "always", "-c", "1"},
                                             {"-h"},
                                             {"-Xdev"},
                                             {"", "--delay"}}) {
    const CommandLine line = Split(words);
    EXPECT_EQ(line.python_words, words);
    EXPECT_THAT(line.options, IsEmpty());
  }
}

TEST(SplitCommandLine, TakesLeadingOptions) {
  const CommandLine line =
      Split({"--delay=1us", "--target", "-x:y", "--target", "a,b:c", "--summary", "-c", "--delay"});
  EXPECT_THAT(line.options.at("--delay"), ElementsAre("1us"));
  EXPECT_THAT(line.options.at("--target"), ElementsAre("-x:y", "a,b:c"));
  EXPECT_THAT(line.options.at("--summary"), ElementsAre("1"));
  EXPECT_THAT(line.python_words, ElementsAre("-c", "--delay"));
}

TEST(SplitCommandLine, IntoAndOutOfAreAlone) {
  EXPECT_EQ(Split({"--into", "venv"}).into, "venv");
  EXPECT_EQ(Split({"--out-of=venv"}).out_of, "venv");
  EXPECT_THAT(Split({"--into", "venv"}).options, IsEmpty());
  for (const std::string other : {"x.py", "--summary", "--version", "-"}) {
    EXPECT_THAT(ErrorOf({"--into", "venv", other}), HasSubstr("remove '" + other + "'"));
    EXPECT_THAT(ErrorOf({"--out-of", "venv", other}), HasSubstr("remove '" + other + "'"));
  }
  EXPECT_THAT(ErrorOf({"--into", "a", "--out-of", "a"}), HasSubstr("remove '--out-of'"));
  EXPECT_THAT(ErrorOf({"--into", "a", "--into", "b"}), HasSubstr("--into: it was given twice"));
  EXPECT_THAT(ErrorOf({"--into", ""}), HasSubstr("--into: the value is empty"));
}

TEST(SplitCommandLine, KeepsAValueUnchanged) {
  EXPECT_THAT(Split({"--target=a=b:c"}).options.at("--target"), ElementsAre("a=b:c"));
  EXPECT_THAT(Split({"--target", "--delay"}).options.at("--target"), ElementsAre("--delay"));
  EXPECT_THAT(Split({"--target="}).options.at("--target"), ElementsAre(""));
}

TEST(SplitCommandLine, RecognizesHelpAndVersion) {
  EXPECT_TRUE(Split({"--help"}).help);
  EXPECT_TRUE(Split({"--delay", "0", "--version"}).version);
  EXPECT_FALSE(Split({"x.py", "--version"}).version);
}

TEST(SplitCommandLine, ReadsTheShellOfCompletion) {
  EXPECT_EQ(Split({"--completion", "bash"}).completion, "bash");
  EXPECT_THAT(ErrorOf({"--completion", "tcsh"}), HasSubstr("expected one of bash, zsh, fish"));
}

TEST(SplitCommandLine, ReportsErrors) {
  EXPECT_THAT(ErrorOf({"--dealy", "1us"}), HasSubstr("did you mean '--delay'?"));
  EXPECT_THAT(ErrorOf({"--help-al"}), HasSubstr("did you mean '--help-all'?"));
  EXPECT_THAT(ErrorOf({"--delay"}), HasSubstr("the value is missing; write --delay TIME"));
  EXPECT_THAT(ErrorOf({"--summary=1"}), HasSubstr("this option has no value"));
}

TEST(HelpText, NamesEveryOption) {
  for (const OptionSpec& spec : kOptions) EXPECT_THAT(HelpText(), HasSubstr(spec.name));
}

}  // namespace
}  // namespace pyslow::launcher
