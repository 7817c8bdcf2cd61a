#include "core/decision.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/call_targets.h"
#include "core/cpython.h"
#include "core/python_text.h"
#include "core/shared.h"

namespace pyslow::core {
namespace {

void Store(PyObject** slot, PyObject* object) {
  Py_XINCREF(object);
  Py_XDECREF(std::exchange(*slot, object));
}

bool IsMain(absl::string_view name) { return name == "__main__" || name == "__mp_main__"; }

size_t SlotOf(PyObject* name, PyObject* file, size_t slots) {
  const uintptr_t mixed =
      reinterpret_cast<uintptr_t>(name) * 31 + reinterpret_cast<uintptr_t>(file);
  return (mixed >> 4 ^ mixed >> 12) % slots;
}

}  // namespace

FunctionId CallId(const FunctionIdView& caller, const FunctionIdView& callee) {
  return {std::string(caller.module),
          absl::StrCat(caller.qualname, kCallArrow, callee.module, ":", callee.qualname),
          std::string(caller.file), caller.first_line};
}

Decider::Decider(const patterns::TargetSet& targets, const patterns::Roles& roles,
                 const Settings& settings, const std::optional<patterns::TargetSet>& start_at,
                 patterns::CallMatcher* native, MatchedFunctions* functions)
    : name_key_(PyUnicode_InternFromString("__name__")),
      spec_key_(PyUnicode_InternFromString("__spec__")),
      file_key_(PyUnicode_InternFromString("__file__")),
      module_key_(PyUnicode_InternFromString("__module__")),
      qualname_key_(PyUnicode_InternFromString("__qualname__")),
      python_(targets, roles,
              patterns::TargetsOfCalls(targets, patterns::CallKind::kPython,
                                       settings.on_start || settings.on_resume)),
      native_(native),
      lines_(targets, roles),
      has_callers_(HasCallers(targets)),
      has_roles_(!roles.empty()),
      functions_(functions) {
  if (start_at.has_value()) start_at_ = std::make_unique<patterns::Matcher>(*start_at);
}

Decider::Module& Decider::ModuleOf(PyObject* globals, PyObject* file) {
  PyObject* name = DictItem(globals, name_key_);
  Module& module = modules_[SlotOf(name, file, modules_.size())];
  const bool is_known = module.name == name && module.file == file &&
                        (!module.is_main || (module.main_spec == DictItem(globals, spec_key_) &&
                                             module.main_file == DictItem(globals, file_key_)));
  if (!is_known) FillModule(name, file, globals, &module);
  return module;
}

void Decider::FillModule(PyObject* name, PyObject* file, PyObject* globals, Module* module) {
  std::string storage;
  const absl::string_view text = Utf8Of(name, &storage);
  module->is_main = IsMain(text);
  PyObject* main_spec = module->is_main ? DictItem(globals, spec_key_) : nullptr;
  PyObject* main_file = module->is_main ? DictItem(globals, file_key_) : nullptr;
  const std::string real_name = module->is_main ? RealNameOf(main_spec, main_file) : "";
  std::string file_storage;
  const absl::string_view file_text = Utf8Of(file, &file_storage);
  module->scope = python_.any_caller().EnterScope(text, real_name, file_text);
  if (start_at_ != nullptr) {
    module->start_at_scope = start_at_->EnterScope(text, real_name, file_text);
  }
  Store(&module->name, name);
  Store(&module->file, file);
  Store(&module->main_spec, main_spec);
  Store(&module->main_file, main_file);
}

Decider::CodeNames Decider::NamesOf(PyCodeObject* code, const Module& module) {
  std::string storage[3];
  CodeNames names;
  names.id = {std::string(Utf8Of(module.name, &storage[0])),
              std::string(Utf8Of(code->co_qualname, &storage[1])),
              std::string(Utf8Of(code->co_filename, &storage[2])),
              static_cast<uint32_t>(code->co_firstlineno)};
  if (module.is_main) names.real_module = RealNameOf(module.main_spec, module.main_file);
  return names;
}

Decider::CodeNames Decider::ForeignNames(PyCodeObject* code) {
  std::string storage[2];
  CodeNames names;
  names.has_frame = false;
  names.id = {"", std::string(Utf8Of(code->co_qualname, &storage[0])),
              std::string(Utf8Of(code->co_filename, &storage[1])),
              static_cast<uint32_t>(code->co_firstlineno)};
  names.id.module = ModuleOfFile(names.id.file, &names.real_module);
  return names;
}

// The names of code in `globals`, without the cache of modules, which only a GIL protects.
Decider::CodeNames Decider::NamesIn(PyObject* globals, PyCodeObject* code) const {
  const Owned name = OwnedDictItem(globals, name_key_);
  std::string storage;
  Module module;
  module.name = name.get();
  module.is_main = IsMain(Utf8Of(name.get(), &storage));
  const Owned main_spec = module.is_main ? OwnedDictItem(globals, spec_key_) : nullptr;
  const Owned main_file = module.is_main ? OwnedDictItem(globals, file_key_) : nullptr;
  module.main_spec = main_spec.get();
  module.main_file = main_file.get();
  return NamesOf(code, module);
}

Decision Decider::Decide(PyCodeObject* code) {
  PyObject* const globals = CurrentCode() == code ? CurrentGlobals() : nullptr;
  if (globals == nullptr) return DecideByNames(code, ForeignNames(code));
  RecordAlias(code, globals);
  if constexpr (kIsFreeThreaded) return DecideByNames(code, NamesIn(globals, code));
  std::string storage;
  const absl::string_view qualname = Utf8Of(code->co_qualname, &storage);
  Module& module = ModuleOf(globals, code->co_filename);
  const patterns::Match match = python_.any_caller().Find(&module.scope, qualname);
  const bool opens_window =
      start_at_ != nullptr && start_at_->Find(&module.start_at_scope, qualname).found();
  if (match.found() || opens_window || has_callers_ || has_roles_ || lines_.has_lines()) {
    CodeNames names = NamesOf(code, module);
    FindLines(code, &names);
    return DecisionOf(names, match, opens_window);
  }
  // The usual case, without copies of the names.
  std::string module_storage;
  std::string file_storage;
  const FunctionIdView id = {Utf8Of(module.name, &module_storage), qualname,
                             Utf8Of(code->co_filename, &file_storage)};
  return {.function = functions_->Resolve(id, match, false)};
}

// A program may name a function otherwise than its code is named (functools.wraps, dataclasses). A
// target with that name matches nothing, so the report needs both. The functions of one code object
// may have many names; this is that of the first one that is called.
void Decider::RecordAlias(PyCodeObject* code, PyObject* globals) {
  {
    const SharedLock lock;
    if (!functions_->records_unmatched()) return;
  }
  PyObject* const function = FunctionOfFrame(code);
  if (function == nullptr) return;
  // Attributes of a function are read without Python code.
  const Owned its_module(PyObject_GetAttr(function, module_key_));
  const Owned its_qualname(PyObject_GetAttr(function, qualname_key_));
  PyErr_Clear();
  const Owned module = OwnedDictItem(globals, name_key_);
  if (its_module == module && its_qualname.get() == code->co_qualname) return;  // nearly always
  std::string storage[5];
  const FunctionIdView named = {Utf8Of(its_module.get(), &storage[0]),
                                Utf8Of(its_qualname.get(), &storage[1])};
  const FunctionIdView of_code = {Utf8Of(module.get(), &storage[2]),
                                  Utf8Of(code->co_qualname, &storage[3]),
                                  Utf8Of(code->co_filename, &storage[4])};
  const bool is_alias = named.module != of_code.module || named.qualname != of_code.qualname;
  if (!is_alias || named.module.empty() || named.qualname.empty()) return;
  const FunctionId alias = AliasId(named, of_code);
  const SharedLock lock;
  functions_->AddUnmatched(alias.View());
}

Decision Decider::DecideByNames(PyCodeObject* code, CodeNames names) {
  FindLines(code, &names);
  const SharedLock lock;
  const patterns::FunctionNames view = names.View();
  const bool opens_window =
      start_at_ != nullptr &&
      start_at_->Find(view.module, view.real_module, view.file, view.qualname).found();
  const patterns::Match match = python_.Find(patterns::CallMatcher::kAnyCaller, view);
  return DecisionOf(names, match, opens_window);
}

void Decider::FindLines(PyCodeObject* code, CodeNames* names) {
  if (!names->has_frame || !lines_.has_lines()) return;
  bool may_find = false;
  {
    const SharedLock lock;
    may_find = lines_.MayFind(names->View());
  }
  if (may_find) names->event_lines = EventLines(code);
}

Decision Decider::DecisionOf(const CodeNames& names, const patterns::Match& match,
                             bool opens_window) {
  Decision decision;
  decision.caller = CallerOf(names);
  const patterns::FunctionNames view = names.View();
  if (python_.DependsOnRole(view) || lines_.DependsOnRole(view)) {
    decision.function = ByRole(names, opens_window);
    decision.has_lines = !names.event_lines.empty();
    return decision;
  }
  decision.function = FunctionIn(patterns::kNoRole, names, match, opens_window);
  decision.has_lines =
      decision.function != nullptr && decision.function->kind == FunctionKind::kWithLines;
  return decision;
}

// `match`: of all calls, in the role.
Function* Decider::FunctionIn(patterns::Role role, const CodeNames& names,
                              const patterns::Match& match, bool opens_window) {
  Function* const function = python_.DependsOnCaller(names.View())
                                 ? ByCaller(role, names, opens_window)
                                 : functions_->Resolve(names.id.View(), match, opens_window);
  std::vector<CodeWithLines::Range> ranges = RangesOf(role, names);
  return ranges.empty() ? function : WithLines(names, std::move(ranges), function);
}

Function* Decider::ByRole(const CodeNames& names, bool opens_window) {
  std::vector<ByRoleOfLines>& known = by_role_[names.id];
  for (const ByRoleOfLines& one : known) {
    if (one.event_lines == names.event_lines) return one.function.get();
  }
  auto function =
      std::make_unique<FunctionByRole>([this, names, opens_window](patterns::Role role) {
        const patterns::Match match =
            python_.Find(patterns::CallMatcher::kAnyCaller, names.View(), role);
        return FunctionIn(role, names, match, opens_window);
      });
  functions_->MakePlaceholder(function.get());
  function->opens_window = opens_window;
  known.push_back({names.event_lines, std::move(function)});
  return known.back().function.get();
}

std::vector<CodeWithLines::Range> Decider::RangesOf(patterns::Role role, const CodeNames& names) {
  std::vector<CodeWithLines::Range> ranges;
  const auto found = lines_.Find(names.View(), names.id.first_line, role);
  if (found.empty()) return ranges;
  if (!names.has_frame) {
    functions_->NoteCompiledLines(names.id.View());
    return ranges;
  }
  const std::vector<uint32_t>& code_lines = names.event_lines;
  absl::flat_hash_set<std::pair<uint32_t, uint32_t>> known;
  FunctionId id = names.id;
  const auto add = [&](const patterns::LineRange& lines, const patterns::Match& match) {
    if (!known.emplace(lines.first, lines.last).second) return;
    id.qualname = patterns::QualnameOfLines(names.id.qualname, lines);
    Function* const function = functions_->Resolve(id.View(), match, false);
    if (function != nullptr) ranges.push_back({lines, function});
  };
  bool has_all = true;
  for (const auto& [lines, match] : found) {
    if (lines.is_each) {
      for (const uint32_t line : code_lines) add({line, line}, match);
      continue;
    }
    const auto inside = std::lower_bound(code_lines.begin(), code_lines.end(), lines.first);
    if (inside != code_lines.end() && lines.Contains(*inside)) {
      add(lines, match);
    } else {
      has_all = false;
    }
  }
  if (!has_all && !code_lines.empty()) {
    // For the report: the lines that the function has.
    id.qualname =
        patterns::QualnameOfLines(names.id.qualname, {code_lines.front(), code_lines.back()});
    functions_->AddUnmatched(id.View());
  }
  return ranges;
}

CodeWithLines* Decider::WithLines(const CodeNames& names, std::vector<CodeWithLines::Range> ranges,
                                  Function* of_calls) {
  auto& known = with_lines_[names.id];
  for (const auto& code : known) {
    if (code->ranges == ranges && code->code_lines == names.event_lines &&
        code->of_calls == of_calls) {
      return code.get();
    }
  }
  auto& code = known.emplace_back(std::make_unique<CodeWithLines>());
  functions_->MakePlaceholder(code.get());
  code->kind = FunctionKind::kWithLines;
  code->SetRanges(std::move(ranges), names.event_lines);
  code->of_calls = of_calls;
  return code.get();
}

FunctionByCaller* Decider::ByCaller(patterns::Role role, const CodeNames& names,
                                    bool opens_window) {
  std::unique_ptr<FunctionByCaller>& function = by_caller_[{names.id, role}];
  if (function == nullptr) {
    function = std::make_unique<FunctionByCaller>();
    functions_->MakePlaceholder(function.get());
    function->kind = FunctionKind::kByCaller;
    function->id = names.id;
    function->role = role;
    function->real_module = names.real_module;
    function->has_frame = names.has_frame;
  }
  if (function->opens_window != opens_window) function->opens_window = opens_window;
  return function.get();
}

const Caller* Decider::CallerOf(const CodeNames& names) {
  if (!has_callers_) return nullptr;
  const auto python = python_.ClassOf(names.View());
  constexpr auto kAny = patterns::CallMatcher::kAnyCaller;
  const auto native = native_ != nullptr ? native_->ClassOf(names.View()) : kAny;
  if (python == kAny && native == kAny) return nullptr;
  std::unique_ptr<Caller>& caller = callers_[names.id];
  if (caller == nullptr) caller = std::make_unique<Caller>(Caller{names.id, python, native});
  return caller.get();
}

Function* Decider::DecideCall(FunctionByCaller* function, const Caller* caller) {
  const SharedLock lock;
  const auto [place, is_new] = function->functions.try_emplace(caller, nullptr);
  if (!is_new) return place->second;
  const FunctionId& id = function->id;
  const patterns::Match match =
      python_.Find(caller != nullptr ? caller->python : patterns::CallMatcher::kAnyCaller,
                   {id.module, function->real_module, id.file, id.qualname}, function->role);
  const FunctionId counted = python_.IsOfCaller(match) ? CallId(caller->id.View(), id.View()) : id;
  place->second = functions_->Resolve(counted.View(), match, function->opens_window);
  return place->second;
}

}  // namespace pyslow::core
