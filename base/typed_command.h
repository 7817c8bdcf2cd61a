// The Python command line that people mean: "vllm serve" and "python bench.py" also name one.
#ifndef PYSLOW_BASE_TYPED_COMMAND_H_
#define PYSLOW_BASE_TYPED_COMMAND_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow {

// The minor version in the file name of a Python: "3.13" of "python3.13-pyslow", "3.13t" of
// "python3.13t"; "" if there is none.
std::string MinorInName(absl::string_view path);

struct PythonProgram {
  // kNone: an option such as --version, or one that is not known.
  enum class Kind { kInput, kFile, kModule, kCode, kNone };
  Kind kind = Kind::kInput;
  std::string name = {};  // kFile: the path; kModule: the module
  size_t at = 0;          // kFile: the position of its word
};

// The program of `words`, which follow "python": "-" or nothing is standard input.
PythonProgram PythonProgramOf(const std::vector<std::string>& words);

// The position of the script in these words; nullopt: there is none (-c, -m, -).
std::optional<size_t> ScriptIn(const std::vector<std::string>& words);
// The module of -m in these words; "" if there is none.
std::string ModuleIn(const std::vector<std::string>& words);

struct TypedCommand {
  std::vector<std::string> words;  // that follow "python"
  std::string dropped;             // the name of a Python that stood in front, or ""
  // The version that this name, or the first line of a script on PATH, asks for: "3.12", or "".
  std::string minor;
  bool is_missing = false;  // the script is neither a file nor a program on PATH
};

// Drops "python" in front of `words`, and replaces a script that is no file by the Python script of
// this name in `path`, the value of PATH. Words that python understands stay as they are.
// InvalidArgument, "WORD: WHAT, WHAT TO DO", if the program of this name or path is no Python
// script, or if the path of a Python stands in front. `other_program` is what to do with a program
// that starts Python. Reads files.
absl::StatusOr<TypedCommand> ReadTypedCommand(std::vector<std::string> words,
                                              absl::string_view path,
                                              absl::string_view other_program);

// What to report of `dropped`.
std::string DroppedNote(absl::string_view dropped);

}  // namespace pyslow

#endif  // PYSLOW_BASE_TYPED_COMMAND_H_
