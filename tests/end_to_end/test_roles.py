"""Groups that apply only in processes of some title: [GROUP, process=GLOB]."""

import json
import os
import subprocess

from harness import PYSLOW, PYTHON, REPORT, SWEEP, SessionTest, TestCase, needs_numpy, run

# Two processes run the same function: the front, and a worker that sets its title with prctl, which changes the name
# of the main thread.
FORKED = """
import ctypes, os, time
def work(): pass
for _ in range(300): work()
if os.fork() == 0:
    ctypes.CDLL(None).prctl(15, b"the worker", 0, 0, 0)
    for _ in range(200): work()
    os._exit(0)
os.wait()
for _ in range(100): work()
"""
TARGETS = "[front, process=*work.py*]\n*:work\n[worker, process=the worker]\n*:work\n"
