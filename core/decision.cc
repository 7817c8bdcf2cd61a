#include "core/decision.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/call_targets.h"
#include "core/cpython.h"
#include "core/python_text.h"

namespace pyslow::core {
namespace {

// dict[key], borrowed, or nullptr without an exception.
PyObject* Item(PyObject* dict, PyObject* key) {
  PyObject* value = PyDict_GetItemWithError(dict, key);
  if (value == nullptr) PyErr_Clear();
  return value;
}

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

Decider::Decider(const patterns::TargetSet& targets, const Settings& settings,
                 const std::optional<patterns::TargetSet>& start_at, patterns::CallMatcher* native,
                 MatchedFunctions* functions)
    : name_key_(PyUnicode_InternFromString("__name__")),
      spec_key_(PyUnicode_InternFromString("__spec__")),
      file_key_(PyUnicode_InternFromString("__file__")),
      python_(targets, PythonTargets(targets, settings)),
      native_(native),
      functions_(functions) {
  if (start_at.has_value()) start_at_ = std::make_unique<patterns::Matcher>(*start_at);
}

Decider::Module& Decider::ModuleOf(PyObject* globals, PyObject* file) {
  PyObject* name = Item(globals, name_key_);
  Module& module = modules_[SlotOf(name, file, modules_.size())];
  const bool is_known = module.name == name && module.file == file &&
                        (!module.is_main || (module.main_spec == Item(globals, spec_key_) &&
                                             module.main_file == Item(globals, file_key_)));
  if (!is_known) FillModule(name, file, globals, &module);
  return module;
}

void Decider::FillModule(PyObject* name, PyObject* file, PyObject* globals, Module* module) {
  std::string storage;
  const absl::string_view text = Utf8Of(name, &storage);
  module->is_main = IsMain(text);
  PyObject* main_spec = module->is_main ? Item(globals, spec_key_) : nullptr;
  PyObject* main_file = module->is_main ? Item(globals, file_key_) : nullptr;
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

Decider::CodeNames Decider::NamesOf(PyCodeObject* code, const Module& module) const {
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
  names.id = {"", std::string(Utf8Of(code->co_qualname, &storage[0])),
              std::string(Utf8Of(code->co_filename, &storage[1])),
              static_cast<uint32_t>(code->co_firstlineno)};
  names.id.module = ModuleOfFile(names.id.file, &names.real_module);
  return names;
}

Decider::CodeNames Decider::NamesOf(PyCodeObject* code) {
  PyObject* const globals = CurrentCode() == code ? CurrentGlobals() : nullptr;
  return globals != nullptr ? NamesOf(code, ModuleOf(globals, code->co_filename))
                            : ForeignNames(code);
}

Function* Decider::Decide(PyCodeObject* code) {
  PyObject* const globals = CurrentCode() == code ? CurrentGlobals() : nullptr;
  if (globals == nullptr) return DecideForeign(code);
  std::string storage;
  const absl::string_view qualname = Utf8Of(code->co_qualname, &storage);
  Module& module = ModuleOf(globals, code->co_filename);
  const patterns::Match match = python_.any_caller().Find(&module.scope, qualname);
  const bool opens_window =
      start_at_ != nullptr && start_at_->Find(&module.start_at_scope, qualname).found();
  const bool has_names = match.found() || opens_window || python_.has_callers();
  if (has_names) return FunctionOf(NamesOf(code, module), match, opens_window);
  if (functions_->wants_unmatched()) {
    std::string module_storage;
    std::string file_storage;
    functions_->AddUnmatched(
        {Utf8Of(module.name, &module_storage), qualname, Utf8Of(code->co_filename, &file_storage)});
  }
  return nullptr;
}

Function* Decider::DecideForeign(PyCodeObject* code) {
  const CodeNames names = ForeignNames(code);
  const patterns::FunctionNames view = names.View();
  const bool opens_window =
      start_at_ != nullptr &&
      start_at_->Find(view.module, view.real_module, view.file, view.qualname).found();
  return FunctionOf(names, python_.Find(patterns::CallMatcher::kAnyCaller, view), opens_window);
}

Function* Decider::FunctionOf(const CodeNames& names, const patterns::Match& match,
                              bool opens_window) {
  if (python_.DependsOnCaller(names.View())) return ByCaller(names, opens_window);
  Function* function =
      match.found() && match.selected ? functions_->Add(names.id.View(), match) : nullptr;
  if (!match.found() && functions_->wants_unmatched()) {
    functions_->AddUnmatched({names.id.module, names.id.qualname, names.id.file});
  }
  if (function != nullptr) function->opens_window = opens_window;
  return function == nullptr && opens_window ? functions_->opener() : function;
}

FunctionByCaller* Decider::ByCaller(const CodeNames& names, bool opens_window) {
  std::unique_ptr<FunctionByCaller>& function = by_caller_[names.id];
  if (function == nullptr) {
    function = std::make_unique<FunctionByCaller>();
    functions_->MakePlaceholder(function.get());
    function->by_caller = true;
    function->id = names.id;
    function->real_module = names.real_module;
  }
  function->opens_window = opens_window;
  return function.get();
}

const Caller* Decider::DecideCaller(PyCodeObject* code) {
  CodeNames names = NamesOf(code);
  const auto python = python_.ClassOf(names.View());
  constexpr auto kAny = patterns::CallMatcher::kAnyCaller;
  const auto native = native_ != nullptr ? native_->ClassOf(names.View()) : kAny;
  if (python == kAny && native == kAny) return nullptr;
  std::unique_ptr<Caller>& caller = callers_[names.id];
  if (caller == nullptr) {
    caller = std::make_unique<Caller>(Caller{std::move(names.id), python, native});
  }
  return caller.get();
}

Function* Decider::DecideCall(FunctionByCaller* function, const Caller* caller) {
  const auto [place, is_new] = function->functions.try_emplace(caller, nullptr);
  if (!is_new) return place->second;
  const FunctionId& id = function->id;
  const patterns::Match match =
      python_.Find(caller != nullptr ? caller->python : patterns::CallMatcher::kAnyCaller,
                   {id.module, function->real_module, id.file, id.qualname});
  if (match.found() && match.selected) {
    const FunctionId counted =
        python_.IsOfCaller(match) ? CallId(caller->id.View(), id.View()) : id;
    place->second = functions_->Add(counted.View(), match);
  } else if (!match.found() && functions_->wants_unmatched()) {
    functions_->AddUnmatched({id.module, id.qualname, id.file});
  }
  return place->second;
}

}  // namespace pyslow::core
