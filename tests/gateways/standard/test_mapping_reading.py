"""Events read by a mapping: what they become, and that nothing is guessed whatever they hold."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.events import GatewayEvent, Ignored, ObjectKind, SubjectKind
from kassa.gateways.standard.events import read_by
from kassa.gateways.standard.mapping.model import Mapping
from kassa.gateways.standard.mapping.parse import read_mapping
from kassa.gateways.states import RANKS
from tests.support.gateway_payloads.standard import NOW, body, delivery

EXAMPLE = Path(__file__).parents[3] / "docs" / "mappings" / "example.yaml"
K = ObjectKind


def mapping(document: Any) -> Mapping:
    read = read_mapping(document)
    assert read.mapping is not None, read.findings
    return read.mapping


BY = mapping(yaml.load(EXAMPLE.read_text(), yaml.CSafeLoader))


def event(event_body: Any, by: Mapping = BY) -> GatewayEvent:
    raw = event_body if isinstance(event_body, bytes) else json.dumps(event_body).encode()
    read = read_by(by, raw, delivery())
    assert isinstance(read, GatewayEvent), read
    return read


def refused(event_body: Any, by: Mapping = BY) -> str:
    raw = event_body if isinstance(event_body, bytes) else json.dumps(event_body).encode()
    with pytest.raises(UnreadableEvent) as error:
        read_by(by, raw, delivery())
    return str(error.value)


PAID = body("payment.updated", id="pay_1", status="paid", method="credit_card", order_id="o-1")


def test_a_payment_is_read_into_our_fields() -> None:
    read = event(PAID)
    (charge,) = read.object_reports

    assert (read.event_id, read.gateway_type, read.order_id) == ("msg_1", "payment.updated", "o-1")
    assert (read.subject.kind, read.subject.subject_id) == (SubjectKind.PAYMENT, "pay_1")
    assert read.happened_at == datetime(2026, 11, 22, 8, 59, 58, tzinfo=UTC)
    assert (charge.kind, charge.state, charge.object_id) == (K.CHARGE, "captured", "pay_1")
    assert charge.amount == Money(amount_minor=1250, currency="EUR")
    assert charge.method == "card"


@pytest.mark.parametrize(
    ("event_body", "object_reports"),
    [
        (
            body("payment.updated", status="declined", decline_code="no_funds"),
            [(K.CHARGE, "failed", "x_1")],
        ),
        (body("refund.sent", bounced=False), [(K.REFUND, "succeeded", "x_1/refund")]),
        (body("refund.bounced", bounced=True), [(K.REFUND, "failed", "x_1/refund")]),
        (
            body("dispute.opened"),
            [(K.DISPUTE, "open", "x_1")],
        ),
        (
            body("dispute.closed", outcome="won"),
            [(K.DISPUTE, "won", "x_1")],
        ),
        (body("funds.taken"), [(K.DISPUTE_FUNDS, "withdrawn", "x_1/funds")]),
        (body("payout.paid"), [(K.PAYOUT, "paid", "x_1")]),
    ],
)
def test_conditions_say_which_state_a_type_means(
    event_body: dict[str, Any], object_reports: list[tuple[ObjectKind, str, str]]
) -> None:
    read = event(event_body)

    assert [(one.kind, one.state, one.object_id) for one in read.object_reports] == object_reports


def test_a_balance_movement_has_its_gross_its_fee_and_its_payment() -> None:
    moved = event(body("balance.moved", gross=1250, fee=66, kind="charge"))
    alone = event(body("balance.moved", gross=-5000, fee=0, kind="payout", payment_id=None))

    assert moved.subject.subject_id == "pay_1"
    assert moved.object_reports[0].object_id == "x_1/balance"
    movement = moved.object_reports[0].movement
    assert movement is not None
    assert (movement.moves, movement.gross.amount_minor, movement.fee_minor) == ("charge", 1250, 66)
    assert (alone.subject.kind, alone.subject.subject_id) == (SubjectKind.OBJECT, "x_1")


@pytest.mark.parametrize(
    ("event_body", "gateway_type"),
    [
        (body("customer.greeted"), "customer.greeted"),
        (body("payment.updated", status="waiting"), "payment.updated"),
        (PAID | {"live": False}, "payment.updated (not live mode)"),
        ({"type": "customer.greeted"}, "customer.greeted"),
    ],
)
def test_what_we_dont_act_on_is_ignored(event_body: dict[str, Any], gateway_type: str) -> None:
    read = read_by(BY, json.dumps(event_body).encode(), delivery())

    assert isinstance(read, Ignored)
    assert (read.gateway_type, read.event_id) == (gateway_type, "msg_1")


def test_a_test_account_books_test_events_and_only_those() -> None:
    raw = json.dumps(PAID | {"live": False}).encode()

    assert isinstance(read_by(BY, raw, delivery("test")), GatewayEvent)
    ignored = read_by(BY, json.dumps(PAID).encode(), delivery("test"))
    assert ignored.gateway_type == "payment.updated (not test mode)"


def without(event_body: dict[str, Any], name: str) -> dict[str, Any]:
    return event_body | {
        "data": {key: value for key, value in event_body["data"].items() if key != name}
    }


@pytest.mark.parametrize(
    ("event_body", "why"),
    [
        (without(PAID, "amount"), "rules[0]: data.amount is missing"),
        (without(PAID, "currency"), "data.currency is missing"),
        (without(PAID, "id"), "data.id is missing: whose is it?"),
        (without(PAID, "status"), "payment.updated: no rule's conditions hold"),
        (body("payment.updated", status="melted"), "payment.updated: no rule's conditions hold"),
        (PAID | {"timestamp": None}, "timestamp is missing"),
        (PAID | {"timestamp": 1_795_312_800}, "timestamp is no time"),
        (PAID | {"timestamp": "2026-19-12T22:20:32Z"}, "timestamp is no time"),
        (PAID | {"timestamp": "2026-11-22T08:59:58"}, "timestamp has no offset"),
        (PAID | {"live": None}, "live is neither live nor test"),
        (PAID | {"live": 1}, "live is neither live nor test"),
        (body("payment.updated", status="paid", amount=12.5), "data.amount isn't in whole minor"),
        (body("payment.updated", status="paid", amount=12.0), "data.amount isn't in whole minor"),
        (body("payment.updated", status="paid", amount=True), "data.amount is missing"),
        (body("payment.updated", status="paid", amount="1 250"), "data.amount is no amount"),
        (body("payment.updated", status="paid", amount="١٢"), "data.amount is no amount"),
        (body("payment.updated", status="paid", amount=10**16), "data.amount is no amount"),
        (body("payment.updated", status="paid", amount=-1), "amount below zero"),
        (body("payment.updated", status="paid", currency="euro"), "no three-letter currency"),
        (body("payment.updated", status="paid", id="a\nb"), "data.id is no id"),
        (body("payment.updated", status="paid", id="a" * 256), "data.id is no id"),
        (body("payment.updated", status="paid", id="\ud800"), "data.id is no id"),
        (body("payment.updated", status="paid", id=1.5), "data.id is no id"),
        (body("payment.updated", status="paid", id={"id": 1}), "data.id is missing"),
        (body("dispute.opened", id="pay_1"), "has its payment's id"),
        (body("balance.moved", gross=1, fee=0), "data.kind is missing"),
        ({"data": {}}, "type is missing"),
        (b"[]", "not an object"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b'{"type": NaN}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"type": ' + b"1" * 5000 + b"}", "not JSON"),
    ],
)
def test_a_body_that_lacks_what_the_mapping_names_says_which_path(
    event_body: Any, why: str
) -> None:
    assert why in refused(event_body)


def test_a_delivery_without_its_id_names_no_event() -> None:
    with pytest.raises(UnreadableEvent, match="webhook-id"):
        read_by(BY, json.dumps(PAID).encode(), delivery(delivery_id=None))


def test_an_order_id_may_be_a_number_and_a_sentence_is_no_reason() -> None:
    sentence = "The bank of Jane Doe said: " + "no " * 40
    read = event(body("payment.updated", status="declined", order_id=17, decline_code=sentence))

    assert read.order_id == "17"
    assert read.object_reports[0].reason is None


def test_ids_and_codes_may_be_long_and_have_an_end() -> None:
    longest = event(
        body("payment.updated", status="declined", id="a" * 255, decline_code="c" * 100)
    )

    assert longest.object_reports[0].object_id == "a" * 255
    assert longest.object_reports[0].reason == "c" * 100
    longer = event(body("payment.updated", status="declined", decline_code="c" * 101))
    assert longer.object_reports[0].reason is None


def priced(amount: dict[str, Any], **more: Any) -> Mapping:
    object_report = {"kind": "charge", "state": "captured", "id": "id", "amount": amount}
    rule = {"type": "paid", "about": {"payment": "id"}, "object_reports": [object_report]}
    head = {"type": "type", "happened_at": {"epoch_s": "at"}, "currency": "currency"}
    return mapping(head | more | {"rules": [rule]})


@pytest.mark.parametrize(
    ("written", "currency", "amount_minor"),
    [
        ('"12.50"', "EUR", 1250),
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("0.07", "EUR", 7),
        ("1.10", "usd", 110),
        ("12", "EUR", 1200),
        ('"12.500"', "EUR", 1250),
        ("1500", "JPY", 1500),
        ('"1.234"', "KWD", 1234),
        ("4503599627370.49", "EUR", 450359962737049),  # a float would round it
    ],
)
def test_major_units_are_exact(written: str, currency: str, amount_minor: int) -> None:
    raw = f'{{"type":"paid","at":1795312800,"id":"p","currency":"{currency}","total":{written}}}'
    read = event(raw.encode(), priced({"major": "total"}))

    assert read.object_reports[0].amount.amount_minor == amount_minor


@pytest.mark.parametrize(
    ("written", "currency", "why"),
    [
        ("12.505", "EUR", "total has more decimals than EUR"),
        ("0.5", "JPY", "total has more decimals than JPY"),
        ("1e3", "EUR", "total is no amount"),
        ("1E+999999999", "EUR", "total is no amount"),
        ('"12,50"', "EUR", "total is no amount"),
        ('"€12"', "EUR", "total is no amount"),
        ('""', "EUR", "total is no amount"),
        ("null", "EUR", "total is missing"),
    ],
)
def test_major_units_that_arent_exact_are_refused(written: str, currency: str, why: str) -> None:
    raw = f'{{"type":"paid","at":1795312800,"id":"p","currency":"{currency}","total":{written}}}'

    assert why in refused(raw.encode(), priced({"major": "total"}))


def test_a_gateway_that_counts_the_other_way_round_is_turned_round() -> None:
    event_body = {"type": "paid", "at": 1_795_312_800, "id": "p", "currency": "EUR", "total": -1250}

    read = event(event_body, priced({"minor": "total", "negate": True}))
    assert read.object_reports[0].amount.amount_minor == 1250


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("iso8601", "2026-11-22T09:00:00Z"),
        ("iso8601", "2026-11-22T02:00:00.000-07:00"),
        ("iso8601", "2026-11-22T09:00:00.000000000+0000"),
        ("iso8601_utc", "2026-11-22 09:00:00"),
        ("iso8601_utc", "2026-11-22T10:00:00+01:00"),
        ("epoch_s", 1_795_338_000),
        ("epoch_s", "1795338000"),
        ("epoch_ms", 1_795_338_000_000),
    ],
)
def test_an_instant_is_read_in_the_form_that_the_mapping_names(form: str, written: Any) -> None:
    by = priced({"minor": "total"}, happened_at={form: "at"})
    event_body = {"type": "paid", "at": written, "id": "p", "currency": "EUR", "total": 1}

    assert event(event_body, by).happened_at == NOW


@pytest.mark.parametrize(
    ("form", "written", "why"),
    [
        ("epoch_s", 1_795_338_000_000, "seconds and milliseconds may be mixed up"),
        ("epoch_ms", 1_795_338_000, "seconds and milliseconds may be mixed up"),
        ("epoch_s", 1.5, "at is no time since 1970"),
        ("epoch_s", -1, "at is no time since 1970"),
        ("epoch_s", "²", "at is no time since 1970"),
        ("epoch_s", None, "at is missing"),
        ("iso8601", "0001-01-01T00:00:00+23:59", "at is no time like"),
        ("iso8601", "2026-11-22", "at is no time like"),
        ("iso8601", "2026-11-22T09:00:00+99:99", "at is no time like"),
    ],
)
def test_an_instant_in_another_form_is_refused(form: str, written: Any, why: str) -> None:
    by = priced({"minor": "total"}, happened_at={form: "at"})
    event_body = {"type": "paid", "at": written, "id": "p", "currency": "EUR", "total": 1}

    assert why in refused(event_body, by)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["paid", "declined", "won", "lost", "EUR", "pay_1", "2026-11-22T08:59:58Z"])
)
NAMES = ["type", "timestamp", "live", "data", "id", "payment_id", "amount", "currency", "status"]
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "outcome", "gross", "fee", "kind"]), inner)
    ),
    max_leaves=25,
)
TYPES = sorted({name for rule in BY.rules for name in rule.type})


def reads_or_names_why(raw: bytes) -> None:
    try:
        read = read_by(BY, raw, delivery())
    except UnreadableEvent:
        return
    assert isinstance(read, GatewayEvent | Ignored)
    for one in getattr(read, "object_reports", ()):
        assert one.state in RANKS[one.kind]
        assert type(one.amount.amount_minor) is int


@given(event_body=JSON)
def test_any_json_is_read_or_refused_and_never_crashes(event_body: Any) -> None:
    reads_or_names_why(json.dumps(event_body).encode("utf-8", "surrogatepass"))


@given(raw=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_and_never_crash(raw: bytes) -> None:
    reads_or_names_why(raw)


@given(
    event_type=st.sampled_from(TYPES),
    data=st.fixed_dictionaries(
        {"id": SCALARS, "payment_id": SCALARS, "amount": SCALARS, "currency": SCALARS},
        optional={
            name: SCALARS
            for name in ("status", "outcome", "bounced", "gross", "fee", "kind", "order_id")
        },
    ),
    spoiled=st.dictionaries(st.sampled_from(["timestamp", "live"]), JSON),
)
def test_an_event_with_anything_in_its_places_never_crashes(
    event_type: str, data: dict[str, Any], spoiled: dict[str, Any]
) -> None:
    event_body = body(event_type, **data) | spoiled
    reads_or_names_why(json.dumps(event_body).encode("utf-8", "surrogatepass"))
