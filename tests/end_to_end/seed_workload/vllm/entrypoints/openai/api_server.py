"""Stands for vLLM's server and its layers: an asyncio line server on loopback. Prints its port when it is
ready."""

import argparse
import asyncio

from vllm import engine


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(await engine.step(line.strip()) + b"\n")
        await writer.drain()
    writer.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.parse_args()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
