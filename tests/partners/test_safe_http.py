"""Requests to strangers' addresses: what they reach, and what of us they can take."""

import gzip
import os
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from kassa.core.errors import AddressRefused, PartnerSilent, PartnerUnreachable
from kassa.partners import addresses, safe_http
from kassa.partners.safe_http import Limits, SafeRequest, send
from kassa.platform.settings import settings
from tests.support.tls_receiver import Receiver, plain_receiver, tls_receiver

NAME = "hooks.example.com"
PUBLIC = "93.184.216.34"
SHORT = Limits(connect_s=0.5, total_s=0.6, answer_max=1000)


class Names:
    """A resolver: what each name leads to, answer by answer, and what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[list[str]] = []
        self.asked: list[str] = []
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host[0].isdigit() or ":" in host:  # an address stays what it is
            return self._real(host, port, *args, **kwargs)
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not answer:
            raise socket.gaierror("no such name")
        return [found for one in answer for found in self._real(one, port, *args, **kwargs)]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note where somebody connects to, and let nobody."""
    tried: list[str] = []

    def refuse(_self: Any, address: Any) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let a port of this machine be called, as where a stack is tried out."""

    def allow(port: int) -> str:
        monkeypatch.setenv("TRIAL_HOSTS", f"127.0.0.1:{port}")
        settings.cache_clear()
        return f"http://127.0.0.1:{port}/hooks"

    yield allow
    settings.cache_clear()


def called(receiver: Receiver, url: str, **more: Any) -> safe_http.SafeAnswer:
    return send(SafeRequest("POST", url, {"webhook-id": "m1"}, b'{"a":1}', **more))


@pytest.mark.parametrize(
    "answer",
    [
        *(["10.0.0.1"], ["127.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"]),
        *(["fd00:ec2::254"], ["64:ff9b::a9fe:a9fe"], ["2002:7f00:1::"], ["0.0.0.0"]),
        *([PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "fe80::1"]),
    ],
)
def test_a_name_that_leads_into_a_network_of_ours_is_never_connected_to(
    names: Names, connections: list[str], answer: list[str]
) -> None:
    names.answers = [answer]
    with pytest.raises(AddressRefused, match="isn't public"):
        send(SafeRequest("GET", f"https://{NAME}/"))
    assert connections == []


def test_a_resolver_that_changes_its_answer_is_asked_once_and_the_first_address_called(
    names: Names, connections: list[str]
) -> None:
    names.answers = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(PartnerUnreachable):
        send(SafeRequest("GET", f"https://{NAME}/"))
    assert connections == [PUBLIC]
    assert names.asked == [NAME]
    with pytest.raises(AddressRefused):  # and the next request asks, and judges, anew
        send(SafeRequest("GET", f"https://{NAME}/"))
    assert connections == [PUBLIC]


def test_four_addresses_are_tried_those_of_ipv4_first(names: Names, connections: list[str]) -> None:
    names.answers = [["2606:4700::1", *(f"93.184.216.{n}" for n in range(1, 6))]]
    with pytest.raises(PartnerUnreachable, match=NAME):
        send(SafeRequest("GET", f"https://{NAME}/"))
    assert connections == [f"93.184.216.{n}" for n in range(1, 5)]


def test_a_name_without_an_address_is_unreachable(names: Names) -> None:
    names.answers = [[]]
    with pytest.raises(PartnerUnreachable, match="no address"):
        send(SafeRequest("GET", f"https://{NAME}/"))


def test_a_resolver_that_says_nothing_is_waited_for_no_longer_than_anything_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    began = time.monotonic()
    with pytest.raises(PartnerUnreachable, match="no address"):
        send(SafeRequest("GET", f"https://{NAME}/", limits=SHORT))
    assert time.monotonic() - began < 2


@pytest.fixture
def behind_tls(tmp_path: Path, names: Names, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Let a name lead to a receiver on this machine, as if loopback were public."""
    names.answers = [["127.0.0.1"]]
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    with tls_receiver(tmp_path, NAME) as receiver:
        monkeypatch.setattr(safe_http, "_tls", lambda: receiver.trust)
        yield receiver


def test_the_checked_address_is_called_by_its_name_alone(behind_tls: Receiver) -> None:
    answer = called(behind_tls, f"https://{NAME}.:{behind_tls.port}/hooks?a=b")
    (request,) = behind_tls.received
    assert (answer.status, answer.body, answer.is_whole) == (200, b"took", True)
    assert (request.method, request.path, request.body) == ("POST", "/hooks?a=b", b'{"a":1}')
    assert request.headers["host"] == f"{NAME}:{behind_tls.port}"
    assert request.headers["webhook-id"] == "m1"
    assert behind_tls.named == [NAME]


def test_a_certificate_for_another_name_is_refused_before_anything_is_sent(
    behind_tls: Receiver,
) -> None:
    with pytest.raises(PartnerUnreachable, match="certificate"):
        called(behind_tls, f"https://other.example.com:{behind_tls.port}/")
    assert behind_tls.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(
    behind_tls: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    Names(monkeypatch).answers = [["127.0.0.1"]]
    with pytest.raises(PartnerUnreachable, match="certificate"):
        called(behind_tls, f"https://{NAME}:{behind_tls.port}/")
    assert behind_tls.received == []


def test_a_proxy_of_the_environment_is_not_used(
    trial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with plain_receiver() as receiver:
        assert called(receiver, trial(receiver.port)).status == 200
    assert os.environ["http_proxy"]


def test_nothing_of_this_machine_is_called_unless_a_trial_says_so(trial: Any) -> None:
    with plain_receiver() as receiver:
        url = trial(receiver.port)
        trial(1)
        with pytest.raises(AddressRefused):
            called(receiver, url)
        assert receiver.received == []


def test_a_redirect_is_an_answer_and_nobody_follows_it(trial: Any) -> None:
    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with plain_receiver(elsewhere) as receiver:
        assert called(receiver, trial(receiver.port)).status == 307
        assert len(receiver.received) == 1


def test_of_a_huge_answer_no_more_is_read_than_was_allowed(trial: Any) -> None:
    def huge(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
        for _ in range(10**4):
            handler.wfile.write(b"x" * 10**5)

    with plain_receiver(huge) as receiver:
        answer = called(receiver, trial(receiver.port), limits=Limits(answer_max=1000))
    assert (answer.body, answer.is_whole) == (b"x" * 1000, False)


def test_an_answer_that_would_unpack_to_gigabytes_stays_packed(trial: Any) -> None:
    bomb = gzip.compress(b"0" * 10**7)

    def packed(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)

    with plain_receiver(packed) as receiver:
        assert called(receiver, trial(receiver.port)).body == bomb
        assert receiver.received[0].headers["accept-encoding"] == "identity"


def _drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Connection", "close")  # no length: its end is the connection's
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def _drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(90):
        handler.wfile.write(f"X-{n}: y\r\n".encode())
        time.sleep(0.05)


def _interim_for_ever(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(100):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


def _silent(_: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


@pytest.mark.parametrize("answer", [_drip_body, _drip_headers, _interim_for_ever, _silent])
def test_who_drips_or_says_nothing_is_left_when_the_time_is_over(trial: Any, answer: Any) -> None:
    with plain_receiver(answer) as receiver:
        url, began = trial(receiver.port), time.monotonic()
        with pytest.raises(PartnerSilent):
            called(receiver, url, limits=SHORT)
        assert time.monotonic() - began < 2
        assert len(receiver.received) == 1


def test_the_time_out_holds_below_tls_too(
    tmp_path: Path, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    names.answers = [["127.0.0.1"]]
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    with tls_receiver(tmp_path, NAME, _drip_body) as receiver:
        monkeypatch.setattr(safe_http, "_tls", lambda: receiver.trust)
        began = time.monotonic()
        with pytest.raises(PartnerSilent):
            called(receiver, f"https://{NAME}:{receiver.port}/", limits=SHORT)
        assert time.monotonic() - began < 2


def test_an_answer_that_is_cut_off_is_no_answer(trial: Any) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"x")
        handler.close_connection = True

    with plain_receiver(cut) as receiver, pytest.raises(PartnerSilent):
        called(receiver, trial(receiver.port))


def test_an_answer_that_is_no_http_is_no_answer(trial: Any) -> None:
    def garbage(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-x\r\n")
        handler.close_connection = True

    with plain_receiver(garbage) as receiver, pytest.raises(PartnerSilent):
        called(receiver, trial(receiver.port))


def test_a_header_that_cannot_be_sent_is_not_quoted(trial: Any) -> None:
    with plain_receiver() as receiver:
        request = SafeRequest("POST", trial(receiver.port), {"authorization": "s3cret\r\nX: y"})
        with pytest.raises(PartnerSilent) as refused:
            send(request)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_closed_port_is_unreachable_and_nothing_was_sent(trial: Any) -> None:
    with plain_receiver() as receiver:
        url = trial(receiver.port)
    with pytest.raises(PartnerUnreachable):
        send(SafeRequest("POST", url, body=b"x"))
