# CPython: what pyslow is. Why not CMake's own FindPython: it finds one interpreter for a whole
# build, and pyslow is built for several at once. Lowest: 3.12, the first with PEP 669
# (sys.monitoring). find_pythons does the looking, here and for ../bootstrap.
#
# PYSLOW_PYTHON names the interpreters; empty: every one found, the newest of each minor version.
# Afterwards PYSLOW_PYTHON_VERSIONS lists the minor versions, oldest first, and for each X.Y
# the target Python::X.Y carries its headers and library, PYSLOW_PYTHON_X.Y is its executable,
# PYSLOW_PYTHON_LIBRARY_X.Y its libpython, and PYSLOW_PYTHON_IS_STATIC_X.Y says whether the executable
# has CPython linked in and exports its functions. What is made to be loaded into such an executable
# has the property PYSLOW_HOSTED, and is not linked to the library.

execute_process(
  COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/find_pythons ${PYSLOW_PYTHON}
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
      INTERFACE_LINK_LIBRARIES "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:PYSLOW_HOSTED>>>:${library}>"
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
# One that was named and cannot be used is an error; one that was merely met is not.
if(pyslow_no_python OR (PYSLOW_PYTHON AND pyslow_pythons_refused))
  message(FATAL_ERROR "these CPythons cannot be used:${pyslow_pythons_refused}\n"
    "${pyslow_pythons_errors}Name others with -DPYSLOW_PYTHON=/path/to/python3")
endif()
