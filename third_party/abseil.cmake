# Abseil: Status values, string building and splitting, flat hash maps. Reason: requested by the user, and well
# maintained. Minimum version: 20220623 (Debian 12), which has its own string_view type and no absl/log;
# therefore the project uses absl::string_view everywhere and no logging.
#
# PYSLOW_ABSEIL_ARCHIVES is a directory that pic_abseil made, or empty. PYSLOW_LIBRARY_ABSEIL is true if the
# archives can be linked into a shared library such as libpyslow; those of Debian cannot.
set(PYSLOW_ABSEIL_ARCHIVES "${PYSLOW_ABSEIL_ARCHIVES}" CACHE PATH "Abseil's archives as position-independent code")
find_package(absl REQUIRED)

# Debian's package describes the shared libraries and also contains static ones. The static ones are linked:
# loading forty libraries would add milliseconds to each start of pyslow, and pyslow must not load C++
# libraries into a process whose extension modules may need other versions.
get_property(pyslow_imported DIRECTORY PROPERTY IMPORTED_TARGETS)
foreach(target IN LISTS pyslow_imported)
  if(NOT target MATCHES "^absl::")
    continue()
  endif()
  get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
  foreach(configuration IN LISTS configurations)
    get_target_property(location ${target} IMPORTED_LOCATION_${configuration})
    string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${location}")
    get_filename_component(name "${archive}" NAME)
    if(PYSLOW_ABSEIL_ARCHIVES AND EXISTS "${PYSLOW_ABSEIL_ARCHIVES}/${name}")
      set(archive "${PYSLOW_ABSEIL_ARCHIVES}/${name}")
    endif()
    if(EXISTS "${archive}")
      set_target_properties(${target} PROPERTIES IMPORTED_LOCATION_${configuration} ${archive})
    endif()
  endforeach()
endforeach()

# The targets are still of type SHARED, so CMake would add the directory to the RPATH of all programs, followed
# by an empty entry, which means the current directory.
if(PYSLOW_ABSEIL_ARCHIVES)
  list(APPEND CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES ${PYSLOW_ABSEIL_ARCHIVES})
endif()

# Tested once for each kind of archive.
set(archives "Debian's own")
if(PYSLOW_ABSEIL_ARCHIVES AND EXISTS "${PYSLOW_ABSEIL_ARCHIVES}/version")
  file(STRINGS "${PYSLOW_ABSEIL_ARCHIVES}/version" archives)
endif()
if(NOT "${PYSLOW_LIBRARY_ABSEIL_OF}" STREQUAL "${archives}")
  unset(PYSLOW_LIBRARY_ABSEIL CACHE)
  try_compile(PYSLOW_LIBRARY_ABSEIL
    ${PROJECT_BINARY_DIR}/try_abseil ${CMAKE_CURRENT_LIST_DIR}/try_abseil.cc
    COMPILE_DEFINITIONS -fPIC
    LINK_OPTIONS -shared
    LINK_LIBRARIES absl::flat_hash_map absl::statusor absl::str_format
    CXX_STANDARD 20)
  set(PYSLOW_LIBRARY_ABSEIL_OF "${archives}" CACHE INTERNAL "")
  message(STATUS "Abseil fits into a shared library: ${PYSLOW_LIBRARY_ABSEIL}")
endif()
