// The decision about a callable that is no Python function, and its cache.
#ifndef PYSLOW_CORE_NATIVE_CALLABLES_H_
#define PYSLOW_CORE_NATIVE_CALLABLES_H_

#include <Python.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "core/cpython.h"
#include "core/decision.h"
#include "core/engine_settings.h"
#include "core/function.h"
#include "core/matched_functions.h"
#include "patterns/call_matcher.h"
#include "patterns/matcher.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"

namespace pyslow::core {

// The key of a decision: the objects that contain the parts of a callable's name, not the callable
// alone. So a bound method that is created for each call has one entry, and a callable that gets
// the address of a dead one has another.
struct CallableKey {
  // Of a bound builtin method its PyMethodDef, of a descriptor its name, of a class nothing, of
  // anything else itself.
  const void* object = nullptr;
  // The version of the type that the name depends on, if any, with a kind in the lowest bits.
  uint64_t owner = 0;
  const Caller* caller = nullptr;  // nullptr: any function that no target names as a caller

  friend bool operator==(const CallableKey&, const CallableKey&) = default;
};

// Decides by the name of a callable. All members need the GIL, or without a GIL may be called by
// any thread.
class NativeMatcher {
 public:
  // `start_at`: the pattern whose function opens the window, or nullopt. All objects must outlive
  // this one.
  NativeMatcher(const patterns::TargetSet& targets, const patterns::Roles& roles,
                const Settings& settings, const std::optional<patterns::TargetSet>& start_at,
                MatchedFunctions* functions);

  // The function of calls by `caller` of a callable named `id`; nullptr if no target and not
  // --start-at matches it.
  Function* Match(const FunctionIdView& id, const Caller* caller);

  // Without a GIL, to be used with a SharedLock.
  patterns::CallMatcher& matcher() { return matcher_; }

 private:
  Function* MatchIn(patterns::Role role, const FunctionIdView& id, const Caller* caller,
                    bool opens_window);

  patterns::CallMatcher matcher_;
  std::unique_ptr<patterns::Matcher> start_at_;
  MatchedFunctions* const functions_;
  absl::flat_hash_map<std::pair<FunctionId, const Caller*>, std::unique_ptr<FunctionByRole>>
      by_role_;
};

// All members need the GIL; without a GIL, each thread has an object of its own. No exception may
// be set before a call, and none is set afterwards. Safe while the interpreter is finalized. Not
// destroyed before the interpreter is gone.
class NativeCallables {
 public:
  // `matcher` must outlive this object.
  explicit NativeCallables(NativeMatcher* matcher);

  // The function of `callable`, called by `caller`; nullptr if it runs Python code, which has
  // events itself, or if no target and not --start-at matches it. All callables of the same name
  // have the same function.
  Function* FunctionOf(PyObject* callable, const Caller* caller) {
    if (PyFunction_Check(callable)) return nullptr;
    return PyMethod_Check(callable) ? OfMethod(callable, caller) : OfOther(callable, caller);
  }

  // Stores or replaces a decision about a builtin function, for measurements.
  void Put(PyObject* callable, Function* function);

 private:
  // An entry references the objects whose addresses are in its key. A callable that has a name of
  // its own is referenced weakly if it can be. (The strong references keep some callables alive
  // that nothing else refers to, such as ufuncs of numpy.frompyfunc, until other entries replace
  // them.)
  struct alignas(64) Entry {
    CallableKey key;
    Function* function = nullptr;
    // Of a bound builtin method, because a PyMethodDef can be freed and its address used again.
    std::unique_ptr<char[]> builtin_name;
    PyObject* held = nullptr;
    bool is_weak = false;
  };
  // How a callable is looked up. `held` is borrowed.
  struct Lookup {
    CallableKey key;
    PyObject* held = nullptr;
    const char* builtin_name = nullptr;
    bool is_instance = false;
  };
  // Without a GIL, each thread has a cache.
  static constexpr int kSetBits = kIsFreeThreaded ? 7 : 10;
  static constexpr size_t kSets = size_t{1} << kSetBits;
  static constexpr size_t kWays = 4;
  using Set = std::array<Entry, kWays>;

  static Lookup LookupOf(PyObject* callable, const Caller* caller);
  static bool Holds(const Entry& entry, const Lookup& lookup);
  Set& SetOf(const CallableKey& key);
  Entry* Find(const Lookup& lookup);
  void Store(const Lookup& lookup, Function* function);
  void DropEvicted();
  Function* OfMethod(PyObject* method, const Caller* caller);
  Function* OfOther(PyObject* callable, const Caller* caller);
  // `function`: the function of `callable` if that is a bound method; otherwise `callable` itself.
  Function* FindOrDecide(const Lookup& lookup, PyObject* function, PyObject* callable);
  Function* Decide(PyObject* callable, const Lookup& lookup, const CallableKey& of_type);

  NativeMatcher* const matcher_;
  // Bounded, because a program may create callables without end. A set is full of others: the next
  // one in turn is replaced, and decided again when it is called.
  std::unique_ptr<std::array<Set, kSets>> sets_;
  uint32_t next_way_ = 0;
  PyObject* evicted_ = nullptr;  // what the entry referenced that Store has replaced
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_NATIVE_CALLABLES_H_
