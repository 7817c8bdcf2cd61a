# GoogleTest and GoogleMock: the unit tests. Reason: requested by the user. Minimum version: 1.12 (Debian 12).
find_package(GTest 1.12 REQUIRED)
include(GoogleTest)
