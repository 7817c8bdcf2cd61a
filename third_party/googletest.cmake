# GoogleTest and GoogleMock: the unit tests. Why: the user's choice. Lowest: 1.12 (Debian 12).
find_package(GTest 1.12 REQUIRED)
include(GoogleTest)
