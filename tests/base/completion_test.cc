#include "base/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "temporary_directory.h"

namespace pyslow {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr OptionSpec kSpecs[] = {
    {"--targets", "FILE", "which functions [all]"},
    Repeatable({"--target", "PATTERN", "a target, it's a glob: MODULE:QUALNAME"}),
    OneOf("hold release", {"--gil", "MODE", "hold or release it"}),
    {"--out", "DIR", "results"},
    {"--summary", nullptr, "a table at the end"},
    kCompletionOption,
};

std::string OutputOf(const std::string& command) {
  std::FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer;
  for (size_t size; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), size);
  }
  pclose(pipe);
  return output;
}

bool HasShell(const std::string& shell) {
  return std::system(absl::StrCat("command -v ", shell, " >/dev/null").c_str()) == 0;
}

class BashCompletionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasShell("bash")) GTEST_SKIP() << "no bash here";
  }
  // What bash offers for `words`, the last of which is being typed. They are those that bash makes
  // of the line, so it also splits them at = and :.
  std::vector<std::string> Offers(const std::string& line, const std::vector<std::string>& words,
                                  OptionsEnd end = OptionsEnd::kAtFirstOtherWord) {
    const std::string script = directory_.path() + "/script";
    std::ofstream(script) << CompletionScript(kSpecs, {"tool"}, end, "bash");
    std::string quoted;
    for (const std::string& word : words) absl::StrAppend(&quoted, " '", word, "'");
    const std::string test = directory_.path() + "/test";
    std::ofstream(test) << "source " << script << "\n"
                        << after_script_ << "complete -p tool >/dev/null || exit\n"
                        << "COMP_LINE='" << line << "' COMP_POINT=${#COMP_LINE}\n"
                        << "COMP_WORDS=(" << quoted << ") COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                        << "compopt() { COMPREPLY=(\"compopt $*\"); }\n"
                        << "_tool; printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    const std::string output = OutputOf("bash --norc --noprofile " + test + " 2>&1");
    std::vector<std::string> offers = absl::StrSplit(output, '\n', absl::SkipEmpty());
    return offers;
  }
  const TemporaryDirectory directory_;
  std::string after_script_;
};

TEST_F(BashCompletionTest, OffersOptions) {
  EXPECT_THAT(Offers("tool --", {"tool", "--"}),
              ElementsAre("--targets", "--target", "--gil", "--out", "--completion", "--summary"));
  EXPECT_THAT(Offers("tool --summary --t", {"tool", "--summary", "--t"}),
              ElementsAre("--targets", "--target"));
}

TEST_F(BashCompletionTest, OffersTheChoicesOfAnOption) {
  EXPECT_THAT(Offers("tool --gil ", {"tool", "--gil", ""}), ElementsAre("hold", "release"));
  EXPECT_THAT(Offers("tool --gil=re", {"tool", "--gil", "=", "re"}), ElementsAre("release"));
}

TEST_F(BashCompletionTest, OffersDirectoriesForADirectory) {
  EXPECT_THAT(Offers("tool --out ", {"tool", "--out", ""}),
              ElementsAre("compopt -o dirnames +o default"));
}

TEST_F(BashCompletionTest, LeavesFileNamesToBash) {
  EXPECT_THAT(Offers("tool --targets ", {"tool", "--targets", ""}), IsEmpty());
  EXPECT_THAT(Offers("tool --targets --g", {"tool", "--targets", "--g"}), IsEmpty());
  EXPECT_THAT(Offers("tool b", {"tool", "b"}), IsEmpty());
}

TEST_F(BashCompletionTest, ReadsWordsThatBashSplits) {
  EXPECT_THAT(Offers("tool --target a:b --s", {"tool", "--target", "a", ":", "b", "--s"}),
              ElementsAre("--summary"));
  EXPECT_THAT(Offers("tool --target=a:b --s", {"tool", "--target", "=", "a", ":", "b", "--s"}),
              ElementsAre("--summary"));
}

TEST_F(BashCompletionTest, StopsWhereOptionsEnd) {
  const std::vector<std::string> after_word = {"tool", "file.py", "--s"};
  const std::vector<std::string> after_dashes = {"tool", "--", "--s"};
  EXPECT_THAT(Offers("tool file.py --s", after_word), IsEmpty());
  EXPECT_THAT(Offers("tool file.py --s", after_word, OptionsEnd::kNever), ElementsAre("--summary"));
  for (const OptionsEnd end :
       {OptionsEnd::kAtFirstOtherWord, OptionsEnd::kAtDashes, OptionsEnd::kNever}) {
    EXPECT_THAT(Offers("tool -- --s", after_dashes, end), IsEmpty());
  }
}

// _command_offset is of the package bash-completion: it completes COMP_LINE as the command it
// begins with.
TEST_F(BashCompletionTest, CompletesACommandLineOfPythonAsThatOfPython) {
  after_script_ = "_command_offset() { COMPREPLY=(\"$1: $COMP_LINE|$COMP_CWORD\"); }\n";
  EXPECT_THAT(Offers("tool --summary -m jso", {"tool", "--summary", "-m", "jso"}),
              ElementsAre("0: python3 -m jso|2"));
  EXPECT_THAT(Offers("tool --summary -- -m jso", {"tool", "--summary", "--", "-m", "jso"},
                     OptionsEnd::kAtDashes),
              ElementsAre("0: python3 -m jso|2"));
  EXPECT_THAT(Offers("tool --summary -- x", {"tool", "--summary", "--", "x"}, OptionsEnd::kNever),
              IsEmpty());
}

TEST_F(BashCompletionTest, OffersPythonsOptionsBesideItsOwn) {
  EXPECT_THAT(Offers("tool -", {"tool", "-"}), Contains("-m"));
  EXPECT_THAT(Offers("tool -", {"tool", "-"}, OptionsEnd::kAtDashes), Not(Contains("-m")));
}

TEST(CompletionScript, ForZshAndFishGoOnAsPythons) {
  const auto script = [](OptionsEnd end, const char* shell) {
    return CompletionScript(kSpecs, {"tool"}, end, shell);
  };
  EXPECT_THAT(script(OptionsEnd::kAtFirstOtherWord, "zsh"), HasSubstr("'*::python:_tool_python'"));
  EXPECT_THAT(script(OptionsEnd::kAtDashes, "zsh"), HasSubstr("words=(python3 "));
  EXPECT_THAT(script(OptionsEnd::kNever, "zsh"), Not(HasSubstr("python")));
  EXPECT_THAT(script(OptionsEnd::kAtFirstOtherWord, "fish"),
              HasSubstr("complete -c tool -w python3\n"));
  EXPECT_THAT(script(OptionsEnd::kAtDashes, "fish"),
              HasSubstr("contains -- -- (commandline -opc)"));
  EXPECT_THAT(script(OptionsEnd::kNever, "fish"), Not(HasSubstr("python")));
}

TEST(CompletionScript, ForZshNamesEveryOption) {
  const std::string script =
      CompletionScript(kSpecs, {"tool", "tool3"}, OptionsEnd::kAtDashes, "zsh");
  EXPECT_THAT(script, HasSubstr("#compdef tool tool3\n"));
  EXPECT_THAT(script, HasSubstr("'--targets=[which functions \\[all\\]]:FILE:_files' \\\n"));
  EXPECT_THAT(script, HasSubstr("'*--target=[a target, it'\\''s a glob\\: MODULE\\:QUALNAME]"));
  EXPECT_THAT(script, HasSubstr("'--gil=[hold or release it]:MODE:(hold release)' \\\n"));
  EXPECT_THAT(script, HasSubstr("'--out=[results]:DIR:_files -/' \\\n"));
  EXPECT_THAT(script, HasSubstr("'--summary[a table at the end]' \\\n"));
}

TEST(CompletionScript, ForFishNamesEveryOption) {
  const std::string script = CompletionScript(kSpecs, {"tool"}, OptionsEnd::kNever, "fish");
  EXPECT_THAT(script, HasSubstr("complete -c tool -l targets -r -F -d 'which functions [all]'\n"));
  EXPECT_THAT(script, HasSubstr("complete -c tool -l target -x -d 'a target, it\\'s a glob"));
  EXPECT_THAT(script, HasSubstr("complete -c tool -l gil -x -a 'hold release' -d"));
  EXPECT_THAT(script, HasSubstr("complete -c tool -l summary -d 'a table at the end'\n"));
}

TEST(CompletionScript, HasNoSyntaxError) {
  const TemporaryDirectory directory;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    if (!HasShell(shell)) continue;
    const std::string path = directory.path() + "/" + shell;
    std::ofstream(path) << CompletionScript(kSpecs, {"tool"}, OptionsEnd::kAtDashes, shell);
    EXPECT_EQ(std::system(absl::StrCat(shell, " -n ", path).c_str()), 0) << shell;
  }
}

}  // namespace
}  // namespace pyslow
