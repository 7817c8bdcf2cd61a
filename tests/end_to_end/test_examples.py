"""The examples say their throughput, and a delay lowers it where their truth says so and nowhere else."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import time

from harness import PYSLOW, PYTHON, TestCase, clean_environment, run

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
DELAY = 300e-6
# Other programs only make a run slower, so the fastest is the nearest to the truth, and more runs bring
# it nearer.
FEWEST_ROUNDS, MOST_ROUNDS = 3, 12


class Example(TestCase):
    def seconds_per_unit(self, script, *words, unit="steps"):
        """What the example says, under pyslow with these options."""
        output = self.output_of(*words, "-B", EXAMPLES / script)
        match = re.fullmatch(rf"([0-9.]+) {unit}/s", output)
        self.assertIsNotNone(match, output)
        return 1 / float(match[1])

    def added(self, script, target, *words, unit="steps", until):
        """Seconds that the delay adds to a unit over the control; after enough rounds, or many."""
        fastest = {"0": float("inf"), "300us": float("inf")}
        for count in range(1, MOST_ROUNDS + 1):
            for delay in fastest:
                seconds = self.seconds_per_unit(script, "--target", target, "--delay", delay, *words,
                                                unit=unit)
                fastest[delay] = min(fastest[delay], seconds)
            difference = fastest["300us"] - fastest["0"]
            if count >= FEWEST_ROUNDS and until(difference):
                break
        return difference

    def assert_serial(self, script, target, *words, calls=1, unit="steps"):
        """The delays of a unit's critical calls are added to it."""
        least = calls * DELAY * 0.7
        added = self.added(script, target, *words, unit=unit, until=lambda seconds: seconds > least)
        self.assertGreater(added, least)

    def assert_hidden(self, script, target, *words, calls=1, unit="steps"):
        most = calls * DELAY / 2
        added = self.added(script, target, *words, unit=unit, until=lambda seconds: seconds < most)
        if added >= most and os.getloadavg()[0] > 1.5:
            self.skipTest("beside busy programs nothing stays hidden, and there are some")
        self.assertLess(added, most)


class Plain(Example):
    def test_each_says_its_throughput(self):
        for name in ("decode_loop", "hot_and_cold", "thread_device", "child_device", "barrier", "workers"):
            with self.subTest(name=name):
                unit = "requests" if name == "workers" else "steps"
                self.assertGreater(self.seconds_per_unit(f"{name}.py", unit=unit), 0)


class Truth(Example):
    def test_of_two_functions_that_take_the_same_one_matters(self):
        self.assert_serial("decode_loop.py", "decode_loop:serial")
        self.assert_hidden("decode_loop.py", "decode_loop:hidden")

    def test_the_cold_function_matters_and_the_hot_does_not(self):
        self.assert_serial("hot_and_cold.py", "hot_and_cold:cold")
        # Of the 40 calls of a step one is delayed.
        self.assert_hidden("hot_and_cold.py", "hot_and_cold:hot", "--frequency", "40")

    def test_a_thread_as_the_device_hides_nothing(self):
        self.assert_serial("thread_device.py", "thread_device:overlap")
        self.assert_serial("thread_device.py", "thread_device:serial")

    def test_a_child_as_the_device_hides_what_overlaps_and_is_itself_critical(self):
        self.assert_hidden("child_device.py", "child_device:overlap")
        self.assert_serial("child_device.py", "child_device:serial")
        self.assert_serial("child_device.py", "child_device:kernel")

    def test_of_four_dispatches_the_first_matters_until_the_others_lose_their_slack(self):
        # 300 us are 100 more than the slack of the other three: 1 x 300 + 3 x 100.
        self.assert_serial("barrier.py", "barrier:dispatch", calls=2)
        self.assert_hidden("barrier.py", "barrier:dispatch", calls=6)
        self.assert_hidden("barrier.py", "barrier:tidy")

    def test_a_delay_in_four_workers_is_shared_by_four_requests(self):
        self.assert_serial("workers.py", "workers:prepare", calls=1 / 4, unit="requests")
        self.assert_hidden("workers.py", "workers:idle", calls=1 / 4, unit="requests")


class Server(Example):
    def seconds_per_unit(self, script, *words, unit="steps"):
        """What load.py says of a server that runs under pyslow with these options."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        server = subprocess.Popen([PYSLOW, *words, "-B", EXAMPLES / script, "--port", port],
                                  env=clean_environment(), stderr=subprocess.PIPE, text=True)
        try:
            self.wait_until_it_listens(server, int(port))
            load = run(PYTHON, "-B", EXAMPLES / "load.py", "--port", port, "--requests", "400")
        finally:
            server.send_signal(signal.SIGTERM)
            error = server.communicate(timeout=60)[1]
        self.assertEqual((server.returncode, error), (0, ""))
        self.assertEqual((load.returncode, load.stderr), (0, ""), load)
        match = re.fullmatch(rf"([0-9.]+) {unit}/s\np99 [0-9.]+ ms\n", load.stdout)
        self.assertIsNotNone(match, load)
        return 1 / float(match[1])

    def wait_until_it_listens(self, server, port):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.02)
        self.fail("the server does not listen")

    def test_what_runs_once_a_request_matters_and_what_is_rare_does_not(self):
        self.assert_serial("server.py", "server:handle", unit="requests")
        self.assert_hidden("server.py", "server:report", unit="requests")
