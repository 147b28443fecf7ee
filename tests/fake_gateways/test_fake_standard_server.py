"""The served fake without an API: its webhooks over HTTP, signed as they are sent, or twice."""

import json
import urllib.error
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from infra.fake_gateways.standard.account import Switches
from infra.fake_gateways.standard.server import open_router
from infra.fake_gateways.standard.signing import public_of
from kassa.gateways.standard.webhook import verify
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from tests.support.fake_gateway_servers import Place, running

SECRETS = ["whsec_" + "e" * 32, "whsk_" + "f" * 43 + "="]


@pytest.fixture
def place() -> Iterator[Place]:
    with running(open_router(Switches(), 1), "standard") as (server, inbox):
        place = Place(server, inbox)
        place.control("webhooks", url=inbox.url, secrets=SECRETS)
        yield place


def is_verified(letter: WebhookRequest, *secrets: str) -> bool:
    return bool(verify(letter, WebhookEndpoint("main", "live", secrets, None), datetime.now(UTC)))


def test_what_arrives_is_signed_by_every_live_secret(place: Place) -> None:
    place.control("sell", order_id="o-1", amount_minor=100_00, currency="EUR")
    letters = place.inbox.wait_for(2)

    for letter in letters:
        assert is_verified(letter, SECRETS[0])
        assert is_verified(letter, public_of(SECRETS[1]))
    assert sorted(body["type"] for body in place.inbox.bodies()) == [
        *("balance.moved", "payment.updated")
    ]


def test_a_duplicate_has_the_same_id_and_body(place: Place) -> None:
    place.control("habits", duplicates=1.0, again_max_s=0.05)
    place.control("decline", order_id="o-1", amount_minor=5_00)
    first, again = place.inbox.wait_for(2)

    assert first.body == again.body
    assert first.headers["webhook-id"] == again.headers["webhook-id"]


def test_a_refused_webhook_comes_again_signed_anew_and_a_resend_under_its_name(
    place: Place,
) -> None:
    place.inbox.statuses.append(503)
    place.control("habits", retry_s=0.05)
    place.control("decline", order_id="o-1", amount_minor=5_00)
    letters = place.inbox.wait_for(2)
    (event,) = place.control("events")
    place.control("resend", event_id=event["name"])

    names = {one.headers["webhook-id"] for one in [*letters, *place.inbox.wait_for(3)]}
    assert names == {event["name"]}


def test_held_webhooks_come_reversed(place: Place) -> None:
    place.control("hold")
    place.control("sell", order_id="o-1", amount_minor=100_00)
    assert place.inbox.letters == []
    assert place.control("release", order="reversed") == 2

    types = [json.loads(letter.body)["type"] for letter in place.inbox.wait_for(2)]
    assert types == ["balance.moved", "payment.updated"]


def test_one_scenario_is_driven_by_the_controls_that_all_fakes_have(place: Place) -> None:
    sold = place.control("sell", order_id="o-1", amount_minor=100_00, currency="EUR")
    refund = place.control("refund_in_dashboard", payment_id=sold["payment_id"], amount_minor=30_00)
    place.control("fail_refund", refund_id=refund["refund_id"])
    dispute = place.control("open_dispute", payment_id=sold["payment_id"])
    place.control("close_dispute", dispute_id=dispute["dispute_id"], outcome="won")
    assert place.control("pay_out_all")["payout_id"]

    truth = place.control("truth")
    assert truth["balance_minor"] == {"EUR": 0}
    assert truth["payments"][sold["payment_id"]]["refunded_minor"] == 0
    with pytest.raises(urllib.error.HTTPError) as refused:
        place.control("finish_checkout", checkout_id="c", outcome="paid")
    with refused.value as answer:
        assert "no checkouts" in json.load(answer)["error"]
