// The decision about a code object: whether a target matches it, and of which group.
#ifndef PYSLOW_CORE_DECISION_H_
#define PYSLOW_CORE_DECISION_H_

#include <Python.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/function_id.h"
#include "core/code_lines.h"
#include "core/engine_settings.h"
#include "core/function.h"
#include "core/matched_functions.h"
#include "core/process_role.h"
#include "patterns/call_matcher.h"
#include "patterns/line_matcher.h"
#include "patterns/matcher.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"

namespace pyslow::core {

// A function that some target names as a caller. Never destroyed.
struct Caller {
  FunctionId id;
  patterns::CallMatcher::CallerClass python = patterns::CallMatcher::kAnyCaller;
  patterns::CallMatcher::CallerClass native = patterns::CallMatcher::kAnyCaller;
};

// The placeholder for a function whose match, in a role, depends on its caller. Never destroyed.
struct FunctionByCaller : Function {
  FunctionId id;
  patterns::Role role = patterns::kNoRole;
  std::string real_module;
  bool has_frame = true;  // false for compiled code, which runs in its caller's frame
  // By caller; nullptr stands for all other callers. A value is nullptr if no target matches.
  absl::flat_hash_map<const Caller*, Function*> functions;
};

// The identity of the calls of `callee` by `caller`, in reports "CALLER -> CALLEE".
FunctionId CallId(const FunctionIdView& caller, const FunctionIdView& callee);

struct Decision {
  Function* function = nullptr;    // nullptr if no target and not --start-at matches the code
  const Caller* caller = nullptr;  // the code as a caller; nullptr if no target names it
  bool has_lines = false;          // targets select lines of the code, in this role or another
};

// Decides at the first event of a code object; the engine stores the result on the code object. All
// members need the GIL; without a GIL any thread may call them. No exception may be set before a
// call, and none is set afterwards. Safe while the interpreter is finalized.
class Decider {
 public:
  // `start_at`: the pattern whose function opens the window, or nullopt. `native`: the matcher of
  // native callables, to classify their callers; nullptr: there are none. All objects must outlive
  // the decider.
  Decider(const patterns::TargetSet& targets, const patterns::Roles& roles,
          const Settings& settings, const std::optional<patterns::TargetSet>& start_at,
          patterns::CallMatcher* native, MatchedFunctions* functions);

  // Decides about `code`, whose event is being handled. All code objects of the same name and place
  // have the same function.
  //
  // The code's module is that of the current frame's globals, if this frame runs the code.
  // Otherwise it is compiled code (Cython, numba) that reports events for a frame that does not
  // exist; then its module is found by its file name.
  Decision Decide(PyCodeObject* code);

  // The function of a call by `caller`, or nullptr. `function`: as stored on a code object.
  Function* DecideCall(FunctionByCaller* function, const Caller* caller);

 private:
  // A cached module. Its identity is that of the objects that name it, which are referenced so that
  // their addresses are not reused. A collision in the cache replaces the older module.
  struct Module {
    PyObject* name = nullptr;
    PyObject* file = nullptr;
    bool is_main = false;
    // Only for __main__ and __mp_main__: the source of the real name.
    PyObject* main_spec = nullptr;
    PyObject* main_file = nullptr;
    patterns::Scope scope;
    patterns::Scope start_at_scope;
  };
  // The names of a code object, with their storage.
  struct CodeNames {
    FunctionId id;
    std::string real_module;
    bool has_frame = true;
    std::vector<uint32_t> event_lines;  // if some target may select lines of it
    patterns::FunctionNames View() const { return {id.module, real_module, id.file, id.qualname}; }
  };
  static CodeNames ForeignNames(PyCodeObject* code);
  CodeNames NamesIn(PyObject* globals, PyCodeObject* code) const;
  static CodeNames NamesOf(PyCodeObject* code, const Module& module);
  Module& ModuleOf(PyObject* globals, PyObject* file);
  void FillModule(PyObject* name, PyObject* file, PyObject* globals, Module* module);
  void FindLines(PyCodeObject* code, CodeNames* names);
  void RecordAlias(PyCodeObject* code, PyObject* globals);
  Decision DecisionOf(const CodeNames& names, const patterns::Match& match, bool opens_window);
  Function* FunctionIn(patterns::Role role, const CodeNames& names, const patterns::Match& match,
                       bool opens_window);
  Function* ByRole(const CodeNames& names, bool opens_window);
  std::vector<CodeWithLines::Range> RangesOf(patterns::Role role, const CodeNames& names);
  CodeWithLines* WithLines(const CodeNames& names, std::vector<CodeWithLines::Range> ranges,
                           Function* of_calls);
  Decision DecideByNames(PyCodeObject* code, CodeNames names);
  const Caller* CallerOf(const CodeNames& names);
  FunctionByCaller* ByCaller(patterns::Role role, const CodeNames& names, bool opens_window);

  // Interned, so that dictionary lookups compare pointers.
  PyObject* const name_key_;
  PyObject* const spec_key_;
  PyObject* const file_key_;
  PyObject* const module_key_;
  PyObject* const qualname_key_;
  patterns::CallMatcher python_;
  patterns::CallMatcher* const native_;
  patterns::LineMatcher lines_;
  std::unique_ptr<patterns::Matcher> start_at_;
  const bool has_callers_;
  const bool has_roles_;
  MatchedFunctions* const functions_;
  std::array<Module, 64> modules_;
  absl::flat_hash_map<FunctionId, std::unique_ptr<Caller>> callers_;
  absl::flat_hash_map<std::pair<FunctionId, patterns::Role>, std::unique_ptr<FunctionByCaller>>
      by_caller_;
  struct ByRoleOfLines {
    std::vector<uint32_t> event_lines;
    std::unique_ptr<FunctionByRole> function;
  };
  absl::flat_hash_map<FunctionId, std::vector<ByRoleOfLines>> by_role_;  // as with_lines_
  // More than one if a file was changed and loaded again.
  absl::flat_hash_map<FunctionId, std::vector<std::unique_ptr<CodeWithLines>>> with_lines_;
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_DECISION_H_
