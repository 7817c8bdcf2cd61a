"""cProfile, profile and tracemalloc."""

import pstats
import unittest

from compatible import DELAY_NS, CompatibilityTest

PROGRAM = """
import worked

def total(count):
    return sum(worked.call(number) for number in range(count))

print(total(40))
"""


class Profilers(CompatibilityTest):
    def check(self, module, attributed_to):
        script = self.write("program.py", PROGRAM)
        # Each run writes its profile beside its log.
        driver = self.write("driver.py", f"""
            import os, runpy, sys
            sys.argv = ["profile", "-o", os.environ["WORK_LOG"] + ".profile", {str(script)!r}]
            runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
            """)
        self.both(driver)
        theirs, ours = (pstats.Stats(str(self.directory / f"{name}.log.profile")).stats
                        for name in ("python", "pyslow"))
        mine = lambda stats: {place: row[:2] for place, row in stats.items()
                              if place[0].startswith(str(self.directory)) and place[0] != str(driver)}
        self.assertEqual(mine(ours), mine(theirs))
        self.assertGreaterEqual(len(mine(ours)), 5)
        own_seconds = [row[2] for place, row in ours.items() if place[2] == attributed_to]
        self.assertEqual(len(own_seconds), 1)
        self.assertGreaterEqual(own_seconds[0], 0.95 * 40 * DELAY_NS / 1e9)

    def test_cprofile_has_the_same_counts_and_attributes_delays_to_the_caller(self):
        # sys.monitoring calls tools in descending order of their IDs, so that pyslow delays the call before
        # cProfile, which has ID 2, is notified.
        self.check("cProfile", attributed_to="call")

    def test_profile_has_the_same_counts_and_attributes_delays_to_the_target(self):
        self.check("profile", attributed_to="work")

    def test_tracemalloc_reports_the_same_allocations(self):
        script = self.write("program.py", """
            import tracemalloc, worked
            worked.call()
            tracemalloc.start(5)
            kept = [bytes(1000 + worked.call(0)) for _ in range(50)]
            print([(s.size, s.count) for s in tracemalloc.take_snapshot().statistics("lineno")
                   if s.traceback[0].filename == __file__])
            """)
        self.both(script)


if __name__ == "__main__":
    unittest.main()
