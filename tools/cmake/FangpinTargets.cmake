# The only functions that create targets. Every target x has an alias fangpin::x.

include(GoogleTest)

set(FANGPIN_GEN_DIR ${CMAKE_BINARY_DIR}/gen)
file(MAKE_DIRECTORY ${FANGPIN_GEN_DIR})
# Everything that tools write into it: all that clang-tidy needs before it can read the sources.
add_custom_target(generated)

# fangpin_proto(NAME x PROTOS a.proto ... [GRPC b.proto ...] [DEPS ...])
# Messages of PROTOS and GRPC, and the gRPC stubs of GRPC, as one library. Paths are relative to
# proto/, as in import statements.
function(fangpin_proto)
  cmake_parse_arguments(ARG "" "NAME" "PROTOS;GRPC;DEPS" ${ARGN})
  set(root ${PROJECT_SOURCE_DIR}/proto)
  set(sources)
  foreach(proto ${ARG_PROTOS} ${ARG_GRPC})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(out ${FANGPIN_GEN_DIR}/${stem}.pb.cc ${FANGPIN_GEN_DIR}/${stem}.pb.h)
    set(grpc_args)
    if(proto IN_LIST ARG_GRPC)
      list(APPEND out ${FANGPIN_GEN_DIR}/${stem}.grpc.pb.cc ${FANGPIN_GEN_DIR}/${stem}.grpc.pb.h)
      set(grpc_args --plugin=protoc-gen-grpc=${FANGPIN_GRPC_CPP_PLUGIN} --grpc_out=${FANGPIN_GEN_DIR})
    endif()
    add_custom_command(
      OUTPUT ${out}
      COMMAND ${FANGPIN_PROTOC} -I ${root} --cpp_out=${FANGPIN_GEN_DIR} ${grpc_args} ${root}/${proto}
      DEPENDS ${root}/${proto}
      COMMENT "protoc ${proto}"
      VERBATIM)
    list(APPEND sources ${out})
  endforeach()
  add_custom_target(${ARG_NAME}_generated DEPENDS ${sources})
  add_dependencies(generated ${ARG_NAME}_generated)
  add_library(${ARG_NAME} STATIC ${sources})
  add_dependencies(${ARG_NAME} ${ARG_NAME}_generated)
  add_library(fangpin::${ARG_NAME} ALIAS ${ARG_NAME})
  target_include_directories(${ARG_NAME} SYSTEM PUBLIC ${FANGPIN_GEN_DIR})
  target_link_libraries(${ARG_NAME} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  if(ARG_GRPC)
    target_link_libraries(${ARG_NAME} PUBLIC gRPC::grpc++)
  endif()
  # Generated code is machine output: size matters more than its warnings.
  target_compile_options(${ARG_NAME} PRIVATE -w)
endfunction()

# fangpin_library(NAME x SRCS a.cc ... [DEPS ...])   Without SRCS: header-only.
function(fangpin_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  if(ARG_SRCS)
    add_library(${ARG_NAME} STATIC ${ARG_SRCS})
    target_include_directories(${ARG_NAME} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${ARG_NAME} PUBLIC ${ARG_DEPS})
    target_compile_options(${ARG_NAME} PRIVATE ${FANGPIN_WARNINGS})
  else()
    add_library(${ARG_NAME} INTERFACE)
    target_include_directories(${ARG_NAME} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${ARG_NAME} INTERFACE ${ARG_DEPS})
  endif()
  add_library(fangpin::${ARG_NAME} ALIAS ${ARG_NAME})
endfunction()

# fangpin_binary(NAME target OUTPUT file SRCS ... [DEPS ...])   An executable in bin/.
function(fangpin_binary)
  cmake_parse_arguments(ARG "" "NAME;OUTPUT" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  add_executable(fangpin::${ARG_NAME} ALIAS ${ARG_NAME})
  set_target_properties(${ARG_NAME} PROPERTIES OUTPUT_NAME ${ARG_OUTPUT})
  target_include_directories(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS})
  target_compile_options(${ARG_NAME} PRIVATE ${FANGPIN_WARNINGS})
endfunction()

# fangpin_test(NAME x SRCS x_test.cc ... [DEPS ...] [LABEL unit|store|api|e2e|load])
# A GoogleTest binary. Tests run with the source root as working directory.
function(fangpin_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${ARG_NAME} PRIVATE ${FANGPIN_WARNINGS})
  target_compile_definitions(${ARG_NAME} PRIVATE FANGPIN_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  gtest_discover_tests(${ARG_NAME}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 300)
endfunction()

# fangpin_sql(NAME x_sql SERVICE x DIR store/sql)
# Embeds DIR/queries.sql and the numbered migrations as constexpr data in sql/<SERVICE>_sql.h. The
# one glob of the build: embed_sql.py reads the folder too, and a list here could leave out a
# migration that it embeds.
function(fangpin_sql)
  cmake_parse_arguments(ARG "" "NAME;SERVICE;DIR" "" ${ARGN})
  set(dir ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DIR})
  set(header ${FANGPIN_GEN_DIR}/sql/${ARG_SERVICE}_sql.h)
  file(GLOB inputs CONFIGURE_DEPENDS ${dir}/*.sql)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/embed_sql.py
            --service ${ARG_SERVICE} --dir ${dir} --out ${header}
    DEPENDS ${inputs} ${PROJECT_SOURCE_DIR}/tools/embed_sql.py
    COMMENT "embed_sql ${ARG_SERVICE}"
    VERBATIM)
  add_custom_target(${ARG_NAME}_header DEPENDS ${header})
  add_dependencies(generated ${ARG_NAME}_header)
  add_library(${ARG_NAME} INTERFACE)
  add_dependencies(${ARG_NAME} ${ARG_NAME}_header)
  target_include_directories(${ARG_NAME} SYSTEM INTERFACE ${FANGPIN_GEN_DIR})
  add_library(fangpin::${ARG_NAME} ALIAS ${ARG_NAME})
endfunction()
