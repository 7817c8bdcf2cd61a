"""report.html in a browser, at the widths of a phone and a desktop, and profile.coz in Coz's viewer."""

import json
import os
import pathlib
import re
import shutil
import unittest

from harness import PYSLOW, SWEEP, TestCase, run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Reports properties of the page after its layout. The page is in a frame of the tested width, because a
# headless browser's window has at least 500 pixels; the outer page puts the properties in its title.
MEASURE = """<script>
const errors = [];
addEventListener("error", event => errors.push(event.message));
addEventListener("load", () => {
  parent.postMessage(JSON.stringify({
    shown: innerWidth, wide: document.documentElement.scrollWidth, errors: errors,
    background: getComputedStyle(document.body).backgroundColor,
    point: getComputedStyle(document.querySelector("figure circle.data")).fill,
    plots: document.querySelectorAll("figure svg").length,
    figures: document.querySelectorAll("figure").length,
    requests: performance.getEntriesByType("resource").map(entry => entry.name)}), "*");
});
</script>"""
FRAME = """<!DOCTYPE html><title></title><script>
addEventListener("message", event => { document.title = event.data; });
</script><iframe style="border: 0; width: %dpx; height: 900px" src="measured.html"></iframe>"""


COZ_VIEWER = pathlib.Path("/usr/share/coz-profiler/viewer")  # Debian's coz-profiler
# Opens the profile as a user does, and puts the result in the title.
OPEN_PROFILE = """<script>
const file = new File([%s], "profile.coz");
const chosen = new DataTransfer();
chosen.items.add(file);
const input = document.getElementById("load-profile-file");
input.files = chosen.files;
input.dispatchEvent(new Event("change"));
document.getElementById("load-profile-open-btn").dispatchEvent(new Event("click"));
setTimeout(() => { document.title = JSON.stringify({
  lines: [...document.querySelectorAll("#plot-area .plot")].map(plot => plot.textContent),
  drawn: document.querySelectorAll("#plot-area svg path").length,
  legend: document.getElementById("legend").textContent,
  warnings: document.getElementById("warning-area").textContent.trim()}); }, 500);
</script></body>"""


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class PageTest(TestCase):
    def title_of(self, page, *options):
        """The title of a page after its scripts have run, parsed as JSON."""
        result = run(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                     f"--user-data-dir={self.directory / 'profile'}", "--window-size=1600,1000",
                     "--virtual-time-budget=10000", *options, "--dump-dom", page.as_uri(),
                     env=dict(os.environ, HOME=str(self.directory)))
        title = re.search(r"<title>(.*?)</title>", result.stdout, re.DOTALL)
        self.assertTrue(title, result)
        return json.loads(title[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


@unittest.skipUnless(COZ_VIEWER.exists(), "the viewer of Coz is not installed")
class CozViewer(PageTest):
    @staticmethod
    def remove_disturbance(log):
        """Sets core_wait to 0 in all trials, so that the profile has a curve also on a busy machine."""
        trials = [json.loads(line) for line in log.read_text().splitlines()]
        log.write_text("".join(json.dumps(trial | {"core_wait": 0}) + "\n" for trial in trials))

    def test_the_viewer_draws_the_profile(self):
        script = self.write("work.py", """
            import time
            def step(): time.sleep(0.002)
            for _ in range(40): step()
            """)
        out = self.directory / "out"
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", out, "--target", "work:step", "--delays",
                     "0,1ms,2ms,4ms", "--runs", "8", "--steps", "impact", "--", script, cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)
        self.remove_disturbance(out / "trials.jsonl")
        result = run(SWEEP, "--from", out)
        self.assertEqual(result.returncode, 0, result)
        viewer = self.directory / "viewer"
        shutil.copytree(COZ_VIEWER, viewer)
        index = (viewer / "index.htm").read_text()
        profile = json.dumps((out / "profile.coz").read_text())
        page = self.write("viewer/opened.htm", "")
        page.write_text(index.replace("</body>", OPEN_PROFILE % profile))
        seen = self.title_of(page)
        self.assertEqual(seen["warnings"], "")
        self.assertEqual(len(seen["lines"]), 1, seen)
        self.assertGreater(seen["drawn"], 0, seen)
        self.assertEqual(seen["legend"].split(), ["Progress", "Points", "run"])
        self.assertIn("all targets", seen["lines"][0])


class Page(PageTest):
    def setUp(self):
        super().setUp()
        script = self.write("work.py", """
            import time
            def a_function_with_a_name_that_is_longer_than_any_telephone_is_wide(): time.sleep(0.001)
            def other(): time.sleep(0.001)
            for _ in range(40):
                a_function_with_a_name_that_is_longer_than_any_telephone_is_wide()
                other()
            """)
        self.out = self.directory / "out"
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, "--target", "work:*", "--delays",
                     "0,200us,400us", "--runs", "2", "--", script, cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)

    def measure(self, width, *options):
        text = (self.out / "report.html").read_text().replace("<head>", "<head>" + MEASURE)
        self.write("measured.html", "").write_text(text)
        frame = self.write("frame.html", FRAME % width)
        return self.title_of(frame, *options)

    def test_the_page_fits_a_phone_and_a_desktop(self):
        for width in (390, 1280):
            with self.subTest(width=width):
                found = self.measure(width)
                self.assertEqual(found["shown"], width)
                self.assertLessEqual(found["wide"], width, found)
                self.assertEqual(found["errors"], [], found)
                self.assertEqual([name for name in found["requests"] if not name.startswith("data:")], [])
                self.assertGreaterEqual(found["figures"], 2)  # the global curve has two
                self.assertEqual(found["plots"], found["figures"], "a figure has no plot")

    def test_a_dark_page_has_light_points(self):
        schemes = {name: self.measure(1280, f"--blink-settings=preferredColorScheme={value}")
                   for name, value in (("dark", 0), ("light", 1))}
        brightness = lambda colour: sum(map(int, re.findall(r"\d+", colour)[:3]))
        self.assertLess(brightness(schemes["dark"]["background"]), brightness(schemes["dark"]["point"]) - 300)
        self.assertGreater(brightness(schemes["light"]["background"]), brightness(schemes["light"]["point"]) + 300)

    def test_the_page_loads_no_other_file(self):
        text = (self.out / "report.html").read_text()
        self.assertEqual(re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"|url\([^)]*\)|@import[^;]*", text), [])
