# Eigen: least squares and the linear algebra of the sweep's designs. Why: header only, exact about
# rank and conditioning, kept. Lowest: 3.4 (Debian 12); 5 takes itself for another package than 3.
find_package(Eigen3 REQUIRED NO_MODULE)
if(Eigen3_VERSION VERSION_LESS 3.4)
  message(FATAL_ERROR "Eigen ${Eigen3_VERSION} is too old: 3.4 is the lowest")
endif()
