"""The command lines of the methodology, verbatim except that /tmp is a temporary directory. They run
pyslow through a link named python on PATH, and under its name."""

import json
import os
import pathlib
import re
import socket
import subprocess
import time

from harness import PYSLOW, VENV, TestCase, clean_environment, needs_numpy, run

WORKLOAD = pathlib.Path(__file__).resolve().parent / "seed_workload"

STEP_1 = """
# Create a target file that matches everything
echo "*:*" > /tmp/targets.txt

# Run with increasing delays
for delay in 0 1000 10000 100000; do
    SPEED_BUMP_TARGETS=/tmp/targets.txt \\
    SPEED_BUMP_DELAY_NS=$delay \\
    python benchmark.py
done
"""
STEP_3_FILES = {
    "numpy_targets.txt": "numpy.*:*\n",
    "zmq_targets.txt": "zmq.*:*\n",
    "triton_targets.txt": "triton.*:*\n",
    "model_targets.txt": "transformers.modeling_*:*\n",
}
STEP_3 = """
for subsystem in numpy zmq triton model; do
    SPEED_BUMP_TARGETS=/tmp/${subsystem}_targets.txt \\
    SPEED_BUMP_DELAY_NS=10000 \\
    python benchmark.py
done
"""
STEP_4 = """
# Which specific class/function?
echo "numpy.core.multiarray:*" > /tmp/targets.txt
SPEED_BUMP_TARGETS=/tmp/targets.txt SPEED_BUMP_DELAY_NS=100000 python benchmark.py

# Or target specific operations
echo "*:*matmul*" > /tmp/targets.txt
SPEED_BUMP_TARGETS=/tmp/targets.txt SPEED_BUMP_DELAY_NS=100000 python benchmark.py

export SPEED_BUMP_TARGETS=/tmp/targets.txt SPEED_BUMP_DELAY_NS=1000000
# Only delay every 10th call - useful for high-frequency functions
SPEED_BUMP_FREQUENCY=10 python benchmark.py
"""
WINDOW = """
export SPEED_BUMP_TARGETS=/tmp/targets.txt SPEED_BUMP_DELAY_NS=100000
# Skip first 5 seconds (warmup), measure for 30 seconds
SPEED_BUMP_START_MS=5000 \\
SPEED_BUMP_DURATION_MS=30000 \\
python benchmark.py
"""
SERVER = """
echo "{targets}" > /tmp/all.txt
SPEED_BUMP_TARGETS=/tmp/all.txt SPEED_BUMP_DELAY_NS={delay} \\
    exec python -m vllm.entrypoints.openai.api_server --model meta-llama/Llama-2-7b-hf
"""


@needs_numpy
class SeedCommands(TestCase):
    def setUp(self):
        super().setUp()
        (self.directory / "python").symlink_to(PYSLOW)
        self.env = clean_environment(
            PATH=f"{self.directory}:{os.environ['PATH']}",
            VIRTUAL_ENV=str(VENV),
            PYTHONPATH=str(WORKLOAD),
            PYTHONDONTWRITEBYTECODE="1",
            # With one thread, processor time is that of the interpreter.
            OPENBLAS_NUM_THREADS="1",
        )
        calls = run(PYSLOW, "benchmark.py", "--calls", env=self.env, cwd=WORKLOAD)
        self.assertEqual(calls.returncode, 0, calls)
        self.calls = json.loads(calls.stdout)

    def shell(self, text, program="python"):
        return ["bash", "-c", text.replace("/tmp/", f"{self.directory}/").replace("python ", f"{program} ")]

    def throughputs(self, text, program="python"):
        """(wall seconds, processor seconds) per token of each run, the least of two."""
        both = []
        for _ in range(2):
            result = run(*self.shell(text, program), env=self.env, cwd=WORKLOAD)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result)
            found = re.findall(r"([\d.]+) tokens/sec \(([\d.]+) tokens/cpu-sec\)", result.stdout)
            both.append([tuple(1 / float(rate) for rate in rates) for rates in found])
        return [tuple(map(min, *runs)) for runs in zip(*both, strict=True)]

    def calls_of(self, prefix):
        return sum(n for module, n in self.calls.items() if module.startswith(prefix))

    def assert_delayed(self, run_, control, seconds):
        """Expects that a token takes `seconds` longer than in the control. Other processes lengthen the
        wall time, so its difference is bounded from below, and that of processor time from above."""
        self.assertGreater(run_[0] - control[0], seconds * 0.95 - 2 * control[1])
        self.assertLess(run_[1] - control[1], seconds * 1.25 + 2 * control[1])

    def test_step_1_baseline_and_global_impact(self):
        for program in ("python", PYSLOW):
            control, *delayed = self.throughputs(STEP_1, program)
            self.assertEqual(len(delayed), 3)
            per_token = self.calls_of("")
            self.assertGreater(per_token, 10)
            for run_, delay in zip(delayed, (1e-6, 10e-6, 100e-6)):
                self.assert_delayed(run_, control, per_token * delay)
            self.assertGreater(delayed[2][0], delayed[1][0])

    def test_step_3_subsystems(self):
        for name, text in STEP_3_FILES.items():
            (self.directory / name).write_text(text)
        control = self.throughputs(STEP_1)[0]
        numpy_, zmq, triton, model = self.throughputs(STEP_3)
        # numpy.* does not match the module numpy, but those that hold the functions called here.
        for run_, prefix in ((numpy_, "numpy."), (zmq, "zmq."), (triton, "triton."),
                             (model, "transformers.modeling_")):
            self.assert_delayed(run_, control, self.calls_of(prefix) * 10e-6)
        self.assertGreater(self.calls_of("numpy."), self.calls_of("transformers."))
        self.assertEqual(self.calls_of("triton."), 0)

    def test_step_4_functions_and_frequency(self):
        control = self.throughputs(STEP_1)[0]
        multiarray, matmul, every_tenth = self.throughputs(STEP_4)
        self.assert_delayed(multiarray, control, self.calls_of("numpy.core.multiarray") * 100e-6)
        self.assert_delayed(matmul, control, 100e-6)
        self.assert_delayed(every_tenth, control, 1e-3 / 10)

    def test_windows(self):
        (self.directory / "targets.txt").write_text("*:*\n")
        control = self.throughputs(STEP_1.replace("0 1000 10000 100000", "0"))[0]
        (run_,) = self.throughputs(WINDOW)
        self.assert_delayed(run_, control, 0)  # the run ends before the window opens

    def test_imports_of_numpy_are_delayed(self):
        program = "import time; t = time.perf_counter(); import numpy; print(time.perf_counter() - t)"
        took = [
            float(run(PYSLOW, "--target", "numpy*:<module>", "--delay", delay, "-c", program, env=self.env).stdout)
            for delay in ("0", "10ms")
        ]
        # numpy has more than 100 modules, so the delays add more than 1 s.
        self.assertGreater(took[1] - took[0], 0.5)


class VllmExample(TestCase):
    def seconds_per_request(self, targets, delay, requests=200):
        (self.directory / "python").symlink_to(PYSLOW)
        env = clean_environment(PATH=f"{self.directory}:{os.environ['PATH']}", PYTHONPATH=str(WORKLOAD),
                                PYTHONDONTWRITEBYTECODE="1")
        text = SERVER.format(targets=targets, delay=delay).replace("/tmp/", f"{self.directory}/")
        server = subprocess.Popen(["bash", "-c", text], env=env, stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline())
            with socket.create_connection(("127.0.0.1", port)) as client:
                lines = client.makefile("rwb", buffering=0)
                best = float("inf")
                for _ in range(requests):
                    begin = time.perf_counter()
                    lines.write(b"abc\n")
                    self.assertEqual(lines.readline(), b"cba\n")
                    best = min(best, time.perf_counter() - begin)
            return best
        finally:
            server.terminate()
            server.wait(30)
            server.stdout.close()
            (self.directory / "python").unlink()

    def test_each_layer_of_a_server(self):
        control = self.seconds_per_request("*:*", 0)
        slowed = self.seconds_per_request("*:*", 10_000)
        self.assertGreater(slowed - control, 3 * 10e-6)
        for layer in ("vllm.worker:*", "vllm.engine:*", "vllm.model_executor*:*",
                      "vllm.model_executor.layers.attention:*"):
            with self.subTest(layer=layer):
                # A request calls one function of each layer; 2 ms are much more than the noise.
                self.assertGreater(self.seconds_per_request(layer, 2_000_000), 2e-3)
        # The package contains modules, but no functions.
        self.assertLess(self.seconds_per_request("vllm.model_executor:*", 2_000_000), 2e-3)
