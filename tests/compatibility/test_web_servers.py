"""uvicorn and gunicorn with two workers."""

import os
import signal
import time
import unittest

from compatible import CompatibilityTest, answers_of, free_port, needs

ASGI = """
import os
import worked

async def app(scope, receive, send):
    if scope["type"] != "http": return
    body = b"%d squared: %d" % (os.getpid(), worked.call(12))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""

WSGI = """
import os
import worked

def app(environ, start_response):
    start_response("200 OK", [])
    return [b"%d squared: %d" % (os.getpid(), worked.call(12))]
"""


class Servers(CompatibilityTest):
    def check(self, words_for, program, reload=False):
        self.write("app.py", program)

        def scenario(environment):
            port = free_port()
            with self.server(self.python, *words_for(port), environment=environment) as process:
                url = f"http://127.0.0.1:{port}/"
                pids, texts = answers_of(url, processes=2)
                if reload:
                    process.send_signal(signal.SIGHUP)
                    # New workers replace the old ones.
                    deadline = time.monotonic() + 30
                    while any(os.path.exists(f"/proc/{pid}") for pid in pids) and time.monotonic() < deadline:
                        time.sleep(0.05)
                    new, _ = answers_of(url, processes=2)
                    self.assertFalse(new & pids)
                process.send_signal(signal.SIGTERM)
                return texts, process.wait(30)

        theirs, ours = self.twice(scenario, processes=4 if reload else 2)
        self.assertEqual(ours, theirs)
        self.assertEqual(ours[0], {"squared: 144"})


@needs("uvicorn")
class Uvicorn(Servers):
    def test_two_workers(self):
        self.check(lambda port: ("-m", "uvicorn", "app:app", "--workers", "2", "--port", port), ASGI)


@needs("gunicorn")
class Gunicorn(Servers):
    def words(self, *options):
        return lambda port: ("-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}", *options, "app:app")

    def test_two_workers(self):
        self.check(self.words(), WSGI)

    def test_two_threaded_workers_with_preload(self):
        self.check(self.words("--preload", "-k", "gthread", "--threads", "2"), WSGI)

    def test_reload_replaces_the_workers(self):
        self.check(self.words(), WSGI, reload=True)


if __name__ == "__main__":
    unittest.main()
