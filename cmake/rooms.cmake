# A room is a folder with one job, built as one library. Its headers are seen only by rooms that
# link it: each has an include directory of its own that holds nothing but a link to the folder, so
# an #include that the drawing in CONTRIBUTING.md does not allow fails to compile.

add_library(pyslow_options INTERFACE)
target_compile_options(pyslow_options INTERFACE
  -Wall -Wextra -Wpedantic $<$<BOOL:${PYSLOW_WERROR}>:-Werror>
  # So that a program holds of a room only what it calls.
  -ffunction-sections -fdata-sections)
if(PYSLOW_SANITIZE)
  target_compile_options(pyslow_options INTERFACE
    -fsanitize=${PYSLOW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    # With these a function's address is no constant for g++ (bug 71962), which Abseil's tables need;
    # AddressSanitizer finds such pointers all the same.
    -fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute)
  target_link_options(pyslow_options INTERFACE -fsanitize=${PYSLOW_SANITIZE})
endif()

# pyslow_room(NAME [TARGET target] SOURCES file... [ROOMS room...] [LIBRARIES library...])
# NAME is the folder; the library is pyslow_NAME unless TARGET says otherwise.
function(pyslow_room name)
  cmake_parse_arguments(ROOM "" "TARGET" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  if(NOT ROOM_TARGET)
    set(ROOM_TARGET pyslow_${name})
  endif()
  set(view ${PROJECT_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${name} ${view}/${name} SYMBOLIC)
  add_library(${ROOM_TARGET} STATIC ${ROOM_SOURCES})
  target_include_directories(${ROOM_TARGET} PUBLIC ${view})
  target_link_libraries(${ROOM_TARGET}
    PUBLIC ${ROOM_ROOMS} ${ROOM_LIBRARIES}
    PRIVATE pyslow_options)
endfunction()
