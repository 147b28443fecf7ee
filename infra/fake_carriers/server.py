"""The HTTP server of the fake carriers, on loopback alone."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.fake_carriers.behaviour import Way
from infra.fake_carriers.carriers import MAILS, TEXTS, Answer, Carriers, Tell

HOST = "127.0.0.1"
SLOW_S = 3.0
LISTEN = "/_fake/listen"  # names the queue that reports go to
READY = "/_fake/ready"
_JSON = "application/x-amz-json-1.0"


class Server(ThreadingHTTPServer):
    """Serves both carriers; its address is known once it is made, port 0 takes any free one."""

    daemon_threads = True

    def __init__(self, carriers: Carriers, queue_teller: Any, port: int = 0) -> None:
        """Listen on loopback; `queue_teller` makes of a queue's URL who is told reports."""
        super().__init__((HOST, port), Handler)
        self.carriers = carriers
        self.queue_teller = queue_teller

    @property
    def address(self) -> str:
        """Return the base of its URLs."""
        return f"http://{HOST}:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One connection; a lost answer ends it without a word."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Say that it is ready."""
        self._answer(Answer(200 if self.path == READY else 404, {}))

    def do_POST(self) -> None:
        """Take a message, or learn where reports go."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(self._answered(body))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: addresses stand in requests."""

    def _answered(self, body: bytes) -> Answer:
        carriers = self.server.carriers
        if self.path == MAILS:
            return carriers.send_email(body)
        if self.headers.get("X-Amz-Target") == TEXTS:
            return carriers.send_text_message(body)
        if self.path == LISTEN:
            tell: Tell = self.server.queue_teller(json.loads(body)["queue_url"])
            carriers.listen(tell)
            return Answer(200, {"result": None})
        return Answer(404, {"__type": "UnknownOperationException", "message": "not played here"})

    def _answer(self, answer: Answer) -> None:
        if answer.way is Way.LOST:
            self.close_connection = True
            return
        if answer.way is Way.SLOW:
            time.sleep(SLOW_S)
        content = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": _JSON, **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
