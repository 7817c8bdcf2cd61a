# Eigen: least squares and the linear algebra of the designs of a sweep. Reason: header only, precise about rank
# and conditioning, maintained. Minimum version: 3.4 (Debian 12). No version in find_package, because the
# package files of Eigen 5 reject requests for version 3.
find_package(Eigen3 REQUIRED NO_MODULE)
if(Eigen3_VERSION VERSION_LESS 3.4)
  message(FATAL_ERROR "Eigen ${Eigen3_VERSION} is too old; the minimum is 3.4")
endif()
