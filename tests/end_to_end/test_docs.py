"""The documents: links lead somewhere, and files that are made from stored trials are what these give now.

With PYSLOW_UPDATE_DOCS=1, the files are written: look at the difference before you commit it.
"""

import json
import os
import pathlib
import re
import shlex
import shutil

from harness import SWEEP, TestCase, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "hot_and_cold"
DOCUMENTS = sorted(path for path in ROOT.rglob("*.md")
                   if not {"build", ".git"} & set(path.relative_to(ROOT).parts[:-1]))
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")


def anchors(text):
    """The anchors of a document's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Links(TestCase):
    def test_each_leads_to_a_file_and_a_heading(self):
        count = 0
        for document in DOCUMENTS:
            text = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(), flags=re.DOTALL)
            for link in re.findall(r"\]\(([^)\s]+)\)", text):
                if link.startswith(("http://", "https://")):
                    continue
                count += 1
                path, _, anchor = link.partition("#")
                target = (document.parent / path).resolve() if path else document
                with self.subTest(document=document.relative_to(ROOT), link=link):
                    self.assertTrue(target.is_relative_to(ROOT) and target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target.read_text()))
        self.assertGreater(count, 30)

    def test_the_readme_links_each_document(self):
        text = (ROOT / "README.md").read_text() + (ROOT / "docs/statistics.md").read_text()
        for path in (ROOT / "docs").glob("*.md"):
            with self.subTest(path.name):
                self.assertIn(path.name, text)


class StoredReport(TestCase):
    """What `./bootstrap demo` measures, on another day: trials.jsonl, and the files made from it."""

    NAMES = ("output.txt", "report.html", "summary.md", "analysis.json", "profile.coz")

    def made(self):
        shutil.copytree(EXAMPLE, self.directory / EXAMPLE.name)
        for name in self.NAMES:
            (self.directory / EXAMPLE.name / name).unlink(missing_ok=True)
        result = run(SWEEP, "--from", EXAMPLE.name, cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)
        (self.directory / EXAMPLE.name / "output.txt").write_text(result.stdout)
        return {name: (self.directory / EXAMPLE.name / name).read_text() for name in self.NAMES}

    def test_the_files_are_what_the_trials_give(self):
        made = self.made()
        if "PYSLOW_UPDATE_DOCS" in os.environ:
            for name, text in made.items():
                (EXAMPLE / name).write_text(text)
        for name, text in made.items():
            with self.subTest(name):
                self.assert_same(text, (EXAMPLE / name).read_text())

    def assert_same(self, made, kept):
        """Expects equal words, and numbers that differ by rounding at most: compilers round differently."""
        remedy = "run this test with PYSLOW_UPDATE_DOCS=1, and look at the difference"
        if NUMBER.sub("#", made) != NUMBER.sub("#", kept):
            lines = [f"{a}\n{b}" for a, b in zip(made.splitlines(), kept.splitlines())
                     if NUMBER.sub("#", a) != NUMBER.sub("#", b)]
            self.fail(f"{remedy}:\n" + "\n".join(line[:400] for line in lines[:3]))
        for one, other in zip(NUMBER.findall(made), NUMBER.findall(kept), strict=True):
            self.assertLessEqual(abs(float(one) - float(other)), 1e-3 * max(abs(float(one)), 0.1), remedy)

    def test_it_is_what_the_examples_readme_says(self):
        text = (EXAMPLE / "output.txt").read_text()
        self.assertRegex(text, r"on the critical path +__main__:cold")
        self.assertRegex(text, r"hidden up to its slack +__main__:hot")

    def test_it_is_the_sweep_of_the_demo(self):
        header = json.loads((EXAMPLE / "trials.jsonl").read_text().partition("\n")[0])
        words = header["sweep"]["words"]
        self.assertEqual(words[:2], ["--out", "hot_and_cold"])
        demo = (ROOT / "bootstrap").read_text().partition("run_demo() {")[2].partition("\n}")[0]
        self.assertIn("pyslow-sweep " + shlex.join(words[2:6]), demo)  # ./bootstrap demo
        self.assertEqual(words[6:], ["--", re.search(r"script=(\S+)", demo)[1]], "the command")

    def test_nothing_in_it_is_of_a_machine(self):
        for path in (ROOT / "docs" / "examples").rglob("*"):
            if path.is_file():
                with self.subTest(path.relative_to(ROOT)):
                    self.assertNotRegex(path.read_text(), r"/(home|root|tmp|work)/")


class Schema(TestCase):
    """What the documents say of analysis.json, against a real one."""

    def setUp(self):
        super().setUp()
        self.analysis = json.loads((EXAMPLE / "analysis.json").read_text())

    def keys(self, value, outside=("settings", "machine")):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                if key not in outside:
                    yield from self.keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from self.keys(inner)

    def manual(self):
        page = (ROOT / "man/pyslow-sweep.1").read_text()
        return page.partition(".SS analysis.json\n")[2].partition(".SS profile.coz\n")[0]

    def test_the_manual_page_names_each_key(self):
        section = self.manual()
        for key in set(self.keys(self.analysis)):
            with self.subTest(key):
                self.assertRegex(section, rf"\b{key}\b")

    def test_the_page_for_programs_names_what_exists(self):
        page = (ROOT / "docs/for-agents.md").read_text()
        words = set(re.findall(r"`([a-z_.]+_[a-z_]+|global\.\w+|priorities|warnings|reason|why)`", page))
        words -= {"little_to_gain"}
        self.assertGreater(len(words), 6)
        # This example has no GPU and no other version.
        named = re.findall(r"^([a-z_, ]+)\t|^\.[BI] ([a-z_]+)$", self.manual(), re.MULTILINE)
        keys = {key for names in named for key in ", ".join(names).split(", ")}
        for word in words:
            with self.subTest(word):
                self.assertLessEqual(set(word.split(".")), keys)

    def test_both_name_each_verdict(self):
        page = (ROOT / "man/pyslow-sweep.1").read_text()
        table = page.partition(".SS Verdicts\n")[2].partition(".TE")[0]
        verdicts = re.findall(r"^([a-z-]+)\t", table, re.MULTILINE)
        self.assertEqual(len(verdicts), 7)
        for page in ("docs/for-agents.md", "docs/glossary.md"):
            for verdict in verdicts:
                with self.subTest(page=page, verdict=verdict):
                    self.assertIn(f"`{verdict}`", (ROOT / page).read_text())
