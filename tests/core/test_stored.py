"""Stored data read tolerantly and kept whole, on every level; what people hand in stays strict."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from kassa.core import stored
from kassa.core.errors import UnreadableItem
from kassa.core.facts import UnknownFact
from kassa.core.money import Money
from kassa.core.postings import Account, balances
from kassa.fact_catalog import KINDS, AnyFact
from kassa.ledger.facts import PaymentCaptured
from kassa.ledger.objects import ObjectState
from kassa.ledger.state import SubjectState, join
from kassa.orders.attempts import Attempt, AttemptState
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.sent_order import SentOrder
from tests.support.builders import captured, refund
from tests.support.facts import captured as captured_fact

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
NEW = {"x_new": {"y": [1, None, {"z": "å"}]}}
OBJECT = {"k": "charge", "s": "captured", "a": 5_00, "c": "EUR", "t": 1_795_000_000}
ATTEMPT = {
    "number": 1,
    "gateway": "stripe",
    "account": "main",
    "state": "open",
    "submitted_at": "2026-11-21T09:00:00Z",
    "changed_at": "2026-11-21T09:00:00Z",
}
LIFECYCLE = {"order_id": "o-1", "version": 3, "attempts": [ATTEMPT]}


def planted(value: Any) -> Any:
    """Return JSON with an unknown field in every object of it."""
    if isinstance(value, dict):
        return {name: planted(one) for name, one in value.items()} | NEW
    return [planted(one) for one in value] if isinstance(value, list) else value


def test_unknown_fields_survive_reading_and_writing_on_every_level() -> None:
    document = planted(LIFECYCLE)
    lifecycle = stored.read_text(OrderLifecycle, json.dumps(document))

    assert json.loads(stored.text(lifecycle, exclude_defaults=True)) == document
    assert stored.has_unknown(lifecycle)


def test_they_survive_a_change_and_count_for_equality() -> None:
    lifecycle = stored.read(OrderLifecycle, planted(LIFECYCLE))
    first = lifecycle.attempts[0].model_copy(update={"state": AttemptState.EXPIRED})
    changed = lifecycle.model_copy(update={"attempts": (first,)})
    kept = stored.plain(changed, exclude_defaults=True)

    assert kept["attempts"][0]["state"] == "expired"
    assert kept["attempts"][0]["x_new"] == kept["x_new"] == NEW["x_new"]
    assert lifecycle != stored.read(OrderLifecycle, LIFECYCLE)


def test_a_model_without_unknown_fields_is_written_as_it_always_was() -> None:
    lifecycle, text = (
        stored.read(OrderLifecycle, LIFECYCLE),
        OrderLifecycle.model_validate(LIFECYCLE).model_dump_json(),
    )

    assert (stored.text(lifecycle), stored.has_unknown(lifecycle)) == (text, False)
    assert lifecycle == OrderLifecycle.model_validate(LIFECYCLE)


def test_what_people_hand_in_is_read_strictly() -> None:
    with pytest.raises(ValidationError):
        OrderLifecycle.model_validate(LIFECYCLE | NEW)
    with pytest.raises(ValidationError):
        SentOrder.model_validate({"order_id": "o-1"} | NEW)


def test_a_dump_as_the_api_answers_leaves_unknown_fields_out() -> None:
    lifecycle = stored.read(OrderLifecycle, planted(LIFECYCLE))

    assert "x_new" not in lifecycle.model_dump_json()


def test_a_state_nobody_knows_cant_be_read_and_its_value_isnt_repeated() -> None:
    document = LIFECYCLE | {"attempts": [ATTEMPT | {"state": "x_secret"}]}
    with pytest.raises(UnreadableItem, match=r"attempts\.0\.state") as raised:
        stored.read(OrderLifecycle, document)

    assert "x_secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_joining_an_event_keeps_what_an_object_holds_beside() -> None:
    known = stored.read(ObjectState, OBJECT | {"s": "pending"} | NEW)
    before = join(SubjectState(), captured())
    (charge_id,) = before.objects
    after = join(before.model_copy(update={"objects": {charge_id: known}}), captured())

    assert after.objects[charge_id].state == "captured"
    assert stored.plain(after.objects[charge_id], by_alias=True)["x_new"] == NEW["x_new"]
    assert join(after, captured()) == after


def test_an_unknown_object_leaves_nothing_to_be_promised_and_the_count_as_it_is() -> None:
    state = join(SubjectState(), captured())
    beside = state.model_copy(update={"unknown": {"x_1": {"k": "x_kind"}}})

    assert beside.available_minor == 0 < state.available_minor
    assert beside.counted_minor == state.counted_minor
    after = join(beside, refund("succeeded"))
    assert after.counted_minor - beside.counted_minor == (
        join(state, refund("succeeded")).counted_minor - state.counted_minor
    )


def test_a_fact_of_an_unknown_kind_is_read_and_passed_on_whole() -> None:
    fact = json.loads(captured_fact("pi_1", NOW, (5_00, "EUR")).model_dump_json())
    fact["data"]["fact"] = "PaymentBlessed"
    document = planted(fact)
    read = stored.read(AnyFact, document)

    assert isinstance(read.data, UnknownFact)
    assert json.loads(stored.text(read)) == document


def test_a_known_fact_that_lacks_something_is_not_taken_for_an_unknown_one() -> None:
    fact = json.loads(captured_fact("pi_1", NOW, (5_00, "EUR")).model_dump_json())
    del fact["data"]["amount"]
    with pytest.raises(UnreadableItem):
        stored.read(AnyFact, fact)


def test_an_account_nobody_knows_is_kept_and_still_balances() -> None:
    fact = json.loads(captured_fact("pi_1", NOW, (5_00, "EUR")).model_dump_json())
    fact["data"]["postings"][0]["destination"] = "x_reserve"
    read = stored.read(AnyFact, fact)

    assert isinstance(read.data, PaymentCaptured)
    assert json.loads(stored.text(read)) == fact
    sums = balances(read.data.postings)
    assert sums[Account("x_reserve"), "EUR"] == 5_00
    assert sum(sums.values()) == 0


def test_every_known_kind_of_fact_is_named_by_what_it_says() -> None:
    assert all(kind.model_fields["fact"].default == name for name, kind in KINDS.items())


def test_a_long_integer_and_a_decimal_text_stay_what_they_are() -> None:
    document = {"amount_minor": 1, "currency": "EUR", "x_new": 10**30, "x_text": "0.10"}

    assert json.loads(stored.text(stored.read_text(Money, json.dumps(document)))) == document
    assert Attempt.model_validate(ATTEMPT).model_extra is None
