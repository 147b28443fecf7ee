"""A mark as recurring reaches the facts, whenever it comes; no money moves by it."""

from itertools import permutations

from kassa.gateways.events import ObjectKind
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT, captured, event, object_report, refund

CREATED = object_report("pi_1", ObjectKind.PAYMENT, "created")
CAPTURED = captured().model_copy(update={"customer_id": "cus_1"})
DESCRIBED = CAPTURED.model_copy(update={"recurring": "P"})
INVOICED = event("evt_2", CREATED).model_copy(
    update={"recurring": "P1M", "agreement_id": "sub_1", "customer_id": "cus_1"}
)


def facts_of(*events: object) -> list[LedgerFact]:
    state, facts = SubjectState(), list[LedgerFact]()
    for one in events:
        state, news = book(state, one, CONTEXT)  # type: ignore[arg-type]
        facts.extend(news)
    return facts


def last_mark(facts: list[LedgerFact]) -> tuple[object, object]:
    marked = [one.data for one in facts if hasattr(one.data, "recurring")]
    return getattr(marked[-1], "recurring", None), getattr(marked[-1], "agreement_id", None)


def test_a_mark_that_is_known_stands_in_the_capture() -> None:
    (fact,) = facts_of(INVOICED, CAPTURED)

    assert fact.data.fact == "PaymentCaptured"
    assert last_mark([fact]) == ("P1M", "sub_1")


def test_a_mark_that_comes_later_is_a_fact_without_postings() -> None:
    capture, mark = facts_of(CAPTURED, INVOICED)

    assert (capture.data.fact, mark.data.fact) == ("PaymentCaptured", "PaymentMarkedRecurring")
    assert mark.data.amount == capture.data.amount
    assert mark.data.postings == ()


def test_a_better_mark_names_the_one_that_it_replaces() -> None:
    *_, mark = facts_of(DESCRIBED, INVOICED)

    assert mark.data.model_dump()["was_recurring"] == "P"
    assert last_mark([mark]) == ("P1M", "sub_1")


def test_every_order_of_events_ends_in_the_same_mark() -> None:
    found = {last_mark(facts_of(*some)) for some in permutations([DESCRIBED, INVOICED, CAPTURED])}

    assert found == {("P1M", "sub_1")}


def test_a_mark_is_published_once() -> None:
    assert len(facts_of(CAPTURED, INVOICED, INVOICED, CAPTURED)) == 2


def test_what_of_a_payment_recurs_reaches_its_facts() -> None:
    partly = INVOICED.model_copy(update={"recurring_minor": 4_00})
    (at_once,), (*_, later) = facts_of(partly, CAPTURED), facts_of(CAPTURED, partly)

    assert {one.data.model_dump()["recurring_minor"] for one in (at_once, later)} == {4_00}


def test_a_refund_says_whose_payment_it_gives_back() -> None:
    *_, refunded = facts_of(CAPTURED, refund("succeeded"))

    assert refunded.data.model_dump()["customer_id"] == "cus_1"
