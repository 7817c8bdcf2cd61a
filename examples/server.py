"""An asyncio server with one event loop, whose functions are on the critical path of all requests.

A request is a line; the response is the reversed line. `handle` runs once per request. `report` also runs
on the loop, but only ten times a second, so that it has no measurable effect. SIGTERM ends the server.
"""

import argparse
import asyncio
import signal
import time


def handle(line, seconds):
    """Returns the response to a request."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    return line.rstrip(b"\n")[::-1] + b"\n"


def report():
    """Stands for a function that writes figures to a log."""


async def serve_client(reader, writer, seconds):
    while line := await reader.readline():
        writer.write(handle(line, seconds))
        await writer.drain()
    writer.close()


async def report_often():
    while True:
        await asyncio.sleep(0.1)
        report()


async def serve(args):
    server = await asyncio.start_server(
        lambda reader, writer: serve_client(reader, writer, args.host_us * 1e-6), "127.0.0.1", args.port)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    reporter = asyncio.create_task(report_often())
    await stop.wait()
    reporter.cancel()
    server.close()


def main():
    parser = argparse.ArgumentParser(description="A server on 127.0.0.1. load.py sends requests to it.")
    parser.add_argument("--port", type=int, default=8731, help="port [8731]")
    parser.add_argument("--host-us", type=float, default=200, help="duration of handle [200]")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
