# cxxopts: declares the programs' options and prints their help.
# Why: the user's choice; header only. It cannot stop at the first positional word, so base/options
# takes the words off itself, by the same table; to have them parsed once more would take 55 us of
# each start, for the C++ library's locales. Lowest: 3.1 (Debian 12 has 3.1.1, Debian 13 has 3.2.1).
find_package(cxxopts 3.1 REQUIRED)
# Its regular expressions are compiled before main, whatever main does: 0.5 ms of each start.
target_compile_definitions(cxxopts::cxxopts INTERFACE CXXOPTS_NO_REGEX)
