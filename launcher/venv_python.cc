#include "launcher/venv_python.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/file.h"
#include "base/path.h"
#include "base/report_error.h"
#include "launcher/find_python.h"
#include "launcher/probe_pyslow.h"
#include "launcher/pyslow_copy.h"
#include "launcher/python_home.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {
namespace {

constexpr absl::string_view kKept = "/python-without-pyslow";
constexpr absl::string_view kNameOne = "; name the directory of a virtual environment";

absl::Status Refused(absl::string_view where, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(where, ": ", what));
}

absl::Status SystemError(absl::string_view where, absl::string_view what) {
  const int error = errno;
  return absl::UnavailableError(absl::StrCat(where, ": ", what, ": ", std::strerror(error)));
}

// One of the names of the environment's python: the file in bin/ and the place where the
// environment's own is kept. Both may be missing.
class Name {
 public:
  Name(const std::string& venv, const std::string& name)
      : file_(absl::StrCat(venv, "/bin/", name)), kept_(absl::StrCat(venv, kKept, "/", name)) {
    has_file_ = lstat(file_.c_str(), &file_status_) == 0;
    has_kept_ = lstat(kept_.c_str(), &kept_status_) == 0;
  }

  const std::string& file() const { return file_; }
  bool exists() const { return has_file_ || has_kept_; }
  bool is_kept() const { return has_kept_; }
  // Ok if Replace and Restore lose nothing.
  absl::Status Check() const;
  // Keeps the environment's own program and puts a link with the text `target` in its place.
  absl::Status Replace(const std::string& target, const std::string& unfinished) const;
  absl::Status Restore() const;

 private:
  // After a kill between the two steps of Replace, or of an environment that is not replaced yet.
  bool HasOwnFile() const {
    return has_file_ && has_kept_ && file_status_.st_dev == kept_status_.st_dev &&
           file_status_.st_ino == kept_status_.st_ino;
  }
  // A link to this pyslow or another one, which need not exist any more.
  bool IsPyslow() const;

  std::string file_;
  std::string kept_;
  bool has_file_;
  bool has_kept_;
  struct stat file_status_ = {};
  struct stat kept_status_ = {};
};

bool Name::IsPyslow() const {
  std::error_code error;
  const std::string target = BaseNameOf(std::filesystem::read_symlink(file_, error).string());
  return !error && (target == "pyslow" || absl::StartsWith(target, "pyslow3.") ||
                    absl::EndsWith(target, "-pyslow"));
}

absl::Status Name::Check() const {
  if (!has_file_ || HasOwnFile()) return absl::OkStatus();
  if (IsPyslow()) {
    if (has_kept_) return absl::OkStatus();
    return Refused(file_,
                   absl::StrCat("a link to pyslow that --into did not make, so it is unknown "
                                "what it replaced; put the environment's python back first"));
  }
  if (has_kept_) {
    return Refused(file_, absl::StrCat("it was replaced after --into kept another one; remove ",
                                       kept_, " if it is not needed"));
  }
  if (S_ISREG(file_status_.st_mode) || S_ISLNK(file_status_.st_mode)) return absl::OkStatus();
  return Refused(file_, "it is neither a program nor a link; make the environment again");
}

absl::Status Name::Replace(const std::string& target, const std::string& unfinished) const {
  // A second name of the same file: a link(2) to a symbolic link is one to the link itself.
  if (!has_kept_ && link(file_.c_str(), kept_.c_str()) != 0) {
    return SystemError(file_, absl::StrCat("it cannot be kept as ", kept_));
  }
  return ReplaceByLink(target, unfinished, file_) ? absl::OkStatus()
                                                  : SystemError(file_, "it cannot be replaced");
}

absl::Status Name::Restore() const {
  if (!has_kept_) return absl::OkStatus();
  // rename(2) does nothing with two names of one file.
  const int result = HasOwnFile() ? unlink(kept_.c_str()) : rename(kept_.c_str(), file_.c_str());
  return result == 0 ? absl::OkStatus() : SystemError(kept_, "it cannot be put back");
}

// A virtual environment that no other call changes as long as this object exists.
class Venv {
 public:
  static absl::StatusOr<Venv> Open(const std::string& name);
  Venv(Venv&& other) noexcept
      : directory_(std::move(other.directory_)), lock_(std::exchange(other.lock_, -1)) {}
  Venv& operator=(Venv&&) = delete;
  ~Venv() {
    if (lock_ >= 0) close(lock_);
  }

  const std::string& directory() const { return directory_; }
  std::string kept() const { return absl::StrCat(directory_, kKept); }
  // The link to the program of the copy of pyslow that the names lead to.
  std::string pyslow() const { return kept() + "/pyslow"; }
  // The directory of that copy; "" if there is none.
  std::string copy() const;
  // Where a link is made before it is renamed. The name begins as python's, so that a program run
  // by it is python in this environment.
  std::string unfinished() const { return directory_ + "/bin/python.pyslow-new"; }
  // Those of the names that exist or were kept.
  std::vector<Name> Names(const std::vector<std::string>& names) const;
  std::vector<Name> KeptNames() const;
  // Puts all names back. The caller has checked them.
  absl::Status Restore() const;
  // Removes the other copies of pyslow than that of the names and `previous`.
  void RemoveUnusedCopies(const std::string& previous) const;

 private:
  Venv(std::string directory, int lock) : directory_(std::move(directory)), lock_(lock) {}

  std::string directory_;
  int lock_;
};

absl::StatusOr<Venv> Venv::Open(const std::string& name) {
  std::string directory = FullPath(name);
  if (directory.empty()) return Refused(name, "there is no current directory");
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  const int lock = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return Refused(directory, absl::StrCat(std::strerror(errno), kNameOne));
  Venv venv(directory, lock);
  std::error_code error;
  if (std::filesystem::is_directory(directory + "/conda-meta", error)) {
    return Refused(directory,
                   "in a conda environment bin/python is the interpreter itself, which cannot be "
                   "replaced; activate it and run pyslow");
  }
  if (!VenvAt(directory).has_value()) {
    const std::string parent = DirectoryOf(directory);
    return Refused(directory,
                   absl::StrCat("it has no pyvenv.cfg, so it is no virtual environment",
                                VenvAt(parent).has_value() ? absl::StrCat("; name ", parent)
                                                           : std::string(kNameOne)));
  }
  flock(lock, LOCK_EX);  // not all file systems can
  return venv;
}

std::vector<Name> Venv::Names(const std::vector<std::string>& names) const {
  std::vector<Name> existing;
  for (const std::string& name : names) {
    Name one(directory_, name);
    if (one.exists()) existing.push_back(std::move(one));
  }
  return existing;
}

std::vector<Name> Venv::KeptNames() const {
  std::vector<Name> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(kept(), error)) {
    const std::string name = entry.path().filename().string();
    if (IsPythonName(name)) names.emplace_back(directory_, name);
  }
  return names;
}

absl::Status Venv::Restore() const {
  unlink(unfinished().c_str());
  for (const Name& name : KeptNames()) {
    if (absl::Status status = name.Restore(); !status.ok()) return status;
  }
  unlink(pyslow().c_str());
  RemoveCopies(kept(), {});
  if (rmdir(kept().c_str()) != 0 && errno != ENOENT) {
    return SystemError(kept(),
                       "python is put back; remove the directory if nothing in it is needed");
  }
  return absl::OkStatus();
}

std::string Venv::copy() const {
  std::error_code error;
  const std::string program = std::filesystem::read_symlink(pyslow(), error).string();
  return error ? "" : absl::StrCat(kept(), "/", program.substr(0, program.find('/')));
}

void Venv::RemoveUnusedCopies(const std::string& previous) const {
  RemoveCopies(kept(), {copy(), previous});
  rmdir(kept().c_str());  // fails unless nothing is kept
}

// Gives the directory of what is kept the mode of bin/: with a mask of 077, python would be for
// this user alone.
bool LetOthersRead(const Venv& venv) {
  struct stat bin;
  return stat((venv.directory() + "/bin").c_str(), &bin) == 0 &&
         chmod(venv.kept().c_str(), bin.st_mode & 07777) == 0;
}

absl::Status HasNoPython(const Venv& venv) {
  return Refused(venv.directory() + "/bin", "there is no python; make the environment again");
}

absl::Status CheckAll(const std::vector<Name>& names) {
  for (const Name& name : names) {
    if (absl::Status status = name.Check(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// The text of a link in bin/ to a file in the environment: relative, because that may be moved.
std::string LinkTo(const Venv& venv, const std::string& file) {
  std::error_code error;
  const std::filesystem::path bin = std::filesystem::canonical(venv.directory() + "/bin", error);
  // Not if bin/ itself is a link that leads out of the environment.
  const std::filesystem::path root = std::filesystem::canonical(venv.directory(), error);
  if (error || bin.parent_path() != root) return file;
  return absl::StrCat("..", file.substr(venv.directory().size()));
}

// The installed pyslow for the environment's Python.
absl::StatusOr<InstalledPyslow> PyslowFor(const Venv& venv, Invocation invocation) {
  invocation.python = venv.directory();
  invocation.python_from = "--into";
  const absl::StatusOr<PythonChoice> choice = ChoosePython(invocation);
  if (!choice.ok()) return choice.status();
  return InstalledPyslow{choice->other_pyslow.empty() ? invocation.binary : choice->other_pyslow,
                         choice->library_directory, choice->minor};
}

// Whether pyslow works as the environment's python, before anything is replaced.
absl::Status Try(const Venv& venv, const std::string& program) {
  const std::string link = venv.unfinished();
  unlink(link.c_str());
  if (symlink(LinkTo(venv, program).c_str(), link.c_str()) != 0) {
    return SystemError(venv.directory() + "/bin", "no file can be made there");
  }
  const absl::Cleanup remove = [&link] { unlink(link.c_str()); };
  return ProbePyslow(link, venv.directory());
}

// What python is called in bin/. venv gives a free-threaded one both python3.13t and python3.13.
std::vector<std::string> NamesOfPython(absl::string_view minor) {
  std::vector<std::string> names = {"python", "python3", absl::StrCat("python", minor)};
  if (absl::ConsumeSuffix(&minor, "t")) names.push_back(absl::StrCat("python", minor));
  return names;
}

absl::Status ReplaceAll(const Venv& venv, const std::vector<Name>& names,
                        const std::string& program) {
  const std::string copy = program.substr(venv.kept().size() + 1);
  if (!ReplaceByLink(copy, venv.pyslow() + "-new", venv.pyslow())) {
    return SystemError(venv.pyslow(), "it cannot be replaced");
  }
  const std::string target = LinkTo(venv, venv.pyslow());
  for (const Name& name : names) {
    if (absl::Status status = name.Replace(target, venv.unfinished()); !status.ok()) return status;
  }
  for (const Name& name : names) {
    if (absl::Status status = ProbePyslow(name.file(), venv.directory()); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

// Warns of scripts whose first line names a python that is not pyslow. One that is found on PATH or
// by a shell is not known here.
void CheckScripts(const Venv& venv, const std::string& program) {
  std::vector<std::string> others;
  std::string python;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(venv.directory() + "/bin", error)) {
    const std::string interpreter = InterpreterOfScript(entry.path().string());
    if (!IsPythonName(interpreter) || IsSameFile(interpreter, program)) continue;
    others.push_back(entry.path().filename().string());
    python = interpreter;
  }
  if (others.empty()) return;
  std::sort(others.begin(), others.end());
  ReportWarning(
      "pyslow",
      absl::StrCat(venv.directory(), "/bin: the first line of ", absl::StrJoin(others, ", "),
                   " names ", python, ", which is not this environment's python, so ",
                   others.size() == 1 ? "it does" : "they do", " not run pyslow"));
}

std::string Listed(const std::vector<Name>& names) {
  std::vector<std::string> words;
  words.reserve(names.size());
  for (const Name& name : names) words.push_back(BaseNameOf(name.file()));
  std::sort(words.begin(), words.end());
  return absl::StrJoin(words, ", ");
}

}  // namespace

absl::StatusOr<std::string> PutIntoVenv(const std::string& name, Invocation invocation) {
  const absl::StatusOr<Venv> venv = Venv::Open(name);
  if (!venv.ok()) return venv.status();
  const absl::StatusOr<InstalledPyslow> installed = PyslowFor(*venv, std::move(invocation));
  if (!installed.ok()) return installed.status();
  const std::vector<Name> names = venv->Names(NamesOfPython(installed->minor));
  if (names.empty()) return HasNoPython(*venv);
  if (absl::Status status = CheckAll(names); !status.ok()) return status;
  if (mkdir(venv->kept().c_str(), 0777) != 0 && errno != EEXIST) {
    return SystemError(venv->kept(), "it cannot be made");
  }
  std::error_code ignored;
  if (!std::filesystem::is_directory(venv->kept(), ignored)) {
    return Refused(venv->kept(), "it is no directory; move it away");
  }
  // A python that is just starting may still need the previous copy.
  const std::string previous = venv->copy();
  const absl::Cleanup remove_others = [&] { venv->RemoveUnusedCopies(previous); };
  if (!LetOthersRead(*venv)) return SystemError(venv->kept(), "its mode cannot be set");
  const absl::StatusOr<std::string> program = CopyPyslow(*installed, venv->kept());
  if (!program.ok()) return program.status();
  if (absl::Status status = Try(*venv, *program); !status.ok()) return status;
  if (absl::Status status = ReplaceAll(*venv, names, *program); !status.ok()) {
    venv->Restore().IgnoreError();  // the first error is the reason
    return status;
  }
  CheckScripts(*venv, *program);
  return absl::StrCat(venv->directory(), ": ", Listed(names), " run a copy of ", installed->program,
                      "; the environment's own are in ", venv->kept());
}

absl::StatusOr<std::string> TakeOutOfVenv(const std::string& name) {
  const absl::StatusOr<Venv> venv = Venv::Open(name);
  if (!venv.ok()) return venv.status();
  const std::vector<Name> kept = venv->KeptNames();
  const std::vector<Name> usual = venv->Names({"python", "python3"});
  if (kept.empty() && usual.empty()) return HasNoPython(*venv);
  absl::Status status = CheckAll(kept);
  if (status.ok()) status = CheckAll(usual);
  if (status.ok()) status = venv->Restore();
  if (!status.ok()) return status;
  if (kept.empty()) return absl::StrCat(venv->directory(), ": it has its own python");
  return absl::StrCat(venv->directory(), ": ", Listed(kept), " are the environment's own again");
}

}  // namespace pyslow::launcher
