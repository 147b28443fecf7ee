"""`kassa trigger`: every gateway can be triggered, and says nothing that none would say."""

import json
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from cli.stack import choose
from cli.trigger import commands as trigger
from cli.trigger import fake_gateway_actions
from infra import stack as stacks
from infra.fake_gateways.kit.request_router import RequestRouter
from tests.support import fake_gateway_servers
from tests.support import stripe_events as s
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_gateway_servers import wait

SECRETS = {
    "paypal": "4JH86294D6297924G",
    "klarna": "key:secret",
    "adyen": "0a" * 32,
    "btcpay": "secret",
    "standard": "whsec_aGlkZGVuaGlkZGVuaGlkZGVuaGlkZGVuMTI=",
}
EVERY = [(gateway, event) for gateway, acts in fake_gateway_actions.ACTS.items() for event in acts]


def act(fake: str, name: str, /, **fields: Any) -> None:
    request = urllib.request.Request(f"{fake}/_fake/{name}", json.dumps(fields).encode())
    urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture
def played(console: Console, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Play a gateway beside the console's stack; return where its webhooks arrive."""
    gateway = request.param
    with fake_gateway_servers.running(_router(gateway), gateway) as (server, inbox):
        url = f"http://127.0.0.1:{server.server_port}"
        act(url, "webhooks", url=inbox.url, secret=SECRETS[gateway])
        console.operated.gateway_urls[gateway] = url
        stacks.write(console.operated)
        choose(None)
        yield inbox


def _router(gateway: str) -> RequestRouter:
    open_router = import_module(f"infra.fake_gateways.{gateway}.server").open_router
    if gateway == "btcpay":
        made = open_router(Namespace(seed=1, later=0.0))
    else:
        switches = import_module(f"infra.fake_gateways.{gateway}.account").Switches()
        made = open_router(switches, 1)
    assert isinstance(made, RequestRouter)
    return made


@pytest.mark.parametrize(("played", "event"), EVERY, indirect=["played"])
def test_every_event_of_every_gateway_happens_at_once(
    console: Console, played: Any, event: str
) -> None:
    gateway = played.gateway

    made = console.json("trigger", gateway, event)

    assert made["event"] == event
    if event == "payment.declined":
        assert made["order_id"].startswith("trigger-")
    elif event != "payout":
        assert made["payment_id"]
        wait(lambda: len(played.letters) >= 1)


@pytest.mark.parametrize("played", ["standard"], indirect=True)
def test_what_was_made_before_can_be_named(console: Console, played: Any) -> None:
    sold = console.json("trigger", "standard", "payment", "--set", "amount=1200")
    payment = f"payment_id={sold['payment_id']}"

    refunded = console.json(
        "trigger", "standard", "refund", "--set", payment, "--set", "amount=200"
    )
    failed = console.json(
        "trigger", "standard", "refund.failed", "--set", f"refund_id={refunded['refund_id']}"
    )

    assert refunded["payment_id"] == sold["payment_id"]
    assert failed["refund_id"] == refunded["refund_id"]
    wait(lambda: len(played.letters) >= 3)


@pytest.mark.parametrize("played", ["standard"], indirect=True)
def test_what_a_gateway_refuses_is_reported_in_one_line(console: Console, played: Any) -> None:
    line = console.refused("trigger", "standard", "refund", "--set", "payment_id=nobodys")

    assert line.startswith("kassa: the gateway refused: ")


@pytest.mark.parametrize("gateway", fake_gateway_actions.ACTS)
def test_a_gateway_that_is_not_played_says_how_it_would_be(console: Console, gateway: str) -> None:
    line = console.refused("trigger", gateway, "payment")

    assert line == (
        f"kassa: no {gateway} is played beside this stack: run 'kassa up --gateway all'"
    )


@pytest.mark.parametrize("gateway", ["stripe", *fake_gateway_actions.ACTS])
def test_an_unknown_event_names_the_nearest(console: Console, gateway: str) -> None:
    event = "refund.faild" if gateway != "btcpay" else "refnd"
    if gateway == "klarna":
        event = "refnd"

    result = console.run("trigger", gateway, event)

    assert result.exit_code == 1
    assert f"There is no event {event}: did you mean refund" in result.stderr


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("amount=abc", "whole number of minor units above zero"),
        ("amount=-5", "whole number of minor units above zero"),
        ("amount=0", "whole number of minor units above zero"),
        ("amount=12.5", "whole number of minor units above zero"),
        ("amount=1e3", "whole number of minor units above zero"),
        ("amount=٣", "whole number of minor units above zero"),
        ("currency=xxx", "no currency of ISO 4217"),
        ("currency=EURO", "no currency of ISO 4217"),
    ],
)
@pytest.mark.parametrize("gateway", ["stripe", "paypal"])
def test_no_amount_and_no_currency_is_sent_that_there_is_not(
    console: Console, gateway: str, setting: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(*_: Any) -> None:
        raise AssertionError("it was sent")

    monkeypatch.setattr(trigger, "send", sent)
    monkeypatch.setattr(fake_gateway_actions, "play", sent)
    event = "charge.refunded" if gateway == "stripe" else "refund"

    line = console.refused("trigger", gateway, event, "--set", setting)

    assert message in line


@pytest.mark.parametrize("event", ["charge.dispute.created", "refund.created"])
def test_no_more_goes_back_than_a_payment_has(
    console: Console, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    monkeypatch.setattr(trigger, "send", lambda *arguments: taken.append(arguments[1]) or _sent())
    console.book(s.event("charge.succeeded", s.charge(), "evt_1"))
    of_payment = ("--set", "payment_intent=pi_1", "--set")

    line = console.refused("trigger", "stripe", event, *of_payment, "amount=10001")
    assert "10001 is more than its payment has, 10000 minor units of EUR" in line
    assert taken == []

    assert console.run("trigger", "stripe", event, *of_payment, "amount=10000").exit_code == 0
    assert taken == [event]


def _sent() -> trigger.SentEvent:
    return trigger.SentEvent(
        event_id="evt_2", event="e", object_id="dp_1", payment_id="pi_1", url="http://127.0.0.1"
    )


@pytest.mark.parametrize("setting", ["colour=red", "amount", "=5"])
def test_a_field_that_an_act_does_not_take_is_refused(console: Console, setting: str) -> None:
    assert "--set" in console.refused("trigger", "adyen", "refund", "--set", setting)
