"""What a target's fields are made of: each form, each type, and every mistake at once."""

from typing import Any

import pytest

from kassa.partners.ports import BuyerForgotten, FactContext, Record, RecordUnreadable
from kassa.partners.rest import records
from tests.support.crm import target
from tests.support.partner_facts import FACT, PAYMENT

BUYER = {"name": "Aino Virtanen", "email": "aino@shop.example"}


def context(fact: dict[str, Any] = FACT, **views: Any) -> FactContext:
    return FactContext(fact, lambda name: {"payment": PAYMENT, "buyer": BUYER, **views}.get(name))


def built(fields: dict[str, Any], told_: FactContext | None = None, **kind: Any) -> Record:
    written = {
        "kind": "note",
        "facts": ["PaymentCaptured"],
        "holds": "fact",
        "upsert": {"method": "PUT", "path": "/notes/{key}"},
        "fields": fields,
    }
    return records.record(target(written | kind).records[0], told_ or context())


def of(currency: str, amount_minor: int) -> FactContext:
    amount = {"amount_minor": amount_minor, "currency": currency}
    return context(FACT | {"data": FACT["data"] | {"amount": amount}})


@pytest.mark.parametrize(
    ("currency", "amount_minor", "form", "written"),
    [
        ("EUR", 1250, "decimal", "12.50"),
        ("EUR", -5, "decimal", "-0.05"),
        ("JPY", 1250, "decimal", "1250"),
        ("KWD", 1250, "decimal", "1.250"),
        ("CLF", 12, "decimal", "0.0012"),
        ("EUR", 1250, "number", 12.5),
        ("EUR", 1200, "number", 12),
        ("JPY", 1250, "number", 1250),
        ("KWD", 1250, "minor", 1250),
    ],
)
def test_an_amount_is_written_with_its_currencys_decimals(
    currency: str, amount_minor: int, form: str, written: object
) -> None:
    source = {"amount": "fact.data.amount", "written": form}
    made = built({"total": source}, of(currency, amount_minor))
    assert made.fields == {"total": written}
    assert type(made.fields["total"]) is type(written)


def test_an_amount_that_no_float_holds_is_no_number() -> None:
    with pytest.raises(RecordUnreadable, match="too many digits for a number"):
        built(
            {"total": {"amount": "fact.data.amount", "written": "number"}},
            of("EUR", 99_999_999_999_999_999),
        )


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ({"instant": "fact.data.occurred_at"}, "2026-11-21T22:29:00Z"),
        ({"instant": "fact.data.occurred_at", "written": "date"}, "2026-11-21"),
        (
            {
                "instant": "fact.data.occurred_at",
                "written": "date",
                "time_zone": "Europe/Helsinki",
            },
            "2026-11-22",
        ),
        ({"instant": "fact.data.occurred_at", "written": "epoch_s"}, 1795300140),
        ({"instant": "fact.metadata.booked_at", "written": "epoch_ms"}, 1795300200500),
        ("fact.data.order_id", "7"),
        ({"path": "fact.data.order_id", "type": "integer"}, 7),
        ({"path": "fact.metadata.version", "type": "text"}, "3"),
        ({"path": "fact.data.is_assumed", "type": "boolean", "optional": True}, False),
        ({"constant": "EUR"}, "EUR"),
        ({"path": "fact.data.fact", "translations": {"PaymentCaptured": "won"}}, "won"),
        ({"path": "fact.data.fact", "translations": {"X": "y"}, "otherwise": "open"}, "open"),
        ("buyer.email", "aino@shop.example"),
    ],
)
def test_a_value_is_written_as_its_source_says(source: object, written: object) -> None:
    assert built({"value": source}).fields == {"value": written}


def test_groups_of_fields_our_id_and_the_version_stand_in_the_body() -> None:
    made = built(
        {"properties.amount": {"amount": "fact.data.amount"}, "properties.stage": {"constant": 1}},
        key_field="properties.kassa_id",
        version_field="properties.kassa_version",
    )
    assert made.fields == {
        "properties": {
            "amount": "12.50",
            "stage": 1,
            "kassa_id": "pay_1:ch_1:PaymentCaptured",
            "kassa_version": 3,
        }
    }


def test_what_may_be_missing_is_left_out() -> None:
    assert built({"who": {"path": "fact.data.customer_id", "optional": True}}).fields == {}


def test_every_field_that_is_off_is_named_at_once_and_no_value_is_quoted() -> None:
    sources = {
        "a": "fact.data.customer_id",
        "b": {"path": "buyer.name", "type": "integer"},
        "c": {"path": "fact.data.fact", "translations": {"X": "y"}},
        "d": {"amount": "fact.metadata.version"},
        "e": {"instant": "fact.data.order_id"},
        "f": "fact.data.amount",
    }
    with pytest.raises(RecordUnreadable) as refused:
        built(sources, context(BUYER=None))
    text = str(refused.value)
    assert [part.partition(":")[0] for part in text.split("; ")] == list("abcdef")
    assert "Aino" not in text
    assert "nothing stands at fact.data.customer_id" in text


def test_a_payments_record_counts_the_payments_versions() -> None:
    made = built({}, holds="payment", key="payment.payment_id")
    assert (made.subject, made.version, made.key) == ("payment/stripe/main/pay_1", 5, "pay_1")


def test_a_facts_record_counts_its_subjects_versions() -> None:
    made = built({}, holds="subject", key="fact.metadata.subject_id")
    assert (made.subject, made.version) == ("payment/stripe/main/pay_1", 3)


def test_a_fact_of_no_payment_makes_no_payments_record() -> None:
    with pytest.raises(RecordUnreadable, match="the fact is of no payment"):
        built({}, context(payment=None), holds="payment", key="payment.payment_id")


def test_a_forgotten_buyer_is_no_missing_field() -> None:
    def view(name: str) -> Any:
        raise BuyerForgotten(name)

    with pytest.raises(BuyerForgotten):
        built({"who": "buyer.name"}, FactContext(FACT, view))
