// The identity of a function in counters, reports and sweeps.
#ifndef PYSLOW_BASE_FUNCTION_ID_H_
#define PYSLOW_BASE_FUNCTION_ID_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace pyslow {

struct FunctionIdView;

// Code objects with the same FunctionId are one function. The texts are arbitrary bytes. A callable
// that is no Python function has neither file nor line; see core/callable_name.h for its names.
struct FunctionId {
  std::string module;       // __name__ of the globals that the code runs with
  std::string qualname;     // co_qualname
  std::string file;         // co_filename
  uint32_t first_line = 0;  // co_firstlineno; 0: unknown

  FunctionIdView View() const;
  std::string Name() const { return absl::StrCat(module, ":", qualname); }
  bool IsPython() const;

  // Ordered by module, qualname, file, first line.
  friend std::strong_ordering operator<=>(const FunctionId&, const FunctionId&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const FunctionId& id) {
    return H::combine(std::move(hash), id.module, id.qualname, id.file, id.first_line);
  }
};

// Between the qualname of a caller and the name of what it calls, in the qualname of a call that a
// target CALLER -> CALLEE selects. Its module, file and line are the caller's.
inline constexpr absl::string_view kCallArrow = " -> ";

// A FunctionId whose texts belong to someone else; ordered as FunctionId is.
struct FunctionIdView {
  absl::string_view module;
  absl::string_view qualname = {};
  absl::string_view file = {};
  uint32_t first_line = 0;

  bool IsPython() const { return !file.empty() || first_line != 0; }
  FunctionId Copy() const {
    return {std::string(module), std::string(qualname), std::string(file), first_line};
  }

  friend bool operator==(const FunctionIdView&, const FunctionIdView&) = default;
  friend std::strong_ordering operator<=>(const FunctionIdView&, const FunctionIdView&) = default;
};

inline FunctionIdView FunctionId::View() const { return {module, qualname, file, first_line}; }
inline bool FunctionId::IsPython() const { return View().IsPython(); }

struct CallParts {
  FunctionIdView caller;
  FunctionIdView callee;  // without file and line
};
// The functions of a call; nullopt if `id` is that of a function. The texts are those of `id`.
inline std::optional<CallParts> CallPartsOf(const FunctionIdView& id) {
  const size_t arrow = id.qualname.find(kCallArrow);
  if (arrow == absl::string_view::npos) return std::nullopt;
  const absl::string_view callee = id.qualname.substr(arrow + kCallArrow.size());
  const size_t colon = callee.find(':');
  if (colon == absl::string_view::npos) return std::nullopt;
  return CallParts{{id.module, id.qualname.substr(0, arrow), id.file, id.first_line},
                   {callee.substr(0, colon), callee.substr(colon + 1)}};
}

// Between the qualname that the attributes of a function have and the name of its code, in the
// qualname of an alias: "Config.__init__ = app:__create_fn__.<locals>.__init__". Its module is that
// of the attributes, its file that of the code.
inline constexpr absl::string_view kAliasOf = " = ";

// The alias of a function whose attributes name it `function` and whose code is `code`.
inline FunctionId AliasId(const FunctionIdView& function, const FunctionIdView& code) {
  return {std::string(function.module),
          absl::StrCat(function.qualname, kAliasOf, code.module, ":", code.qualname),
          std::string(code.file)};
}

struct AliasParts {
  FunctionIdView function;  // module and qualname alone
  FunctionIdView code;      // without first_line
};
// The inverse; nullopt if `id` is no alias. The texts are those of `id`.
inline std::optional<AliasParts> AliasPartsOf(const FunctionIdView& id) {
  const size_t mark = id.qualname.find(kAliasOf);
  if (mark == absl::string_view::npos) return std::nullopt;
  const absl::string_view code = id.qualname.substr(mark + kAliasOf.size());
  const size_t colon = code.find(':');
  if (colon == absl::string_view::npos) return std::nullopt;
  return AliasParts{{id.module, id.qualname.substr(0, mark)},
                    {code.substr(0, colon), code.substr(colon + 1), id.file}};
}

// At the end of the qualname of a function that a group with process=GLOB counts:
// "step [process=*Worker*]".
inline constexpr absl::string_view kInProcesses = " [process=";

// The qualname of such a function; `qualname` itself if `process`, the text of the glob, is empty.
inline std::string QualnameIn(absl::string_view qualname, absl::string_view process) {
  return process.empty() ? std::string(qualname)
                         : absl::StrCat(qualname, kInProcesses, process, "]");
}

struct ProcessParts {
  FunctionIdView id;          // without the process
  absl::string_view process;  // the text of the glob; empty if the function has none
};
// The inverse. The texts are those of `id`.
inline ProcessParts ProcessPartsOf(const FunctionIdView& id) {
  ProcessParts parts = {id, {}};
  const size_t at = id.qualname.find(kInProcesses);
  if (at == absl::string_view::npos || id.qualname.back() != ']') return parts;
  parts.process = id.qualname.substr(at + kInProcesses.size());
  parts.process.remove_suffix(1);
  parts.id.qualname = id.qualname.substr(0, at);
  return parts;
}

}  // namespace pyslow

#endif  // PYSLOW_BASE_FUNCTION_ID_H_
