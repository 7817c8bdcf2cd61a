"""A closed-loop load for a vLLM server: each client sends a request when its previous one is answered.

Prints the tokens of all answers, and tokens per second. All clients send equally many requests, so that none waits
long for the others at the end. Uses the standard library only.
"""

import argparse
import asyncio
import json
import time

PROMPT_TOKENS = 16


async def request(port, model, tokens):
    """Sends one request on a connection of its own, and checks the number of tokens."""
    body = json.dumps({"model": model, "prompt": list(range(3, 3 + PROMPT_TOKENS)), "max_tokens": tokens,
                       "ignore_eos": True, "temperature": 0}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                 b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    answer = await reader.read()
    writer.close()
    head, _, text = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.splitlines()[0]:
        raise SystemExit(f"load: error: the server answered {answer[:300]!r}")
    made = json.loads(text)["usage"]["completion_tokens"]
    if made != tokens:
        raise SystemExit(f"load: error: expected {tokens} tokens, and the server made {made}")


async def client(port, model, requests, tokens):
    for _ in range(requests):
        await request(port, model, tokens)


async def load(options):
    """The time of all requests, in seconds."""
    start = time.perf_counter()
    await asyncio.gather(*(client(options.port, options.model, options.requests // options.clients, options.tokens)
                           for _ in range(options.clients)))
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description="A closed-loop load for a vLLM server.")
    parser.add_argument("--port", type=int, required=True, help="port of the server")
    parser.add_argument("--model", default="study", help="served model name [study]")
    parser.add_argument("--clients", type=int, default=8, help="number of clients [8]")
    parser.add_argument("--requests", type=int, default=48, help="requests of all clients together [48]")
    parser.add_argument("--tokens", type=int, default=32, help="tokens of a request [32]")
    options = parser.parse_args()
    if options.requests % options.clients != 0:
        parser.error("--requests must be a multiple of --clients")
    seconds = asyncio.run(load(options))
    tokens = options.requests * options.tokens
    print(f"{tokens} tokens in {seconds:.4f} s")
    print(f"{tokens / seconds:.2f} tokens/s")


if __name__ == "__main__":
    main()
