"""A queue that takes every message at once, on loopback, in a process of its own.

It prints its port and serves until its standard input ends, so that it never outlives the bench.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = json.dumps({"MessageId": "00000000-0000-0000-0000-000000000000"}).encode()


class Queue(BaseHTTPRequestHandler):
    """Answers as SQS answers a SendMessage."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: two would wait for each other's acknowledgement
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Take the message, whatever it is."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Queue)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
