"""A client of the Debug Adapter Protocol, such as an editor contains."""

import json
import socket
import time


class DebugAdapter:
    def __init__(self, port):
        deadline = time.monotonic() + 30
        while True:  # until the program listens
            try:
                self.connection = socket.create_connection(("127.0.0.1", port), timeout=30)
                break
            except ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self.stream = self.connection.makefile("rwb")
        self.sequence = 0
        self.events = []

    def close(self):
        self.stream.close()
        self.connection.close()

    def send(self, command, **arguments):
        self.sequence += 1
        body = json.dumps({"seq": self.sequence, "type": "request", "command": command,
                           "arguments": arguments}).encode()
        self.stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.stream.flush()
        return self.sequence

    def receive(self):
        length = 0
        while line := self.stream.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if length == 0:
            raise EOFError("the debugged program closed the connection")
        return json.loads(self.stream.read(length))

    def answer(self, sequence):
        """The body of the response to the request `sequence`."""
        while True:
            message = self.receive()
            if message["type"] == "response" and message["request_seq"] == sequence:
                if not message["success"]:
                    raise RuntimeError(message.get("message"))
                return message.get("body", {})
            self.events.append(message)

    def request(self, command, **arguments):
        return self.answer(self.send(command, **arguments))

    def event(self, name):
        """The body of the next event of this name."""
        while True:
            for message in self.events:
                if message.get("event") == name:
                    self.events.remove(message)
                    return message.get("body", {})
            self.events.append(self.receive())
