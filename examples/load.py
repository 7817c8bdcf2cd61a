"""A closed-loop load for server.py: each client sends a request when the previous one is answered."""

import argparse
import asyncio
import time


async def client(port, requests, latencies):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(requests):
        start = time.perf_counter()
        writer.write(b"request %d\n" % number)
        if not await reader.readline():
            raise SystemExit("the server closed the connection")
        latencies.append(time.perf_counter() - start)
    writer.close()


async def load(port, clients, requests):
    """Returns the latencies of all requests, and the total time in seconds."""
    latencies = []
    start = time.perf_counter()
    await asyncio.gather(*(client(port, requests // clients, latencies) for _ in range(clients)))
    return latencies, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description="A closed-loop load for server.py.")
    parser.add_argument("--port", type=int, default=8731, help="port of the server [8731]")
    parser.add_argument("--clients", type=int, default=8, help="number of clients [8]")
    parser.add_argument("--requests", type=int, default=800, help="requests of all clients together [800]")
    args = parser.parse_args()
    latencies, seconds = asyncio.run(load(args.port, args.clients, args.requests))
    latencies.sort()
    # Total requests over total time, not a mean of rates.
    print(f"{len(latencies) / seconds:.2f} requests/s")
    print(f"p99 {latencies[len(latencies) * 99 // 100] * 1e3:.3f} ms")


if __name__ == "__main__":
    main()
