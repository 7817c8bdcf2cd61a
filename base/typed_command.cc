#include "base/typed_command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/path.h"
#include "base/sanitize.h"

namespace pyslow {
namespace {

constexpr char kElf[] =
    "\x7f"
    "ELF";
constexpr size_t kMaxBeginning = 1024;  // of a program, which shows its kind

absl::string_view FileNameOf(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

// "python", "python3", "python3.13".
bool IsNameOfPython(absl::string_view name) {
  return absl::ConsumePrefix(&name, "python") &&
         name.find_first_not_of("0123456789.t") == absl::string_view::npos;
}

// Whether python can run it: a file, or a directory with __main__.py.
bool IsProgramForPython(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return false;
  if (!S_ISDIR(status.st_mode)) return true;
  return access(absl::StrCat(path, "/__main__.py").c_str(), F_OK) == 0;
}

// "" for a pipe or a device: python has yet to read it.
std::string BeginningOf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return "";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             &std::fclose);
  std::string beginning(kMaxBeginning, '\0');
  beginning.resize(file == nullptr ? 0
                                   : std::fread(beginning.data(), 1, beginning.size(), file.get()));
  return beginning;
}

// Whether the second line of a shell's script, which is also one of Python, executes a Python.
// Installers write the first form if the path of a Python is too long or contains a blank.
bool IsExecOfPython(absl::string_view line) {
  return absl::StartsWith(line, "'''exec' ") ||
         (absl::StartsWith(line, "\"exec\" ") && absl::StrContains(line, "python"));
}

// The file name of the program that runs a script, by its first line; "": it is no script.
std::string InterpreterOf(absl::string_view beginning) {
  if (!absl::ConsumePrefix(&beginning, "#!")) return "";
  const std::vector<absl::string_view> lines = absl::StrSplit(beginning, '\n');
  const std::vector<absl::string_view> words =
      absl::StrSplit(lines[0], absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (lines.size() > 1 && IsExecOfPython(lines[1])) return "python";
  size_t i = 0;
  if (!words.empty() && FileNameOf(words[0]) == "env") {
    ++i;
    while (i < words.size() && (words[i][0] == '-' || absl::StrContains(words[i], "="))) ++i;
  }
  return i < words.size() ? std::string(FileNameOf(words[i])) : "";
}

// Whether a file that python can read, too, is meant for another interpreter. A first line that
// names a launcher of Python (uv, torchrun) does not say so, nor does a shell's if Python's text
// follows.
bool IsOtherScript(const std::string& file, absl::string_view beginning) {
  constexpr std::array<absl::string_view, 11> kOthers = {
      "sh", "bash", "dash", "zsh", "ksh", "fish", "csh", "tcsh", "perl", "ruby", "node"};
  if (absl::EndsWith(file, ".py")) return false;
  if (absl::StrContains(beginning, "'''") || absl::StrContains(beginning, R"(""")")) return false;
  return absl::c_linear_search(kOthers, InterpreterOf(beginning));
}

// Whether the file is an ELF program.
bool IsCompiledProgram(const std::string& path, absl::string_view beginning) {
  return absl::StartsWith(beginning, kElf) && IsExecutableFile(path);
}

// The last `max_bytes` bytes of a file, or all.
std::string EndOf(const std::string& path, size_t max_bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             &std::fclose);
  if (file == nullptr || std::fseek(file.get(), 0, SEEK_END) != 0) return "";
  const long size = std::ftell(file.get());
  const long begin = std::max(size - static_cast<long>(max_bytes), 0L);
  if (size < 0 || std::fseek(file.get(), begin, SEEK_SET) != 0) return "";
  std::string end(static_cast<size_t>(size - begin), '\0');
  end.resize(std::fread(end.data(), 1, end.size(), file.get()));
  return end;
}

// Whether a zip archive is at the end of the file: python runs it, whatever the file begins with.
bool HasArchive(const std::string& path) {
  constexpr absl::string_view kMark = "PK\x05\x06";
  constexpr size_t kEndRecord = 22;  // bytes, without the comment that follows it
  constexpr size_t kMaxComment = 65535;
  const std::string text = EndOf(path, kEndRecord + kMaxComment);
  const absl::string_view end = text;
  const auto byte = [end](size_t i) { return size_t{static_cast<unsigned char>(end[i])}; };
  for (size_t at = end.find(kMark); at != absl::string_view::npos; at = end.find(kMark, at + 1)) {
    if (at + kEndRecord > end.size()) break;
    // The size of the comment, which a mark in other data does not have behind it.
    const size_t comment = byte(at + kEndRecord - 2) + 256 * byte(at + kEndRecord - 1);
    if (at + kEndRecord + comment == end.size()) return true;
  }
  return false;
}

// What a file with this beginning is, which no Python runs.
std::string KindOf(absl::string_view beginning) {
  const std::string interpreter = InterpreterOf(beginning);
  if (!interpreter.empty()) return absl::StrCat("a script of ", Excerpt(interpreter));
  if (absl::StartsWith(beginning, kElf)) return "a compiled program";
  return beginning.empty() ? "an empty file" : "a file whose first line names no interpreter (#!)";
}

// `file`, with that beginning, is what `word` names.
absl::Status NoPythonScript(const std::string& word, const std::string& file,
                            absl::string_view beginning, absl::string_view other_program) {
  const bool is_shim = absl::StrContains(file, "/shims/");
  return absl::InvalidArgumentError(
      absl::StrCat(word, ": ", file, " is ", KindOf(beginning),
                   ", no Python script; name the Python file or module that it runs",
                   is_shim ? absl::StrCat(" ('pyenv which ", word, "' prints it)") : "", ", or ",
                   other_program));
}

using ProgramKind = PythonProgram::Kind;

// The program after all options: the word at `at`, if there is one.
PythonProgram FileOrInput(const std::vector<std::string>& words, size_t at) {
  if (at >= words.size() || words[at] == "-") return {};
  return {ProgramKind::kFile, words[at], at};
}

}  // namespace

std::string MinorInName(absl::string_view path) {
  absl::string_view name = FileNameOf(path);
  if (!absl::ConsumePrefix(&name, "python")) return "";
  const auto digits_end = [&](size_t from) {
    return std::min(name.find_first_not_of("0123456789", from), name.size());
  };
  const size_t dot = digits_end(0);
  if (dot == 0 || dot == name.size() || name[dot] != '.') return "";
  size_t end = digits_end(dot + 1);
  if (end == dot + 1) return "";
  if (end < name.size() && name[end] == 't') ++end;  // free-threaded
  return std::string(name.substr(0, end));
}

// As getopt reads the words in CPython: flags may stand before an option with a value, as in "-bX".
PythonProgram PythonProgramOf(const std::vector<std::string>& words) {
  constexpr char kFlags[] = "bBdEiIOPqRsStuvx";  // options of python without a value
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "-" || !absl::StartsWith(word, "-")) return FileOrInput(words, i);
    if (word == "--") return FileOrInput(words, i + 1);
    if (word == "--check-hash-based-pycs") {
      ++i;
      continue;
    }
    const size_t option = word.find_first_not_of(kFlags, 1);
    if (option == std::string::npos) continue;
    const std::string joined = word.substr(option + 1);
    switch (word[option]) {
      case 'X':
      case 'W':
        if (joined.empty()) ++i;
        continue;
      case 'm':
        if (!joined.empty()) return {ProgramKind::kModule, joined};
        return {ProgramKind::kModule, i + 1 < words.size() ? words[i + 1] : ""};
      case 'c':
        return {ProgramKind::kCode};
      default:
        return {ProgramKind::kNone};
    }
  }
  return {};
}

std::optional<size_t> ScriptIn(const std::vector<std::string>& words) {
  const PythonProgram program = PythonProgramOf(words);
  return program.kind == ProgramKind::kFile ? std::optional(program.at) : std::nullopt;
}

std::string ModuleIn(const std::vector<std::string>& words) {
  PythonProgram program = PythonProgramOf(words);
  return program.kind == ProgramKind::kModule ? std::move(program.name) : "";
}

absl::StatusOr<TypedCommand> ReadTypedCommand(std::vector<std::string> words,
                                              absl::string_view path,
                                              absl::string_view other_program) {
  TypedCommand command;
  const std::string first = words.empty() ? "" : words.front();
  if (IsNameOfPython(FileNameOf(first))) {
    if (absl::StrContains(first, "/")) {
      if (IsExecutableFile(first) &&
          !absl::StartsWith(InterpreterOf(BeginningOf(first)), "python")) {
        return absl::InvalidArgumentError(
            absl::StrCat(first, ": pyslow runs in place of this Python; remove the word, and set ",
                         "SPEED_BUMP_PYTHON=", first));
      }
    } else if (!IsProgramForPython(first)) {
      command.dropped = first;
      command.minor = MinorInName(first);
      words.erase(words.begin());
    }
  }
  command.words = std::move(words);
  const std::optional<size_t> script = ScriptIn(command.words);
  if (!script.has_value() || command.words[*script].empty()) return command;
  std::string& word = command.words[*script];
  if (IsProgramForPython(word)) {
    const std::string beginning = BeginningOf(word);
    if ((IsCompiledProgram(word, beginning) || IsOtherScript(word, beginning)) &&
        !HasArchive(word)) {
      return NoPythonScript(word, "it", beginning, other_program);
    }
    return command;
  }
  const std::string file = absl::StrContains(word, "/") ? "" : FindOnPath(path, word);
  command.is_missing = file.empty();
  if (command.is_missing) return command;
  const std::string beginning = BeginningOf(file);
  const std::string interpreter = InterpreterOf(beginning);
  if (!absl::StartsWith(interpreter, "python") && !absl::StartsWith(interpreter, "pyslow") &&
      !HasArchive(file)) {
    return NoPythonScript(word, file, beginning, other_program);
  }
  word = file;
  if (command.minor.empty()) command.minor = MinorInName(interpreter);
  return command;
}

std::string DroppedNote(absl::string_view dropped) {
  return absl::StrCat("'", dropped, "' in front is dropped: pyslow runs in its place");
}

}  // namespace pyslow
