// Lack of space: an error in the first process, an uncounted process later, never a signal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#include "absl/strings/str_cat.h"
#include "session_testing.h"

namespace pyslow::session {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SpaceTest : public SessionTest {
 protected:
  void TearDown() override {
    if (mounted_) umount2(dir_.c_str(), MNT_DETACH);
    SessionTest::TearDown();
  }
  // Mounts a file system of `bytes` bytes at dir_. False without the permission.
  bool Mount(const std::string& bytes) {
    std::filesystem::create_directory(dir_);
    mounted_ = mount("tmpfs", dir_.c_str(), "tmpfs", 0, ("mode=700,size=" + bytes).c_str()) == 0;
    return mounted_;
  }
  uint64_t FreeBytes() const {
    struct statvfs info = {};
    statvfs(dir_.c_str(), &info);
    return info.f_bavail * info.f_frsize;
  }
  static void LimitFiles(rlim_t bytes) {
    const rlimit limit = {bytes, bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
  }

  bool mounted_ = false;
};

TEST_F(SpaceTest, AFullDiskIsAnErrorForTheFirstProcess) {
  if (!Mount("16k")) GTEST_SKIP() << "no permission to mount a small file system";
  const auto session = OpenSession();
  const auto recorder = Recorder::Create(*session, {});
  ASSERT_FALSE(recorder.ok());
  EXPECT_EQ(recorder.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(recorder.status().message()), HasSubstr("no space for 16384 bytes"));
  EXPECT_EQ(Files().size(), 1U);  // only the settings; no partial record
}

TEST_F(SpaceTest, AnErrorIfTheSettingsDoNotFit) {
  if (!Mount("4k")) GTEST_SKIP() << "no permission to mount a small file system";
  WriteFile(dir_ + "/settings-x", std::string(4096, 'x'));
  const auto session = Session::Open(dir_, SampleSettings(), false);
  EXPECT_EQ(session.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(SpaceTest, AnErrorIfTheCellsOfFunctionsDoNotFit) {
  if (!Mount("1m")) GTEST_SKIP() << "no permission to mount a small file system";
  Settings settings = SampleSettings();
  settings.function_cells = true;
  const auto session = Session::Open(dir_, settings, false);
  EXPECT_EQ(session.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(SpaceTest, ALaterProcessContinuesUncounted) {
  if (!Mount("24k")) GTEST_SKIP() << "no permission to mount a small file system";
  const auto first = OpenSession();
  const auto recorder = OpenRecorder(*first);
  const auto second = OpenSession();
  const auto uncounted = OpenRecorder(*second);
  EXPECT_THAT(uncounted->uncounted(), HasSubstr("no space"));
  Add(uncounted->AddFunction(Named("f")).counters->calls, 1);
  const SessionSnapshot snapshot = Read();
  EXPECT_EQ(snapshot.uncounted, 1U);
  EXPECT_THAT(snapshot.functions, IsEmpty());
}

TEST_F(SpaceTest, OnAFullDiskLaterFunctionsAreLostAndTheirNumberIsReported) {
  if (!Mount("256k")) GTEST_SKIP() << "no permission to mount a small file system";
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  constexpr uint64_t kFunctions = 5'000;
  std::vector<FunctionCounters*> counters;
  for (uint64_t i = 0; i < kFunctions; ++i) {
    counters.push_back(recorder->AddFunction(Named(absl::StrCat("f", i))).counters);
    ASSERT_NE(counters.back(), nullptr);
  }
  for (FunctionCounters* counter : counters) Add(counter->calls, 1);  // no SIGBUS
  const SessionSnapshot snapshot = Read();
  EXPECT_GT(recorder->lost(), 0U);
  EXPECT_EQ(snapshot.processes[0].lost, recorder->lost());
  EXPECT_EQ(snapshot.functions.size(), kFunctions - recorder->lost());
  for (const FunctionSnapshot& function : snapshot.functions) ASSERT_EQ(function.counts.calls, 1U);
  for (FunctionCounters* counter : counters) ASSERT_EQ(counter->calls, 1U);
}

TEST_F(SpaceTest, AFailedReservationReleasesItsBlocks) {
  if (!Mount("256k")) GTEST_SKIP() << "no permission to mount a small file system";
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  for (int i = 0; recorder->lost() == 0; ++i) {
    recorder->AddFunction(Named(absl::StrCat("f", i)));
  }
  const auto file_bytes = std::filesystem::file_size(dir_ + "/" + recorder->record_name());
  EXPECT_GE(FreeBytes() + file_bytes + 2 * 4096,
            256U * 1024);  // plus the settings and the directory
}

TEST_F(SpaceTest, FillingAReservedChunkNeedsNoMoreSpace) {
  if (!Mount("64k")) GTEST_SKIP() << "no permission to mount a small file system";
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  WriteFile(dir_ + "/settings-filler", std::string(64 * 1024, 'x'));  // fills the file system
  EXPECT_EQ(FreeBytes(), 0U);
  for (int i = 0; i < 200; ++i)
    Add(recorder->AddFunction(Named(absl::StrCat("f", i))).counters->calls, 1);
  EXPECT_GE(Read().functions.size(), 50U);
}

TEST_F(SpaceTest, AFileSizeLimitRaisesNoSignal) {
  const auto session = OpenSession();
  const int status = InChild([&] {
    signal(SIGXFSZ, SIG_DFL);
    LimitFiles(64 * 1024);
    const auto recorder = OpenRecorder(*session);
    for (int i = 0; i < 2'000; ++i) {
      Add(recorder->AddFunction(Named(absl::StrCat("f", i))).counters->calls, 1);
    }
    return recorder->lost() > 0 ? 0 : 1;
  });
  EXPECT_TRUE(ExitedWith(status, 0)) << status;
  const SessionSnapshot snapshot = Read();
  EXPECT_EQ(snapshot.functions.size() + snapshot.processes[0].lost, 2'000U);
}

TEST_F(SpaceTest, AFileSizeLimitIsAnErrorForTheFirstProcess) {
  const int status = InChild([&] {
    signal(SIGXFSZ, SIG_DFL);
    LimitFiles(100);
    const auto session = Session::Open(dir_, SampleSettings(), false);
    return session.status().message().find("the file size limit is 100 bytes") != std::string::npos
               ? 0
               : 1;
  });
  EXPECT_TRUE(ExitedWith(status, 0)) << status;
  EXPECT_FALSE(std::filesystem::exists(dir_));
}

TEST_F(SpaceTest, AReadOnlyFileSystemIsAnErrorForTheFirstProcess) {
  if (!Mount("64k")) GTEST_SKIP() << "no permission to mount a small file system";
  ASSERT_EQ(mount(nullptr, dir_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  const auto session = Session::Open(dir_, SampleSettings(), false);
  EXPECT_EQ(session.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(session.status().message()), HasSubstr("Read-only file system"));
}

TEST_F(SpaceTest, AForkWithAnotherUserIdContinuesUncounted) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  FunctionCounters* counters = recorder->AddFunction(Named("f")).counters;
  EXPECT_TRUE(ExitedWith(InChild([&] {
                           recorder->AfterForkInChild();
                           if (setuid(12345) != 0) return 1;
                           if (!recorder->StartOwnRecord()) return 2;
                           Add(counters->calls, 1);
                           return recorder->uncounted().empty() ? 3 : 0;
                         }),
                         0));
  EXPECT_EQ(Read().uncounted, 1U);
  EXPECT_EQ(counters->calls, 0U);
}

}  // namespace
}  // namespace pyslow::session
