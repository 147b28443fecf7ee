"""A fake gateway as a process serves it, and an inbox where its webhooks arrive."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.kit.server import Server
from kassa.gateways.webhooks.request import WebhookRequest

WAIT_S = 10.0


class Inbox(ThreadingHTTPServer):
    """Where webhooks arrive; the next statuses are given, then 200."""

    daemon_threads = True

    def __init__(self, gateway: str) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.gateway = gateway
        self.letters: list[WebhookRequest] = []
        self.statuses: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/webhooks/{gateway}/main"

    def wait_for(self, count: int) -> list[WebhookRequest]:
        """Return the letters once there are so many."""
        wait(lambda: len(self.letters) >= count)
        return list(self.letters)

    def bodies(self) -> list[Any]:
        """Return what every letter says."""
        return [json.loads(letter.body) for letter in self.letters]


class _Receiver(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(urlsplit(self.path).query))
        letter = WebhookRequest(self.server.gateway, "main", headers, body, query)
        self.server.letters.append(letter)
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


class Place:
    """A running fake and its inbox."""

    def __init__(self, server: Server, inbox: Inbox) -> None:
        self.server, self.inbox = server, inbox

    def control(self, control: str, **fields: Any) -> Any:
        """Use a control; a refusal is an HTTPError."""
        url = f"{self.server.address}/_fake/{control}"
        request = urllib.request.Request(url, json.dumps(fields).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
            return json.load(answer)["result"]


@contextmanager
def running(router: RequestRouter, gateway: str) -> Iterator[tuple[Server, Inbox]]:
    """Serve a fake and an inbox until both are done."""
    server, inbox = Server(router), Inbox(gateway)
    threads = [
        threading.Thread(target=server.run),
        threading.Thread(target=inbox.serve_forever, args=(0.05,)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield server, inbox
    finally:
        server.stop()
        inbox.shutdown()
        inbox.server_close()
        for thread in threads:
            thread.join()


def wait(is_true: Callable[[], bool]) -> None:
    """Wait until something is true; fail if it never is."""
    ends = time.monotonic() + WAIT_S
    while not is_true():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.02)
