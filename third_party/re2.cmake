# RE2: the regular expressions that find a throughput in the output of a command. Reason: linear time for any
# expression, no recursion (std::regex overflows the stack on long lines), and helpful error messages. Minimum
# version: 20220601 (Debian 12, which has no CMake package for it; the library is found by its name).
find_path(RE2_INCLUDE_DIR re2/re2.h REQUIRED)
# A wheel contains it.
set(pyslow_re2 re2)
if(PYSLOW_WHEEL)
  set(pyslow_re2 libre2.a)
endif()
find_library(RE2_LIBRARY NAMES ${pyslow_re2} REQUIRED)
if(NOT TARGET re2::re2)
  add_library(re2::re2 UNKNOWN IMPORTED GLOBAL)
  set_target_properties(re2::re2 PROPERTIES
    IMPORTED_LOCATION ${RE2_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${RE2_INCLUDE_DIR})
endif()
