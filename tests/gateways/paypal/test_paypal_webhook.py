"""PayPal's proof: what passes, what is refused, and that nobody else is ever asked for anything."""

import base64
import subprocess
import sys
from binascii import crc32
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from infra.fake_gateways.paypal import signing
from kassa.core.errors import GatewayUnavailable, InvalidSignature, SecretsUnavailable
from kassa.gateways import http
from kassa.gateways.paypal import webhook as signature
from kassa.gateways.paypal.certificates import chain as trust
from kassa.gateways.paypal.certificates.store import certificates
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from kassa.platform.lean import aws as lean_aws
from tests.support.gateway_payloads.paypal import FakeTable
from tests.support.paypal_forging import with_crc32

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = b'{"id":"WH-1-2","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"CAP1"}}'
WEBHOOK_ID = "4JH86294D6297924G"
TRANSMISSION = "dfb3be50-fd74-11e4-8bf3-77339302725b"
Headers = dict[str, str]


@dataclass
class Network:
    """The table and PayPal, as the signature meets them."""

    table: FakeTable
    served: dict[str, http.HttpAnswer]
    requests: list[str] = field(default_factory=list)

    def transport(self, request: http.HttpRequest) -> http.HttpAnswer:
        self.requests.append(request.url)
        if request.url not in self.served:
            raise GatewayUnavailable("nobody answers")
        return self.served[request.url]

    def serve(self, pem: str, url: str = "", status: int = 200, **headers: str) -> None:
        self.served[url or signing.signer().url] = http.HttpAnswer(status, headers, pem.encode())


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    monkeypatch.setenv("TABLE_NAME", "kassa")
    network = Network(FakeTable(), {})
    network.serve(signing.signer().pem)
    certificates.cache_clear()
    lean_aws.install({"dynamodb": network.table})
    http.install(network.transport)
    yield network
    http.install(None)
    lean_aws.install({})
    certificates.cache_clear()


def headers(at: datetime = NOW, body: bytes = BODY, webhook_id: str = WEBHOOK_ID) -> Headers:
    return signing.headers(body, (webhook_id, TRANSMISSION), at.timestamp(), signing.signer())


def endpoint(**more: Any) -> WebhookEndpoint:
    fields = {"merchant_id": "shop", "mode": "test", "signing_secrets": (WEBHOOK_ID,)} | more
    fields.setdefault("authorities", (signing.signer().authority,))
    return WebhookEndpoint(opened_at=None, **fields)


def verify(given: Headers, body: bytes = BODY, now: datetime = NOW, **more: Any) -> tuple[Any, ...]:
    request = WebhookRequest("paypal", "main", given, body)
    return signature.SCHEME.verify(request, endpoint(**more), now)


def test_what_paypal_signed_passes_under_its_transmissions_id(network: Network) -> None:
    (part,) = verify(headers())
    assert (part.body, part.delivery_id, part.is_unverified) == (BODY, TRANSMISSION, False)


def test_the_message_is_spelled_as_paypal_documents_it(network: Network) -> None:
    proof = signature.Proof("id-1", "2026-11-22T12:00:00Z", "", b"")
    assert signature.signed(proof, "WH1", b"abc") == b"id-1|2026-11-22T12:00:00Z|WH1|891568578"


@pytest.mark.parametrize("place", range(0, len(BODY), 3))
def test_a_changed_byte_of_the_body_is_refused(place: int, network: Network) -> None:
    changed = bytearray(BODY)
    changed[place] ^= 1
    with pytest.raises(InvalidSignature):
        verify(headers(), bytes(changed))


@pytest.mark.parametrize("name", ["transmission-id", "transmission-time", "transmission-sig"])
def test_a_changed_character_of_a_header_is_refused(name: str, network: Network) -> None:
    given = headers()
    text = given[f"paypal-{name}"]
    for place in range(len(text)):
        other = "1" if text[place] != "1" else "2"
        changed = given | {f"paypal-{name}": text[:place] + other + text[place + 1 :]}
        with pytest.raises(InvalidSignature):
            verify(changed)


@pytest.mark.parametrize("name", sorted(headers().keys() - {"paypal-auth-version"}))
def test_a_missing_header_is_refused(name: str, network: Network) -> None:
    given = headers()
    del given[name]
    with pytest.raises(InvalidSignature):
        verify(given)
    with pytest.raises(InvalidSignature):
        verify(headers() | {name: ""})


def test_only_paypals_algorithm_counts(network: Network) -> None:
    for algorithm in ("SHA1withRSA", "none", "sha256withrsa", "SHA256withRSA,SHA256withRSA"):
        with pytest.raises(InvalidSignature):
            verify(headers() | {"paypal-auth-algo": algorithm})


@pytest.mark.parametrize(
    ("age_s", "passes"),
    [(0, True), (300 * -1, True), (-301, False), (3 * 86_400, True), (3 * 86_400 + 1, False)],
)
def test_a_transmission_counts_as_long_as_paypal_tries(
    age_s: int, passes: bool, network: Network
) -> None:
    given = headers(NOW - timedelta(seconds=age_s))
    if passes:
        assert verify(given)
    else:
        with pytest.raises(InvalidSignature):
            verify(given)


@pytest.mark.parametrize(
    "time",
    [
        "",
        "now",
        "2026-19-22T12:00:00Z",
        "2026-11-22T12:00:00",
        "1795348800",
        "2026-11-22 12:00:00Z",
        "٢٠٢٦-11-22T12:00:00Z",
        "2026-11-22T12:00:00Z\n",
    ],
)
def test_a_time_that_is_none_is_refused(time: str, network: Network) -> None:
    with pytest.raises(InvalidSignature):
        verify(headers() | {"paypal-transmission-time": time})


def test_an_offset_is_a_time_like_any_other(network: Network) -> None:
    sent = NOW.astimezone().replace(tzinfo=None)
    assert sent  # the machine's own offset doesn't matter: the header names one
    given = headers()
    given["paypal-transmission-time"] = "2026-11-22T05:00:00-07:00"
    message = f"{TRANSMISSION}|2026-11-22T05:00:00-07:00|{WEBHOOK_ID}|{crc32(BODY)}"
    made = signing.signer().key.sign(message.encode(), trust.PKCS1v15(), trust.SHA256())
    given["paypal-transmission-sig"] = base64.b64encode(made).decode()
    assert verify(given)


def test_each_of_two_webhook_ids_passes_while_one_takes_over(network: Network) -> None:
    both = ("OLDOLDOLDOLDOLDOL", WEBHOOK_ID)
    assert verify(headers(), signing_secrets=both)
    assert verify(headers(webhook_id=both[0]), signing_secrets=both)
    with pytest.raises(InvalidSignature):
        verify(headers(webhook_id=both[0]), signing_secrets=both[1:])
    with pytest.raises(InvalidSignature):
        verify(headers(), signing_secrets=())


HOSTILE = [
    "http://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
    "https://evil.example/v1/notifications/certs/CERT-1",
    "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
    "https://evil.example#api.paypal.com/v1/notifications/certs/CERT-1",
    "https://evil.example?https://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://user:pass@api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
    "https://api.paypal.com:443/v1/notifications/certs/CERT-1",
    "https://api.paypal.com:@evil.example/v1/notifications/certs/CERT-1",
    "https://evilapi.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com\\@evil.example/v1/notifications/certs/CERT-1",
    "https://api.paypal.com%2eevil.example/v1/notifications/certs/CERT-1",
    "https://аpi.paypal.com/v1/notifications/certs/CERT-1",  # a Cyrillic letter
    "https://api。paypal。com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com./v1/notifications/certs/CERT-1",
    "https://API.PAYPAL.COM/v1/notifications/certs/CERT-1",
    "HTTPS://api.paypal.com/v1/notifications/certs/CERT-1",
    "https:/api.paypal.com/v1/notifications/certs/CERT-1",
    "https:///api.paypal.com/v1/notifications/certs/CERT-1",
    "//api.paypal.com/v1/notifications/certs/CERT-1",
    "file:///v1/notifications/certs/CERT-1",
    "https://api.paypal.com/v1/notifications/certs/../../oauth2/token",
    "https://api.paypal.com/v1/notifications/certs/..",
    "https://api.paypal.com/v1/notifications/certs/%2e%2e",
    "https://api.paypal.com/v1/notifications/certs/CERT.pem",
    "https://api.paypal.com/v1/notifications/certs/",
    "https://api.paypal.com/v1/notifications/certs",
    "https://api.paypal.com/v1/notifications/certs//evil.example",
    "https://api.paypal.com//v1/notifications/certs/CERT-1",
    "https://api.paypal.com/v1/notifications/certs/CERT-1/",
    "https://api.paypal.com/v1/notifications/certs/CERT-1?to=evil",
    "https://api.paypal.com/v1/notifications/certs/CERT-1#x",
    "https://api.paypal.com/v1/notifications/certs/CERT-1;x",
    "https://api.paypal.com/v1/notifications/certs/CERT 1",
    "https://api.paypal.com/v1/notifications/certs/CERT-1\n",
    "\nhttps://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com/v1/notifications/certs/CERT-1\r\nHost: evil.example",
    "https://api.paypal.com/v1/notifications/certs/" + "A" * 129,
    "https://www.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-1",
    "https://api-m.evil.paypal.com/v1/notifications/certs/CERT-1",
    "https://169.254.169.254/v1/notifications/certs/CERT-1",
    "https://api.paypal.com/redirect?u=https://api.paypal.com/v1/notifications/certs/CERT-1",
    "",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_nobody_but_paypal_is_called_whatever_the_header_says(url: str, network: Network) -> None:
    with pytest.raises(InvalidSignature):
        verify(headers() | {"paypal-cert-url": url})
    assert network.requests == []


@given(st.text(max_size=80))
def test_no_address_but_paypals_own_is_ever_allowed(text: str) -> None:
    for url in (
        text,
        f"https://{text}/v1/notifications/certs/CERT-1",
        f"https://api.paypal.com{text}",
    ):
        if signature.is_paypals(url):
            assert url.startswith("https://api.paypal.com/v1/notifications/certs/")


@pytest.mark.parametrize("host", ["api", "api.sandbox", "api-m", "api-m.sandbox"])
def test_paypals_four_hosts_are_allowed(host: str) -> None:
    assert signature.is_paypals(f"https://{host}.paypal.com/v1/notifications/certs/CERT-36_0c")


def test_a_redirect_isnt_followed(network: Network) -> None:
    network.serve("", status=302, location="https://evil.example/cert")
    with pytest.raises(InvalidSignature):
        verify(headers())
    assert network.requests == [signing.signer().url]


def test_a_certificate_is_fetched_once_and_kept_in_the_environment_and_the_table(
    network: Network,
) -> None:
    for _ in range(3):
        verify(headers())
    assert network.requests == [signing.signer().url]
    certificates.cache_clear()  # another environment
    verify(headers())
    assert len(network.requests) == 1
    assert [key.partition("#")[0] for key in network.table.items] == ["CERTIFICATE"]


def test_without_the_table_a_webhook_still_passes(network: Network) -> None:
    network.table.is_down = True
    assert verify(headers())
    assert verify(headers())
    assert len(network.requests) == 1


def test_while_paypal_serves_no_certificate_it_is_answered_to_come_back(network: Network) -> None:
    network.served.clear()
    with pytest.raises(SecretsUnavailable):
        verify(headers())


def test_what_isnt_trusted_is_never_kept(network: Network) -> None:
    with pytest.raises(InvalidSignature):
        verify(headers(), authorities=())
    assert network.table.items == {}


@pytest.mark.parametrize("pem", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_what_is_no_certificate_is_refused(pem: str, network: Network) -> None:
    network.serve(pem)
    with pytest.raises(InvalidSignature):
        verify(headers())


def test_a_certificate_that_was_put_into_the_table_by_hand_is_checked_like_any(
    network: Network,
) -> None:
    stranger = rsa.generate_private_key(65537, 2048)
    forged = signing.certificate(signing.SANDBOX, stranger, None)
    certificates().keep(signing.signer().url, forged.public_bytes(Encoding.PEM).decode())
    with pytest.raises(InvalidSignature):
        verify(headers())


class Authority:
    """An authority of the test's own, and what it may vouch for."""

    key = rsa.generate_private_key(65537, 2048)
    root = signing.certificate("root of the test", key)
    pem = root.public_bytes(Encoding.PEM).decode()

    @classmethod
    def leaf(cls, name: str, **more: Any) -> str:
        made = signing.certificate(name, signing.signer().key, (cls.root, cls.key), **more)
        return made.public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("name", "mode", "passes"),
    [
        (signing.SANDBOX, "test", True),
        (signing.LIVE, "test", True),
        (signing.LIVE, "live", True),
        (signing.SANDBOX, "live", False),
        ("messageverificationcerts.evil.example", "test", False),
        ("api.paypal.com", "live", False),
    ],
)
def test_a_certificate_must_be_in_the_name_its_mode_requires(
    name: str, mode: str, passes: bool, network: Network
) -> None:
    network.serve(Authority.leaf(name))
    if passes:
        assert verify(headers(), mode=mode, authorities=(Authority.pem,))
    else:
        with pytest.raises(InvalidSignature):
            verify(headers(), mode=mode, authorities=(Authority.pem,))


def test_a_certificate_must_be_valid_when_the_webhook_was_sent(network: Network) -> None:
    ends = NOW - timedelta(hours=1)
    network.serve(Authority.leaf(signing.SANDBOX, valid=(NOW - timedelta(days=300), ends)))
    more = {"authorities": (Authority.pem,)}
    assert verify(headers(ends - timedelta(seconds=1)), **more)
    with pytest.raises(InvalidSignature):
        verify(headers(ends + timedelta(seconds=1)), **more)


def test_a_certificate_may_not_vouch_for_another(network: Network) -> None:
    """Whoever has a certificate of a trusted authority is no authority."""
    own = signing.certificate("shop.example", Authority.key, (Authority.root, Authority.key))
    forged = signing.certificate(signing.SANDBOX, signing.signer().key, (own, Authority.key))
    chain = "".join(one.public_bytes(Encoding.PEM).decode() for one in (forged, own))
    network.serve(chain)
    with pytest.raises(InvalidSignature):
        verify(headers(), authorities=(Authority.pem,))


def test_certifi_still_knows_roots_of_digicert() -> None:
    assert len(trust._roots()) >= 3


def test_another_body_with_the_same_crc32_passes_here(network: Network) -> None:
    """Why nothing that passes is believed: the next lock is the reading back."""
    forged = with_crc32(b'{"id":"WH-1-2","resource":{"id":"OTHER"},"x":"%b"}', crc32(BODY))
    assert forged != BODY
    assert verify(headers(), forged)


TEXT = st.text(max_size=40) | st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])


@given(st.dictionaries(st.sampled_from(sorted(headers())), TEXT))
def test_whatever_the_headers_hold_is_a_refusal_and_no_crash(changed: Headers) -> None:
    given = headers() | changed
    if given != headers():
        with pytest.raises(InvalidSignature):
            verify(given | {"paypal-cert-url": changed.get("paypal-cert-url", "")})


def test_the_log_gets_the_events_id_and_nothing_else() -> None:
    assert signature.event_id(BODY) == "WH-1-2"
    assert signature.event_id(b'{"id":"someone@example.com"}') is None


def test_intake_starts_without_anything_heavy() -> None:
    """Beside what every gateway's scheme brings along, PayPal's brings nothing."""
    code = (
        "import sys, kassa.gateways.webhooks.parts; before = set(sys.modules); "
        "import kassa.gateways.paypal.webhook; "
        "print(sorted({name.split('.')[0] for name in set(sys.modules) - before} - {'kassa'}), "
        "[name for name in ('cryptography', 'pydantic', 'boto3') if name in sys.modules])"
    )
    root = Path(__file__).parents[3] / "layers" / "common"
    command = [sys.executable, "-c", code]
    environment = {"PYTHONPATH": str(root)}
    completed = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert completed.stdout.strip() == "[] []"
