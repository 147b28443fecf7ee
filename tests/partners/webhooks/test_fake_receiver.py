"""Webhooks over a real connection to the receiver of `make run`, on its good days and bad ones."""

import threading
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.server import Server
from infra.fake_receivers.server import open_router
from infra.local.gateway import control
from kassa.deliveries.delivery import Status
from kassa.partners import safe_http
from kassa.partners.webhooks import submit_webhook
from kassa.partners.webhooks.endpoints.endpoint import EndpointStatus, Scheme
from kassa.partners.webhooks.endpoints.save_endpoint import Entered, WithSecret, save_endpoint
from kassa.platform.settings import settings
from tests.support.webhook_world import DEVELOPER, World
from tests.support.webhook_world import world as world

Control = Callable[..., Any]


@pytest.fixture
def receiver(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """Serve a receiver on this machine, where a trial lets it be called; return its controls."""
    safe_http.install(None)
    server = Server(open_router(1, SettableClock(lambda: world.clock.at.timestamp())))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    monkeypatch.setenv("TRIAL_HOSTS", server.address.removeprefix("http://"))
    settings.cache_clear()
    yield lambda act, **fields: control(server.address, act, **fields)
    server.stop()
    running.join()


def entered(world: World, receiver: Control, scheme: Scheme = Scheme.V1) -> WithSecret:
    url = f"http://{settings().trial_hosts}/hooks"
    made = save_endpoint(Entered(url, ("*",), scheme=scheme), "nobody", DEVELOPER)
    receiver("knows", secret=made.secret)
    return made


@pytest.mark.parametrize("scheme", list(Scheme))
def test_what_arrives_is_verified_by_other_code_than_signed_it(
    world: World, receiver: Control, scheme: Scheme
) -> None:
    entered(world, receiver, scheme)
    world.publish()
    world.run()

    received = receiver("received")
    assert received["facts"] == ["pi_1:ch_pi_1:PaymentCaptured"]
    assert (received["requests"], received["unverified"], received["differing"]) == (1, 0, 0)


def test_a_receiver_that_knows_another_secret_takes_nothing(
    world: World, receiver: Control
) -> None:
    entered(world, lambda *_, **__: None)
    receiver("knows", secret="whsec_" + "A" * 44)
    world.publish()
    world.run()

    assert receiver("received")["facts"] == []
    (delivery,) = world.deliveries()
    assert (delivery.status, delivery.reason) == (Status.WAITING, "status 401")


@pytest.mark.parametrize(
    ("kind", "reason", "requests"),
    [
        ("error_before", "status 500", 2),
        ("error_after", "status 500", 2),
        ("rate_limited", "status 429", 2),
        ("unavailable", "status 503", 2),
        ("lost_request", "no_answer", 1),  # broken before it was taken
        ("lost_response", "no_answer", 2),  # taken, and told again under the same id
    ],
)
def test_what_goes_wrong_once_is_mended_by_the_next_attempt(
    world: World, receiver: Control, kind: str, reason: str, requests: int
) -> None:
    entered(world, receiver)
    receiver("faults", kind=kind)
    world.publish()
    world.run()
    (first,) = world.deliveries()
    assert (first.status, first.reason) == (Status.WAITING, reason)
    world.run(timedelta(minutes=5))

    received = receiver("received")
    assert len(received["facts"]) == 1
    assert (received["requests"], received["differing"]) == (requests, 0)
    assert world.deliveries()[0].status is Status.SENT


def test_one_that_is_slow_is_waited_for_no_longer_than_said(
    world: World, receiver: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit_webhook, "LIMITS", submit_webhook.LIMITS._replace(total_s=0.2))
    entered(world, receiver)
    receiver("faults", kind="slow_response", seconds=1.0)
    world.publish()
    world.run()

    (delivery,) = world.deliveries()
    assert (delivery.status, delivery.reason) == (Status.WAITING, "no_answer")


@pytest.mark.parametrize(
    ("switches", "status"),
    [
        ({"status": 410}, Status.FAILED),
        ({"redirects": True}, Status.WAITING),
        ({"answer_bytes": 5_000_000}, Status.SENT),
        ({"status": 204}, Status.SENT),
    ],
)
def test_whatever_it_answers_is_taken_by_its_status_alone(
    world: World, receiver: Control, switches: dict[str, Any], status: Status
) -> None:
    made = entered(world, receiver)
    receiver("switches", **switches)
    world.publish()
    world.run()

    assert receiver("received")["requests"] == 1
    assert [one.status for one in world.deliveries()] == [status]
    is_active = world.endpoint(made.endpoint.endpoint_id).status is EndpointStatus.ACTIVE
    assert is_active is (switches.get("status") != 410)


def test_it_can_be_asked_by_hand_whether_it_is_there(receiver: Control) -> None:
    address = f"http://{settings().trial_hosts}/_fake/health"
    with urllib.request.urlopen(address, timeout=5) as answer:
        assert answer.status == 200
