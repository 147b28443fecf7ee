"""The AWS services that booking calls, on loopback, in a process of its own: every call succeeds.

It prints its port and serves until its standard input ends, so that it never outlives the bench.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def answer(target: str, request: bytes) -> dict[str, Any]:
    """Answer as the service would to a call that finds an empty table and a taking bus."""
    match target.rpartition(".")[2]:
        case "BatchGetItem":
            return {"Responses": {}, "UnprocessedKeys": {}}
        case "PutEvents":
            entries = json.loads(request)["Entries"]
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}
        case "SendMessage":
            return {"MessageId": "00000000-0000-0000-0000-000000000000"}
        case _:
            return {}


class Service(BaseHTTPRequestHandler):
    """One connection's calls."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: two would wait for each other's acknowledgement
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer a call of a JSON protocol."""
        request = self._body()
        self._answer(json.dumps(answer(self.headers.get("X-Amz-Target", ""), request)).encode())

    def do_PUT(self) -> None:
        """Take an S3 object."""
        self._body()
        self._answer(b"")

    def _body(self) -> bytes:
        if self.headers.get("Expect") == "100-continue":
            self.send_response_only(100)
            self.end_headers()
            self.wfile.flush()
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
