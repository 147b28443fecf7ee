"""What is surer later counts: marks of a person, coins that vanish, coins that come late."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from kassa.core.postings import Account, balances
from kassa.gateways.btcpay.events import confirmed, read
from kassa.gateways.events import GatewayEvent, UnverifiedNotification
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT
from tests.support.gateway_payloads.btcpay import T0, answer, at, delivery, payment

WATCHED_UNTIL = T0 + 900 + 86_400
Sent = tuple[str, int, dict[str, Any]]  # the webhook's type, its second, what is then read back


def invoice(status: str, additional: str = "None", *payments: dict[str, Any]) -> dict[str, Any]:
    return answer(status, additional, *payments, monitoringExpiration=WATCHED_UNTIL)


def by_webhook(sent: Sent) -> GatewayEvent:
    gateway_type, second, read_back = sent
    name = f"{gateway_type}-{second}"
    notification = UnverifiedNotification(
        event_id=name,
        gateway_type=gateway_type,
        happened_at=at(T0 + second),
        reads="invoice",
        object_id="inv1",
        name=name,
    )
    event = confirmed(notification, read_back, delivery())
    assert isinstance(event, GatewayEvent)
    return event


def by_look_up(sent: Sent) -> GatewayEvent:
    _, second, read_back = sent
    seen = delivery("look_up").model_copy(update={"received_at": at(T0 + second)})
    named = {"event_id": f"look_up-{second}", "type": "kassa.invoice", "answer": read_back}
    event = read(json.dumps(named).encode(), seen)
    assert isinstance(event, GatewayEvent)
    return event


def folded(
    events: Sequence[GatewayEvent], opened_at: datetime | None = None
) -> tuple[SubjectState, list[LedgerFact], int]:
    state, facts = SubjectState(), list[LedgerFact]()
    for event in events:
        state, new_facts = book(state, event, CONTEXT._replace(opened_at=opened_at))
        facts.extend(new_facts)
    posted = balances(p for fact in facts for p in fact.data.postings)
    return state, facts, posted.get((Account.GATEWAY_CLEARING, "EUR"), 0)


COINS = payment("10.00")
MARKED = ("InvoiceSettled", 300, invoice("Settled", "Marked"))
SETTLED = ("InvoiceSettled", 300, invoice("Settled", "None", COINS))
LIFECYCLES: dict[str, tuple[list[Sent], int]] = {
    "marked settled, then invalid": (
        [MARKED, ("InvoiceInvalid", 600, invoice("Invalid", "Marked"))],
        0,
    ),
    "marked settled, invalid and settled again": (
        [
            MARKED,
            ("InvoiceInvalid", 600, invoice("Invalid", "Marked")),
            ("InvoiceSettled", 900, invoice("Settled", "Marked")),
        ],
        10_00,
    ),
    "settled, and its coins vanish": ([SETTLED, ("InvoiceExpired", 7_200, invoice("Settled"))], 0),
    "settled, then invalid without its coins": (
        [SETTLED, ("InvoiceInvalid", 90_000, invoice("Invalid"))],
        0,
    ),
    "given up, and a person vouches for it": (
        [
            ("InvoiceInvalid", 87_300, invoice("Invalid", "None", COINS | {"status": "Invalid"})),
            ("InvoiceSettled", 90_000, invoice("Settled", "Marked")),
        ],
        10_00,
    ),
    "given up, and its coins are confirmed after all": (
        [
            (
                "InvoiceInvalid",
                87_300,
                invoice("Invalid", "None", COINS | {"status": "Processing"}),
            ),
            ("InvoicePaymentSettled", 90_000, invoice("Invalid", "None", COINS)),
        ],
        10_00,
    ),
    "marked invalid, and its coins are confirmed": (
        [
            (
                "InvoiceInvalid",
                600,
                invoice("Invalid", "Marked", COINS | {"status": "Processing"}),
            ),
            ("InvoicePaymentSettled", 900, invoice("Invalid", "Marked", COINS)),
        ],
        10_00,
    ),
    "expired, and the rest comes late": (
        [
            ("InvoiceExpired", 900, invoice("Expired", "PaidPartial", payment("4.00"))),
            (
                "InvoicePaymentSettled",
                3_000,
                invoice("Expired", "PaidLate", payment("4.00"), payment("6.00", 2_000)),
            ),
        ],
        10_00,
    ),
}


@pytest.mark.parametrize("name", LIFECYCLES)
def test_an_invoice_brought_what_is_sure_in_the_end_in_any_order(name: str) -> None:
    sent, captured = LIFECYCLES[name]
    for events in permutations(map(by_webhook, sent)):
        state, facts, clearing = folded([*events, events[0]])
        assert (state.captured_minor, clearing) == (captured, captured)
        names = [fact.data.fact for fact in facts]
        assert names.count("PaymentReversed") <= names.count("PaymentCaptured")


@pytest.mark.parametrize("name", [name for name in LIFECYCLES if "marked invalid" not in name])
def test_a_lost_webhook_is_made_good_by_looking_the_invoice_up(name: str) -> None:
    sent, captured = LIFECYCLES[name]
    first, last = sent[:-1], sent[-1]
    for second in (last[1] + 60, last[1] + 200_000):
        seen = by_look_up((last[0], second, last[2]))
        for events in permutations([*map(by_webhook, first), seen]):
            if name == "marked settled, invalid and settled again" and second > 200_000:
                continue  # by then nobody knows when the last mark was made
            state, _, clearing = folded(events)
            assert (state.captured_minor, clearing) == (captured, captured), second


def test_what_is_taken_back_is_published() -> None:
    events = [by_webhook(one) for one in LIFECYCLES["settled, and its coins vanish"][0]]
    _, facts, _ = folded(events)
    kinds = [fact.data.fact for fact in facts]
    assert kinds[-1] == "PaymentReversed"


def test_coins_that_came_before_the_books_were_opened_are_an_opening_balance() -> None:
    """The time of the settled payment decides, not that of its webhook or its reading."""
    for event in (by_webhook(SETTLED), by_look_up(SETTLED)):
        _, facts, _ = folded([event], opened_at=at(T0 + 120))
        (posting,) = [p for fact in facts for p in fact.data.postings]
        assert posting.destination is Account.OPENING_BALANCE
        assert event.object_reports[1].happened_at == at(T0 + 60)
