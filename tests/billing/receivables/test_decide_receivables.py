"""POST /invoices/{number}/write-off and /promise: a person decides about what is owed, once."""

import json
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from functions.decide_invoice.app import lambda_handler
from functions.generate_invoice.app import lambda_handler as generate_invoice
from kassa.audit import store as audit_trail
from kassa.billing.receivables.receivable import EntryKind
from kassa.billing.receivables.store import Receivables
from kassa.billing.receivables.write_off_receivable import write_off_receivable
from kassa.core.errors import KassaError, StaleWrite
from kassa.core.postings import Account, Posting, balances
from kassa.platform import aws
from kassa.platform.aws import client
from kassa.platform.settings import settings
from tests.support.api_requests import get
from tests.support.at_once import at_once
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.facts import captured
from tests.support.invoices import fact_batch
from tests.support.open_invoices import enter, issue, pay
from tests.support.refund_stage import answered, http_event

ROUTE = "POST /invoices/{number}/{action}"
FIRST = "2026-00000001"
WHY = {"reason": "no answer since July"}
ON = {"promised_on": "2026-12-15"}


def decide(
    action: str, body: Any, number: str = FIRST, by: str = "anna", **headers: str
) -> tuple[int, dict[str, Any]]:
    event = http_event(ROUTE, body, by, number=number, action=action)
    return answered(lambda_handler(event | {"headers": event["headers"] | headers}, Context()))


def acts() -> list[dict[str, Any]]:
    return [json.loads(one.content) for one in audit_trail.items(NOW.date())]


def posted(books: Stack) -> dict[Account, int]:
    """Return what was published since the last time of each account; a fact counts once."""
    facts = {
        envelope["detail"]["metadata"]["fact_id"]: envelope["detail"]["data"]
        for envelope in books.published()
    }
    postings = [
        Posting.model_validate(posting) for fact in facts.values() for posting in fact["postings"]
    ]
    return {account: minor for (account, _), minor in balances(postings).items()}


@pytest.fixture
def books(stack: Stack) -> Stack:
    """Issue an invoice, of which a part is paid, and another that is paid."""
    aws.install({})
    issue(100_00, "first", due_on=date(2026, 12, 5))
    issue(50_00, "second", due_on=date(2026, 12, 5))
    pay(FIRST, 30_00, "p1")
    pay("2026-00000002", 50_00, "p2")
    stack.published()
    return stack


def test_what_is_still_owed_is_given_up_posted_and_audited_under_the_person(books: Stack) -> None:
    status, answer = decide("write-off", WHY)

    assert (status, answer["state"], answer["open_minor"]) == (200, "uncollectible", 0)
    [act] = acts()
    assert (act["operation"], act["object_id"]) == ("invoice.write-off", f"invoice/{FIRST}")
    assert (act["by"]["key_id"], act["reason"]) == ("anna", WHY["reason"])
    [envelope] = books.published()
    fact = envelope["detail"]["data"]
    assert (envelope["detail-type"], fact["amount"]["amount_minor"]) == ("InvoiceWrittenOff", 70_00)
    [posting] = fact["postings"]
    assert (posting["source"], posting["destination"]) == ("receivables", "write_offs")
    assert posting["amount"] == {"amount_minor": 70_00, "currency": "EUR"}
    assert get("/receivables")[1]["open_items"] == []


def test_the_second_of_two_changes_nothing_and_publishes_the_same_again(books: Stack) -> None:
    _, first = decide("write-off", WHY)
    before, published = books.items(), books.published()

    assert decide("write-off", {"reason": "another"}, by="bert") == (200, first)
    assert books.items() == before
    assert [one["detail"] for one in books.published()] == [one["detail"] for one in published]


def test_a_later_payment_takes_the_write_off_back_before_anything_else(books: Stack) -> None:
    decide("write-off", WHY)
    books.published()
    pay(FIRST, 20_00, "p3")
    kept = Receivables("main").of_number(FIRST)

    assert (kept.receivable.position.applied_minor, kept.receivable.open_minor) == (50_00, 0)
    assert kept.receivable.position.written_minor == 50_00
    pay(FIRST, 60_00, "p4")
    kept = Receivables("main").of_number(FIRST)
    assert (kept.receivable.position.written_minor, kept.receivable.credit_minor) == (0, 10_00)
    assert kept.receivable.state == "paid"
    enter(FIRST, EntryKind.REVERSED, 60_00, "p4")
    kept = Receivables("main").of_number(FIRST)
    assert (kept.receivable.state, kept.receivable.position.written_minor) == (
        "uncollectible",
        50_00,
    )


def test_a_capture_of_what_was_written_off_is_posted_as_recovered_and_then_as_paid(
    books: Stack,
) -> None:
    decide("write-off", WHY)
    books.published()
    fact = captured("pi_1", NOW, (50_00, "EUR"), order_id="order-of-first")
    generate_invoice(fact_batch(fact), Context())
    moved = posted(books)

    assert moved == {Account.WRITE_OFFS: -50_00, Account.RECEIVABLES: 0, Account.CUSTOMERS: 50_00}
    assert get("/invoices", kind="invoice")[1]["invoices"][-1]["state"] == "uncollectible"
    assert len(get("/invoices")[1]["invoices"]) == 2


def test_what_is_owed_again_can_be_given_up_again(books: Stack) -> None:
    decide("write-off", WHY)
    enter(FIRST, EntryKind.REVERSED, 30_00, "p1")
    assert get(f"/invoices/{FIRST}")[1]["open_minor"] == 30_00
    status, answer = decide("write-off", {"reason": "again"})

    assert (status, answer["state"]) == (200, "uncollectible")
    assert [act["after"] for act in acts()] == [
        f"write_off:{FIRST}:1",
        f"write_off:{FIRST}:2",
    ]
    kept = Receivables("main").of_number(FIRST)
    assert kept.receivable.position.written_minor == 100_00


def test_many_write_offs_and_a_payment_at_once_give_up_only_what_is_left(books: Stack) -> None:
    def pay_some() -> None:
        while True:
            try:
                return pay(FIRST, 20_00, "p3")
            except StaleWrite:
                continue

    why = WHY["reason"], OPERATOR
    give_up = partial(write_off_receivable, "main", FIRST, why, lambda: 29.0)
    outcomes = at_once([*[give_up] * 3, pay_some, *[give_up] * 2])

    assert not [one for one in outcomes if isinstance(one, KassaError)]
    receivable = Receivables("main").of_number(FIRST).receivable
    assert (receivable.open_minor, receivable.credit_minor) == (0, 0)
    assert receivable.position.applied_minor == 50_00
    assert receivable.position.written_minor == 50_00
    assert len(acts()) == 1
    assert posted(books)[Account.WRITE_OFFS] in (50_00, 70_00)


def test_a_payment_between_reading_and_writing_leaves_less_to_give_up(books: Stack) -> None:
    real = client("dynamodb")

    class Overtaken:
        """Lets a payment in before the first transaction."""

        payments = 1

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def transact_write_items(self, **arguments: Any) -> Any:
            while self.payments:
                self.payments -= 1
                pay(FIRST, 20_00, "p3")
            return real.transact_write_items(**arguments)

    aws.install({"dynamodb": Overtaken()})
    status, answer = decide("write-off", WHY)
    aws.install({})

    assert (status, answer["state"]) == (200, "uncollectible")
    receivable = Receivables("main").of_number(FIRST).receivable
    assert (receivable.minor_of(EntryKind.WRITTEN_OFF), receivable.paid_minor) == (50_00, 50_00)
    assert len(acts()) == 1


def test_the_same_idempotency_key_gets_the_same_answer(books: Stack) -> None:
    key = {"idempotency-key": "write-off-1"}
    first = decide("write-off", WHY, **key)

    assert decide("write-off", WHY, **key) == first
    assert decide("promise", ON, **key)[1]["code"] == "idempotency_key_reused"
    assert len(acts()) == 1


def test_a_crash_after_the_write_is_completed_by_asking_again(books: Stack) -> None:
    real = client("events")

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("the function is gone")

    aws.install({"events": Broken()})
    assert decide("write-off", WHY)[0] == 500
    aws.install({"events": real})
    status, answer = decide("write-off", WHY)

    assert (status, answer["state"]) == (200, "uncollectible")
    assert posted(books) == {Account.RECEIVABLES: -70_00, Account.WRITE_OFFS: 70_00}
    assert len(acts()) == 1


def test_a_promise_is_noted_with_who_and_moves_no_due_date(books: Stack) -> None:
    status, answer = decide("promise", ON)

    assert (status, answer["promised_on"], answer["due_on"]) == (200, "2026-12-15", "2026-12-05")
    assert (answer["state"], answer["open_minor"]) == ("open", 70_00)
    [item] = get("/receivables")[1]["open_items"]
    assert (item["promised_on"], item["due_on"]) == ("2026-12-15", "2026-12-05")
    assert decide("promise", ON, by="bert")[0] == 200
    assert decide("promise", {"promised_on": "2026-12-20"}, by="bert")[0] == 200
    assert [(act["by"]["key_id"], act.get("before"), act["after"]) for act in acts()] == [
        ("anna", None, "2026-12-15"),
        ("bert", "2026-12-15", "2026-12-20"),
    ]
    assert books.published() == []


def test_a_promise_begins_with_the_merchants_day(
    books: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_clock.at = NOW.replace(hour=22, minute=30)  # the 22nd in Helsinki
    assert decide("promise", {"promised_on": "2026-11-21"})[0] == 200
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Europe/Helsinki")
    settings.cache_clear()
    assert decide("promise", {"promised_on": "2026-11-21"})[0] == 400


@pytest.mark.parametrize("action", ["write-off", "promise"])
def test_of_what_is_paid_or_void_there_is_nothing_to_decide(books: Stack, action: str) -> None:
    body = WHY if action == "write-off" else ON
    decide("void", {"reason": "issued twice"})

    for number in (FIRST, "2026-00000002"):
        status, answer = decide(action, body, number)
        assert (status, answer["code"]) == (409, "conflict")
    assert [act["operation"] for act in acts()] == ["invoice.void"]


@pytest.mark.parametrize(
    ("action", "body", "number", "status"),
    [
        ("write-off", {}, FIRST, 400),
        ("write-off", {"reason": " "}, FIRST, 400),
        ("write-off", {"reason": "x" * 501}, FIRST, 400),
        ("write-off", WHY | ON, FIRST, 400),
        ("write-off", WHY, "2026-00000009", 404),
        ("write-off", WHY, "CN-2026-00000001", 404),
        ("promise", {}, FIRST, 400),
        ("promise", WHY, FIRST, 400),
        ("promise", {"promised_on": "2026-11-20"}, FIRST, 400),
        ("promise", {"promised_on": "2028-01-01"}, FIRST, 400),
        ("promise", {"promised_on": "15.12.2026"}, FIRST, 400),
        ("promise", {"promised_on": 1765756800}, FIRST, 400),
        ("promise", ON, "2026-00000009", 404),
        ("void", ON, FIRST, 400),
    ],
)
def test_what_cannot_be_decided_is_refused(
    books: Stack, action: str, body: Any, number: str, status: int
) -> None:
    before = [one for one in books.items() if "IDEMPOTENCY" not in one["PK"]["S"]]

    assert decide(action, body, number)[0] == status
    assert books.items() == before
    assert acts() == []


def test_a_past_days_ageing_stays_as_it_was(books: Stack, fake_clock: FakeClock) -> None:
    fake_clock.at = NOW + timedelta(days=3)
    decide("write-off", WHY)
    fake_clock.at = NOW + timedelta(days=4)

    assert get("/receivables", as_of="2026-11-23")[1]["ageing"][0]["open_minor"] == 70_00
    assert get("/receivables", as_of="2026-11-24")[1]["ageing"] == []
