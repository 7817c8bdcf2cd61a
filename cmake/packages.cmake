# The tar.gz and the .deb: what a wheel contains, without pip. They run every Python that the wheel runs.
#
#   cmake -B DIR -DPYSLOW_WHEEL=ON -DPYSLOW_TESTS=OFF && cmake --build DIR && cpack --config DIR/CPackConfig.cmake
#
# Nothing in them names the directory that they are installed in: the tar.gz is unpacked anywhere.
if(NOT PYSLOW_WHEEL OR SKBUILD)
  return()
endif()

# Completions, where each shell finds them itself.
foreach(program IN ITEMS pyslow pyslow-sweep pyslow-report)
  foreach(place IN ITEMS
      bash:${CMAKE_INSTALL_DATADIR}/bash-completion/completions:${program}
      zsh:${CMAKE_INSTALL_DATADIR}/zsh/site-functions:_${program}
      fish:${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d:${program}.fish)
    string(REPLACE ":" ";" place ${place})
    list(POP_FRONT place shell directory name)
    set(file ${PROJECT_BINARY_DIR}/completions/${shell}/${name})
    add_custom_command(OUTPUT ${file}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/completions/${shell}
      COMMAND ${program} --completion ${shell} > ${file}
      DEPENDS ${program} VERBATIM)
    list(APPEND completions ${file})
    install(FILES ${file} DESTINATION ${directory})
  endforeach()
endforeach()
add_custom_target(completions ALL DEPENDS ${completions})

set(CPACK_GENERATOR TGZ DEB)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_VENDOR pyslow)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "python, with selected functions slowed by a known delay")
set(CPACK_PACKAGE_FILE_NAME pyslow-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian_places.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The authors of pyslow")
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Debian 12's own Python is older; there others run.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3 (>= 3.12)")
include(CPack)
