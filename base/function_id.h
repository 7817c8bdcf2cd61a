// The identity of a function in counters, reports and sweeps.
#ifndef PYSLOW_BASE_FUNCTION_ID_H_
#define PYSLOW_BASE_FUNCTION_ID_H_

#include <compare>
#include <cstdint>
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
  bool IsPython() const { return !file.empty() || first_line != 0; }

  // Ordered by module, qualname, file, first line.
  friend std::strong_ordering operator<=>(const FunctionId&, const FunctionId&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const FunctionId& id) {
    return H::combine(std::move(hash), id.module, id.qualname, id.file, id.first_line);
  }
};

// A FunctionId whose texts belong to someone else; ordered as FunctionId is.
struct FunctionIdView {
  absl::string_view module;
  absl::string_view qualname = {};
  absl::string_view file = {};
  uint32_t first_line = 0;

  FunctionId Copy() const {
    return {std::string(module), std::string(qualname), std::string(file), first_line};
  }

  friend bool operator==(const FunctionIdView&, const FunctionIdView&) = default;
  friend std::strong_ordering operator<=>(const FunctionIdView&, const FunctionIdView&) = default;
};

inline FunctionIdView FunctionId::View() const { return {module, qualname, file, first_line}; }

}  // namespace pyslow

#endif  // PYSLOW_BASE_FUNCTION_ID_H_
