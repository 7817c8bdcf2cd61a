#include "report/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace pyslow::report {

bool MayColor(int file_descriptor) {
  const char* const no_color = std::getenv("NO_COLOR");
  return isatty(file_descriptor) == 1 && (no_color == nullptr || *no_color == '\0');
}

TerminalSize SizeOf(int file_descriptor) {
  winsize size = {};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace pyslow::report
