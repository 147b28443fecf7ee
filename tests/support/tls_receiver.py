"""A receiver behind TLS on this machine: its certificate, and what it was sent."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[BaseHTTPRequestHandler], None]


class Received(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(NamedTuple):
    """A receiver that runs: its port, who trusts it, and what it was sent."""

    port: int
    trust: ssl.SSLContext | None
    received: list[Received]
    named: list[str | None]  # the server names that clients gave (SNI)


def ok(handler: BaseHTTPRequestHandler) -> None:
    """Answer 200 and a word."""
    handler.send_response(200)
    handler.send_header("Content-Length", "4")
    handler.end_headers()
    handler.wfile.write(b"took")


@contextmanager
def plain_receiver(answer: Answer = ok) -> Iterator[Receiver]:
    """Run a receiver without TLS."""
    with _running(answer, None) as (server, received):
        yield Receiver(server.server_address[1], None, received, [])


@contextmanager
def tls_receiver(folder: Path, name: str, answer: Answer = ok) -> Iterator[Receiver]:
    """Run a receiver whose certificate is for a name."""
    key_file, certificate_file = _certificate(folder, name)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate_file, key_file)
    named: list[str | None] = []
    tls.sni_callback = lambda _socket, given, _context: named.append(given)
    trust = ssl.create_default_context(cafile=str(certificate_file))
    with _running(answer, tls) as (server, received):
        yield Receiver(server.server_address[1], trust, received, named)


@contextmanager
def _running(
    answer: Answer, tls: ssl.SSLContext | None
) -> Iterator[tuple[ThreadingHTTPServer, list[Received]]]:
    received: list[Received] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received.append(Received(self.command, self.path, headers, body))
            try:
                answer(self)
            except OSError:
                self.close_connection = True  # whoever asked has hung up

        do_GET = do_POST = do_PUT = _take

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of a handshake that failed."""

        def finish_request(self, request: Any, client: Any) -> None:
            # Within the connection's own thread, so that a slow handshake holds up no other.
            if tls is None:
                return super().finish_request(request, client)
            with tls.wrap_socket(request, server_side=True) as wrapped:
                return super().finish_request(wrapped, client)

    server = Server(("127.0.0.1", 0), Handler)
    running = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    running.start()
    try:
        yield server, received
    finally:
        server.shutdown()
        server.server_close()
        running.join()


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a key and a certificate that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file
