"""A Stripe that only answers reads, on loopback: what the official client asks and gets back."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

Body = dict[str, Any]


class StripeBooks:
    """What this Stripe knows: objects by path, and balance transactions, the newest first."""

    def __init__(self) -> None:
        self.objects: dict[str, Body] = {}
        self.balance: list[Body] = []
        self.refunds: list[Body] = []
        self.is_down = False
        self.refuses = False
        self.requests: list[str] = []

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Body]:
        """Return the status and body for a path."""
        self.requests.append(path)
        if self.is_down:
            return 503, {"error": {"type": "api_error", "message": "down"}}
        if self.refuses:
            return 401, {"error": {"type": "invalid_request_error", "message": "no such key"}}
        if path == "/v1/balance_transactions":
            return 200, self._page(self.balance, query)
        if path == "/v1/refunds":
            return 200, self._page(self.refunds, query)
        if path in self.objects:
            return 200, self.objects[path]
        error = {"type": "invalid_request_error", "code": "resource_missing", "message": path}
        return 404, {"error": error}

    def _page(self, rows: list[Body], query: dict[str, list[str]]) -> Body:
        at = 0
        if "starting_after" in query:
            at = 1 + [row["id"] for row in rows].index(query["starting_after"][0])
        least = int(query.get("created[gte]", ["0"])[0])
        before = int(query.get("created[lt]", [str(2**40)])[0])
        rest = [row for row in rows[at:] if least <= row["created"] < before]
        limit = int(query.get("limit", ["10"])[0])
        data, has_more = rest[:limit], len(rest) > limit
        return {"object": "list", "data": data, "has_more": has_more, "url": "/v1"}


@contextmanager
def running(books: StripeBooks) -> Iterator[str]:
    """Serve the books on loopback and give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlparse(self.path)
            status, body = books.answer(url.path, parse_qs(url.query))
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
