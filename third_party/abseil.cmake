# Abseil: Status values, string building and splitting, flat hash maps, durations.
# Why: the user's choice, and the best kept set of these for C++. Lowest version: 20220623 (Debian
# 12), which has a string_view type of its own and no absl/log, so this project uses
# absl::string_view throughout and no logging.
find_package(absl REQUIRED)
