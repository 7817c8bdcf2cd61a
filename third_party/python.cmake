# CPython: what pyslow is. Lowest: 3.12, the first with PEP 669 (sys.monitoring).
# Each interpreter of PYSLOW_PYTHON is asked where its headers and its libpython are, since CMake's
# own FindPython finds one interpreter for a whole build and pyslow is built for several at once.
#
# Afterwards PYSLOW_PYTHON_VERSIONS lists the minor versions, oldest first, and for each X.Y
# the target Python::X.Y carries its headers and library, and PYSLOW_PYTHON_X.Y its executable.

set(PYSLOW_PYTHON_QUERY [=[
import os, sys, sysconfig
v = sysconfig.get_config_var
lib = v("INSTSONAME") if v("Py_ENABLE_SHARED") else v("LDLIBRARY")
dirs = [v("LIBDIR"), os.path.join(v("LIBDIR"), v("MULTIARCH") or ""), v("LIBPL")]
# Debian's interpreters are static, with the shared library in a package of its own.
names = [n for n in (lib, "libpython%d.%d.so" % sys.version_info[:2]) if n and ".so" in n]
found = [os.path.join(d, n) for n in names for d in dirs if os.path.exists(os.path.join(d, n))]
print("%d.%d" % sys.version_info[:2])
print(sys.implementation.name)
print(int(bool(v("Py_GIL_DISABLED"))))
print(sysconfig.get_path("include"))
print(found[0] if found else "")
]=])

function(pyslow_query_python executable)
  execute_process(COMMAND ${executable} -I -c "${PYSLOW_PYTHON_QUERY}"
    OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${executable}: it does not run: ${err}")
  endif()
  string(REGEX REPLACE "\n" ";" out "${out}")
  list(GET out 0 version)
  list(GET out 1 implementation)
  list(GET out 2 free_threaded)
  list(GET out 3 include)
  list(GET out 4 library)
  if(NOT implementation STREQUAL "cpython")
    message(FATAL_ERROR "${executable}: it is ${implementation}, and pyslow embeds CPython")
  elseif(version VERSION_LESS 3.12)
    message(FATAL_ERROR "${executable}: it is Python ${version}, and pyslow needs 3.12 or later (PEP 669)")
  elseif(free_threaded)
    message(FATAL_ERROR "${executable}: it is free-threaded, and a delay that holds the GIL has no meaning there")
  elseif(NOT EXISTS ${include}/Python.h)
    message(FATAL_ERROR "${executable}: no ${include}/Python.h; install its headers (Debian: python${version}-dev)")
  elseif(NOT library)
    message(FATAL_ERROR "${executable}: no shared libpython${version}; install it (Debian: libpython${version}-dev) or build Python with --enable-shared")
  endif()
  if(NOT TARGET Python::${version})
    add_library(Python::${version} SHARED IMPORTED GLOBAL)
    set_target_properties(Python::${version} PROPERTIES
      IMPORTED_LOCATION ${library}
      INTERFACE_INCLUDE_DIRECTORIES ${include})
    set(PYSLOW_PYTHON_VERSIONS ${PYSLOW_PYTHON_VERSIONS} ${version} PARENT_SCOPE)
    set(PYSLOW_PYTHON_${version} ${executable} PARENT_SCOPE)
    message(STATUS "Python ${version}: ${executable} with ${library}")
  endif()
endfunction()

if(NOT PYSLOW_PYTHON)
  foreach(name IN ITEMS python3 python3.12 python3.13 python3.14 python3.15)
    find_program(PYSLOW_FOUND_${name} ${name})
    if(PYSLOW_FOUND_${name})
      execute_process(COMMAND ${PYSLOW_FOUND_${name}} -c
        "import sys; sys.exit(sys.version_info < (3, 12))" RESULT_VARIABLE unfit OUTPUT_QUIET ERROR_QUIET)
      if(unfit EQUAL 0)
        list(APPEND PYSLOW_PYTHON ${PYSLOW_FOUND_${name}})
      endif()
    endif()
  endforeach()
endif()
set(PYSLOW_PYTHON_VERSIONS "")
foreach(executable IN LISTS PYSLOW_PYTHON)
  pyslow_query_python(${executable})
endforeach()
if(NOT PYSLOW_PYTHON_VERSIONS)
  message(FATAL_ERROR "no CPython 3.12 or later on PATH: name one with -DPYSLOW_PYTHON=/path/to/python3")
endif()
list(SORT PYSLOW_PYTHON_VERSIONS COMPARE NATURAL)
