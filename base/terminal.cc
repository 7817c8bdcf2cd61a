#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace pyslow {

Style::Style(bool color)
    : bold(color ? "\033[1m" : ""),
      faint(color ? "\033[2m" : ""),
      good(color ? "\033[32m" : ""),
      warning(color ? "\033[1;35m" : ""),
      end(color ? "\033[0m" : "") {}

bool MayColor(int file_descriptor) {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && absl::string_view(terminal) == "dumb";
  return isatty(file_descriptor) == 1 && !is_dumb && (no_color == nullptr || *no_color == '\0');
}

TerminalSize SizeOf(int file_descriptor) {
  winsize size = {};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

void Print(std::FILE* stream, absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

}  // namespace pyslow
