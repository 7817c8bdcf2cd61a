#include "launcher/handoff/handoff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace pyslow::handoff {
namespace {

using ::testing::ElementsAre;

constexpr char kPreloaded[] = "/opt/lib/pyslow/libpyslow3.13.so";

// An environment as main receives it: writable, ended by a null pointer.
class WritableEnvironment {
 public:
  explicit WritableEnvironment(const std::vector<std::string>& entries) : texts_(entries) {
    for (std::string& text : texts_) entries_.push_back(text.data());
    entries_.push_back(nullptr);
  }
  char** entries() { return entries_.data(); }
  std::vector<std::string> Shown() const {
    std::vector<std::string> shown;
    for (char* const* entry = entries_.data(); *entry != nullptr; ++entry)
      shown.emplace_back(*entry);
    return shown;
  }
  // The contents of /proc/PID/environ.
  std::string Bytes() const {
    std::string bytes;
    for (const std::string& text : texts_) bytes.append(text).push_back('\0');
    return bytes;
  }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> entries_;
};

std::vector<std::string> WithHandoff(WritableEnvironment environment,
                                     const std::string& library = kPreloaded,
                                     const std::string& reason = "") {
  HandoffEnvironment for_exec(environment.entries(), library,
                              {"/opt/bin/pyslow3.13", "a name", reason});
  std::vector<std::string> shown;
  for (char* const* entry = for_exec.entries(); *entry != nullptr; ++entry)
    shown.emplace_back(*entry);
  return shown;
}

TEST(HandoffTest, PreloadsTheLibraryAndKeepsTheOtherEntries) {
  EXPECT_THAT(WithHandoff(WritableEnvironment({"A=1", "B="})),
              ElementsAre("A=1", "B=", "LD_PRELOAD=/opt/lib/pyslow/libpyslow3.13.so",
                          "PYSLOW_HANDOFF=a name/opt/bin/pyslow3.13"));
}

TEST(HandoffTest, AppendsToTheUsersPreload) {
  EXPECT_THAT(WithHandoff(WritableEnvironment({"LD_PRELOAD=libasan.so other.so", "A=1"})),
              ElementsAre("LD_PRELOAD=libasan.so other.so:/opt/lib/pyslow/libpyslow3.13.so", "A=1",
                          "PYSLOW_HANDOFF=a name/opt/bin/pyslow3.13"));
}

TEST(HandoffTest, TakingItRestoresTheEnvironment) {
  for (const std::vector<std::string>& original : std::vector<std::vector<std::string>>{
           {},
           {"A=1", "B=2"},
           {"LD_PRELOAD="},
           {"LD_PRELOAD=x.so", "A=1"},
           {"A=1", "LD_PRELOAD=x.so y.so"},
           {"LD_PRELOAD=first.so", "A=1", "LD_PRELOAD=last.so"}}) {
    WritableEnvironment environment(WithHandoff(WritableEnvironment(original)));
    char* const first = environment.entries()[0];
    const std::optional<Handoff> handoff = TakeHandoff(environment.entries());
    ASSERT_TRUE(handoff.has_value());
    EXPECT_EQ(handoff->binary, "/opt/bin/pyslow3.13");
    EXPECT_EQ(handoff->process_name, "a name");
    EXPECT_EQ(handoff->library, kPreloaded);
    EXPECT_FALSE(handoff->is_unverified);
    EXPECT_EQ(environment.Shown(), original);
    EXPECT_EQ(environment.Bytes().find("pyslow"), std::string::npos);
    EXPECT_EQ(environment.Bytes().find("PYSLOW"), std::string::npos);
    if (!original.empty()) {
      EXPECT_EQ(environment.entries()[0], first);
    }
  }
}

TEST(HandoffTest, WithoutALibraryCarriesTheReasonForEmbedding) {
  for (const std::vector<std::string>& original :
       std::vector<std::vector<std::string>>{{}, {"A=1"}, {"LD_PRELOAD=x.so", "A=1"}}) {
    for (const std::string reason : {"", "/usr/bin/python3: it is Python 3.11"}) {
      WritableEnvironment environment(WithHandoff(WritableEnvironment(original), "", reason));
      const std::optional<Handoff> handoff = TakeHandoff(environment.entries());
      ASSERT_TRUE(handoff.has_value());
      EXPECT_EQ(handoff->binary, "/opt/bin/pyslow3.13");
      EXPECT_EQ(handoff->process_name, "a name");
      EXPECT_EQ(handoff->reason, reason);
      EXPECT_EQ(environment.Shown(), original);
      EXPECT_EQ(environment.Bytes().find("PYSLOW"), std::string::npos);
    }
  }
}

// The entries that exec_stub.cc adds.
TEST(HandoffTest, TakesAnUnverifiedHandoff) {
  WritableEnvironment environment({"A=1", "LD_PRELOAD=/opt/bin/../lib/libpyslow.so",
                                   "PYSLOW_UNVERIFIED_HANDOFF=python/opt/bin/pyslow"});
  const std::optional<Handoff> handoff = TakeHandoff(environment.entries());
  ASSERT_TRUE(handoff.has_value());
  EXPECT_TRUE(handoff->is_unverified);
  EXPECT_EQ(handoff->binary, "/opt/bin/pyslow");
  EXPECT_EQ(handoff->library, "/opt/bin/../lib/libpyslow.so");
  EXPECT_THAT(environment.Shown(), ElementsAre("A=1"));
}

TEST(HandoffTest, TakesAnEmptyNameAndABinaryInTheRootDirectory) {
  WritableEnvironment environment({"LD_PRELOAD=/libpyslow.so", "PYSLOW_HANDOFF=/pyslow"});
  const std::optional<Handoff> handoff = TakeHandoff(environment.entries());
  ASSERT_TRUE(handoff.has_value());
  EXPECT_EQ(handoff->binary, "/pyslow");
  EXPECT_EQ(handoff->process_name, "");
}

TEST(HandoffTest, KeepsAnEnvironmentWithoutAHandoff) {
  for (const std::vector<std::string>& original :
       std::vector<std::vector<std::string>>{{},
                                             {"A=1"},
                                             {"LD_PRELOAD=x.so"},
                                             {"PYSLOW_HANDOFF=n/pyslow"},
                                             {"PYSLOW_HANDOFF=n/pyslow", "LD_PRELOAD=x.so"},
                                             {"LD_PRELOAD=x.so", "PYSLOW_HANDOFF=none"}}) {
    WritableEnvironment environment(original);
    EXPECT_FALSE(TakeHandoff(environment.entries()).has_value());
    EXPECT_EQ(environment.Shown(), original);
  }
}

}  // namespace
}  // namespace pyslow::handoff
