#include "session/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <thread>

#include "absl/strings/str_cat.h"
#include "session/format.h"
#include "session_testing.h"

namespace pyslow::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ReadSessionTest : public SessionTest {
 protected:
  void Make() {
    session_ = OpenSession();
    recorder_ = OpenRecorder(*session_);
    Add(recorder_->AddFunction(Named("f")).counters->calls, 3);
    Add(recorder_->AddFunction(Named("g")).counters->calls, 4);
    record_ = dir_ + "/" + recorder_->record_name();
  }
  // The error of ReadSession after `bytes` are written at `offset` of the record.
  std::string ErrorWith(size_t offset, const std::string& bytes) {
    const std::string before = FileContent(record_);
    std::string content = before;
    content.replace(offset, bytes.size(), bytes);
    WriteFile(record_, content);
    const std::string error = ReadError();
    WriteFile(record_, before);
    return error;
  }
  template <typename Number>
  static std::string BytesOf(Number number) {
    return {reinterpret_cast<const char*>(&number), sizeof number};
  }

  std::unique_ptr<Session> session_;
  std::unique_ptr<Recorder> recorder_;
  std::string record_;
};

TEST_F(ReadSessionTest, ReturnsTheSettingsOfTheSession) {
  Settings settings = SampleSettings();
  settings.text = std::string("odd\xff\n\0", 6);
  settings.groups[1].chosen = false;
  settings.groups[1].process = "*Worker*";
  settings.targets[1] = {"--target", 2, 5, "a:b", 1, true};
  const auto session = OpenSession(settings);
  const SessionSnapshot snapshot = Read();
  EXPECT_EQ(snapshot.settings.session_id, "sample");
  EXPECT_EQ(Difference(snapshot.settings, settings), "");
  EXPECT_EQ(snapshot.settings.groups[1].process, "*Worker*");
  settings.groups[1].process.clear();
  EXPECT_EQ(Difference(snapshot.settings, settings), "group [model] differs");
  EXPECT_THAT(snapshot.cells, ElementsAre(Cell{10'000, 1}, Cell{10'000, 1}));
  EXPECT_THAT(snapshot.processes, IsEmpty());
  EXPECT_EQ(snapshot.uncounted, 0U);
}

TEST_F(ReadSessionTest, ReportsADirectoryWithoutASession) {
  EXPECT_EQ(ReadError(), dir_ + ": no such directory");
  mkdir(dir_.c_str(), 0700);
  EXPECT_EQ(ReadError(), dir_ + ": it holds no pyslow session");
  WriteFile(dir_ + "/settings", "[a user's own]\n" + std::string(200, 'x'));
  EXPECT_EQ(ReadError(), dir_ + "/settings: it is not a settings file of a pyslow session");
}

TEST_F(ReadSessionTest, IgnoresFilesOfOtherNames) {
  Make();
  WriteFile(dir_ + "/new-0123", "");
  WriteFile(dir_ + "/.nfs0001", "?");
  EXPECT_EQ(Read().processes.size(), 1U);
}

TEST_F(ReadSessionTest, ReportsARecordTruncatedAtAnyByte) {
  Make();
  const std::string content = FileContent(record_);
  const size_t end = content.find_last_not_of('\0') + 1;
  for (size_t bytes = 0; bytes < end; bytes += bytes < 300 ? 1 : 61) {
    WriteFile(record_, content.substr(0, bytes));
    ASSERT_THAT(ReadError(), StartsWith(record_ + ": damaged: it is ")) << bytes;
  }
}

TEST_F(ReadSessionTest, ReportsSettingsTruncatedAtAnyByte) {
  Make();
  const std::string content = FileContent(dir_ + "/settings");
  for (size_t bytes = 0; bytes < content.size(); ++bytes) {
    WriteFile(dir_ + "/settings", content.substr(0, bytes));
    ASSERT_THAT(ReadError(), StartsWith(dir_ + "/settings: ")) << bytes;
  }
}

TEST_F(ReadSessionTest, ReportsAnyChangedByte) {
  Make();
  const std::string content = FileContent(record_);
  const size_t end = content.find_last_not_of('\0') + 1;
  for (size_t at = 0; at < end; at += at < 600 || at >= sizeof(RecordHeader) ? 1 : 31) {
    // Checksums do not cover fields that change while the session runs, nor padding. The two
    // entries have 128 bytes, of which 19 are text.
    const bool changes = at >= offsetof(RecordHeader, lost) && at < offsetof(RecordHeader, fixed);
    const size_t in_entry = (at - sizeof(RecordHeader)) % 128;
    const bool counters = at >= sizeof(RecordHeader) && in_entry < sizeof(FunctionCounters);
    const bool indices = at >= sizeof(RecordHeader) && in_entry >= 56 && in_entry < 64;
    const bool unread = at >= sizeof(RecordHeader) && in_entry >= kEntryTexts + 19;
    if (changes || counters || indices || unread) continue;
    ASSERT_NE(ErrorWith(at, std::string(1, static_cast<char>(content[at] ^ 0x55))), "no error")
        << at;
  }
}

TEST_F(ReadSessionTest, ReportsTheFaultOfADamagedRecord) {
  Make();
  EXPECT_THAT(ErrorWith(0, "P"), HasSubstr("not a record of a pyslow session"));
  EXPECT_THAT(ErrorWith(offsetof(RecordHeader, version), BytesOf(uint32_t{9})),
              HasSubstr("format version is 9"));
  const size_t committed = offsetof(RecordHeader, committed);
  EXPECT_THAT(ErrorWith(committed, BytesOf(uint64_t{1} << 29)),
              HasSubstr("shorter than its header states"));
  EXPECT_THAT(ErrorWith(committed, BytesOf(~uint64_t{0})), HasSubstr("invalid number"));
  const size_t entry = sizeof(RecordHeader);
  EXPECT_THAT(ErrorWith(entry + kEntryBytesOffset, BytesOf(uint32_t{0})), HasSubstr("length"));
  EXPECT_THAT(ErrorWith(entry + kEntryBytesOffset, BytesOf(uint32_t{1} << 30)),
              HasSubstr("length"));
  EXPECT_THAT(ErrorWith(entry + kEntryBytesOffset + 4, BytesOf(uint32_t{77})), HasSubstr("kind"));
  const size_t fixed = entry + sizeof(FunctionCounters);
  EXPECT_THAT(ErrorWith(fixed + offsetof(EntryFixed, group), BytesOf(uint32_t{2})),
              HasSubstr("group"));
  EXPECT_THAT(ErrorWith(fixed + offsetof(EntryFixed, target), BytesOf(uint32_t{2})),
              HasSubstr("target"));
  EXPECT_THAT(ErrorWith(entry + kEntryTexts, "X"), HasSubstr("checksum"));
}

TEST_F(ReadSessionTest, RefusesARecordOfAnotherSession) {
  Make();
  const std::string record = FileContent(record_);
  const std::string name = std::filesystem::path(record_).filename();
  dir_ = parent_ + "/other";
  Settings settings = SampleSettings();
  settings.session_id = "other";
  const auto other = OpenSession(settings);
  WriteFile(dir_ + "/" + name, record);
  EXPECT_EQ(ReadError(), dir_ + "/" + name + ": it belongs to another session (sample)");
}

TEST_F(ReadSessionTest, RefusesALinkAndAPipe) {
  Make();
  ASSERT_EQ(symlink("/etc/passwd", (dir_ + "/record-link").c_str()), 0);
  EXPECT_EQ(ReadError(), dir_ + "/record-link: it is a symbolic link");
  unlink((dir_ + "/record-link").c_str());
  ASSERT_EQ(mkfifo((dir_ + "/record-pipe").c_str(), 0600), 0);
  EXPECT_EQ(ReadError(), dir_ + "/record-pipe: it is not a regular file");
}

TEST_F(ReadSessionTest, AZombieIsNotRunning) {
  const auto session = OpenSession();
  const pid_t pid = fork();
  if (pid == 0) {
    const auto recorder = OpenRecorder(*session);
    kill(getpid(), SIGKILL);
  }
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(Read().processes.at(0).running);
  waitpid(pid, nullptr, 0);
}

TEST_F(ReadSessionTest, OnlyTheLastRecordOfAProcessIsRunningAfterExec) {
  const auto session = OpenSession();
  const auto before = OpenRecorder(*session);
  const auto after = OpenRecorder(*session);
  const SessionSnapshot snapshot = Read();
  ASSERT_EQ(snapshot.processes.size(), 2U);
  EXPECT_EQ(snapshot.processes[0].record, before->record_name());
  EXPECT_FALSE(snapshot.processes[0].running);
  EXPECT_TRUE(snapshot.processes[1].running);
}

TEST_F(ReadSessionTest, ReadsOnlyCompleteEntriesDuringWrites) {
  Make();
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; i < 50'000 && !stop; ++i) {
      const std::string name(1 + i % 500, 'n');
      FunctionCounters* counters =
          recorder_->AddFunction({{name, std::to_string(i), "", 1}, 0, 0}).counters;
      Add(counters->calls, 1);
    }
    stop = true;
  });
  size_t seen = 0;
  int reads = 0;
  while (!stop) {
    const auto snapshot = ReadSession(dir_);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    ASSERT_GE(snapshot->functions.size(), seen);
    seen = snapshot->functions.size();
    if (++reads == 20) stop = true;
  }
  writer.join();
  EXPECT_GT(reads, 0);
}

// One process calls all functions, the others a thousand each. This takes about 0.8 s (see
// bench/session_benchmark.cc); the limit finds a loop over all functions for each function.
TEST_F(ReadSessionTest, Reads100000FunctionsOf1000ProcessesInSeconds) {
  const auto session = OpenSession();
  for (int process = 0; process < 1'000; ++process) {
    const auto recorder = OpenRecorder(*session);
    const int begin = process == 0 ? 0 : process * 100;
    const int end = process == 0 ? 100'000 : begin + 1'000;
    for (int i = begin; i < end; ++i) {
      const std::string n = std::to_string(i % 100'000);
      Add(recorder
              ->AddFunction({{absl::StrCat("package.subpackage.module", i % 500),
                              "SomeClass.some_method_" + n,
                              "/usr/lib/python3/dist-packages/package/subpackage/module.py", 7},
                             1,
                             1})
              .counters->calls,
          1);
    }
  }
  const std::clock_t start = std::clock();  // processor time, as other tests run in parallel
  const SessionSnapshot snapshot = Read();
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_EQ(snapshot.processes.size(), 1'000U);
  EXPECT_EQ(snapshot.functions.size(), 100'000U);
  uint64_t calls = 0;
  for (const FunctionSnapshot& function : snapshot.functions) calls += function.counts.calls;
  EXPECT_EQ(calls, 100'000U + 999U * 1'000U);
  EXPECT_LT(seconds, 20);
}

}  // namespace
}  // namespace pyslow::session
