"""The little HTTP server of a fake, on loopback alone."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from infra.fake_gateways.kit.faults import Lost
from infra.fake_gateways.kit.request_router import Incoming, RequestRouter

HOST = "127.0.0.1"
TICK_S = 0.1
_BODY_MAX = 1_000_000


class Server(ThreadingHTTPServer):
    """Serves one router; its address is known once it is made, port 0 takes any free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, router: RequestRouter, port: int = 0) -> None:
        """Listen on loopback."""
        super().__init__((HOST, port), Handler)
        self.router = router
        self._stopping = threading.Event()

    @property
    def address(self) -> str:
        """Return the base of its URLs."""
        return f"http://{HOST}:{self.server_port}"

    def run(self) -> None:
        """Serve until stopped, and let time pass at the gateway."""
        self.router.delivery.start()
        threading.Thread(target=self._tick, name="ticks", daemon=True).start()
        self.serve_forever(poll_interval=TICK_S)

    def stop(self) -> None:
        """Stop serving and delivering."""
        self._stopping.set()
        self.shutdown()
        self.server_close()
        self.router.delivery.stop()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller that hung up; that is its right."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def _tick(self) -> None:
        while not self._stopping.wait(TICK_S):
            self.router.tick()


class Handler(BaseHTTPRequestHandler):
    """One connection; a lost request ends it without a word."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # headers and body in one packet: two would wait 40 ms for each other
    server: Server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = min(int(self.headers.get("Content-Length") or 0), _BODY_MAX)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        incoming = Incoming(self.command, parts.path, parts.query, headers, body)
        try:
            answer = self.server.router.answer(incoming)
        except Lost:
            self.close_connection = True
            return
        text = (json.dumps(answer.body) if answer.text is None else answer.text).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.text is None:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: addresses and ids are in the deliveries and in the answers."""
