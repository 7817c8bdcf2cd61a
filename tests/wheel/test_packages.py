"""The tar.gz and the .deb that CPack makes: unpacked or installed anywhere, they run each Python. Environment
variables: those of building.py."""

import os
import pathlib
import re
import shutil
import tarfile
import tempfile
import unittest

import deployment
from building import PROGRAM, PYTHONS, ROOT, checked, environment, files_below, packages, run, workspace

NOBODY = 65534
RELOCATED = ("MovedAndShared", "MovedAndOldStandalone", "MovedAndStatic", "MovedAndStaticBesideALibrary")
SHELLS = {"bash": "bash-completion/completions/{}", "zsh": "zsh/site-functions/_{}",
          "fish": "fish/vendor_completions.d/{}.fish"}


def setUpModule():  # pylint: disable=invalid-name
    global DIRECTORY, TAR, DEB  # pylint: disable=global-variable-undefined
    DIRECTORY = pathlib.Path(tempfile.mkdtemp(dir=workspace()))
    DIRECTORY.chmod(0o755)
    [TAR] = packages().glob("pyslow-*-linux-*.tar.gz")
    [DEB] = packages().glob("pyslow_*.deb")


class Unpacked(unittest.TestCase):
    """The tar.gz, in a directory that its user cannot write to."""

    @classmethod
    def setUpClass(cls):
        # LD_PRELOAD cannot contain a blank.
        where = DIRECTORY / "any where"
        with tarfile.open(TAR) as archive:
            archive.extractall(where, filter="data")
        [cls.prefix] = where.iterdir()
        cls.bin = cls.prefix / "bin"
        directories = [path for path in where.rglob("*") if path.is_dir()]
        for path in directories:
            path.chmod(0o555)
            cls.addClassCleanup(path.chmod, 0o755)
        cls.files = files_below(cls.prefix)

    def test_its_name_and_directories(self):
        self.assertEqual(TAR.name, self.prefix.name + ".tar.gz")
        self.assertEqual({path.name for path in self.prefix.iterdir()}, {"bin", "libexec", "share"})
        self.assertEqual({path.name for path in self.bin.iterdir()}, {"pyslow", "pyslow-sweep", "pyslow-report"})

    def test_it_runs_each_python_and_its_children(self):
        for python in PYTHONS:
            venv = DIRECTORY / ("venv-" + pathlib.Path(python).name)
            checked(python, "-m", "venv", "--without-pip", venv)
            script = DIRECTORY / "program.py"
            script.write_text(PROGRAM)
            for words, env in ((["--python", venv], environment()), ([], environment(VIRTUAL_ENV=str(venv)))):
                shown = checked(self.bin / "pyslow", *words, "--target", "*:step", "--delay", "1ms", script, env=env)
                # The child has no environment, and so no delays.
                [ours, child] = [line.rsplit(maxsplit=1) for line in shown.splitlines()]
                self.assertEqual([ours[0], child[0]], [str(venv), str(venv)])
                self.assertGreaterEqual(float(ours[1]), 0.2)
        self.assertEqual(files_below(self.prefix), self.files)  # also if root runs this

    def test_it_runs_relocated_pythons(self):
        """Static ones, also as conda-forge's, and python-build-standalone as it is and as it was until May 2025."""
        for python in PYTHONS:
            minor = checked(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
            # The names that test_which_python expects.
            names = DIRECTORY / f"named-{minor}"
            (names / "bin").mkdir(parents=True)
            (names / "libexec").symlink_to(self.prefix / "libexec")
            (names / "bin" / f"pyslow{minor}").symlink_to(self.bin / "pyslow")
            (names / "bin" / f"python{minor}-pyslow").symlink_to(self.prefix / f"libexec/pyslow/python{minor}-pyslow")
            shown = checked(python, "-B", "-m", "unittest", "-v", *[f"test_which_python.{kind}" for kind in RELOCATED],
                            cwd=ROOT / "tests" / "end_to_end", env=environment(PYSLOW_BIN=str(names / "bin")))
            passed = re.findall(r"test_which_python\.(\w+)\.\w+\) \.\.\. ok", shown)
            self.assertEqual({*passed}, {*RELOCATED}, shown)

    def test_it_is_python_in_a_venv(self):
        venv = DIRECTORY / "into"
        checked(PYTHONS[0], "-m", "venv", venv)
        checked(self.bin / "pyslow", "--into", venv)
        summary = run(venv / "bin" / "pip", "--version",
                      env=environment(SPEED_BUMP_PATTERNS="pip.*:*", SPEED_BUMP_DELAY_NS="0", SPEED_BUMP_SUMMARY="1"))
        self.assertIn("  pip._", summary.stdout)
        checked(self.bin / "pyslow", "--out-of", venv)

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to become another user")
    def test_a_user_without_a_home_runs_it(self):
        python = PYTHONS[-1]
        readable = run("/usr/bin/env", python, "-c", "pass", user=NOBODY, group=NOBODY, extra_groups=[], cwd="/")
        if readable.returncode != 0:
            self.skipTest(f"{python} cannot be run by other users")
        shown = checked(self.bin / "pyslow", "--python", python, "-c",
                        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1)'], check=True)",
                        env={"HOME": "/nonexistent"}, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/")
        self.assertEqual(shown, "1\n")

    def test_it_sweeps(self):
        out = DIRECTORY / "sweep"
        shown = checked(self.bin / "pyslow-sweep", "--steps", "impact", "--time-budget", "10s", "--out", out,
                        "--throughput-regex", r"([0-9.]+) steps/s", "--start", "100ms", "--",
                        ROOT / "examples" / "hot_and_cold.py",
                        env=environment(NO_COLOR="1", SPEED_BUMP_PYTHON=PYTHONS[-1]))
        self.assertIn("__main__:cold", shown)
        self.assertTrue((out / "report.html").exists())

    def test_pages_and_completions(self):
        for program in ("pyslow", "pyslow-sweep", "pyslow-report"):
            self.assertTrue((self.prefix / "share/man/man1" / f"{program}.1").exists())
            for shell, place in SHELLS.items():
                file = self.prefix / "share" / place.format(program)
                self.assertEqual(file.read_text(), checked(self.bin / program, "--completion", shell))


class Debian(unittest.TestCase):
    """The .deb, in a system of its own that dpkg keeps in a directory."""

    def setUp(self):
        if shutil.which("dpkg") is None:
            self.skipTest("needs dpkg")
        self.root = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))

    def test_it_depends_on_the_c_library_only(self):
        depends = checked("dpkg-deb", "--field", DEB, "Depends").strip()
        self.assertTrue(re.fullmatch(r"libc6 \(>= 2\.(\d|[12]\d|3[0-4])\)", depends), depends)

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_it_is_installed_used_and_removed(self):
        database = self.root / "var/lib/dpkg"
        for name in ("info", "updates", "triggers"):
            (database / name).mkdir(parents=True)
        (database / "status").write_text("")
        before = files_below(self.root / "usr")
        dpkg = ["dpkg", f"--root={self.root}", "--force-depends", "--log=/dev/null"]
        checked(*dpkg, "--install", DEB)
        program = self.root / "usr" / "bin" / "pyslow"
        path = f"{pathlib.Path(PYTHONS[0]).parent}:/usr/bin:/bin"
        shown = checked(program, "--version", env=environment(PATH=path))
        self.assertRegex(shown, r"\Apyslow \d[\d.]+\nPython 3\.\d+\.\d+\S*, in its own executable; in place of ")
        self.assertIn("found on PATH", shown)
        for place in ("bash-completion/completions/pyslow", "zsh/vendor-completions/_pyslow",
                      "fish/vendor_completions.d/pyslow.fish", "man/man1/pyslow.1"):
            self.assertTrue((self.root / "usr/share" / place).exists(), place)
        checked(*dpkg, "--purge", "pyslow")
        self.assertEqual(files_below(self.root / "usr"), before)


# Runs its arguments in a copy of this system, of which nothing is kept; /image in it is $1.
IMAGE = """
set -e
mount --make-rprivate /
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
shift
exec /usr/sbin/chroot "$@"
"""
UNIT = """
[Service]
ExecStart={venv}/bin/python -m server --port 8000
WorkingDirectory={directory}
"""
SERVER = """
import sys
def handle(): return sys.argv[1:]
for _ in range(50): handle()
print(handle(), sys.prefix)
"""


def begin_in_image(test, directory, script=IMAGE):
    """The beginning of a command that runs in a copy of this system. Skips the test if there can be none."""
    mounts = directory / "mounts"
    mounts.mkdir()
    command = ["unshare", "--mount", "sh", "-c", script, "sh", mounts, mounts / "root"]
    if run(*command, "true").returncode != 0:
        test.skipTest("the kernel does not allow an overlay")
    return command


@unittest.skipUnless(os.geteuid() == 0, "needs root, for a chroot")
class Mounted(unittest.TestCase):
    """The unpacked tar.gz, mounted read-only into a container that has a Python."""

    def test_it_delays_and_its_children_are_that_python(self):
        directory = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
        shutil.unpack_archive(TAR, directory, filter="data")
        [prefix] = directory.glob("pyslow-*")
        mount = f'mount --bind {prefix} "$1/root/mnt"\nmount -o remount,ro,bind "$1/root/mnt"\nshift\n'
        command = begin_in_image(self, directory, IMAGE.replace("shift\n", mount))
        pyslow = [*command, "/mnt/bin/pyslow", "--python", PYTHONS[-1]]
        self.assertNotEqual(run(*command, "touch", "/mnt/file").returncode, 0, "it can be written")
        self.assertIn("in its own executable", checked(*pyslow, "--version"))
        (directory / "program.py").write_text(PROGRAM)
        shown = checked(*pyslow, "--target", "*:step", "--delay", "1ms", directory / "program.py")
        [ours, child] = [line.rsplit(maxsplit=1) for line in shown.splitlines()]
        expected = checked(PYTHONS[-1], "-c", "import sys; print(sys.prefix)").strip()
        self.assertEqual([ours[0], child[0]], [expected, expected])
        self.assertGreaterEqual(float(ours[1]), 0.2)


@unittest.skipUnless(os.geteuid() == 0, "needs root, for a chroot")
class Docker(unittest.TestCase):
    """The steps of the Dockerfile, in a chroot in place of an image: no daemon is needed."""

    def test_its_python_is_pyslow(self):
        text = (ROOT / "packaging/docker/Dockerfile").read_text()
        directory = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
        python = pathlib.Path(PYTHONS[-1])
        path = f"{DIRECTORY}/image-python:/usr/bin:/bin"
        (DIRECTORY / "image-python").mkdir(exist_ok=True)
        for name in ("python", "python3"):
            (DIRECTORY / "image-python" / name).symlink_to(python)
        shutil.copy2(TAR, directory)
        (directory / "server.py").write_text(SERVER)
        script = deployment.shell_of(deployment.docker_steps(text), directory)
        # The command of an image, without and with what `docker run -e` adds.
        script += f"cd {directory}\npython -m server one\n"
        script += "export SPEED_BUMP_PATTERNS='server:*' SPEED_BUMP_DELAY_NS=10000 SPEED_BUMP_SUMMARY=1\n"
        script += "exec python -m server two\n"
        (directory / "steps.sh").write_text(script)
        command = begin_in_image(self, directory)
        shown = checked(*command, "sh", directory / "steps.sh", env=environment(PATH=path))
        prefix = checked(python, "-c", "import sys; print(sys.prefix)").strip()
        self.assertIn(f"['one'] {prefix}\n", shown)
        self.assertIn(f"['two'] {prefix}\n", shown)
        self.assertRegex(shown, r"\b51\b.*  __main__:handle\n")
        self.assertFalse(pathlib.Path("/opt/pyslow/as-python").exists(), "the chroot is kept")


class Systemd(unittest.TestCase):
    """The drop-in, with another directory of pyslow and of the environment."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
        shutil.unpack_archive(TAR, self.directory, filter="data")
        [prefix] = self.directory.glob("pyslow-*")
        self.venv = self.directory / "venv"
        checked(PYTHONS[-1], "-m", "venv", "--without-pip", self.venv)
        (self.directory / "server.py").write_text(SERVER)
        text = (ROOT / "packaging/systemd/server.service.d/pyslow.conf").read_text()
        self.text = text.replace("/usr/bin/pyslow", f"{prefix}/bin/pyslow").replace("/srv/app/venv", str(self.venv))
        self.unit = UNIT.format(venv=self.venv, directory=self.directory)

    def test_it_runs_the_command_of_the_unit_slowed(self):
        _, plain = deployment.service_of(self.unit)
        variables, command = deployment.service_of(self.unit + self.text, t=str(self.directory), N="server")
        self.assertEqual(command[-4:], plain[-4:])
        pathlib.Path(variables["SPEED_BUMP_SESSION"]).parent.mkdir()  # RuntimeDirectory=
        # systemd gives a service few variables.
        shown = checked(*command, cwd=self.directory, env={"PATH": "/usr/bin:/bin"} | variables)
        self.assertEqual(shown, f"['--port', '8000'] {self.venv}\n")
        report = checked(pathlib.Path(command[0]).with_name("pyslow-report"), variables["SPEED_BUMP_SESSION"])
        self.assertRegex(report, r"\b51\b.*  __main__:handle\n")

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_systemd_reads_it(self):
        (self.directory / "server.service").write_text(self.unit)
        drop_in = self.directory / "server.service.d"
        drop_in.mkdir()
        (drop_in / "pyslow.conf").write_text(self.text)
        verify = ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", self.directory / "server.service"]
        self.assertNotIn(str(self.directory), run(*verify).stdout)
        # What it would say of a drop-in that is wrong.
        (drop_in / "pyslow.conf").write_text(self.text.replace("ExecStart=", "ExecStrat="))
        self.assertIn(f"{drop_in}/pyslow.conf", run(*verify).stdout)


if __name__ == "__main__":
    unittest.main()
