// A library for LD_PRELOAD that acquires tool IDs of sys.monitoring before pyslow does: the digits
// in the environment variable TAKES_TOOL_IDS, such as "34". pyslow is the first caller of
// PySys_GetObject("monitoring"), so the library acquires them in that call.
#include <dlfcn.h>

#include <cstdlib>
#include <cstring>

extern "C" {

struct _object;
_object* PyObject_CallMethod(_object* object, const char* name, const char* format, ...);
void Py_DecRef(_object* object);

__attribute__((visibility("default"))) _object* PySys_GetObject(const char* name) {
  using GetObject = _object*(const char*);
  static auto* const next = reinterpret_cast<GetObject*>(dlsym(RTLD_NEXT, "PySys_GetObject"));
  _object* const found = next(name);
  const char* ids = std::getenv("TAKES_TOOL_IDS");
  if (found == nullptr || ids == nullptr || std::strcmp(name, "monitoring") != 0) return found;
  for (; *ids != '\0'; ++ids) {
    Py_DecRef(PyObject_CallMethod(found, "use_tool_id", "is", *ids - '0', "early"));
  }
  return found;
}

}  // extern "C"
