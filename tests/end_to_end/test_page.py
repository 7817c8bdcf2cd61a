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
  const point = document.querySelector("figure circle.data");
  parent.postMessage(JSON.stringify({
    shown: innerWidth, wide: document.documentElement.scrollWidth, errors: errors,
    background: getComputedStyle(document.body).backgroundColor,
    point: point ? getComputedStyle(point).fill : "",
    plots: document.querySelectorAll("figure svg").length,
    figures: document.querySelectorAll("figure").length,
    requests: performance.getEntriesByType("resource").map(entry => entry.name)}), "*");
});
</script>"""
FRAME = """<!DOCTYPE html><title></title><script>
addEventListener("message", event => { document.title = event.data; });
</script><iframe style="border: 0; width: %dpx; height: 900px" src="measured.html"></iframe>"""


EXAMPLES = pathlib.Path(__file__).parents[2] / "docs" / "examples"
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


    def measure(self, width, *options):
        text = (self.out / "report.html").read_text().replace("<head>", "<head>" + MEASURE)
        self.write("measured.html", "").write_text(text)
        frame = self.write("frame.html", FRAME % width)
        return self.title_of(frame, *options)

    def stored(self, name):
        """A sweep of docs/examples, analysed again."""
        out = self.directory / "out"
        shutil.copytree(EXAMPLES / name, out)
        result = run(SWEEP, "--from", out, cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)
        return out


@unittest.skipUnless(COZ_VIEWER.exists(), "the viewer of Coz is not installed")
class CozViewer(PageTest):
    def test_the_viewer_draws_the_profile(self):
        out = self.stored("verdicts/critical")
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
        self.assertEqual(seen["legend"].split(), ["Progress", "Points", "unit"])
        self.assertIn("all targets", seen["lines"][0])


class Page(PageTest):
    def setUp(self):
        super().setUp()
        self.out = self.stored("hot_and_cold")

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


class ManyFunctions(PageTest):
    NAMES = [f"f{number:03d}_" + "x" * 195 for number in range(300)]

    def setUp(self):
        super().setUp()
        functions = "\n".join(f"def {name}(): pass" for name in self.NAMES)
        script = self.write("many.py", "")
        script.write_text(f"import time\n{functions}\n"
                          "calls = [value for name, value in list(globals().items()) if name[:2] in "
                          "('f0', 'f1', 'f2')]\n"
                          "def step():\n    time.sleep(0.002)\n    for call in calls: call()\n"
                          "for _ in range(20): step()\n")
        self.out = self.directory / "out"
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, "--target", "many:*", "--delays", "0,50us",
                     "--runs", "2", "--", script, cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)

    def test_all_names_are_readable_on_a_phone(self):
        text = (self.out / "report.html").read_text()
        for name in self.NAMES:
            self.assertIn(name, re.sub(r"<wbr>|&#8203;|\u200b", "", text))
        found = self.measure(390)
        self.assertLessEqual(found["wide"], 390, found)
        self.assertEqual(found["errors"], [], found)
