#include "base/typed_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/temporary_directory.h"

namespace pyslow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using ProgramKind = PythonProgram::Kind;

void ExpectProgram(const std::vector<std::string>& command, ProgramKind kind,
                   const std::string& name) {
  const PythonProgram program = PythonProgramOf(command);
  EXPECT_EQ(program.kind, kind);
  EXPECT_EQ(program.name, name);
}

TEST(PythonProgramOf, FindsTheProgramAfterPythonsOptions) {
  ExpectProgram({"-u", "-W", "error", "bench.py", "-m", "x"}, ProgramKind::kFile, "bench.py");
  ExpectProgram({"-Xdev", "-Im", "pkg.bench", "--fast"}, ProgramKind::kModule, "pkg.bench");
  ExpectProgram({"-mpkg"}, ProgramKind::kModule, "pkg");
  ExpectProgram({"-m"}, ProgramKind::kModule, "");
  ExpectProgram({"-c", "pass", "bench.py"}, ProgramKind::kCode, "");
  ExpectProgram({"-", "bench.py"}, ProgramKind::kInput, "");
  ExpectProgram({"--version", "bench.py"}, ProgramKind::kNone, "");
}

TEST(ScriptInTest, FollowsTheOptionsOfPython) {
  EXPECT_EQ(ScriptIn({"x.py", "-c"}), 0U);
  EXPECT_EQ(ScriptIn({"-OO", "-X", "dev", "-Wignore", "x.py"}), 4U);
  EXPECT_EQ(ScriptIn({"-uX", "dev", "-bW", "error", "-uXdev", "x.py"}), 5U);
  EXPECT_EQ(ScriptIn({"--check-hash-based-pycs", "always", "x.py"}), 2U);
  EXPECT_EQ(ScriptIn({"-uX", "dev"}), std::nullopt);
  EXPECT_EQ(ScriptIn({"--", "-x.py"}), 1U);
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {}, {"-m", "x"}, {"-c", "1"}, {"-Im", "x"}, {"-", "x"}, {"-u"}, {"--help-all", "x"}}) {
    EXPECT_EQ(ScriptIn(words), std::nullopt);
  }
}

TEST(ModuleInTest, IsTheWordAfterMOrTheRestOfItsWord) {
  EXPECT_EQ(ModuleIn({"-m", "pip", "install"}), "pip");
  EXPECT_EQ(ModuleIn({"-u", "-Im", "pip"}), "pip");
  EXPECT_EQ(ModuleIn({"-mpip", "install"}), "pip");
  EXPECT_EQ(ModuleIn({"-Impip"}), "pip");
  EXPECT_EQ(ModuleIn({"-uX", "dev", "-m", "pip"}), "pip");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {}, {"-m"}, {"x.py", "-m", "pip"}, {"-c", "m"}, {"-"}, {"--help"}, {"-u"}}) {
    EXPECT_EQ(ModuleIn(words), "");
  }
}

TEST(MinorInNameTest, IsInTheFileNameOfAPython) {
  EXPECT_EQ(MinorInName("python3.13"), "3.13");
  EXPECT_EQ(MinorInName("/usr/bin/python3.13t"), "3.13t");
  EXPECT_EQ(MinorInName("python3.13-pyslow"), "3.13");
  EXPECT_EQ(MinorInName("python2.7"), "2.7");
  for (const char* name :
       {"python", "python3", "python3.", "python3.t", "python-3.13", "ruby3.2"}) {
    EXPECT_EQ(MinorInName(name), "") << name;
  }
}

class TypedCommandTest : public ::testing::Test {
 protected:
  TypedCommandTest() : old_(std::filesystem::current_path()) {
    std::filesystem::current_path(directory_.path());
    std::filesystem::create_directory("bin");
  }
  ~TypedCommandTest() override { std::filesystem::current_path(old_); }

  static void Write(const std::string& file, const std::string& content) {
    std::ofstream(file) << content;
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  std::string Bin(const std::string& name) const { return directory_.path() + "/bin/" + name; }
  absl::StatusOr<TypedCommand> Read(const std::vector<std::string>& words) const {
    return ReadTypedCommand(words, absl::StrCat("/nonexistent:", directory_.path(), "/bin"),
                            "do that");
  }
  std::vector<std::string> Words(const std::vector<std::string>& words) const {
    const auto command = Read(words);
    EXPECT_TRUE(command.ok()) << command.status();
    return command.ok() ? command->words : std::vector<std::string>();
  }
  std::string ErrorOf(const std::vector<std::string>& words) const {
    return std::string(Read(words).status().message());
  }

  TemporaryDirectory directory_;
  const std::filesystem::path old_;
};

TEST_F(TypedCommandTest, FindsAPythonScriptOnPath) {
  for (const char* first_line :
       {"#!/opt/venv/bin/python3.13\n", "#!/usr/bin/env python3\n",
        "#! /usr/bin/env -S python -I\n",
        "#!/bin/sh\n'''exec' '/a b/bin/python' \"$0\" \"$@\"\n' '''\n", "#!/v/bin/pyslow\n"}) {
    Write("bin/tool", first_line);
    EXPECT_THAT(Words({"tool", "bench"}), ElementsAre(Bin("tool"), "bench")) << first_line;
  }
  EXPECT_THAT(Words({"-O", "tool"}), ElementsAre("-O", Bin("tool")));
  EXPECT_THAT(Words({"-m", "tool"}), ElementsAre("-m", "tool"));
}

TEST_F(TypedCommandTest, AFileComesFirst) {
  Write("bin/tool", "#!/usr/bin/python3\n");
  std::filesystem::create_directory("tool");
  EXPECT_THAT(Words({"tool"}), ElementsAre(Bin("tool"))) << "python cannot run this directory";
  Write("tool/__main__.py", "");
  EXPECT_THAT(Words({"tool"}), ElementsAre("tool"));
  Write("other", "");
  EXPECT_THAT(Words({"other"}), ElementsAre("other"));
}

TEST_F(TypedCommandTest, SaysThatAProgramIsNoPythonScript) {
  Write("bin/sh-tool", "#!/usr/bin/env bash\n");
  EXPECT_EQ(ErrorOf({"sh-tool", "x"}),
            "sh-tool: " + Bin("sh-tool") +
                " is a script of bash, no Python script; name the Python file or module that it "
                "runs, or do that");
  Write("bin/elf",
        "\x7f"
        "ELF");
  EXPECT_THAT(ErrorOf({"elf"}), HasSubstr(" is a compiled program, no Python script"));
  Write("bin/empty", "");
  EXPECT_THAT(ErrorOf({"empty"}), HasSubstr(" is an empty file, no Python script"));
  Write("bin/text", "print(1)\n");
  EXPECT_THAT(ErrorOf({"text"}),
              HasSubstr(" is a file whose first line names no interpreter (#!), no Python script"));
}

TEST_F(TypedCommandTest, RefusesTheFileOfACompiledProgram) {
  const std::string elf = std::string("\x7f") + "ELF" + std::string(100, '\0');
  Write("bin/elf", elf);
  EXPECT_THAT(ErrorOf({"bin/elf"}),
              HasSubstr("bin/elf: it is a compiled program, no Python script"));
  Write("bin/zipped", elf + "PK\x05\x06" + std::string(18, '\0'));
  EXPECT_THAT(Words({"bin/zipped"}), ElementsAre("bin/zipped")) << "python runs such an archive";
}

// As `pex --sh-boot` makes; python runs the archive.
TEST_F(TypedCommandTest, RunsAnArchiveBehindAnotherInterpretersScript) {
  const std::string begin = "#!/bin/sh\nexec python3 \"$0\"\n";
  const std::string record = "PK\x05\x06" + std::string(16, '\0');
  const std::string plain = begin + record + std::string(2, '\0');
  const std::string with_comment = begin + record + std::string("\x07\0", 2) + "comment";
  for (const std::string& archive : {plain, with_comment}) {
    Write("bin/app", archive);
    EXPECT_THAT(Words({"bin/app"}), ElementsAre("bin/app"));
    EXPECT_THAT(Words({"app"}), ElementsAre(Bin("app")));
  }
  for (const std::string& other : {with_comment + "x", begin + "PK\x05\x06", begin + record}) {
    Write("bin/app", other);
    EXPECT_THAT(ErrorOf({"bin/app"}), HasSubstr("it is a script of sh, no Python script"));
    EXPECT_THAT(ErrorOf({"app"}), HasSubstr(" is a script of sh, no Python script"));
  }
}

TEST_F(TypedCommandTest, RunsAScriptOfBothAShellAndPython) {
  Write("bin/both", "#!/bin/sh\n\"exec\" \"python3\" \"$0\" \"$@\"\n");
  EXPECT_THAT(Words({"bin/both"}), ElementsAre("bin/both"));
  EXPECT_THAT(Words({"both"}), ElementsAre(Bin("both")));
}

TEST_F(TypedCommandTest, RefusesTheFileOfAnotherInterpretersScript) {
  for (const std::string name : {"sh", "bash", "perl"}) {
    Write("bin/script", "#!/usr/bin/env " + name + "\n");
    EXPECT_THAT(ErrorOf({"bin/script"}),
                HasSubstr("bin/script: it is a script of " + name + ", no Python script"));
  }
  Write("bin/script.py", "#!/bin/sh\n");
  for (const char* text : {"#!/bin/sh\n'''exec' python \"$0\"\n'''\n",
                           "#!/bin/bash\n\"\"\"exec\" x\n", "#!/usr/bin/env -S uv run --script\n",
                           "#!/usr/bin/env torchrun\n", "#!/usr/bin/python3\n", "print(1)\n", ""}) {
    Write("bin/script", text);
    EXPECT_THAT(Words({"bin/script"}), ElementsAre("bin/script")) << text;
  }
  EXPECT_THAT(Words({"bin/script.py"}), ElementsAre("bin/script.py"));
}

// Python has yet to read it.
TEST_F(TypedCommandTest, ReadsNothingFromAPipe) {
  ASSERT_EQ(mkfifo("pipe", 0600), 0);
  EXPECT_THAT(Words({"pipe"}), ElementsAre("pipe"));
}

TEST_F(TypedCommandTest, TellsWhichVersionIsNamed) {
  Write("x.py", "#!/usr/bin/env python3.12\n");
  Write("bin/tool", "#!/usr/bin/env python3.12\n");
  Write("bin/plain", "#!/usr/bin/env python3\n");
  EXPECT_EQ(Read({"python3.12", "x.py"})->minor, "3.12");
  EXPECT_EQ(Read({"python3.13t", "x.py"})->minor, "3.13t");
  EXPECT_EQ(Read({"python3", "x.py"})->minor, "");
  EXPECT_EQ(Read({"tool"})->minor, "3.12");
  EXPECT_EQ(Read({"python3.13", "tool"})->minor, "3.13");
  EXPECT_EQ(Read({"plain"})->minor, "");
  EXPECT_EQ(Read({"x.py"})->minor, "") << "as python, which does not read the first line";
}

TEST_F(TypedCommandTest, NamesWhatIsMissing) {
  EXPECT_TRUE(Read({"nothing.py"})->is_missing);
  EXPECT_TRUE(Read({"./tool"})->is_missing);
  Write("bin/data", "#!/usr/bin/python3\n");
  std::filesystem::permissions("bin/data", std::filesystem::perms::owner_read);
  EXPECT_TRUE(Read({"data"})->is_missing) << "not executable";
  EXPECT_FALSE(Read({"-c", "1"})->is_missing);
  EXPECT_FALSE(Read({})->is_missing);
}

TEST_F(TypedCommandTest, DropsPythonInFront) {
  Write("x.py", "");
  for (const char* python : {"python", "python3", "python3.13", "python3.13t"}) {
    const auto command = Read({python, "-O", "x.py"});
    ASSERT_TRUE(command.ok()) << command.status();
    EXPECT_THAT(command->words, ElementsAre("-O", "x.py"));
    EXPECT_EQ(command->dropped, python);
  }
  EXPECT_TRUE(Read({"python3"})->words.empty());
  EXPECT_THAT(Words({"python_tool.py"}), ElementsAre("python_tool.py"));
  Write("python", "");
  EXPECT_THAT(Words({"python", "x.py"}), ElementsAre("python", "x.py")) << "a script of this name";
}

TEST_F(TypedCommandTest, RefusesThePathOfAPython) {
  Write("bin/python3",
        "\x7f"
        "ELF");
  EXPECT_EQ(ErrorOf({Bin("python3"), "x.py"}),
            Bin("python3") +
                ": pyslow runs in place of this Python; remove the word, and set "
                "SPEED_BUMP_PYTHON=" +
                Bin("python3"));
  Write("bin/python3", "#!/usr/bin/python3\n");
  EXPECT_THAT(Words({Bin("python3")}), ElementsAre(Bin("python3")));
}

}  // namespace
}  // namespace pyslow
