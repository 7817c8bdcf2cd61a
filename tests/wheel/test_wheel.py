"""The wheel: built from an sdist, it runs under each Python, and leaves nothing behind. Environment variables: those of
building.py."""

import os
import pathlib
import re
import shutil
import struct
import tarfile
import tempfile
import time
import unittest
import zipfile

from building import PROGRAM, PYTHONS, ROOT, checked, environment, files_below, run, tools, wheel, workspace

TAG = "py3-none-manylinux_2_34_" + os.uname().machine
MAX_BYTES = 8_000_000
# Of C programs: the C library in all its parts, and the loader.
SYSTEM_LIBRARIES = re.compile(r"(libc|libm)\.so\.6|ld-linux-[\w-]+\.so\.\d")
# Files of CPython's tests that start many children by sys.executable, or look at it.
CPYTHON_TESTS = ["test_cmd_line", "test_site", "test_sys", "test.test_multiprocessing_spawn.test_misc"]
SHOW = "import sys; print(sys.prefix)"
NO_SUITE = 77  # exit status of compare_suites.py


def setUpModule():  # pylint: disable=invalid-name
    global WHEEL, BUILD_OUTPUT, TOOLS, DIRECTORY  # pylint: disable=global-variable-undefined
    TOOLS, DIRECTORY = tools(), workspace()
    begin = time.monotonic()
    WHEEL, BUILD_OUTPUT = wheel()
    print(f"{WHEEL.name}: {WHEEL.stat().st_size} bytes, built in {time.monotonic() - begin:.0f} s", flush=True)


class TheSdist(unittest.TestCase):
    def test_it_holds_each_file_of_the_repository(self):
        listed = run("git", "-C", ROOT, "-c", "core.quotePath=off", "ls-files")
        if BUILD_OUTPUT is None or listed.returncode != 0:
            self.skipTest("the wheel is given, or the source is no clone")
        [sdist] = DIRECTORY.glob("pyslow-*.tar.gz")
        with tarfile.open(sdist) as archive:
            names = {name.partition("/")[2] for name in archive.getnames()}
        self.assertEqual(set(listed.stdout.splitlines()) - names, set())


class TheFile(unittest.TestCase):
    def test_it_is_one_for_all_pythons_and_small(self):
        self.assertTrue(WHEEL.name.endswith(f"-{TAG}.whl"), WHEEL)
        self.assertLessEqual(WHEEL.stat().st_size, MAX_BYTES)

    def test_the_build_names_each_version_whose_headers_it_did_not_find(self):
        if BUILD_OUTPUT is None:
            self.skipTest("the wheel is given")
        missing = re.findall(r"the wheel is not for Python (3\.\d+), because its headers were\s+not\s+found", BUILD_OUTPUT)
        with zipfile.ZipFile(WHEEL) as archive:
            present = re.findall(r"/libpyslow(3\.\d+)\.so$", "\n".join(archive.namelist()), re.MULTILINE)
        self.assertLessEqual({"3.12", "3.13", "3.14"}, {*present, *missing}, "a version is missing in silence")

    def test_auditwheel_confirms_its_tag_and_finds_no_other_library(self):
        shown = " ".join(checked(TOOLS / "auditwheel", "show", WHEEL).split())
        self.assertRegex(shown, r'is consistent with the following platform tag: "manylinux_2_(\d|[12]\d|3[0-4])_')
        self.assertNotRegex(shown, "external shared libraries .*required")

    def test_its_programs_need_only_the_c_library(self):
        unpacked = DIRECTORY / "unpacked"
        with zipfile.ZipFile(WHEEL) as archive:
            archive.extractall(unpacked)
        programs = [file for file in unpacked.rglob("*")
                    if file.is_file() and file.read_bytes().startswith(b"\x7fELF")]
        self.assertEqual(len(programs), 3 + 2 * len(list(unpacked.rglob("libpyslow3.*.so"))), programs)
        for program in programs:
            dynamic = checked("readelf", "--dynamic", "--wide", program)
            needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
            self.assertIn("libc.so.6", needed)
            self.assertEqual([name for name in needed if not SYSTEM_LIBRARIES.fullmatch(name)], [], program)
            self.assertNotRegex(dynamic, r"\((RPATH|RUNPATH)\)", program)


class Installed(unittest.TestCase):
    """In a fresh venv of each Python."""

    def test_it_runs_sweeps_and_leaves_nothing(self):
        for python in PYTHONS:
            with self.subTest(python=python):
                # LD_PRELOAD cannot contain a blank.
                self.check(python, DIRECTORY / f"venv {PYTHONS.index(python)}")

    def check(self, python, venv):
        checked(python, "-m", "venv", venv)
        before = files_below(venv)
        # The README's line, in the directory of the wheel.
        checked("bash", "-c", "pip install pyslow-*.whl", cwd=WHEEL.parent,
                env=environment(PATH=f"{venv / 'bin'}:/usr/bin:/bin", PIP_NO_INDEX="1"))
        programs = {f"bin/{path.name}" for path in (venv / "bin").iterdir()} - set(before)
        self.assertEqual(programs, {"bin/pyslow", "bin/pyslow-sweep", "bin/pyslow-report", "bin/pyslow-python"})
        self.check_version(venv)
        self.check_sys_executable(venv)
        self.check_into(venv)
        self.check_delays(venv)
        self.check_sweep(venv)
        self.check_cpython_tests(python, venv)
        for page in ("man1/pyslow.1", "man1/pyslow-sweep.1", "man5/pyslow-targets.5"):
            self.assertTrue((venv / "share" / "man" / page).exists(), page)
        checked(venv / "bin" / "pip", "uninstall", "--yes", "pyslow")
        self.assertEqual([name for name in files_below(venv) if name not in before and (venv / name).is_file()], [])
        self.assertFalse((venv / "libexec" / "pyslow").exists())

    def check_version(self, venv):
        release = checked(venv / "bin" / "python", "-c", "import platform; print(platform.python_version())").strip()
        shown = checked(venv / "bin" / "pyslow", "--version")
        self.assertIn(f"Python {release}, in its own executable; in place of ", shown)
        self.assertIn("chosen: the environment that pyslow is installed in", shown)
        descriptors = "import os; print(sorted(os.listdir('/proc/self/fd')), os.environ.get('LD_PRELOAD'))"
        self.assertEqual(checked(venv / "bin" / "pyslow", "-c", descriptors),
                         checked(venv / "bin" / "python", "-c", descriptors))

    def check_sys_executable(self, venv):
        beside = "import os, sys; print(sorted(os.listdir(os.path.dirname(sys.executable))))"
        for env in (environment(), {"XDG_CACHE_HOME": f"{venv}-cache/new"}):
            self.assertEqual(checked(venv / "bin" / "pyslow", "-c", beside, env=env),
                             checked(venv / "bin" / "python", "-c", beside))
        made = venv.with_name(venv.name + "-made")
        checked(venv / "bin" / "pyslow", "-m", "venv", "--without-pip", made)
        self.assertNotIn("pyslow", os.readlink(made / "bin" / "python3").replace(str(DIRECTORY), ""))

    def check_into(self, venv):
        """The wheel's pyslow as python of its own environment: under all names, and so for scripts."""
        program, python = venv / "bin" / "pyslow", venv / "bin" / "python"
        before = {path.name: os.readlink(path) for path in (venv / "bin").iterdir() if path.is_symlink()}
        checked(program, "--into", venv)
        tool = "import sys; print(sys.executable, 'pyslow' in map(sys.monitoring.get_tool, range(6)))"
        env = environment(SPEED_BUMP_PATTERNS="*:*", SPEED_BUMP_DELAY_NS="0")
        self.assertEqual(checked(python, "-c", tool, env=env), f"{python} True\n")
        self.assertEqual(checked(python, "-c", tool, env={}), f"{python} False\n")
        env |= {"SPEED_BUMP_PATTERNS": "pip.*:*", "SPEED_BUMP_SUMMARY": "1"}
        summary = run(venv / "bin" / "pip", "--version", env=env).stdout
        self.assertIn("  pip._", summary)
        checked(program, "--out-of", venv)
        after = {path.name: os.readlink(path) for path in (venv / "bin").iterdir() if path.is_symlink()}
        self.assertEqual(after, before)

    def check_delays(self, venv):
        script = DIRECTORY / "program.py"
        script.write_text(PROGRAM)
        session = venv.with_name(venv.name + "-session")
        shown = checked(venv / "bin" / "pyslow", "--target", "__main__:step", "--delay", "1ms", "--session", session,
                        script)
        # The child has no environment, and so no delays.
        [ours, child] = [line.rsplit(maxsplit=1) for line in shown.splitlines()]
        self.assertEqual([ours[0], child[0]], [str(venv), str(venv)])
        self.assertGreaterEqual(float(ours[1]), 0.2)
        self.assertRegex(checked(venv / "bin" / "pyslow-report", session), r"\b200\b.*__main__:step")

    def check_sweep(self, venv):
        out = venv.with_name(venv.name + "-sweep")
        shown = checked(venv / "bin" / "pyslow-sweep", "--steps", "impact", "--time-budget", "15s", "--out", out,
                        "--throughput-regex", r"([0-9.]+) steps/s", "--start", "100ms", "--",
                        ROOT / "examples" / "hot_and_cold.py", env=environment(NO_COLOR="1"))
        self.assertIn("__main__:cold", shown)
        self.assertIn("<svg", (out / "report.html").read_text())

    def check_cpython_tests(self, python, venv):
        result = run(python, "-B", ROOT / "tests" / "python" / "compare_suites.py", "--quick", "--mode", "plain",
                     "--python", venv / "bin" / "python", "--pyslow", venv / "bin" / "pyslow", *CPYTHON_TESTS)
        if result.returncode == NO_SUITE:
            self.assertNotIn("CI", os.environ, result.stdout)
            print(result.stdout, flush=True)
            return
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertRegex(result.stdout, r"\bpassed: plain [1-9]\d\d")


class OutsideAnEnvironment(unittest.TestCase):
    """Which Python, where the venv that pyslow is installed in is not the one that is meant."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
        self.venv = self.directory / "active"
        checked(PYTHONS[0], "-m", "venv", "--without-pip", self.venv)
        self.uv = environment(UV_TOOL_DIR=str(self.directory / "tools"), UV_CACHE_DIR=str(DIRECTORY / "uv-cache"),
                              UV_TOOL_BIN_DIR=str(self.directory / "bin"), UV_PYTHON_DOWNLOADS="never",
                              UV_NO_CONFIG="1")

    def test_a_tool_runs_the_active_environment(self):
        checked(TOOLS / "uv", "tool", "install", "--no-index", "--python", PYTHONS[-1], WHEEL, env=self.uv)
        program = self.directory / "bin" / "pyslow"
        shown = checked(program, "-c", SHOW, env=self.uv | {"VIRTUAL_ENV": str(self.venv)})
        self.assertEqual(shown.strip(), str(self.venv))
        path = f"{self.venv}/bin:{os.environ['PATH']}"
        self.assertEqual(checked(program, "-c", SHOW, env=self.uv | {"PATH": path}).strip(), str(self.venv))

    def test_pipx_installs_a_tool_that_runs_the_active_environment(self):
        env = self.uv | {"PIPX_HOME": str(self.directory / "pipx"), "PIPX_BIN_DIR": str(self.directory / "bin"),
                         "PIPX_MAN_DIR": str(self.directory / "man"), "PIPX_DEFAULT_PYTHON": PYTHONS[-1]}
        checked(TOOLS / "pipx", "install", "--pip-args=--no-index", WHEEL, env=env)
        self.assertTrue((self.directory / "pipx" / "venvs" / "pyslow" / "pipx_metadata.json").exists())
        program = self.directory / "bin" / "pyslow"
        shown = checked(program, "-c", SHOW, env=env | {"VIRTUAL_ENV": str(self.venv)})
        self.assertEqual(shown.strip(), str(self.venv))

    def test_uvx_runs_the_active_environment(self):
        shown = checked(TOOLS / "uvx", "--no-index", "--python", PYTHONS[-1], "--from", WHEEL, "pyslow", "-c",
                        SHOW, env=self.uv | {"VIRTUAL_ENV": str(self.venv)})
        self.assertEqual(shown.strip().splitlines()[-1], str(self.venv))

    def test_uvx_sweeps_in_the_active_environment(self):
        script, out = self.directory / "bench.py", self.directory / "sweep"
        script.write_text("import time\ndef step(): time.sleep(0.001)\nbegin = time.perf_counter()\n"
                          "for _ in range(100): step()\nprint(100 / (time.perf_counter() - begin), 'steps/s')\n")
        checked(TOOLS / "uvx", "--no-index", "--python", PYTHONS[-1], "--from", WHEEL, "pyslow-sweep", "--out", out,
                "--steps", "impact", "--target", "*:step", "--delays", "0,1ms", "--runs", "1",
                "--throughput-regex", "([0-9.]+) steps/s", "--", script, env=self.uv | {"VIRTUAL_ENV": str(self.venv)})
        self.assertIn(f"chosen: VIRTUAL_ENV={self.venv}", (out / "trials.jsonl").read_text().partition("\n")[0])

    def test_elsewhere_it_runs_the_python_that_installed_it(self):
        checked(TOOLS / "python", "-m", "pip", "--python", self.venv, "install", "--no-index", "--target",
                self.directory / "target", WHEEL)
        shown = checked(self.directory / "target" / "bin" / "pyslow", "-c", SHOW)
        self.assertEqual(shown.strip(), str(self.venv))

    def test_for_a_user_it_runs_the_python_that_installed_it(self):
        base = self.directory / "user"
        env = environment(PYTHONUSERBASE=str(base), PIP_BREAK_SYSTEM_PACKAGES="1")
        checked(PYTHONS[-1], "-m", "pip", "install", "--no-index", "--user", WHEEL, env=env)
        shown = checked(base / "bin" / "pyslow", "-c", SHOW)
        self.assertEqual(shown, checked(PYTHONS[-1], "-c", SHOW))
        self.assertIn("chosen: the Python that installed pyslow", checked(base / "bin" / "pyslow", "--version"))


class InstalledByUv(unittest.TestCase):
    """Environments and projects of uv, and what its way to link files changes."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
        self.env = environment(UV_CACHE_DIR=str(DIRECTORY / "uv-cache"), UV_PYTHON_DOWNLOADS="never", UV_NO_CONFIG="1",
                               UV_PYTHON=PYTHONS[-1], UV_NO_INDEX="1")

    def uv(self, *words):
        return checked(TOOLS / "uv", *words, env=self.env, cwd=self.directory)

    def project(self, *dependencies):
        """A project whose environment has a module `mine`."""
        (self.directory / "pyproject.toml").write_text(
            f'[project]\nname = "project"\nversion = "1"\nrequires-python = ">=3.12"\ndependencies = {list(dependencies)}\n')
        self.uv("sync")
        [site] = (self.directory / ".venv" / "lib").glob("python3.*/site-packages")
        (site / "mine.py").write_text("")

    def test_in_an_environment(self):
        for mode in ("copy", "hardlink", "symlink"):
            with self.subTest(mode):
                venv = self.directory / mode
                self.uv("venv", venv)
                self.uv("pip", "install", "--link-mode", mode, "--python", venv, WHEEL)
                self.assertEqual((venv / "bin" / "pyslow").is_symlink(), mode == "symlink")
                self.assertEqual(checked(venv / "bin" / "pyslow", "-c", SHOW).strip(), str(venv))
                checked(venv / "bin" / "pyslow", "--into", venv)
                # Half of an update, which must not be mixed with the copy.
                for library in (venv / "libexec" / "pyslow").iterdir():
                    library.unlink()
                    library.write_text("another version")
                self.assertEqual(checked(venv / "bin" / "python", "-c", SHOW).strip(), str(venv))

    def test_run_in_a_project_that_needs_it(self):
        self.project(f"pyslow @ {WHEEL.as_uri()}")
        shown = self.uv("run", "pyslow", "-c", f"import mine; {SHOW}")
        self.assertEqual(shown.splitlines()[-1], str(self.directory / ".venv"))

    def test_removed_from_a_project_whose_python_it_is(self):
        """uv removes an environment whose python does not start."""
        self.project(f"pyslow @ {WHEEL.as_uri()}")
        venv = self.directory / ".venv"
        self.uv("run", "pyslow", "--into", venv)
        is_pyslow = f"import mine; {SHOW}; print('pyslow' in map(sys.monitoring.get_tool, range(6)))"
        targets = {"SPEED_BUMP_PATTERNS": "*:*", "SPEED_BUMP_DELAY_NS": "0"}
        for words in (["sync"], ["remove", "pyslow"], ["sync"]):
            self.uv(*words)
            shown = checked(TOOLS / "uv", "run", "python", "-c", is_pyslow, env=self.env | targets, cwd=self.directory)
            self.assertEqual(shown.splitlines()[-2:], [str(venv), "True"], words)
        self.assertFalse((venv / "bin" / "pyslow").exists())
        checked(venv / "python-without-pyslow" / "pyslow", "--out-of", venv)
        self.assertEqual(self.uv("run", "python", "-c", is_pyslow).splitlines()[-2:], [str(venv), "False"])

    def test_uvx_puts_it_into_an_environment_without_leaving_uvs_cache_in_it(self):
        self.project()
        venv = self.directory / ".venv"
        checked(TOOLS / "uvx", "--from", WHEEL, "pyslow", "--into", venv, env=self.env, cwd=self.directory)
        self.uv("cache", "clean")
        self.assertEqual(checked(venv / "bin" / "python", "-c", f"import mine; {SHOW}").strip(), str(venv))

    def test_run_with_it_beside_a_project(self):
        self.project()
        shown = self.uv("run", "--with", WHEEL, "pyslow", "-c",
                        f"import mine, os; {SHOW}; print(os.environ['VIRTUAL_ENV'])")
        prefix, active = shown.splitlines()[-2:]
        self.assertEqual(prefix, active, "the overlay, from where the project's modules are found")


class AnInstallation(unittest.TestCase):
    """A Python that can be changed, with conda's mark of an environment and no pyvenv.cfg."""

    @classmethod
    def setUpClass(cls):
        facts = "import sys, sysconfig as s; print(sys._base_executable, s.get_path('stdlib'), s.get_config_var('LIBDIR'))"
        executable, library, libdir = map(pathlib.Path, checked(PYTHONS[-1], "-c", facts).split())
        cls.conda = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
        cls.python = cls.conda / "bin" / library.name  # python3.13
        for name in ("bin", "conda-meta", f"lib/{library.name}/site-packages"):
            (cls.conda / name).mkdir(parents=True)
        shutil.copy2(executable.resolve(), cls.python)
        (cls.conda / "bin" / "python").symlink_to(cls.python.name)
        shutil.copytree(library, cls.conda / "lib" / library.name, dirs_exist_ok=True, ignore=shutil.ignore_patterns(
            "test", "site-packages", "dist-packages", "idlelib", "ensurepip", "__pycache__", "config-*"))
        for shared in libdir.glob(f"lib{library.name}*.so*"):
            shutil.copy2(shared, cls.conda / "lib" / shared.name)
        checked(TOOLS / "python", "-m", "pip", "--python", cls.python, "install", "--no-index", WHEEL)
        cls.pyslow = cls.conda / "bin" / "pyslow"

    def test_it_is_that_of_the_pyslow_in_it(self):
        self.assertEqual(checked(self.pyslow, "-c", SHOW).strip(), str(self.conda))
        self.assertIn("chosen: the environment that pyslow is installed in", checked(self.pyslow, "--version"))

    def test_it_is_the_active_one_of_a_pyslow_elsewhere(self):
        target = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
        checked(TOOLS / "python", "-m", "pip", "--python", PYTHONS[0], "install", "--no-index", "--target", target, WHEEL)
        env = environment(CONDA_PREFIX=str(self.conda), PATH=f"{self.conda}/bin:{os.environ['PATH']}")
        self.assertEqual(checked(target / "bin" / "pyslow", "-c", SHOW, env=env).strip(), str(self.conda))

    def test_a_python_with_capabilities_is_an_error_whose_remedy_works(self):
        capable = self.conda / "bin" / "python-capable"
        shutil.copy2(self.python, capable)
        self.addCleanup(capable.unlink)
        try:
            # capability(7), version 2 of the attribute: CAP_NET_RAW is permitted and effective.
            os.setxattr(capable, "security.capability", struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))
        except OSError as error:
            self.skipTest(f"capabilities cannot be set here: {error}")
        result = run(self.pyslow, "--python", capable, "-c", SHOW)
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, f"pyslow: error: {capable}: it is set-user-ID or has capabilities, so that "
                         "LD_PRELOAD is ignored; make a copy of it in the same directory, without them (cp drops them), "
                         "and name that with --python\n")
        copy = self.conda / "bin" / "python-copy"
        self.addCleanup(copy.unlink)
        checked("cp", capable, copy)
        self.assertEqual(checked(self.pyslow, "--python", copy, "-c", SHOW).strip(), str(self.conda))

    def test_a_python_for_another_c_library_is_an_error_with_what_to_do(self):
        program, loader = self.python.read_bytes(), b"/lib64/ld-linux-x86-64.so.2"
        if program.count(loader + b"\0") != 1:
            self.skipTest("not the loader of x86-64")
        musl = self.conda / "bin" / "python-musl"
        self.addCleanup(musl.unlink)
        musl.write_bytes(program.replace(loader, b"/lib/ld-musl-x86_64.so.1".ljust(len(loader), b"\0")))
        musl.chmod(0o755)
        result = run(self.pyslow, "--python", musl, "-c", SHOW)
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, f"pyslow: error: {musl}: its loader is /lib/ld-musl-x86_64.so.1, not "
                         "/lib64/ld-linux-x86-64.so.2 of glibc (chosen: --python); --python names another Python\n")


if __name__ == "__main__":
    unittest.main()
