# CPython, which pyslow embeds. Why not CMake's FindPython: it finds one interpreter for a build, and
# pyslow is built for several at once. Lowest: 3.12, the first with PEP 669 (sys.monitoring).
# find_pythons searches for them, here and for ../bootstrap.
#
# PYSLOW_PYTHON lists the interpreters; empty: all that are found, the newest of each minor version.
# Sets PYSLOW_PYTHON_VERSIONS, the minor versions X.Y, oldest first, and for each of them
#   Python::X.Y                    a target with the headers and the library
#   PYSLOW_PYTHON_X.Y              the executable
#   PYSLOW_PYTHON_LIBRARY_X.Y      libpython
#   PYSLOW_PYTHON_IS_STATIC_X.Y    1 if the executable has CPython linked in and exports its functions
# A wheel is linked to no libpython: for PYSLOW_WHEEL only the headers count, of the oldest patch release of
# each minor version, and the libraries and executables are of no meaning.
# A target with the property PYSLOW_WITHOUT_LIBPYTHON is not linked to the library: it is loaded into
# such an executable, or loads the library itself.

set(pyslow_find_pythons ${CMAKE_CURRENT_LIST_DIR}/find_pythons)
if(PYSLOW_WHEEL)
  list(APPEND pyslow_find_pythons --headers)
endif()
execute_process(
  COMMAND bash ${pyslow_find_pythons} ${PYSLOW_PYTHON}
  OUTPUT_VARIABLE pyslow_pythons OUTPUT_STRIP_TRAILING_WHITESPACE
  ERROR_VARIABLE pyslow_pythons_errors RESULT_VARIABLE pyslow_no_python)
string(REGEX REPLACE "\n+" ";" pyslow_pythons "${pyslow_pythons}")

set(PYSLOW_PYTHON_VERSIONS "")
set(pyslow_pythons_refused "")
foreach(line IN LISTS pyslow_pythons)
  string(REPLACE "\t" ";" fields "${line}")
  list(GET fields 0 verdict)
  if(verdict STREQUAL "fit")
    list(GET fields 1 version)
    list(GET fields 4 executable)
    list(GET fields 5 include)
    list(GET fields 6 library)
    list(GET fields 8 is_static)
    add_library(Python::${version} INTERFACE IMPORTED GLOBAL)
    set_target_properties(Python::${version} PROPERTIES
      INTERFACE_LINK_LIBRARIES "$<$<NOT:$<OR:$<BOOL:${PYSLOW_WHEEL}>,$<BOOL:$<TARGET_PROPERTY:PYSLOW_WITHOUT_LIBPYTHON>>>>:${library}>"
      INTERFACE_INCLUDE_DIRECTORIES ${include})
    list(APPEND PYSLOW_PYTHON_VERSIONS ${version})
    set(PYSLOW_PYTHON_${version} ${executable})
    set(PYSLOW_PYTHON_LIBRARY_${version} ${library})
    set(PYSLOW_PYTHON_IS_STATIC_${version} ${is_static})
    message(STATUS "Python ${version}: ${executable} with ${library}")
  elseif(verdict STREQUAL "refused")
    list(GET fields 1 executable)
    list(GET fields 2 reason)
    string(APPEND pyslow_pythons_refused "\n  ${executable}: ${reason}")
  endif()
endforeach()
# An unusable interpreter is an error only if PYSLOW_PYTHON names it.
if(pyslow_no_python OR (PYSLOW_PYTHON AND pyslow_pythons_refused))
  message(FATAL_ERROR "these CPythons cannot be used:${pyslow_pythons_refused}\n"
    "${pyslow_pythons_errors}Name others with -DPYSLOW_PYTHON=/path/to/python3")
endif()
if(PYSLOW_WHEEL)
  foreach(version IN ITEMS 3.12 3.13 3.14)
    if(NOT version IN_LIST PYSLOW_PYTHON_VERSIONS)
      message(WARNING "the wheel is not for Python ${version}, because its headers were not found")
    endif()
  endforeach()
endif()
