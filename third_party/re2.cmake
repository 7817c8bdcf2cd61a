# RE2: the regular expressions that find a throughput in a command's output.
# Why: time linear in the output whatever the expression, no recursion (std::regex overflows the
# stack on long lines), and errors that say what is wrong. Lowest: 20220601 (Debian 12, which ships
# no CMake package, so the library is looked for by name).
find_path(RE2_INCLUDE_DIR re2/re2.h REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
if(NOT TARGET re2::re2)
  add_library(re2::re2 UNKNOWN IMPORTED GLOBAL)
  set_target_properties(re2::re2 PROPERTIES
    IMPORTED_LOCATION ${RE2_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${RE2_INCLUDE_DIR})
endif()
