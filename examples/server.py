"""A server on asyncio with one event loop: what runs on the loop is on the critical path of all requests.

A request is a line; the answer is the line turned round. `handle` runs once a request. `report` runs on
the loop as well, ten times a second, and is too rare to matter. It ends on SIGTERM.
"""

import argparse
import asyncio
import signal
import time


def handle(line, seconds):
    """Answers one request."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    return line.rstrip(b"\n")[::-1] + b"\n"


def report():
    """Would write figures to a log."""


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
    parser = argparse.ArgumentParser(description="A server on 127.0.0.1; load.py is its load.")
    parser.add_argument("--port", type=int, default=8731, help="where it listens [8731]")
    parser.add_argument("--host-us", type=float, default=200, help="the time of handle [200]")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
