// Small functions on the paths of files.
#ifndef PYSLOW_BASE_PATH_H_
#define PYSLOW_BASE_PATH_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow {

// `file`, absolute and without "." and "..", links not resolved; with them if they lead elsewhere,
// behind a link to a directory. "" if there is no current directory. The file need not exist.
std::string FullPath(const std::string& file);

std::string DirectoryOf(const std::string& file);
std::string BaseNameOf(const std::string& file);
bool IsExecutableFile(const std::string& file);
bool IsSameFile(const std::string& a, const std::string& b);

// The executable files named `name` in the directories of `path` ($PATH), until `accept` returns
// true for one: that one, as FullPath; "" if there is none, or if `path` is empty.
std::string FindOnPath(absl::string_view path, absl::string_view name,
                       const std::function<bool(const std::string& file)>& accept);
std::string FindOnPath(absl::string_view path, absl::string_view name);  // the first one

}  // namespace pyslow

#endif  // PYSLOW_BASE_PATH_H_
