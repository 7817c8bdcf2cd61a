#!/usr/bin/env python3
"""Sends 40 requests to the server, and prints the time of one."""

import http.client
import os
import time

begin = time.perf_counter()
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["README_PORT"]))
for _ in range(40):
    connection.request("GET", "/")
    connection.getresponse().read()
print(f"time/req {(time.perf_counter() - begin) / 40:.6f}")
