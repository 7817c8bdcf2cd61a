"""GPU figures of pyslow-sweep, with a library that stands for NVIDIA's: tests/sweep/gpu/fake_nvml.cc."""

import unittest

from harness import BIN, PYSLOW, SWEEP, clean_environment, run
from test_sweep import Sweep

FAKE = BIN.parent / "tests" / "sweep" / "gpu" / "new"

# A run of 100 steps. Its GPU works for 2 ms of a step, and adds that to the file that the library reads: 0.2 s in all,
# also if a sleep takes longer on a busy machine. Python sleeps for as long.
PROGRAM = """
import mmap, os, struct, time
open("pids", "w").write(str(os.getpid()))
counter = mmap.mmap(os.open("worked", os.O_RDWR), 8)
def kernel():
    time.sleep(0.002)
    counter[:] = struct.pack("d", struct.unpack("d", counter[:])[0] + 0.002)
def host(): time.sleep(0.002)
for _ in range(100): kernel(); host()
"""
WORKED = 0.2

# The same, without an end.
ENDLESS = PROGRAM.replace("for _ in range(100): kernel(); host()", """
def step(): kernel(); host()
while True: step()""")


@unittest.skipUnless(FAKE.exists(), "the library is part of the tests' build")
class Gpus(Sweep):
    def setUp(self):
        super().setUp()
        self.script = self.write("work.py", PROGRAM)
        (self.directory / "worked").write_bytes(bytes(8))

    def sweep(self, *words, script="device Fake_GPU\nbusy_file worked\npids_file pids\nclock 0:1500\n",
              library=FAKE, **variables):
        self.write("nvml.script", script)
        environment = clean_environment(LD_LIBRARY_PATH=str(library), FAKE_NVML=str(self.directory / "nvml.script"))
        environment.pop("CUDA_VISIBLE_DEVICES", None)
        environment.update(variables)
        return run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, "--seed", "1", "--steps", "impact", "--delays",
                   "0,1ms,3ms", "--target", "__main__:host", *words, "--", self.script, cwd=self.directory,
                   env=environment, timeout=280)

    def test_a_sweep_shows_the_gpu_time_of_a_run(self):
        result = self.sweep("--runs", "4")
        self.assertEqual(result.returncode, 0, result)
        trials = self.trials()
        for trial in trials:
            [gpu] = trial["gpus"]
            # A sample has no finer time than 0.1 s, and on a busy machine it is late.
            self.assertAlmostEqual(gpu["seconds_per_unit"] / WORKED, 1, delta=0.15)
            self.assertEqual((gpu["index"], gpu["name"], gpu["source"], gpu["clock_mhz"], gpu["shared"]),
                             (0, "Fake GPU", "gpm", 1500, False))
            self.assertLess(gpu["busy"], 0.6)
        curve = self.analysis()["global"]
        self.assertAlmostEqual(curve["gpu"]["seconds_per_unit"][0] / WORKED, 1, delta=0.06)
        # 100 delays of 3 ms follow 400 ms.
        busy = [point["gpu_busy"][0] for point in curve["points"]]
        self.assertEqual(busy, sorted(busy, reverse=True))
        self.assertLess(busy[-1], 0.75 * busy[0])
        self.assertIn(curve["gpu"]["trend"], ("flat", "unknown"))
        if curve["gpu"]["trend"] == "flat":
            self.assertAlmostEqual(curve["gpu"]["gain_limit"][0] * busy[0], 1, delta=0.01)
        self.assertEqual(self.analysis()["machine"]["GPU 0"], "Fake GPU, busy share by hardware counters (GPM)")
        for text in (result.stdout, (self.out / "report.html").read_text()):
            self.assertIn("GPU busy", text)
            self.assertIn("GPU time of a run", text)

    def test_a_live_program_has_the_gpu_time_of_a_unit(self):
        self.script = self.write("work.py", ENDLESS)
        result = self.sweep("--runs", "2", "--live", "--progress", "work:step", "--interval", "300ms")
        self.assertEqual(result.returncode, 0, result)
        for trial in self.trials():
            [gpu] = trial["gpus"]
            self.assertAlmostEqual(gpu["seconds_per_unit"] / gpu["busy"] / trial["seconds_per_unit"], 1, delta=1e-6)
            self.assertAlmostEqual(gpu["seconds_per_unit"] / 0.002, 1, delta=0.1)

    def test_a_slow_clock_is_named(self):
        result = self.sweep("--runs", "1", script="device A\nbusy 0:0.5\nclock 0:900\nreasons 0:0x40\n")
        self.assertEqual(result.returncode, 0, result)
        [warning] = [text for text in self.analysis()["warnings"] if "GPU" in text]
        self.assertIn("a GPU lowered its clock (heat); the mean clock of a trial was 900 to 900 MHz", warning)
        self.assertEqual({tuple(trial["gpus"][0]["throttled"].items()) for trial in self.trials()}, {(("heat", 1.0),)})

    def test_gpus_that_the_command_cannot_use_are_left_out(self):
        two = "device A\nbusy 0:0.5\ndevice A\nbusy 0:0.25\n"
        result = self.sweep("--runs", "1", script=two, CUDA_VISIBLE_DEVICES="1")
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual({gpu["index"] for trial in self.trials() for gpu in trial["gpus"]}, {1})

    def test_without_a_gpu_there_is_no_word_of_it(self):
        empty = self.directory / "empty"
        empty.mkdir()
        for options in ({"library": empty}, {"script": "init 9\n"}, {"script": "device A\nbusy 0:0\n"}):
            with self.subTest(options):
                self.out = self.directory / f"out-{options}".replace("\n", "").replace("/", "")[:40]
                result = self.sweep("--runs", "1", **options)
                self.assertEqual(result.returncode, 0, result)
                for text in (result.stdout, result.stderr, (self.out / "report.html").read_text(),
                             (self.out / "analysis.json").read_text()):
                    self.assertNotIn("GPU", text)

    def test_a_library_that_fails_is_one_note(self):
        result = self.sweep("--runs", "1", script="init 18\n")
        self.assertEqual(result.returncode, 0, result)
        notes = [line for line in result.stderr.splitlines() if "GPU" in line]
        self.assertEqual(len(notes), 1, result.stderr)
        self.assertIn("Driver/library version mismatch; GPU figures are left out", notes[0])

    def test_a_gpu_that_is_not_there_is_an_error_before_anything_runs(self):
        result = self.sweep("--gpu", "1")
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stderr.strip(),
                         "pyslow-sweep: error: --gpu: there is no GPU 1; this machine has 0 to 0")
        self.assertFalse(self.out.exists())
        self.assertFalse((self.directory / "pids").exists())


if __name__ == "__main__":
    unittest.main()
