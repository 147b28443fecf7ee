"""What went wrong elsewhere, tried here: links and codes that are mailed, and who may be mailed.

Each test names the public report that it follows.
"""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.open_checkout.app import lambda_handler as open_checkout
from functions.receive_mail_event.app import lambda_handler as receive_mail_event
from functions.serve_deliveries.app import lambda_handler as serve_deliveries
from functions.serve_portal.app import lambda_handler as serve_portal
from kassa.billing.drafts.keep_order import keep_sent_order
from kassa.customers.addresses import address_digest
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.portal.redeem_code import CodeTry, No, SignedIn, redeem_code
from tests.support.api_requests import sent
from tests.support.at_once import at_once
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.cards import booked, ends, known
from tests.support.mail_events import complaint
from tests.support.messages import (
    BUYER,
    FakeCarrier,
    carrier,
    deliveries,
    facts_on_the_bus,
    let_out,
    tell,
    wake,
)
from tests.support.order_scene import FakeGateway
from tests.support.orders import order
from tests.support.payment_links import follow
from tests.support.payment_links import north as north
from tests.support.portal import ASK, BEGIN, HERE, SHOW, Portal, call, named
from tests.support.queue_batches import batch
from tests.support.refund_stage import http_event
from tests.support.reminders import handle, published_facts, rule

HOUR = timedelta(hours=1)


@pytest.fixture
def portal(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Portal:
    made = Portal(monkeypatch)
    named("customer-1", "order-1")
    return made


@pytest.fixture
def ses(stack: Stack) -> FakeCarrier:
    let_out()
    return carrier()


# github.com/ollama/ollama/issues/17682, github.com/liberapay/liberapay.com/pull/1593: who had the
# address before stayed signed in after it was changed.
@pytest.mark.parametrize("email", ["new@buyer.example", None])
def test_a_session_is_over_once_its_address_is_the_customers_no_more(
    portal: Portal, fake_clock: FakeClock, email: str | None
) -> None:
    token = portal.token()
    fake_clock.at += timedelta(minutes=1)
    named("customer-1", "order-2", email=email)

    assert call(SHOW, token=token).status == 401


def test_a_session_stays_of_who_else_still_has_its_address(
    portal: Portal, fake_clock: FakeClock
) -> None:
    named("customer-2", "order-2")
    token = portal.token()
    fake_clock.at += timedelta(minutes=1)
    named("customer-1", "order-3", email="new@buyer.example")
    named("customer-2", "order-4", email="JANE@Buyer.example")

    assert call(SHOW, token=token).body["customer_ids"] == ["customer-2"]


# github.com/better-auth/better-auth/pull/8067, github.com/shesha-io/shesha-framework/issues/4772:
# guesses at once were more than the limit, and one code let in several.
def test_guesses_at_once_are_no_more_than_one_after_the_other(portal: Portal) -> None:
    code = portal.code()
    right = int(code["code"])
    wrong = [f"{(right + n) % 10**8:08d}" for n in range(1, 12)]
    results = at_once(partial(redeem_code, CodeTry(code["code_id"], one, HERE)) for one in wrong)

    assert set(results) <= {No.INVALID}
    assert call(BEGIN, code).status == 401


def test_a_code_lets_in_one_of_many_at_once(portal: Portal) -> None:
    code = portal.code()
    results = at_once([partial(redeem_code, CodeTry(code["code_id"], code["code"], HERE))] * 5)

    assert [isinstance(one, SignedIn) for one in results].count(True) == 1


# github.com/ltb-project/self-service-password/issues/755: a link in a mail led to the host that a
# header named; github.com/AlfaCode-Team/hkm-kernel/issues/43: another header reset a limit.
def test_what_a_header_says_of_the_host_stands_in_no_link(
    stack: Stack, ses: FakeCarrier, north: FakeGateway
) -> None:
    link = send_link(**{"host": "evil.example", "x-forwarded-host": "evil.example"})
    tell(*facts_on_the_bus(stack, "PaymentLinkRequested"))

    assert link.startswith("https://api.shop.example/pay/")
    assert b"evil.example" not in ses.mails[0]["Content"]["Raw"]["Data"]


def test_what_a_header_says_of_the_source_is_counted_as_none(portal: Portal) -> None:
    statuses = []
    for number in range(61):
        body = {"email": f"{number}@buyer.example"}
        event = sent(ASK, body, context=None, **{"x-forwarded-for": f"198.51.100.{number}"})
        event["requestContext"]["http"]["sourceIp"] = HERE
        statuses.append(serve_portal(event, Context())["statusCode"])

    assert statuses == [202] * 60 + [429]


# github.com/keybase/client/issues/7344, github.com/drewr/postal/issues/89: a name turned the rest
# of a mail round, or began a header of its own.
def test_a_name_changes_nothing_around_it(
    stack: Stack, ses: FakeCarrier, north: FakeGateway
) -> None:
    name = "Maija \u202egnp.exe \U0001f600\r\nBcc: all@buyer.example"
    send_link(name=name)
    tell(*facts_on_the_bus(stack, "PaymentLinkRequested"))

    [mail] = ses.read
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert (mail["Bcc"], mail["To"]) == (None, BUYER["email"])
    assert "Hei Maija gnp.exe \U0001f600 Bcc: all@buyer.example," in text
    assert "\u202e" not in text + mail["Subject"]


# github.com/TycheSoftwares/woocommerce-abandoned-cart/issues/1053,
# github.com/mollie/magento2/issues/1086: programs that look through mail opened a checkout, and
# its customer was written to as somebody who had left it.
def test_nobody_left_a_checkout_that_a_mailed_link_opened(
    stack: Stack, ses: FakeCarrier, north: FakeGateway, fake_clock: FakeClock
) -> None:
    window = {"from": "00:00", "until": "24:00"}
    rule(abandoned={"after_hours": 24, "until_hours": 72}, window=window)
    link = send_link()
    assert follow(link)[0] == 303
    for _ in range(40):
        fake_clock.at += HOUR
        handle(Context())

    assert published_facts(stack, "CheckoutAbandoned") == []


# github.com/hexclave/hexclave/pull/1341: a complaint was dropped for what was known before it.
def test_a_complaint_that_nobody_knew_of_when_a_bounce_was_lifted_stops_the_address(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    mailed = delivery_id(stack)
    digest = address_digest("main", "jane@shop.example")
    ContactStore("main").suppress(digest, Cause.BOUNCE, NOW)
    fake_clock.at += HOUR
    assert lift() == 200
    late = complaint(mailed)  # of minutes ago: before the lift

    receive_mail_event(batch(late), Context())
    assert ContactStore("main").read(digest).cause is Cause.COMPLAINT
    assert lift() == 409
    assert lift(despite_complaint=True) == 200
    receive_mail_event(batch(late), Context())
    assert ContactStore("main").read(digest).cause is None


# github.com/stripe/stripe-php/issues/747, github.com/opencollective/opencollective/issues/6189: a
# gateway keeps the same card as often as it was entered.
def test_a_card_that_was_saved_twice_is_told_of_once(stack: Stack, ses: FakeCarrier) -> None:
    known()
    another = ends("evt_11", card_id="card_3", last4="1111")
    booked(ends(), ends("evt_10", card_id="card_2"), another)
    tell(*facts_on_the_bus(stack, "CardExpiring"))

    assert len(ses.mails) == 2
    assert {one.reason for one in deliveries()} == {None, "told_before"}


# github.com/mozilla/fxa/issues/13082: a mail said "about to expire" of a card that had expired.
@pytest.mark.parametrize(("days", "mails"), [(9, 2), (10, 1)])
def test_no_card_is_told_to_expire_after_its_last_day(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock, days: int, mails: int
) -> None:
    let_out(mails_a_day=1)
    known()
    booked(ends(), ends("evt_10", card_id="card_2", last4="1111"))
    tell(*facts_on_the_bus(stack, "CardExpiring"))
    [waits] = [one for one in deliveries() if one.reason == "daily_cap"]
    fake_clock.at += timedelta(days=days)
    tell(wake(waits))

    assert len(ses.mails) == mails


def send_link(name: str = "Maija Esimerkki", **headers: str) -> str:
    """Have the customer of an order that nobody opened be sent its link; return the link."""
    keep_sent_order(order(marketing_consent_at="2026-11-01T00:00:00Z"), "main")
    buyer = Buyer.model_validate(BUYER | {"name": name})
    Customers("main").keep("customer-1", "order-1", buyer)
    event = http_event("POST /orders/{order_id}/send-link", {}, "anna", order_id="order-1")
    event["headers"] |= headers
    return str(json.loads(open_checkout(event, Context())["body"])["url"])


def delivery_id(stack: Stack) -> str:
    """Let a mail leave; return its delivery's id."""
    known()
    booked(ends())
    tell(*facts_on_the_bus(stack, "CardExpiring"))
    return deliveries()[0].delivery_id


def lift(**fields: Any) -> int:
    """Write to an address again; return the status."""
    body = {"address": "jane@shop.example", "reason": "their mailbox was full"} | fields
    return int(serve_deliveries(sent("POST /suppressions/lift", body), Context())["statusCode"])
