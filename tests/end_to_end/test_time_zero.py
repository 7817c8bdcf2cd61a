"""Delays apply to imports, site, .pth files and module bodies during the start of the interpreter."""

import os
import sys
import time
import unittest

from harness import PYSLOW, PYTHON, TestCase, clean_environment, run

DELAY = 0.25  # seconds; much longer than a start
BEFORE_SITE = unittest.skipIf((3, 14) <= sys.version_info < (3, 15),
                              "3.14 cannot be stopped before it imports site")


class TimeZero(TestCase):
    """Each target runs exactly once before the first line of the program, so that its delay makes the
    start DELAY longer than that of the control."""

    def added(self, target, *words, env=None):
        """(wall seconds of a delayed start, processor seconds that the delay adds to a start)."""
        script = ("import time; print(time.clock_gettime(time.CLOCK_MONOTONIC));"
                  "print(time.process_time())")
        clock = {"0": [], "250ms": []}
        processor = {"0": [], "250ms": []}
        for delay in ("0", "250ms", "0", "250ms"):
            begin = time.clock_gettime(time.CLOCK_MONOTONIC)
            ours = run(PYSLOW, "--target", target, "--delay", delay, *words, "-c", script, env=env)
            self.assertEqual((ours.returncode, ours.stderr), (0, ""), ours)
            end, spent = ours.stdout.split()[-2:]
            clock[delay].append(float(end) - begin)
            processor[delay].append(float(spent))
        self.assertLess(min(clock["0"]), DELAY, "a start without a delay must be shorter than DELAY")
        return min(clock["250ms"]), max(processor["250ms"]) - min(processor["0"])

    # Other processes lengthen the wall time of a delay and shorten its processor time. The lower bound
    # of one and the upper bound of the other hold on a busy machine.
    def assert_delayed_once(self, added):
        clock, processor = added
        self.assertGreaterEqual(clock, DELAY)
        self.assertLess(processor, DELAY * 1.9)

    def assert_not_delayed(self, added):
        clock, _ = added
        self.assertLess(clock, DELAY)

    def setUp(self):
        super().setUp()
        self.env = clean_environment(PYTHONPATH=str(self.directory))

    @BEFORE_SITE
    def test_frozen_importlib(self):
        # Called once by Py_InitializeFromConfig, before sys.path is set.
        self.assert_delayed_once(self.added("_frozen_importlib:_install_external_importers"))

    @BEFORE_SITE
    def test_frozen_importlib_external(self):
        self.assert_delayed_once(self.added("_frozen_importlib_external:_install"))

    def test_site(self):
        self.assert_delayed_once(self.added("site:main"))

    def test_a_module_body(self):
        self.assert_delayed_once(self.added("os:<module>"))

    def test_sitecustomize(self):
        self.write("sitecustomize.py", "def once(): pass\nonce()\n")
        self.assert_delayed_once(self.added("sitecustomize:once", env=self.env))
        self.assert_delayed_once(self.added("sitecustomize:<module>", env=self.env))

    def test_a_line_of_a_pth_file(self):
        # site reads .pth files from the user's site directory, which PYTHONUSERBASE moves.
        base = self.directory / "user"
        env = clean_environment(PYTHONUSERBASE=str(base), PYTHONPATH=str(self.directory))
        site = run(PYTHON, "-c", "import site; print(site.getusersitepackages())", env=env)
        os.makedirs(site.stdout.strip())
        with open(os.path.join(site.stdout.strip(), "ours.pth"), "w") as pth:
            pth.write("import from_pth; from_pth.once()\n")
        self.write("from_pth.py", "def once(): pass\n")
        self.assert_delayed_once(self.added("from_pth:once", env=env))

    def test_code_without_a_module_name(self):
        # getpath, which computes sys.path, is the first Python code that runs. It has no module name.
        self.assert_not_delayed(self.added("nosuchmodule:*"))
        listing = self.pyslow("--target", "*:*", "--delay", "0", "-c",
                              "import sys; print(sys.monitoring.get_tool(3))")
        self.assertEqual(listing.stdout.strip(), "pyslow")

    def test_other_functions_are_not_delayed(self):
        self.assert_not_delayed(self.added("sitecustomize:never", env=self.env))
