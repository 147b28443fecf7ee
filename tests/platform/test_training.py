"""A stack where people learn calls nothing outside of its own machine, whatever is entered."""

import json
from typing import Any

import pytest

from infra.stack import Stack
from infra.stack_clients import connect
from kassa.core.errors import AddressRefused, SecretsUnavailable
from kassa.deliveries.delivery import Channel, Status
from kassa.messages.carriers import dispatch
from kassa.partners import safe_http
from kassa.platform import aws, secrets
from kassa.platform.settings import settings
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened

FAKE = "http://127.0.0.1:8450"


@pytest.fixture
def learning(stack: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let people learn on the stack."""
    monkeypatch.setenv("TRAINING", "yes")
    settings.cache_clear()
    secrets.forget()
    return stack


def entered(gateway: str, **access: str) -> None:
    """Enter a gateway's key, as `kassa gateways connect` does."""
    name = f"{settings().secrets_prefix}/api/{gateway}/main"
    content = json.dumps({"api_key": "sk_live_example", "merchant_id": "main"} | access)
    manager = aws.client("secretsmanager")
    try:
        manager.create_secret(Name=name, SecretString=content)
    except manager.exceptions.ResourceExistsException:
        manager.put_secret_value(SecretId=name, SecretString=content)
    secrets.forget()


@pytest.mark.usefixtures("learning")
@pytest.mark.parametrize("gateway", ["stripe", "paypal", "klarna", "adyen", "btcpay"])
@pytest.mark.parametrize(
    "elsewhere",
    [
        {},
        {"api_base": "https://api.gateway.example"},
        {"api_base": "https://127.0.0.1.evil.example"},
        {"api_base": "https://127.0.0.1@gateway.example"},
    ],
)
def test_no_gateway_but_a_fake_of_this_machine_is_called(
    gateway: str, elsewhere: dict[str, str]
) -> None:
    entered(gateway, **elsewhere)
    with pytest.raises(SecretsUnavailable, match="in training"):
        secrets.api_access(gateway, "main")

    entered(gateway, api_base=FAKE)
    assert secrets.api_access(gateway, "main").api_base == FAKE


@pytest.mark.usefixtures("learning")
def test_commands_hold_to_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINING", "no")
    monkeypatch.setattr(aws, "install", lambda clients: None)
    stack = Stack("kassa", "eu-west-1", "", "", "", "", "", {}, {}, is_training=True)
    for name in ("TABLE_NAME", "BUCKET_NAME", "BUS_NAME", "EVENTS_QUEUE_URL", "STACK_NAME"):
        monkeypatch.setenv(name, "")
    for name in ("REFUNDS_QUEUE_URL", "SECRETS_PREFIX", "TRIAL_HOSTS"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(Stack, "client", lambda self, service: None)
    connect(stack)

    assert settings().is_training
    assert not settings().may_call("https://api.stripe.com")


@pytest.mark.usefixtures("stack")
def test_elsewhere_a_gateway_has_its_own_address() -> None:
    entered("stripe")

    assert secrets.api_access("stripe", "main").api_base is None
    assert settings().may_call(None)


class Carrier:
    """A carrier's client, of which the address alone is asked."""

    def __init__(self, endpoint_url: str) -> None:
        self.meta = type("Meta", (), {"endpoint_url": endpoint_url})


@pytest.mark.usefixtures("learning")
@pytest.mark.parametrize("channel", [Channel.MAIL, Channel.TEXT])
def test_no_mail_and_no_text_leaves_the_machine(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = iter(["https://email.eu-west-1.amazonaws.com", FAKE])
    monkeypatch.setattr(aws, "client_that_asks_once", lambda service: Carrier(next(addresses)))
    attempt: Any = None

    refused = dispatch.carrier_of(channel)(attempt, attempt)

    assert (refused.status, refused.reason) == (Status.FAILED, "training")
    assert dispatch.carrier_of(channel) is dispatch.CARRIERS[channel]


@pytest.mark.usefixtures("learning")
def test_no_program_but_one_of_this_machine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AddressRefused, match="in training"):
        safe_http.read_url("https://shop.example/hooks")
    monkeypatch.setenv("TRIAL_HOSTS", "127.0.0.1:8456")
    settings.cache_clear()

    assert safe_http.read_url("http://127.0.0.1:8456/hooks").is_trial


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("path", ["/console", "/console/health", "/console/nowhere"])
def test_every_page_of_the_console_says_that_it_is_for_training(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser().sign_in(person())
    assert "TRAINING" not in browser.get(path).text
    monkeypatch.setenv("TRAINING", "yes")
    settings.cache_clear()

    assert "TRAINING" in browser.get(path).text
    assert "TRAINING" in Browser().get("/console").text
