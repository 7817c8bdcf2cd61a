# Abseil: Status values, string building and splitting, flat hash maps.
# Why: the user's choice, and the best kept set of these for C++. Lowest version: 20220623 (Debian
# 12), which has a string_view type of its own and no absl/log, so this project uses
# absl::string_view throughout and no logging.
find_package(absl REQUIRED)

# Debian's package describes the shared libraries and ships the static ones beside them. The static
# ones are taken: forty more libraries to load would cost each start of pyslow some milliseconds,
# and a program that stands for python must not bring C++ libraries into a process whose extension
# modules may want others.
get_property(pyslow_imported DIRECTORY PROPERTY IMPORTED_TARGETS)
foreach(target IN LISTS pyslow_imported)
  if(NOT target MATCHES "^absl::")
    continue()
  endif()
  get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
  foreach(configuration IN LISTS configurations)
    get_target_property(location ${target} IMPORTED_LOCATION_${configuration})
    string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${location}")
    if(EXISTS "${archive}")
      set_target_properties(${target} PROPERTIES IMPORTED_LOCATION_${configuration} ${archive})
    endif()
  endforeach()
endforeach()
