#include "base/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace pyslow {
namespace {

// Bash splits words at = and :, so the function puts them together again. If it returns no word,
// bash completes a file name.
constexpr absl::string_view kBash = R"(# bash completion; source this file
PYTHONFUNCTION() {
  local options=' OPTIONS ' flags=' FLAGS '
  local words=() rest=${COMP_LINE:0:COMP_POINT} trimmed word option value i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    trimmed=${rest#"${rest%%[![:space:]]*}"}
    if ((i == 0)) || [[ $rest != "$trimmed" ]]; then words+=(''); fi
    words[-1]+=${COMP_WORDS[i]}
    rest=${trimmed#"${COMP_WORDS[i]}"}
  done
  COMPREPLY=()
  option=''
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    word=${words[i]}
    if [[ -n $option ]]; then
      option=''
    elif [[ $options == *" $word "* ]]; then
      option=$word
    elif [[ $options != *" ${word%%=*} "* && $flags != *" $word "* ]]; then
      END
    fi
  done
  word=${words[-1]}
  value=$word
  if [[ -z $option && $word == --*=* ]]; then
    option=${word%%=*}
    value=${word#*=}
  fi
  case $option in
    '') if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options$flagsPYOPTIONS" -- "$word")); fi ;;
CASES  esac
}
complete -o bashdefault -o default -F FUNCTION NAMES
)";

// Completes the rest of the line as that of python: by the package bash-completion, if it is
// loaded.
constexpr absl::string_view kBashPython = R"(FUNCTION_python() {
  declare -F _command_offset >/dev/null || return
  COMP_WORDS=(python3 "$@")
  COMP_CWORD=$#
  COMP_LINE="${COMP_WORDS[*]}"
  COMP_POINT=${#COMP_LINE}
  _command_offset 0
}
)";

constexpr absl::string_view kZshPython = R"(FUNCTION_python() {
  words=(python3 "${(@)words}")
  (( ++CURRENT ))
  _normal
}
)";

// The short options of python.
constexpr absl::string_view kPythonOptions =
    " -b -B -c -d -E -h -i -I -m -O -OO -P -q -s -S -u -v -V -W -x -X";

constexpr absl::string_view kZsh = R"(#compdef NAMES
# zsh completion; source this file, or put it in a directory of $fpath
PYTHONFUNCTION() {
  _arguments EXCLUSIVE\
OPTIONS    REST
}
if [[ $funcstack[1] == FUNCTION ]]; then
  FUNCTION "$@"
else
  compdef FUNCTION NAMES
fi
)";

constexpr absl::string_view kFishAfterDashes =
    " -n 'contains -- -- (commandline -opc)' -f -a "
    "'(complete -C (string replace -r \"^.*? -- \" \"python3 \" -- (commandline -cp)))'\n";

bool IsFile(absl::string_view placeholder) {
  return placeholder == "FILE" || placeholder == "PATH";
}

std::string FunctionName(const std::string& program) {
  return absl::StrCat("_", absl::StrReplaceAll(program, {{"-", "_"}, {".", "_"}}));
}

std::string OptionNames(absl::Span<const OptionSpec> specs, bool with_value) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) {
    if ((spec.value != nullptr) == with_value) names.emplace_back(spec.name);
  }
  return absl::StrJoin(names, " ");
}

std::string BashScript(absl::Span<const OptionSpec> specs, const std::vector<std::string>& names,
                       OptionsEnd end) {
  std::string cases;
  for (const OptionSpec& spec : specs) {
    if (spec.choices != nullptr) {
      absl::StrAppend(&cases, "    ", spec.name, ") COMPREPLY=($(compgen -W '", spec.choices,
                      "' -- \"$value\")) ;;\n");
    } else if (spec.value != nullptr && absl::string_view(spec.value) == "DIR") {
      absl::StrAppend(&cases, "    ", spec.name, ") compopt -o dirnames +o default ;;\n");
    }
  }
  absl::string_view at_other_word = "[[ $word == -- ]] && return";
  if (end == OptionsEnd::kAtDashes) {
    at_other_word = R"(if [[ $word == -- ]]; then
        FUNCTION_python "${words[@]:i + 1}"
        return
      fi)";
  } else if (end == OptionsEnd::kAtFirstOtherWord) {
    at_other_word = R"(FUNCTION_python "${words[@]:i}"
      return)";
  }
  const std::string script = absl::StrReplaceAll(
      kBash, {{"PYTHON", end == OptionsEnd::kNever ? "" : kBashPython},
              {"PYOPTIONS", end == OptionsEnd::kAtFirstOtherWord ? kPythonOptions : ""},
              {"END", at_other_word}});
  return absl::StrReplaceAll(script, {{"FUNCTION", FunctionName(names.front())},
                                      {"OPTIONS", OptionNames(specs, true)},
                                      {"FLAGS", OptionNames(specs, false)},
                                      {"CASES", cases},
                                      {"NAMES", absl::StrJoin(names, " ")}});
}

std::string ZshScript(absl::Span<const OptionSpec> specs, const std::vector<std::string>& names,
                      OptionsEnd end) {
  std::string options;
  for (const OptionSpec& spec : specs) {
    const std::string help =
        absl::StrReplaceAll(spec.help, {{"'", "'\\''"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
    std::string value;
    if (spec.value != nullptr) {
      const absl::string_view placeholder = spec.value;
      absl::StrAppend(&value, ":", absl::StrReplaceAll(placeholder, {{":", "\\:"}}), ":");
      if (spec.choices != nullptr) absl::StrAppend(&value, "(", spec.choices, ")");
      if (IsFile(placeholder)) absl::StrAppend(&value, "_files");
      if (placeholder == "DIR") absl::StrAppend(&value, "_files -/");
    }
    absl::StrAppend(&options, "    '", spec.repeats ? "*" : "", spec.name,
                    spec.value != nullptr ? "=" : "", "[", help, "]", value, "' \\\n");
  }
  const bool has_own_words = end == OptionsEnd::kNever;
  const std::string script = absl::StrReplaceAll(
      kZsh, {{"PYTHON", has_own_words ? "" : kZshPython},
             {"REST", has_own_words ? "'*:directory:_files -/'" : "'*::python:FUNCTION_python'"}});
  return absl::StrReplaceAll(script, {{"FUNCTION", FunctionName(names.front())},
                                      {"NAMES", absl::StrJoin(names, " ")},
                                      {"EXCLUSIVE", has_own_words ? "" : "-S -A '-*' "},
                                      {"OPTIONS", options}});
}

std::string FishScript(absl::Span<const OptionSpec> specs, const std::vector<std::string>& names,
                       OptionsEnd end) {
  std::string script = "# fish completion; source this file\n";
  for (const std::string& name : names) {
    if (end == OptionsEnd::kAtFirstOtherWord) {
      absl::StrAppend(&script, "complete -c ", name, " -w python3\n");
    } else if (end == OptionsEnd::kAtDashes) {
      absl::StrAppend(&script, "complete -c ", name, kFishAfterDashes);
    }
    for (const OptionSpec& spec : specs) {
      absl::StrAppend(&script, "complete -c ", name, " -l ", spec.name + 2);
      if (spec.choices != nullptr) {
        absl::StrAppend(&script, " -x -a '", spec.choices, "'");
      } else if (spec.value != nullptr) {
        const bool is_path = IsFile(spec.value) || absl::string_view(spec.value) == "DIR";
        absl::StrAppend(&script, is_path ? " -r -F" : " -x");
      }
      absl::StrAppend(&script, " -d '",
                      absl::StrReplaceAll(spec.help, {{"\\", "\\\\"}, {"'", "\\'"}}), "'\n");
    }
  }
  return script;
}

}  // namespace

std::string CompletionScript(absl::Span<const OptionSpec> specs,
                             const std::vector<std::string>& names, OptionsEnd end,
                             absl::string_view shell) {
  if (shell == "bash") return BashScript(specs, names, end);
  if (shell == "zsh") return ZshScript(specs, names, end);
  return FishScript(specs, names, end);
}

}  // namespace pyslow
