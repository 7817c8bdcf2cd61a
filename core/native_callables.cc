#include "core/native_callables.h"

#include <cstring>
#include <utility>

#include "core/callable_name.h"
#include "core/cpython.h"
#include "core/shared.h"

namespace pyslow::core {
namespace {

// The lowest bits of CallableKey::owner.
enum Kind : uint64_t { kBuiltin = 1, kDescriptor, kClass, kInstance, kInstanceOfType, kMethod };
constexpr int kKindBits = 3;

// 0 if the type has no version: a key with it must not be stored.
uint64_t OwnerOf(PyTypeObject* type, Kind kind) {
  const uint64_t version = VersionOf(type);
  return version == 0 ? 0 : version << kKindBits | kind;
}

uint64_t OwnerOfBuiltin(const PyCFunctionObject* function) {
  PyObject* const self = function->m_self;
  if (self == nullptr) return kBuiltin;
  return OwnerOf(PyType_Check(self) ? reinterpret_cast<PyTypeObject*>(self) : Py_TYPE(self),
                 kBuiltin);
}

// The address of the referent of a weak entry, or of the object itself.
const PyObject* CallableIn(PyObject* held, bool is_weak) {
  return is_weak ? WeakReferent(held) : held;
}

patterns::FunctionNames NamesOf(const FunctionIdView& id) {
  return {id.module, "", "", id.qualname};
}

}  // namespace

NativeMatcher::NativeMatcher(const patterns::TargetSet& targets, const patterns::Roles& roles,
                             const Settings& settings,
                             const std::optional<patterns::TargetSet>& start_at,
                             MatchedFunctions* functions)
    : matcher_(targets, roles,
               patterns::TargetsOfCalls(targets, patterns::CallKind::kNative, settings.on_call)),
      functions_(functions) {
  InternNames();
  if (start_at.has_value()) start_at_ = std::make_unique<patterns::Matcher>(*start_at);
}

NativeCallables::NativeCallables(NativeMatcher* matcher)
    : matcher_(matcher), sets_(std::make_unique<std::array<Set, kSets>>()) {}

inline NativeCallables::Lookup NativeCallables::LookupOf(PyObject* callable, const Caller* caller) {
  if (PyCFunction_CheckExact(callable) || Py_IS_TYPE(callable, &PyCMethod_Type)) {
    const auto* const function = reinterpret_cast<PyCFunctionObject*>(callable);
    // That of a module lives as long as the module; a bound one often for one call.
    if (function->m_module != nullptr)
      return {{callable, kInstance, caller}, callable, nullptr, true};
    return {{function->m_ml, OwnerOfBuiltin(function), caller}, nullptr, function->m_ml->ml_name};
  }
  if (IsMethodDescriptor(callable)) {
    const auto* const descriptor = reinterpret_cast<PyDescrObject*>(callable);
    return {{descriptor->d_name, OwnerOf(descriptor->d_type, kDescriptor), caller},
            descriptor->d_name};
  }
  if (PyType_Check(callable)) {
    return {{nullptr, OwnerOf(reinterpret_cast<PyTypeObject*>(callable), kClass), caller}};
  }
  return {{callable, kInstance, caller}, callable, nullptr, true};
}

inline bool NativeCallables::Holds(const Entry& entry, const Lookup& lookup) {
  if (!(entry.key == lookup.key)) return false;
  if (lookup.is_instance) return CallableIn(entry.held, entry.is_weak) == lookup.key.object;
  return lookup.builtin_name == nullptr ||
         std::strcmp(entry.builtin_name.get(), lookup.builtin_name) == 0;
}

inline NativeCallables::Set& NativeCallables::SetOf(const CallableKey& key) {
  const uint64_t mixed = (reinterpret_cast<uint64_t>(key.object) >> 3 ^ key.owner ^
                          reinterpret_cast<uint64_t>(key.caller) >> 4) *
                         0x9e3779b97f4a7c15;
  return (*sets_)[mixed >> (64 - kSetBits)];
}

inline NativeCallables::Entry* NativeCallables::Find(const Lookup& lookup) {
  for (Entry& entry : SetOf(lookup.key)) {
    if (Holds(entry, lookup)) return &entry;
  }
  return nullptr;
}

inline Function* NativeCallables::FindOrDecide(const Lookup& lookup, PyObject* function,
                                               PyObject* callable) {
  if (const Entry* entry = Find(lookup); entry != nullptr) [[likely]]
    return entry->function;
  CallableKey of_type;
  if (lookup.is_instance) {
    of_type = {nullptr, OwnerOf(Py_TYPE(function), kInstanceOfType), lookup.key.caller};
    if (const Entry* entry = Find({of_type}); entry != nullptr) return entry->function;
  }
  Function* const decided = Decide(callable, lookup, of_type);
  DropEvicted();
  return decided;
}

Function* NativeCallables::OfOther(PyObject* callable, const Caller* caller) {
  return FindOrDecide(LookupOf(callable, caller), callable, callable);
}

// The name of a builtin function in a method is that of the class that contains it: see NameOf.
// Such a method is keyed by the type of its instance.
Function* NativeCallables::OfMethod(PyObject* method, const Caller* caller) {
  PyObject* inner = method;
  while (PyMethod_Check(PyMethod_GET_FUNCTION(inner))) inner = PyMethod_GET_FUNCTION(inner);
  PyObject* const function = PyMethod_GET_FUNCTION(inner);
  if (PyFunction_Check(function)) return nullptr;
  Lookup lookup = LookupOf(function, caller);
  if (PyCFunction_Check(function)) {
    // A key has room for one type. A builtin function that is bound too is decided at each call.
    const bool has_type = lookup.key.owner >> kKindBits != 0;
    lookup.key.owner = has_type ? 0 : OwnerOf(Py_TYPE(PyMethod_GET_SELF(inner)), kMethod);
  }
  return FindOrDecide(lookup, function, method);
}

// The end of a callable can run code of the program, which may be delayed and release the GIL. So
// it comes last, in frames without destructors (see Engine), and no member is read afterwards.
void NativeCallables::DropEvicted() { Py_XDECREF(std::exchange(evicted_, nullptr)); }

// To be followed by DropEvicted.
void NativeCallables::Store(const Lookup& lookup, Function* function) {
  if (lookup.key.owner == 0) return;
  Entry entry;
  entry.key = lookup.key;
  if (lookup.builtin_name != nullptr) {
    const size_t bytes = std::strlen(lookup.builtin_name) + 1;
    entry.builtin_name = std::make_unique<char[]>(bytes);
    std::memcpy(entry.builtin_name.get(), lookup.builtin_name, bytes);
  }
  entry.function = function;
  if (lookup.is_instance) {
    entry.held = PyWeakref_NewRef(lookup.held, nullptr);
    entry.is_weak = entry.held != nullptr;
    if (!entry.is_weak) PyErr_Clear();
  }
  if (entry.held == nullptr) entry.held = Py_XNewRef(lookup.held);
  Set& set = SetOf(lookup.key);
  Entry* place = &set[next_way_++ % kWays];
  for (Entry& old : set) {
    // An empty one, or one whose callable is dead.
    if (old.key.owner == 0 || (old.is_weak && WeakReferent(old.held) == Py_None)) place = &old;
  }
  std::swap(*place, entry);
  evicted_ = entry.held;
}

Function* NativeCallables::Decide(PyObject* callable, const Lookup& lookup,
                                  const CallableKey& of_type) {
  if (RunsPython(callable)) {
    // Depends on the type of the instance, whose version changes with its attributes.
    Store(lookup.is_instance ? Lookup{of_type} : lookup, nullptr);
    return nullptr;
  }
  const CallableName name = NameOf(callable);
  Function* const function =
      name.found() ? matcher_->Match({name.module, name.qualname}, lookup.key.caller) : nullptr;
  Store(name.is_of_type ? Lookup{of_type} : lookup, function);
  return function;
}

Function* NativeMatcher::Match(const FunctionIdView& id, const Caller* caller) {
  const SharedLock lock;
  const bool opens_window =
      start_at_ != nullptr && start_at_->Find(id.module, "", "", id.qualname).found();
  if (!matcher_.DependsOnRole(NamesOf(id))) {
    return MatchIn(patterns::kNoRole, id, caller, opens_window);
  }
  std::unique_ptr<FunctionByRole>& function = by_role_[{id.Copy(), caller}];
  if (function != nullptr) return function.get();
  function = std::make_unique<FunctionByRole>(
      [this, copy = id.Copy(), caller, opens_window](patterns::Role role) {
        return MatchIn(role, copy.View(), caller, opens_window);
      });
  functions_->MakePlaceholder(function.get());
  function->opens_window = opens_window;
  return function.get();
}

Function* NativeMatcher::MatchIn(patterns::Role role, const FunctionIdView& id,
                                 const Caller* caller, bool opens_window) {
  const patterns::Match match = matcher_.Find(
      caller != nullptr ? caller->native : patterns::CallMatcher::kAnyCaller, NamesOf(id), role);
  const FunctionId counted = matcher_.IsOfCaller(match) ? CallId(caller->id.View(), id) : id.Copy();
  return functions_->Resolve(counted.View(), match, opens_window);
}

void NativeCallables::Put(PyObject* callable, Function* function) {
  const Lookup lookup = LookupOf(callable, nullptr);
  Entry* const entry = Find(lookup);
  if (entry != nullptr) {
    entry->function = function;
  } else {
    Store(lookup, function);
    DropEvicted();
  }
}

}  // namespace pyslow::core
