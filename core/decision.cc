#include "core/decision.h"

#include <utility>

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

Decider::Decider(const patterns::TargetSet& targets,
                 const std::optional<patterns::TargetSet>& start_at,
                 const session::Session* session, session::Recorder* recorder)
    : name_key_(PyUnicode_InternFromString("__name__")),
      spec_key_(PyUnicode_InternFromString("__spec__")),
      file_key_(PyUnicode_InternFromString("__file__")),
      matcher_(targets),
      session_(session),
      recorder_(recorder) {
  opener_.counters = &unread_counters_;
  opener_.cell = &off_cell_;
  opener_.opens_window = true;
  opener_.is_target = false;
  if (start_at.has_value()) start_at_matcher_ = std::make_unique<patterns::Matcher>(*start_at);
  for (const patterns::Target& target : targets.targets()) {
    const bool is_listed = !target.excludes && targets.groups()[target.group].selected;
    has_matched_.push_back(!is_listed);
    if (is_listed && !session->directory().empty()) ++targets_without_match_;
  }
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
  module->scope = matcher_.EnterScope(text, real_name, file_text);
  if (start_at_matcher_ != nullptr) {
    module->start_at_scope = start_at_matcher_->EnterScope(text, real_name, file_text);
  }
  Store(&module->name, name);
  Store(&module->file, file);
  Store(&module->main_spec, main_spec);
  Store(&module->main_file, main_file);
}

Function* Decider::Decide(PyCodeObject* code) {
  PyObject* globals = CurrentGlobals();
  if (globals == nullptr) return nullptr;
  std::string storage;
  const absl::string_view qualname = Utf8Of(code->co_qualname, &storage);
  Module& module = ModuleOf(globals, code->co_filename);
  const patterns::Match match = matcher_.Find(&module.scope, qualname);
  const bool opens_window = start_at_matcher_ != nullptr &&
                            start_at_matcher_->Find(&module.start_at_scope, qualname).found();
  Function* function = match.found() && match.selected ? TargetOf(code, module, match) : nullptr;
  if (!match.found() && targets_without_match_ > 0 && unmatched_left_ > 0) {
    --unmatched_left_;
    std::string module_storage;
    std::string file_storage;
    recorder_->AddUnmatched(
        {Utf8Of(module.name, &module_storage), qualname, Utf8Of(code->co_filename, &file_storage)});
  }
  if (function != nullptr) function->opens_window = opens_window;
  return function == nullptr && opens_window ? &opener_ : function;
}

Function* Decider::TargetOf(PyCodeObject* code, const Module& module,
                            const patterns::Match& match) {
  std::string module_storage;
  std::string qualname_storage;
  std::string file_storage;
  const session::CountedFunction counted = recorder_->AddFunction(
      {{Utf8Of(module.name, &module_storage), Utf8Of(code->co_qualname, &qualname_storage),
        Utf8Of(code->co_filename, &file_storage), static_cast<uint32_t>(code->co_firstlineno)},
       static_cast<uint32_t>(match.group),
       static_cast<uint32_t>(match.target)});
  if (counted.counters == nullptr) return nullptr;  // no memory: not delayed
  if (counted.number < functions_.size()) return &functions_[counted.number];
  NoteMatch(match.target);
  Function& function = functions_.emplace_back();
  function.counters = counted.counters;
  function.cell = CellOf(counted.key, static_cast<size_t>(match.group));
  function.next = all_functions_.load(std::memory_order_relaxed);
  all_functions_.store(&function, std::memory_order_release);
  return &function;
}

const std::atomic<uint64_t>* Decider::CellOf(uint64_t key, size_t group) {
  if (const auto* cell = session_->FunctionCell(key, group); cell != nullptr) return cell;
  if (session_->own_time() != nullptr && !notes_group_cell_) {
    notes_group_cell_ = true;
    recorder_->AddNote(
        "the program has more functions than a live sweep can delay one by one: the functions that "
        "were called last were counted and never delayed");
  }
  return &session_->cell(group);
}

void Decider::NoteMatch(int32_t target) {
  if (has_matched_[target]) return;
  has_matched_[target] = true;
  if (targets_without_match_ > 0) --targets_without_match_;
}

void Decider::ForgetCells() noexcept {
  for (Function* function = all_functions_.load(std::memory_order_acquire); function != nullptr;
       function = function->next) {
    function->word = session::kNoCell;
  }
}

}  // namespace pyslow::core
