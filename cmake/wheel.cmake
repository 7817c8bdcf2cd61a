# What a wheel needs beyond the programs (PYSLOW_WHEEL); pyproject.toml and packaging/wheel_backend.py make it.
#
# All libraries except those of the C library are linked statically: a wheel that needs others gets copies of
# them, and shims in place of its programs, from auditwheel.
#
# pyslow_for_wheel(TARGET) is called for each program and library of a wheel. It adds what keeps the wheel
# usable with the C library of manylinux_2_34, although it may be built with a later one.
function(pyslow_for_wheel target)
  if(NOT PYSLOW_WHEEL)
    return()
  endif()
  target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/third_party/old_glibc_unwind.cc)
  target_link_options(${target} PRIVATE
    -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--as-needed)
  if(target STREQUAL pyslow-sweep)
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/third_party/old_glibc_functions.cc)
    target_link_options(${target} PRIVATE -Wl,--wrap=hypot)
  endif()
endfunction()

if(NOT PYSLOW_WHEEL)
  return()
endif()

# scikit-build-core's directories: the wheel's .data/scripts and .data/data, which are bin/ and the prefix of
# the environment that it is installed in.
if(SKBUILD)
  set(CMAKE_INSTALL_BINDIR ${SKBUILD_SCRIPTS_DIR})
  set(CMAKE_INSTALL_LIBEXECDIR ${SKBUILD_DATA_DIR}/libexec)
  set(CMAKE_INSTALL_MANDIR ${SKBUILD_DATA_DIR}/share/man)
endif()

# Abseil as position-independent code, once per build directory.
if(NOT PYSLOW_ABSEIL_ARCHIVES)
  set(PYSLOW_ABSEIL_ARCHIVES ${PROJECT_BINARY_DIR}/abseil)
  execute_process(COMMAND bash ${PROJECT_SOURCE_DIR}/third_party/pic_abseil ${PYSLOW_ABSEIL_ARCHIVES}
    OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "third_party/pic_abseil failed:\n${output}")
  endif()
endif()
