// Serializes numbers and length-prefixed texts, in the machine's byte order.
#ifndef PYSLOW_SESSION_TEXT_CODEC_H_
#define PYSLOW_SESSION_TEXT_CODEC_H_

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::session {

class Encoder {
 public:
  template <typename T>
  void Number(T number) {
    static_assert(std::is_arithmetic_v<T>);
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    bytes_.append(bytes, sizeof number);
  }
  void Text(absl::string_view text) {
    Number(static_cast<uint32_t>(text.size()));
    bytes_.append(text.data(), text.size());
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads the output of Encoder. At the end of the bytes, ok() becomes false and all further values
// are zeros and empty texts.
class Decoder {
 public:
  explicit Decoder(absl::string_view bytes) : left_(bytes) {}

  template <typename T>
  T Number() {
    T number{};
    if (!Has(sizeof number)) return number;
    std::memcpy(&number, left_.data(), sizeof number);
    left_.remove_prefix(sizeof number);
    return number;
  }
  std::string Text() {
    const auto bytes = Number<uint32_t>();
    if (!Has(bytes)) return "";
    std::string text(left_.substr(0, bytes));
    left_.remove_prefix(bytes);
    return text;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return left_.empty(); }

 private:
  bool Has(size_t bytes) {
    if (bytes > left_.size()) ok_ = false;
    if (!ok_) left_ = absl::string_view();
    return ok_;
  }
  absl::string_view left_;
  bool ok_ = true;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_TEXT_CODEC_H_
