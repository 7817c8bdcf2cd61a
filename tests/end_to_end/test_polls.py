"""A sweep distinguishes functions that poll while the program waits from functions that work (R23)."""

from test_sweep import Sweep

# The device works for 1 ms from each submit on. overlap() is hidden behind it, sample() is not.
ENGINE = """
    import time
    done = 0.0
    def work(seconds):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end: pass
    def submit():
        global done
        done = time.perf_counter() + 0.001
    def overlap(): work(0.0002)
    def is_done(): return time.perf_counter() >= done
    def wait():
        while not is_done(): pass
    def sample(): work(0.0003)
    def step():
        submit()
        overlap()
        wait()
        sample()
    start = time.perf_counter()
    for _ in range(200): step()
    print(f"{200 / (time.perf_counter() - start):.1f} steps/s, 200 steps")
    """


class Polls(Sweep):
    def test_polls_are_a_subsystem_of_their_own(self):
        result = self.succeeds("--throughput-regex", "([0-9.]+) steps/s", "--units-regex", "([0-9]+) steps$",
                               "--target", "__main__:*", "--steps", "impact",
                               "--", self.write("engine.py", ENGINE))
        analysis = self.analysis()
        counted = {function["qualname"]: function for function in analysis["counted"]}
        polls = counted["is_done"]
        self.assertLess(polls["polls_per_unit"], 0.74 * polls["calls_per_unit"])
        for name in ("step", "work", "overlap", "sample", "submit"):
            self.assertIsNone(counted[name]["polls_per_unit"], name)
        self.assertIn("A function polls while the program waits, such as __main__:is_done",
                      " ".join(result.stdout.split()))
        # work is called twice in a step, five other functions once.
        self.assertEqual(round(analysis["global"]["calls_per_unit"][0]), 7)
