#include "base/width.h"

#include <clocale>
#include <cwchar>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/utf8.h"

namespace pyslow {
namespace {

constexpr absl::string_view kEllipsis = "\u2026";

// A character and the combining characters that follow it.
struct Cluster {
  absl::string_view bytes;
  size_t columns = 0;
};

// Makes wcwidth use the Unicode tables for as long as the object exists. They depend on the locale
// of the thread, and the user's may be C.
class UnicodeLocale {
 public:
  UnicodeLocale() : before_(uselocale(Unicode())) {}
  ~UnicodeLocale() { uselocale(before_); }
  UnicodeLocale(const UnicodeLocale&) = delete;
  UnicodeLocale& operator=(const UnicodeLocale&) = delete;

 private:
  // Created once and never freed. uselocale(nullptr) changes nothing.
  static locale_t Unicode() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }

  const locale_t before_;
};

size_t ColumnsOf(char32_t character) {
  if (character < 0x80) return 1;
  const int columns = wcwidth(static_cast<wchar_t>(character));
  return columns < 0 ? 1 : static_cast<size_t>(columns);  // -1: unknown to the C library
}

std::vector<Cluster> ClustersOf(absl::string_view text) {
  const UnicodeLocale locale;
  std::vector<Cluster> clusters;
  while (!text.empty()) {
    const char* const begin = text.data();
    const size_t columns = ColumnsOf(TakeCharacter(&text));
    const auto bytes = static_cast<size_t>(text.data() - begin);
    if (columns == 0 && !clusters.empty()) {
      absl::string_view& last = clusters.back().bytes;
      last = absl::string_view(last.data(), last.size() + bytes);
    } else {
      clusters.push_back({absl::string_view(begin, bytes), columns});
    }
  }
  return clusters;
}

}  // namespace

size_t DisplayWidth(absl::string_view text) {
  size_t columns = 0;
  for (const Cluster& cluster : ClustersOf(text)) columns += cluster.columns;
  return columns;
}

std::string Elided(absl::string_view text, size_t columns) {
  const std::vector<Cluster> clusters = ClustersOf(text);
  size_t width = 0;
  for (const Cluster& cluster : clusters) width += cluster.columns;
  if (width <= columns) return std::string(text);
  if (columns == 0) return "";
  size_t left = columns - 1;  // without the ellipsis
  size_t head_left = left / 3;
  size_t head = 0;
  for (; clusters[head].columns <= head_left; ++head) {
    head_left -= clusters[head].columns;
    left -= clusters[head].columns;
  }
  size_t tail = clusters.size();
  for (; tail > head && clusters[tail - 1].columns <= left; --tail) {
    left -= clusters[tail - 1].columns;
  }
  const char* const tail_begin =
      tail < clusters.size() ? clusters[tail].bytes.data() : text.data() + text.size();
  return absl::StrCat(
      text.substr(0, static_cast<size_t>(clusters[head].bytes.data() - text.data())), kEllipsis,
      text.substr(static_cast<size_t>(tail_begin - text.data())));
}

std::string Wrapped(absl::string_view text, size_t columns, size_t indent) {
  if (columns == 0) return std::string(text);
  std::string wrapped;
  size_t at = 0;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    const size_t width = DisplayWidth(word);
    if (wrapped.empty()) {
      at = width;
    } else if (at + 1 + width > columns) {
      absl::StrAppend(&wrapped, "\n", std::string(indent, ' '));
      at = indent + width;
    } else {
      absl::StrAppend(&wrapped, " ");
      at += 1 + width;
    }
    absl::StrAppend(&wrapped, word);
  }
  return wrapped;
}

}  // namespace pyslow
