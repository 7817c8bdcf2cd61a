"""Generates TOKENS tokens, each with numpy calls, a message and a step of a model. Prints the throughput in
wall time and in processor time, which other processes affect less."""

import json
import sys
import time

import numpy
import zmq.utils.jsonapi

import transformers.modeling_tiny

TOKENS = 150


def token(vector):
    merged = numpy.concatenate((vector, vector))
    norm = numpy.linalg.norm(merged)
    zmq.utils.jsonapi.dumps({"norm": float(norm)})
    return transformers.modeling_tiny.forward(numpy.sum(merged), norm)


def generate(tokens):
    vector = numpy.ones(64)
    for _ in range(tokens):
        token(vector)


def calls_per_token():
    """{module: number of calls of Python functions} for one token, counted by sys.setprofile."""
    counts = {}

    def profile(frame, event, _):
        if event == "call":
            module = frame.f_globals["__name__"]
            counts[module] = counts.get(module, 0) + 1

    vector = numpy.ones(64)
    token(vector)
    sys.setprofile(profile)
    token(vector)
    sys.setprofile(None)
    return counts


if "--calls" in sys.argv:
    print(json.dumps(calls_per_token()))
else:
    generate(10)
    wall, processor = time.perf_counter(), time.process_time()
    generate(TOKENS)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{TOKENS / wall:.3f} tokens/sec ({TOKENS / processor:.3f} tokens/cpu-sec)")
