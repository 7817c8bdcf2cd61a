"""Known benchmarks: pyslow-sweep reads their output without an expression."""

import json
import shutil
import socket
import unittest

from harness import PYSLOW, SWEEP, TestCase, run

ONE_CURVE = ("--steps", "impact", "--delays", "0,1ms", "--warmup", "0", "--runs", "1")
SERVER = """
import http.server, sys
def work(): return b"hello"
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = work()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Benchmarks(TestCase):
    def setUp(self):
        super().setUp()
        self.out = self.directory / "out"

    def sweep(self, *words, status=0):
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, *ONE_CURVE, *words, cwd=self.directory, timeout=280)
        self.assertEqual(result.returncode, status, result)
        return result

    def script(self, *lines):
        return self.write("bench.py", "import time\ndef f(): time.sleep(0.001)\nfor _ in range(20): f()\n"
                          + "".join(f"print({line!r})\n" for line in lines))

    def trials(self):
        entries = [json.loads(line) for line in (self.out / "trials.jsonl").read_text().splitlines()]
        return [entry for entry in entries if entry["kind"] == "trial"]

    def unit(self):
        analysis = json.loads((self.out / "analysis.json").read_text())
        return dict(analysis["settings"])["unit"]


class Detection(Benchmarks):
    def test_timeit_is_read(self):
        result = self.sweep("--target", "*:inner.<locals>.f", "--", "-m", "timeit", "-n", "20", "-s", "import time\n"
                            "def f(): time.sleep(0.001)", "f()")
        self.assertRegex(result.stderr, r"pyslow-sweep: the output is that of python -m timeit, whose figure is "
                         r"'20 loops, best of 5: \S+ [mu]sec per loop', seconds per loop; to choose another: "
                         r"--benchmark NAME \(see --list-benchmarks\), --benchmark none for the time of a run")
        by_delay = {trial["treatments"][0]["delay_ns"] if trial["treatments"] else 0: trial["seconds_per_unit"]
                    for trial in self.trials() if trial["part"] == "global"}
        self.assertGreater(by_delay[0], 0.001)
        self.assertGreater(by_delay[1_000_000], by_delay[0] + 0.0009)
        self.assertIn("seconds per loop, by python -m timeit (--benchmark timeit: ", self.unit())

    def test_a_sweep_is_continued_and_analysed_with_what_was_found(self):
        self.sweep("--target", "*:f", "--", self.script("Requests/sec:  50.00", "  20 requests in 0.40s"))
        self.assertEqual({trial["units"] for trial in self.trials()}, {20})
        first = (self.out / "analysis.json").read_text()
        before = len(self.trials())
        again = run(SWEEP, "--from", self.out)
        self.assertEqual(again.returncode, 0, again)
        self.assertEqual(json.loads((self.out / "analysis.json").read_text())["global"], json.loads(first)["global"])
        more = run(SWEEP, "--resume", self.out, "--runs", "2", cwd=self.directory)
        self.assertEqual(more.returncode, 0, more)
        self.assertGreater(len(self.trials()), before)
        self.assertEqual({trial["seconds_per_unit"] for trial in self.trials()}, {0.02})

    def test_if_two_fit_both_are_named(self):
        script = self.script("Requests/sec:  50.00", "50 loops, best of 5: 2 msec per loop")
        result = self.sweep("--target", "*:f", "--", script)
        self.assertIn("the output is that of wrk, whose figure is 'Requests/sec:  50.00', requests per second; it is also "
                      "that of timeit; to choose another: --benchmark timeit (", result.stderr)

    def test_other_output_is_a_run(self):
        result = self.sweep("--target", "*:f", "--", self.script("speed: 5 it/s"))
        self.assertNotIn("the output is that of", result.stderr)
        self.assertEqual(self.unit(), "a run of the command")


class Choice(Benchmarks):
    def test_none_is_a_run(self):
        self.sweep("--benchmark", "none", "--target", "*:f", "--", self.script("Requests/sec:  50.00"))
        self.assertEqual(self.unit(), "a run of the command")

    def test_a_named_one_must_fit(self):
        result = self.sweep("--benchmark", "wrk", "--target", "*:f", "--", self.script("nothing"), status=1)
        self.assertIn("--benchmark wrk: it matches nothing in the command's output", result.stderr)

    def test_an_unknown_name_is_refused(self):
        result = self.sweep("--benchmark", "vlm-serve", "--", self.script(), status=2)
        self.assertEqual(result.stderr, "pyslow-sweep: error: --benchmark: 'vlm-serve' is no known benchmark; did you mean "
                         "'vllm-serve'? (see --list-benchmarks)\n")

    def test_they_are_listed(self):
        result = run(SWEEP, "--list-benchmarks")
        self.assertEqual(result.returncode, 0)
        self.assertIn("\nwrk               wrk: requests per second\n", result.stdout)


class Live(Benchmarks):
    @unittest.skipUnless(shutil.which("wrk") and shutil.which("curl"), "needs wrk and curl")
    def test_a_load_is_read(self):
        url = f"http://127.0.0.1:{(port := free_port())}/"
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, "--steps", "impact", "--delays", "0,500us", "--runs", "1",
                     "--live", "--ready-command", f"curl -sf {url}", "--load", f"wrk -t1 -c2 -d1s {url}",
                     "--target", "*:work", "--", self.write("server.py", SERVER), port, cwd=self.directory, timeout=280)
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("the output is that of wrk, whose figure is 'Requests/sec: ", result.stderr)
        for trial in self.trials():
            self.assertAlmostEqual(trial["units"] * trial["seconds_per_unit"], 1, delta=0.2)

    @unittest.skipUnless(shutil.which("curl"), "needs curl")
    def test_a_load_without_a_figure_is_refused(self):
        url = f"http://127.0.0.1:{(port := free_port())}/"
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, "--live", "--ready-command", f"curl -sf {url}", "--load",
                     f"curl -sf {url}", "--", self.write("server.py", SERVER), port, cwd=self.directory, timeout=280)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("no figure is named (--throughput-regex ...), and no known benchmark's (--list-benchmarks) is in the "
                      "command's output; the output's last lines:\n  hello\n", result.stderr)
        self.assertNotIn("it is repeated", result.stderr)
