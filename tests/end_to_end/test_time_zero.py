"""Delays begin before any import, site, .pth file or module body."""

import os
import re
import sys
import time
import unittest

from harness import PYSLOW, PYTHON, TestCase, clean_environment, run

DELAY = 0.25  # seconds: far more than a whole start takes
BEFORE_SITE = unittest.skipIf((3, 14) <= sys.version_info < (3, 15),
                              "3.14 cannot be stopped before it imports site")


class TimeZero(TestCase):
    """Each function here runs exactly once, before the user's first line; if it is slowed, the start
    of the interpreter takes DELAY longer than that of the control in the same run."""

    def added(self, target, *words, env=None):
        """Seconds on the clock, and of the processor, that the delay added to a start."""
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
        self.assertLess(min(clock["0"]), DELAY, "without a delay a start takes less")
        return min(clock["250ms"]), max(processor["250ms"]) - min(processor["0"])

    # Other programs lengthen the clock and shorten the processor's part in a delay, so each is
    # bounded from the side that they leave alone.
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
    def test_frozen_importlib_is_delayed(self):
        # Called once by Py_InitializeFromConfig's second half, before sys.path exists.
        self.assert_delayed_once(self.added("_frozen_importlib:_install_external_importers"))

    @BEFORE_SITE
    def test_the_external_half_of_importlib_is_delayed(self):
        self.assert_delayed_once(self.added("_frozen_importlib_external:_install"))

    def test_site_is_delayed(self):
        self.assert_delayed_once(self.added("site:main"))

    def test_a_module_body_is_delayed(self):
        self.assert_delayed_once(self.added("os:<module>"))

    def test_sitecustomize_is_delayed(self):
        self.write("sitecustomize.py", "def once(): pass\nonce()\n")
        self.assert_delayed_once(self.added("sitecustomize:once", env=self.env))
        self.assert_delayed_once(self.added("sitecustomize:<module>", env=self.env))

    def test_a_pth_line_is_delayed(self):
        # A .pth file is read from a site directory: the user's, moved to where we may write.
        base = self.directory / "user"
        env = clean_environment(PYTHONUSERBASE=str(base), PYTHONPATH=str(self.directory))
        site = run(PYTHON, "-c", "import site; print(site.getusersitepackages())", env=env)
        os.makedirs(site.stdout.strip())
        with open(os.path.join(site.stdout.strip(), "ours.pth"), "w") as pth:
            pth.write("import from_pth; from_pth.once()\n")
        self.write("from_pth.py", "def once(): pass\n")
        self.assert_delayed_once(self.added("from_pth:once", env=env))

    def test_getpath_is_seen(self):
        # The very first Python code of all: what computes sys.path. It has no module name.
        self.assert_not_delayed(self.added("nosuchmodule:*"))
        listing = self.pyslow("--target", "*:*", "--delay", "0", "-c",
                              "import sys; print(sys.monitoring.get_tool(3))")
        self.assertEqual(listing.stdout.strip(), "pyslow")

    def test_nothing_else_is(self):
        self.assert_not_delayed(self.added("sitecustomize:never", env=self.env))
