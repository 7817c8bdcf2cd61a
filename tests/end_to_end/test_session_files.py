"""Session directories on full disks and copy-on-write file systems, of several hosts, with odd names."""

import json
import os
import shutil
import subprocess
import time
import unittest

from harness import PYSLOW, REPORT, SessionTest, clean_environment, run


def can(*words):
    return shutil.which(words[0]) is not None and run(*words).returncode == 0


# Namespaces and loop mounts need root, and some containers forbid them.
may_mount = unittest.skipUnless(os.getuid() == 0 and can("unshare", "--mount", "--uts", "true"),
                                "only root can mount")


@may_mount
class SmallDisk(SessionTest):
    def mount(self, kind, size, *make):
        """Mounts a new file system at self.disk."""
        if shutil.which(make[0]) is None:
            self.skipTest(f"{make[0]} is not installed")
        image = self.directory / "image"
        with open(image, "wb") as file:
            file.truncate(size)
        made = run(*make, image)
        self.assertEqual(made.returncode, 0, made)
        self.disk = self.directory / "disk"
        self.disk.mkdir()
        mounted = run("mount", "-t", kind, "-o", "loop", image, self.disk)
        if mounted.returncode != 0:
            self.skipTest(f"{kind} cannot be mounted: {mounted.stderr.strip()}")
        self.addCleanup(run, "umount", "--lazy", self.disk)
        self.session = self.disk / "session"

    def mount_ext4(self, size):
        self.mount("ext4", size, "mkfs.ext4", "-q", "-O", "^has_journal", "-m", "0", "-b", "1024")

    def fill(self):
        """Fills the disk completely."""
        with open(self.disk / "filler", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 1024)
            except OSError:
                pass

    def test_a_full_disk_is_an_error(self):
        self.mount_ext4(1 << 20)
        self.session.mkdir()
        self.fill()
        result = self.pyslow("--session", self.session, "--target", "*:f", "-c", "print(1)")
        self.assert_refused(result, str(self.session), "No space left on device")
        self.assertEqual(list(self.session.iterdir()), [])

    # Calls a function, fills the disk, calls 999 other functions, and starts a child.
    FILLING = """
import subprocess, sys
def define(i):
    names = {"__name__": "many"}
    exec("def f%d(): pass" % i, names)
    return names["f%d" % i]
define(0)()
with open(sys.argv[1], "wb", buffering=0) as file:
    try:
        while True: file.write(b"x" * 1024)
    except OSError: pass
functions = [define(i) for i in range(1, 1000)]
for f in functions: f()
subprocess.run([sys.executable, "-c", sys.argv[2]], check=True)
print("lived")
"""
    CHILD = """
import time
def f(): pass
f.__code__ = f.__code__.replace(co_qualname="f1")
begin = time.perf_counter()
for _ in range(100): f()
assert time.perf_counter() - begin > 0.1
"""

    def test_a_disk_that_becomes_full_does_not_end_the_program_and_is_reported(self):
        self.mount_ext4(1 << 20)
        result = self.pyslow("--session", self.session, "--target", "*:f[0-9]*", "--delay", "1ms", "-c", self.FILLING,
                             self.disk / "filler", self.CHILD)
        self.assertEqual((result.returncode, result.stdout), (0, "lived\n"), result)
        report = self.report()
        lost = report["processes"][0]["lost_functions"]
        self.assertGreater(lost, 500)
        self.assertEqual(len(report["functions"]) + lost, 1000)
        self.assertEqual(report["session"]["uncounted_processes"], 1)
        shown = run(REPORT, self.session).stdout
        self.assertIn("1 process was delayed without being counted", shown)
        self.assertIn("functions are not counted in 1 process", shown)

    def test_a_copy_on_write_file_system_is_reported(self):
        self.mount("btrfs", 128 << 20, "mkfs.btrfs", "-q")
        self.output_of("--session", self.session, "--target", "*:f", "-c", "def f(): pass\nf()")
        self.assertFalse(self.report()["processes"][0]["reservation_kept"])
        self.assertIn("cannot reserve space", run(REPORT, self.session).stdout)


class NetworkFileSystem(SessionTest):
    # A library for LD_PRELOAD that makes all files appear to be on NFS.
    ON_NFS = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/vfs.h>
int fstatfs(int file, struct statfs* info) {
  int (*next)(int, struct statfs*) = dlsym(RTLD_NEXT, "fstatfs");
  int result = next(file, info);
  info->f_type = 0x6969;
  return result;
}
"""

    @unittest.skipUnless(shutil.which("cc"), "no C compiler")
    def test_nfs_is_reported(self):
        library = self.directory / "on_nfs.so"
        compiled = run("cc", "-shared", "-fPIC", "-o", library, self.write("on_nfs.c", self.ON_NFS))
        self.assertEqual(compiled.returncode, 0, compiled)
        here = run("stat", "--file-system", "--format", "%T", self.directory).stdout.strip()
        cases = [("", True)] if here in ("ext2/ext3", "xfs", "tmpfs", "overlayfs") else []
        for preloaded, is_kept in [*cases, (library, False)]:
            self.session = self.directory / f"session-{is_kept}"
            result = run(PYSLOW, "--session", self.session, "--target", "*:f", "-c", "def f(): pass\nf()",
                         env=clean_environment(LD_PRELOAD=str(preloaded)))
            self.assertEqual((result.returncode, result.stderr), (0, ""), result)
            self.assertEqual(self.report()["processes"][0]["reservation_kept"], is_kept)
            self.assertEqual("cannot reserve space" in run(REPORT, self.session).stdout, not is_kept)


@may_mount
class SeveralHosts(SessionTest):
    # Runs a command with another host name and boot ID, as on another machine.
    ELSEWHERE = 'hostname "$1"; mount --bind "$2" /proc/sys/kernel/random/boot_id; shift 2; exec "$@"'

    def run_on(self, host, calls, *words):
        boot_id = self.write("boot-of-" + host, f"00000000-0000-4000-8000-{host:>012}\n")
        result = run("unshare", "--mount", "--uts", "sh", "-c", self.ELSEWHERE, "-", host, boot_id,
                     PYSLOW, "--session", self.session, "--target", "__main__:f", "--delay", "1us", *words, "-c",
                     f"def f(): pass\nfor _ in range({calls}): f()",
                     env=clean_environment(SPEED_BUMP_SESSION_ID="shared"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""), result)

    def test_the_records_of_several_hosts_are_added_up(self):
        for host, calls in (("1a", 100), ("2b", 20), ("3c", 3)):
            self.run_on(host, calls)
        report = self.report()
        self.assertEqual([(f["calls"], f["delayed"], f["processes"]) for f in report["functions"]], [(123, 123, 3)])
        self.assertEqual([(p["host"], p["boot_id"][-2:], p["groups"][0]["calls"], p["state"])
                          for p in report["processes"]],
                         [("1a", "1a", 100, "ended"), ("2b", "2b", 20, "ended"), ("3c", "3c", 3, "ended")])
        self.assertIn("3 processes, on 1a, 2b, 3c\n", run(REPORT, self.session).stdout)

    def test_the_window_on_another_host_is_relative_to_the_start_of_the_process(self):
        # On the first host, the window opens three seconds after the start of the session. On another
        # host with another monotonic clock, it opens three seconds after the start of the process.
        for host in ("1a", "2b", "1a"):
            self.run_on(host, 5, "--start", "3s")
            time.sleep(3 if host == "1a" else 0)
        self.assertEqual([(p["groups"][0]["calls"], p["groups"][0]["calls_outside"])
                          for p in self.report()["processes"]], [(0, 5), (0, 5), (5, 0)])


class OddNames(SessionTest):
    def test_odd_names_are_reported(self):
        source = self.directory / os.fsdecode(b"bad\xff\xfe.py")
        source.write_text("def f(): pass\nf()\n")
        names = ["q" * 10_240, "\u95a2\u6570.\u51e6\u7406", "e\u0301", "\ud800", "\udcff", "a\nb", "\x1b[31m", "\0", "a:b"]
        program = self.write("names.py", f"""
            def define(name):
                names = {{"__name__": "odd"}}
                exec("def f(): pass", names)
                names["f"].__code__ = names["f"].__code__.replace(co_qualname=name)
                return names["f"]
            for name in {names!r}: define(name)()
            path = {str(source)!r}
            exec(compile(open(path).read(), path, "exec"), {{"__name__": "odd"}})
            """)
        self.output_of("--session", self.session, "--target", "odd:*", "--delay", "0", program)
        functions = self.report()["functions"]
        found = {function["qualname"] for function in functions}
        self.assertEqual(found - {"f", "<module>"},
                         {name.replace("\ud800", "\\ud800").replace("\udcff", "\\xff") for name in names})
        self.assertIn("bad\\xff\\xfe.py", {os.path.basename(function["file"]) for function in functions})
        shown = run(REPORT, "--top", "20", self.session).stdout
        self.assertIn("odd:" + "q" * 10_240 + "\n", shown)
        self.assertIn("odd:\\x1b[31m\n", shown)
        self.assertNotIn("\x1b", shown)


class RunningSessions(SessionTest):
    def test_a_session_is_read_during_the_run_and_after_a_crash(self):
        program = self.write("run.py", """
            import ctypes, sys
            def f(): pass
            for _ in range(100): f()
            print("ready", flush=True)
            sys.stdin.readline()
            for _ in range(10): f()
            ctypes.string_at(0)  # SIGSEGV
            """)
        process = subprocess.Popen([PYSLOW, "--session", self.session, "--target", "__main__:f", program],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   env=clean_environment())
        self.assertEqual(process.stdout.readline(), "ready\n")
        report = self.report()
        self.assertEqual((report["functions"][0]["calls"], report["processes"][0]["state"]), (100, "running"))
        process.communicate("go\n", timeout=60)
        self.assertEqual(process.returncode, -11)
        report = self.report()
        self.assertEqual((report["functions"][0]["calls"], report["processes"][0]["state"]), (110, "gone"))

    def test_follow_reports_until_the_session_ends(self):
        process = subprocess.Popen([PYSLOW, "--session", self.session, "--target", "__main__:f", "-c",
                                    "import sys\ndef f(): pass\nf()\nprint(1, flush=True)\nsys.stdin.read()"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   env=clean_environment())
        process.stdout.readline()
        follow = subprocess.Popen([REPORT, "--follow", "--json", "--interval", "50ms", self.session],
                                  stdout=subprocess.PIPE, text=True)
        lines = [json.loads(follow.stdout.readline()) for _ in range(3)]
        self.assertEqual([line["session"]["running"] for line in lines], [1, 1, 1])
        process.communicate(timeout=60)
        rest = follow.communicate(timeout=60)[0].splitlines()
        self.assertEqual(json.loads(rest[-1])["processes"][0]["state"], "ended")
