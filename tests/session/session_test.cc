#include "session/session.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "session/control_cells.h"
#include "session_testing.h"

namespace pyslow::session {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class OpenTest : public SessionTest {
 protected:
  std::string Error(const Settings& settings = SampleSettings(), bool join_only = false) const {
    const auto session = Session::Open(dir_, settings, join_only);
    return session.ok() ? "no error" : std::string(session.status().message());
  }
  static mode_t ModeOf(const std::string& path) {
    struct stat info = {};
    stat(path.c_str(), &info);
    return info.st_mode & 07777;
  }
};

TEST_F(OpenTest, CreatesAPrivateDirectoryWithAnyUmask) {
  const mode_t before = umask(0);
  const auto session = OpenSession();
  umask(before);
  EXPECT_TRUE(session->created());
  EXPECT_EQ(ModeOf(dir_), mode_t{0700});
  EXPECT_EQ(ModeOf(dir_ + "/settings"), mode_t{0600});
}

TEST_F(OpenTest, UsesAnEmptyDirectoryAndMakesItPrivate) {
  mkdir(dir_.c_str(), 0755);
  EXPECT_TRUE(OpenSession()->created());
  EXPECT_EQ(ModeOf(dir_), mode_t{0700});
}

TEST_F(OpenTest, JoinsASessionWithTheSameIdAndUsesItsEpoch) {
  const auto first = OpenSession();
  const auto second = OpenSession();
  EXPECT_FALSE(second->created());
  EXPECT_EQ(second->difference(), "");
  EXPECT_NE(second->settings().epoch_monotonic_ns, 0);
  EXPECT_EQ(second->settings().epoch_monotonic_ns, first->settings().epoch_monotonic_ns);
  EXPECT_TRUE(second->is_same_boot());
}

TEST_F(OpenTest, ReportsHowTheSettingsOfAJoiningProcessDiffer) {
  const auto first = OpenSession();
  Settings other = SampleSettings();
  other.text = "delay=1us\nfrequency=1";
  EXPECT_EQ(OpenSession(other)->difference(), "delay=1us is not delay=10us");
}

TEST_F(OpenTest, RefusesADirectoryWithAnotherSession) {
  const auto first = OpenSession();
  Settings other = SampleSettings();
  other.session_id = "other";
  EXPECT_EQ(Error(other), "it holds another session (sample); give a new directory");
}

TEST_F(OpenTest, RefusesADirectoryWithOtherFilesAndLeavesItUnchanged) {
  mkdir(dir_.c_str(), 0755);
  WriteFile(dir_ + "/thesis.txt", "precious");
  EXPECT_THAT(Error(), HasSubstr("not empty ('thesis.txt')"));
  EXPECT_THAT(Files(), UnorderedElementsAre("thesis.txt"));
  EXPECT_EQ(ModeOf(dir_), mode_t{0755});
}

TEST_F(OpenTest, RefusesALink) {
  mkdir((parent_ + "/real").c_str(), 0700);
  ASSERT_EQ(symlink((parent_ + "/real").c_str(), dir_.c_str()), 0);
  EXPECT_THAT(Error(), HasSubstr("it is a symbolic link"));
  dir_ += "/";  // with a trailing slash, open() follows it
  EXPECT_THAT(Error(), HasSubstr("it is a symbolic link"));
}

TEST_F(OpenTest, RefusesALinkAsItsSettings) {
  { const auto session = OpenSession(); }
  std::filesystem::rename(dir_ + "/settings", parent_ + "/settings");
  ASSERT_EQ(symlink("../settings", (dir_ + "/settings").c_str()), 0);
  EXPECT_EQ(Error(), "settings: it is a symbolic link");
}

TEST_F(OpenTest, RefusesAnotherUsersDirectory) {
  if (getuid() != 0) GTEST_SKIP() << "only root can give a directory to another user";
  mkdir(dir_.c_str(), 0700);
  ASSERT_EQ(chown(dir_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(Error(), "another user owns it (uid 12345)");
}

TEST_F(OpenTest, RefusesAnotherUsersSettingsInADirectoryOfItsOwn) {
  if (getuid() != 0) GTEST_SKIP() << "only root can give a file to another user";
  { const auto session = OpenSession(); }
  ASSERT_EQ(chown((dir_ + "/settings").c_str(), 12345, 12345), 0);
  EXPECT_EQ(Error(), "settings: another user owns it (uid 12345)");
}

TEST_F(OpenTest, RefusesASessionWithPermissionsForOthers) {
  { const auto session = OpenSession(); }
  chmod(dir_.c_str(), 0777);
  EXPECT_THAT(Error(), HasSubstr("other users have access"));
}

TEST_F(OpenTest, ReportsTheFaultOfAPath) {
  dir_ = parent_ + "/none/session";
  EXPECT_THAT(Error(), HasSubstr("its parent directory does not exist"));
  dir_ = parent_ + "/file";
  WriteFile(dir_, "");
  EXPECT_THAT(Error(), HasSubstr("not a directory"));
  dir_ = "";
  EXPECT_THAT(Error(), HasSubstr("empty"));
  dir_ = std::string("a\0b", 3);
  EXPECT_THAT(Error(), HasSubstr("NUL"));
}

TEST_F(OpenTest, RefusesInconsistentSettings) {
  Settings settings = SampleSettings();
  settings.session_id = "";
  EXPECT_THAT(Error(settings), HasSubstr("1 to 256 bytes"));
  settings = SampleSettings();
  settings.targets[0].group = 2;
  EXPECT_THAT(Error(settings), HasSubstr("no group for '*:json_*'"));
  EXPECT_FALSE(std::filesystem::exists(dir_));
}

TEST_F(OpenTest, ADescendantDoesNotCreateASession) {
  EXPECT_EQ(Error(SampleSettings(), true), "no such directory");
  EXPECT_FALSE(std::filesystem::exists(dir_));
  mkdir(dir_.c_str(), 0700);
  EXPECT_EQ(Error(SampleSettings(), true), "it holds no session");
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(OpenTest, ReportsDamagedSettings) {
  { const auto session = OpenSession(); }
  WriteFile(dir_ + "/settings", FileContent(dir_ + "/settings").substr(0, 150));
  EXPECT_THAT(Error(), StartsWith("settings: damaged"));
}

TEST_F(OpenTest, WorksInADirectoryWithARelativeNameAfterTheWorkingDirectoryChanged) {
  const std::string before = std::filesystem::current_path();
  std::filesystem::current_path(parent_);
  auto session = Session::Open("session", SampleSettings(), false);
  std::filesystem::current_path(before);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_NE(OpenRecorder(**session), nullptr);
  EXPECT_EQ(Read().processes.size(), 1U);
}

TEST_F(OpenTest, KeepsNoFileDescriptor) {
  const int before = open("/dev/null", O_RDONLY);
  const auto session = OpenSession();
  const auto recorder = OpenRecorder(*session);
  const int after = open("/dev/null", O_RDONLY);
  EXPECT_EQ(after, before + 1);
  close(before);
  close(after);
}

TEST_F(OpenTest, ConcurrentFirstProcessesShareOneSession) {
  constexpr int kProcesses = 8;
  int gate[2];
  ASSERT_EQ(pipe(gate), 0);
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t pid = fork();
    if (pid == 0) {
      char byte;
      close(gate[1]);
      (void)!read(gate[0], &byte, 1);  // until the parent starts all
      const auto session = Session::Open(dir_, SampleSettings(), false);
      if (!session.ok()) _exit(2);
      _exit((*session)->created() ? 1 : 0);
    }
    children.push_back(pid);
  }
  close(gate[0]);
  close(gate[1]);
  int created = 0;
  int failed = 0;
  for (const pid_t pid : children) {
    int status = 0;
    waitpid(pid, &status, 0);
    created += ExitedWith(status, 1);
    failed += !ExitedWith(status, 1) && !ExitedWith(status, 0);
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(failed, 0);
  EXPECT_THAT(Files(), UnorderedElementsAre("settings"));
}

TEST_F(OpenTest, ATemporarySessionIsCreatedInTmpdirAndRemoved) {
  setenv("TMPDIR", parent_.c_str(), 1);
  auto session = Session::OpenTemporary(SampleSettings());
  unsetenv("TMPDIR");
  ASSERT_TRUE(session.ok()) << session.status();
  dir_ = (*session)->directory();
  EXPECT_THAT(dir_, StartsWith(parent_ + "/pyslow-session-"));
  EXPECT_EQ(ModeOf(dir_), mode_t{0700});
  const auto recorder = OpenRecorder(**session);
  EXPECT_TRUE((*session)->RemoveDirectory().ok());
  EXPECT_FALSE(std::filesystem::exists(dir_));
}

TEST_F(OpenTest, OnlyTheCreatingProcessRemovesTheSession) {
  const auto session = OpenSession();
  EXPECT_TRUE(OpenSession()->RemoveDirectory().ok());
  EXPECT_TRUE(ExitedWith(InChild([&] { return session->RemoveDirectory().ok() ? 0 : 1; }), 0));
  EXPECT_THAT(Files(), UnorderedElementsAre("settings"));
}

TEST_F(OpenTest, RemovingKeepsOtherFiles) {
  const auto session = OpenSession();
  WriteFile(dir_ + "/thesis.txt", "precious");
  EXPECT_FALSE(session->RemoveDirectory().ok());
  EXPECT_THAT(Files(), UnorderedElementsAre("thesis.txt"));
}

TEST_F(OpenTest, APrivateSessionHasCellsAndNoFiles) {
  const auto session = Session::OpenPrivate(SampleSettings());
  EXPECT_EQ(session->directory(), "");
  EXPECT_EQ(UnpackCell(session->cell(1)), (Cell{10'000, 1}));
  EXPECT_NE(session->settings().epoch_monotonic_ns, 0);
  EXPECT_FALSE(std::filesystem::exists(dir_));
}

TEST_F(OpenTest, AllProcessesSeeThatOneOpenedTheWindow) {
  const auto first = OpenSession();
  const auto second = OpenSession();
  second->window_opened_ns() = 42;
  EXPECT_EQ(first->window_opened_ns(), 42);
  EXPECT_EQ(Read().window_opened_ns, 42);
}

using ControlCellsTest = OpenTest;

TEST_F(ControlCellsTest, AnotherProcessChangesAGroupOfARunningSession) {
  const auto session = OpenSession();
  const int status = InChild([&] {
    auto cells = ControlCells::Open(dir_);
    return cells.ok() && cells->Store(1, {2'000, 5}).ok() ? 0 : 1;
  });
  ASSERT_TRUE(ExitedWith(status, 0));
  EXPECT_EQ(UnpackCell(session->cell(0)), (Cell{10'000, 1}));
  EXPECT_EQ(UnpackCell(session->cell(1)), (Cell{2'000, 5}));
  EXPECT_EQ(Read().cells[1], (Cell{2'000, 5}));
  EXPECT_EQ(Read().settings.groups[1].initial, (Cell{10'000, 1}));
}

TEST_F(ControlCellsTest, RefusesValuesOutOfRange) {
  const auto session = OpenSession();
  auto cells = ControlCells::Open(dir_);
  ASSERT_TRUE(cells.ok()) << cells.status();
  EXPECT_FALSE(cells->Store(2, {0, 1}).ok());
  EXPECT_FALSE(cells->Store(0, {kMaxDelayNs + 1, 1}).ok());
  EXPECT_FALSE(cells->Store(0, {-1, 1}).ok());
  EXPECT_FALSE(cells->Store(0, {0, kMaxFrequency + 1}).ok());
  EXPECT_EQ(cells->Load(0), (Cell{10'000, 1}));
}

TEST_F(ControlCellsTest, SwitchesWhetherDelaysReleaseTheGil) {
  const auto session = OpenSession();
  EXPECT_EQ(session->releases_gil(), 0U);
  auto cells = ControlCells::Open(dir_);
  ASSERT_TRUE(cells.ok()) << cells.status();
  cells->SetReleasesGil(true);
  EXPECT_NE(session->releases_gil(), 0U);
  cells->SetReleasesGil(false);
  EXPECT_EQ(session->releases_gil(), 0U);
}

TEST_F(ControlCellsTest, DoesNotCreateASession) {
  EXPECT_EQ(ControlCells::Open(dir_).status().message(), "no such directory");
  mkdir(dir_.c_str(), 0700);
  EXPECT_EQ(ControlCells::Open(dir_).status().message(), "it holds no session");
}

}  // namespace
}  // namespace pyslow::session
