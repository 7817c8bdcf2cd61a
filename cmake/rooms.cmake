# A room is a folder with one responsibility, built as one library. Its files include only headers of the
# rooms that its pyslow_room call names; cmake/check_rooms.py checks this.

add_library(pyslow_options INTERFACE)
target_include_directories(pyslow_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(pyslow_options INTERFACE
  -Wall -Wextra -Wpedantic $<$<BOOL:${PYSLOW_WERROR}>:-Werror>
  # Lets the linker remove unused functions and data.
  -ffunction-sections -fdata-sections)
if(PYSLOW_SANITIZE)
  target_compile_options(pyslow_options INTERFACE
    -fsanitize=${PYSLOW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    # Disabled, because with these g++ does not treat a function's address as a constant (GCC bug 71962),
    # which Abseil's tables need. AddressSanitizer still reports null pointers.
    -fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute)
  target_link_options(pyslow_options INTERFACE -fsanitize=${PYSLOW_SANITIZE})
endif()

# pyslow_room_target(VARIABLE ROOM VERSION) sets VARIABLE to the library of ROOM: pyslow_NAME, or
# pyslow_NAME_VERSION if the room is compiled for each Python; NAME is the last part of the folder.
function(pyslow_room_target variable room version)
  get_filename_component(name ${room} NAME)
  if(version AND TARGET pyslow_${name}_${version})
    set(${variable} pyslow_${name}_${version} PARENT_SCOPE)
  else()
    set(${variable} pyslow_${name} PARENT_SCOPE)
  endif()
endfunction()

# pyslow_room(FOLDER [VERSION X.Y] SOURCES file… [ROOMS folder…] [LIBRARIES library…])
# Adds the library of a room. FOLDER and ROOMS are relative to the project; ROOMS are the rooms whose headers
# it includes. VERSION: the Python for which the room is compiled; the library's name ends in it.
function(pyslow_room folder)
  cmake_parse_arguments(ROOM "" "VERSION" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  get_filename_component(name ${folder} NAME)
  set(target pyslow_${name})
  if(ROOM_VERSION)
    set(target pyslow_${name}_${ROOM_VERSION})
  endif()
  set(rooms "")
  foreach(room IN LISTS ROOM_ROOMS)
    pyslow_room_target(library ${room} "${ROOM_VERSION}")
    list(APPEND rooms ${library})
  endforeach()
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_link_libraries(${target} PUBLIC ${rooms} ${ROOM_LIBRARIES} PRIVATE pyslow_options)
endfunction()
