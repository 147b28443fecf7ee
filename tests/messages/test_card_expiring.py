"""Whose card a gateway says ends this month is told once, whom Kassa knows, and where to act."""

from itertools import permutations
from typing import Any

import pytest

from kassa.core.errors import InvalidRequest
from kassa.customers.addresses import address_digest
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.deliveries.delivery import Status
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Stack
from tests.support.cards import EXPIRING, booked, ends, known
from tests.support.messages import (
    BUYER,
    FakeCarrier,
    carrier,
    deliveries,
    facts_on_the_bus,
    let_out,
    tell,
)

FACT = "CardExpiring"
PAGE = "https://shop.example/cards"


@pytest.fixture
def ses(stack: Stack) -> FakeCarrier:
    let_out(links={"card_expiring": PAGE})
    return carrier()


def sent(stack: Stack, *events: dict[str, Any]) -> list[str]:
    """Book events, and tell what follows; return the facts that were published."""
    assert booked(*events) == []
    facts = facts_on_the_bus(stack, FACT)
    assert tell(*facts) == []
    return facts


def test_whose_card_ends_is_told_which_one_until_when_and_where_to_change_it(
    stack: Stack, ses: FakeCarrier
) -> None:
    known()
    sent(stack, ends())

    [mail] = ses.read
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["To"] == BUYER["email"]
    assert "Visa •••• 4242" in mail["Subject"]
    assert "30.11.2026" in text
    assert PAGE in text
    [told] = deliveries()
    assert (told.message, told.recipient) == ("card_expiring", "customer:customer-1")


def test_the_fact_says_which_card_and_whose_and_moves_nothing(
    stack: Stack, ses: FakeCarrier
) -> None:
    [fact] = sent(stack, ends())

    assert '"brand": "visa", "last4": "4242", "exp_month": 11, "exp_year": 2026' in fact
    assert '"customer_id": "cus_1"' in fact
    assert "postings" not in fact or '"postings": []' in fact
    for word in ("Maija", "Turku"):
        assert word not in fact


def test_one_card_is_told_of_once_however_often_and_by_whatever_event(
    stack: Stack, ses: FakeCarrier
) -> None:
    known()
    facts = sent(stack, ends(), ends(), ends("evt_10"))
    tell(*facts)

    assert len(ses.mails) == len(deliveries()) == 1


def test_a_card_that_was_renewed_is_told_of_again_and_another_card_by_itself(
    stack: Stack, ses: FakeCarrier
) -> None:
    known()
    another = ends("evt_11", card_id="card_2", last4="1111")
    events = (ends(), ends("evt_10", exp_year=2029), another)
    for some in permutations(events):
        assert booked(*some) == []
    tell(*facts_on_the_bus(stack, FACT))

    assert len(ses.mails) == len(deliveries()) == 3


def test_a_card_source_is_read_as_a_card_is_and_another_source_is_counted(
    stack: Stack, ses: FakeCarrier
) -> None:
    known()
    card = {"brand": "MasterCard", "last4": "0341", "exp_month": 12, "exp_year": 2026}
    source = {"id": "src_1", "object": "source", "customer": "cus_1", "type": "card", "card": card}
    debit = {"id": "src_2", "object": "source", "customer": "cus_1", "type": "sepa_debit"}
    sent(stack, s.event(EXPIRING, source, "evt_10"), s.event(EXPIRING, debit, "evt_11"))

    assert ["Mastercard •••• 0341" in one["Subject"] for one in ses.read] == [True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"last4": None},
        {"last4": "4242424242424242"},  # a whole number is never kept
        {"exp_month": 13},
        {"exp_year": "2026"},
        {"id": None},
    ],
)
def test_a_malformed_card_comes_back_and_says_nothing(
    stack: Stack, ses: FakeCarrier, wrong: dict[str, Any]
) -> None:
    event = ends()
    event["data"]["object"] |= wrong

    assert booked(event) == ["m0"]
    assert facts_on_the_bus(stack, FACT) == []
    assert "4242424242424242" not in str(stack.items())


def test_whom_nobody_knows_is_seen_among_what_was_skipped(stack: Stack, ses: FakeCarrier) -> None:
    sent(stack, ends())

    [told] = deliveries()
    assert (told.recipient, told.status, told.reason) == (
        "customer:cus_1",
        Status.SKIPPED,
        "no_address",
    )


def test_a_card_of_nobody_is_named_by_itself(stack: Stack, ses: FakeCarrier) -> None:
    sent(stack, ends(customer=None))

    assert [one.recipient for one in deliveries()] == ["customer:card:card_1"]


def test_whom_the_shop_names_by_the_gateway_s_id_is_told(stack: Stack, ses: FakeCarrier) -> None:
    Customers("main").keep("cus_1", "order-7", Buyer.model_validate(BUYER))
    sent(stack, ends())

    assert len(ses.mails) == 1


def test_who_was_forgotten_is_not_told(stack: Stack, ses: FakeCarrier) -> None:
    known()
    Customers("main").erase("customer-1")
    sent(stack, ends())

    assert (ses.mails, deliveries()[0].reason) == ([], "no_address")


def test_it_reaches_who_wants_no_reminders_and_no_dead_address(
    stack: Stack, ses: FakeCarrier
) -> None:
    known()
    digest = address_digest("main", BUYER["email"])
    for category in Category:
        ContactStore("main").unsubscribe(digest, category, NOW)
    sent(stack, ends())
    ContactStore("main").suppress(digest, Cause.BOUNCE, NOW)
    sent(stack, ends("evt_10", card_id="card_2"))

    assert len(ses.mails) == 1
    assert {one.reason for one in deliveries()} == {None, "suppressed"}


def test_without_a_page_of_the_merchant_s_the_mail_has_no_button(
    stack: Stack, ses: FakeCarrier
) -> None:
    let_out()
    known()
    sent(stack, ends())

    [mail] = ses.read
    assert PAGE not in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "links", [{"receipt": PAGE}, {"card_expiring": "http://shop.example/cards"}]
)
def test_a_link_of_another_message_or_without_tls_is_refused(
    stack: Stack, links: dict[str, str]
) -> None:
    with pytest.raises((InvalidRequest, ValueError), match="links"):
        let_out(links=links)
