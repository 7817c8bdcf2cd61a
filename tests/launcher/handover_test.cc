#include "launcher/handover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace pyslow::launcher {
namespace {

using ::testing::ElementsAre;

constexpr char kPreloaded[] = "/opt/lib/pyslow/libpyslow3.13.so";

// An environment as a process gets it: writable, and ended by a null pointer.
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
  // What /proc/PID/environ would show beyond the entries.
  std::string Bytes() const {
    std::string bytes;
    for (const std::string& text : texts_) bytes.append(text).push_back('\0');
    return bytes;
  }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> entries_;
};

std::vector<std::string> Handed(WritableEnvironment environment,
                                const std::string& library = kPreloaded,
                                const std::string& reason = "") {
  HandoverEnvironment handed(environment.entries(), library,
                             {"/opt/bin/pyslow3.13", "a name", reason});
  std::vector<std::string> shown;
  for (char* const* entry = handed.entries(); *entry != nullptr; ++entry)
    shown.emplace_back(*entry);
  return shown;
}

TEST(HandoverTest, TheLibraryIsPreloadedAndTheOthersStayAsTheyWere) {
  EXPECT_THAT(Handed(WritableEnvironment({"A=1", "B="})),
              ElementsAre("A=1", "B=", "LD_PRELOAD=/opt/lib/pyslow/libpyslow3.13.so",
                          "PYSLOW_GOES_ON=a name/opt/bin/pyslow3.13"));
}

TEST(HandoverTest, APreloadOfTheUsersStaysTheFirstAndInItsPlace) {
  EXPECT_THAT(Handed(WritableEnvironment({"LD_PRELOAD=libasan.so other.so", "A=1"})),
              ElementsAre("LD_PRELOAD=libasan.so other.so:/opt/lib/pyslow/libpyslow3.13.so", "A=1",
                          "PYSLOW_GOES_ON=a name/opt/bin/pyslow3.13"));
}

TEST(HandoverTest, UndoingItLeavesNoTrace) {
  for (const std::vector<std::string>& theirs : std::vector<std::vector<std::string>>{
           {},
           {"A=1", "B=2"},
           {"LD_PRELOAD="},
           {"LD_PRELOAD=x.so", "A=1"},
           {"A=1", "LD_PRELOAD=x.so y.so"},
           {"LD_PRELOAD=first.so", "A=1", "LD_PRELOAD=last.so"}}) {
    WritableEnvironment environment(Handed(WritableEnvironment(theirs)));
    char* const first = environment.entries()[0];
    const std::optional<Handover> told = TakeHandover(environment.entries());
    ASSERT_TRUE(told.has_value());
    EXPECT_EQ(told->binary, "/opt/bin/pyslow3.13");
    EXPECT_EQ(told->process_name, "a name");
    EXPECT_EQ(told->library, kPreloaded);
    EXPECT_FALSE(told->is_supposed);
    EXPECT_EQ(environment.Shown(), theirs);
    EXPECT_EQ(environment.Bytes().find("pyslow"), std::string::npos);
    EXPECT_EQ(environment.Bytes().find("PYSLOW"), std::string::npos);
    if (!theirs.empty()) {
      EXPECT_EQ(environment.entries()[0], first);
    }
  }
}

TEST(HandoverTest, AProgramThatEmbedsIsToldWhyAndPreloadsNothing) {
  for (const std::vector<std::string>& theirs :
       std::vector<std::vector<std::string>>{{}, {"A=1"}, {"LD_PRELOAD=x.so", "A=1"}}) {
    for (const std::string reason : {"", "/usr/bin/python3: it is Python 3.11"}) {
      WritableEnvironment environment(Handed(WritableEnvironment(theirs), "", reason));
      const std::optional<Handover> told = TakeHandover(environment.entries());
      ASSERT_TRUE(told.has_value());
      EXPECT_EQ(told->binary, "/opt/bin/pyslow3.13");
      EXPECT_EQ(told->process_name, "a name");
      EXPECT_EQ(told->reason, reason);
      EXPECT_EQ(environment.Shown(), theirs);
      EXPECT_EQ(environment.Bytes().find("PYSLOW"), std::string::npos);
    }
  }
}

// As first_step.cc hands over.
TEST(HandoverTest, AnExecutableThatNobodyHasChosenYetIsToldSo) {
  WritableEnvironment environment(
      {"A=1", "LD_PRELOAD=/opt/bin/../lib/libpyslow.so", "PYSLOW_SUPPOSES=python/opt/bin/pyslow"});
  const std::optional<Handover> told = TakeHandover(environment.entries());
  ASSERT_TRUE(told.has_value());
  EXPECT_TRUE(told->is_supposed);
  EXPECT_EQ(told->binary, "/opt/bin/pyslow");
  EXPECT_EQ(told->library, "/opt/bin/../lib/libpyslow.so");
  EXPECT_THAT(environment.Shown(), ElementsAre("A=1"));
}

TEST(HandoverTest, ANameWithoutLettersAndABinaryInTheRootAreTakenToo) {
  WritableEnvironment environment({"LD_PRELOAD=/libpyslow.so", "PYSLOW_GOES_ON=/pyslow"});
  const std::optional<Handover> told = TakeHandover(environment.entries());
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->binary, "/pyslow");
  EXPECT_EQ(told->process_name, "");
}

TEST(HandoverTest, AnEnvironmentThatNobodyPreparedIsLeftAlone) {
  for (const std::vector<std::string>& theirs :
       std::vector<std::vector<std::string>>{{},
                                             {"A=1"},
                                             {"LD_PRELOAD=x.so"},
                                             {"PYSLOW_GOES_ON=n/pyslow"},
                                             {"PYSLOW_GOES_ON=n/pyslow", "LD_PRELOAD=x.so"},
                                             {"LD_PRELOAD=x.so", "PYSLOW_GOES_ON=none"}}) {
    WritableEnvironment environment(theirs);
    EXPECT_FALSE(TakeHandover(environment.entries()).has_value());
    EXPECT_EQ(environment.Shown(), theirs);
  }
}

}  // namespace
}  // namespace pyslow::launcher
