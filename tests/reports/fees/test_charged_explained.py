"""What a kind of payment cost by the fee analysis is the sum of its charges, each with an event."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.core.errors import InvalidRequest
from kassa.core.money import Money
from kassa.fact_catalog import AnyFact
from kassa.gateways.events import Movement
from kassa.ledger.settlement import settlement
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.drawn_facts import DAY, NOON
from tests.support.facts import fact

VISA = {"method": "card", "brand": "visa"}
CHARGES = (
    ("pi_1", 100_00, 1_75, VISA | {"card_country": "DE"}),
    ("pi_2", 50_00, 1_00, VISA | {"card_country": "DE"}),
    ("pi_3", 20_00, 90, VISA | {"card_country": "US"}),
    ("pi_4", 30_00, 40, VISA | {"card_country": "FR"}),
    ("pi_5", 10_00, 30, {"method": "wallet", "brand": "applepay"}),
    ("pi_6", 10_00, 25, {}),
    ("pi_7", 40_00, 0, {"method": "pay_later"}),  # its fee comes by a movement of its own
)


def moved(payment: str, name: str, movement: Movement, **kind: Any) -> AnyFact:
    money = movement.gross.amount_minor, movement.gross.currency
    return fact(
        "BalanceTransactionBooked",
        payment,
        NOON,
        money,
        object_id=name,
        event_id=f"balance:{name}",
        movement=movement.model_dump(),
        postings=settlement(name, movement),
        **kind,
    )


def euros(minor: int) -> Money:
    return Money(amount_minor=minor, currency="EUR")


@pytest.fixture(autouse=True)
def fees(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, fake_clock: FakeClock
) -> Iterator[dict[str, Any]]:
    """Close a day of charges and one refund, and return its fee analysis."""
    monkeypatch.setenv("MERCHANT_TIME_ZONE", DAY.time_zone)
    monkeypatch.setenv("MERCHANT_COUNTRY", "DE")
    settings.cache_clear()
    fake_clock.at = DAY.closes_at + timedelta(minutes=1)
    charges = [
        moved(
            payment,
            f"txn_{payment}",
            Movement(moves="charge", gross=euros(minor), fee_minor=fee),
            **kind,
        )
        for payment, minor, fee, kind in CHARGES
    ]
    aside = Movement(moves="fee", gross=euros(-1_20), fee_minor=0)
    refund = Movement(moves="refund", gross=euros(-50_00), fee_minor=15)
    archive_facts([*charges, moved("pi_7", "txn_fee", aside), moved("pi_2", "txn_re", refund)])
    built = lambda_handler({"day": str(DAY.day)}, Context())
    body = aws.client("s3").get_object(Bucket=stack.bucket, Key=built["keys"]["fees.json"])
    yield json.loads(body["Body"].read())
    settings.cache_clear()


def explained(**more: Any) -> dict[str, Any]:
    asked = {"figure": "charged", "day": str(DAY.day), **more}
    found: dict[str, Any] = lambda_handler(asked, Context())
    return found


def total(found: dict[str, Any]) -> tuple[int, int]:
    [one] = found["totals"]
    return one["postings"], one["amount_minor"]


def test_every_kind_of_payment_is_the_sum_of_its_charges(fees: dict[str, Any]) -> None:
    [euro] = fees["currencies"]
    by_kind: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for one in euro["segments"]:
        kind = (one["method"] or "unknown", one["brand"] or "unknown", one["region"])
        by_kind[kind][0] += one["charges"]
        by_kind[kind][1] += one["fee_minor"]

    assert len(by_kind) == 6
    for (method, brand, region), sums in by_kind.items():
        found = explained(gateway="stripe", method=method, brand=brand, region=region)
        assert total(found) == tuple(sums), (method, brand, region)


def test_a_fee_taken_aside_is_its_charges(fees: dict[str, Any]) -> None:
    found = explained(method="pay_later")

    [row] = found["postings"]
    assert (row["event_id"], row["subject_id"]) == ("balance:txn_pi_7", "pi_7")
    assert (row["amount_minor"], row["kind"]) == (1_20, None)
    assert total(explained()) == (7, 1_75 + 1_00 + 90 + 40 + 30 + 25 + 1_20)
    assert "CREATE TEMP VIEW charged" in found["query"]


def test_lines_of_the_other_report_are_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match=r"^country: it narrows gross and failed, not charged"):
        explained(country="DE")
    with pytest.raises(InvalidRequest, match=r"^region: it narrows charged, not gross"):
        lambda_handler({"figure": "gross", "day": str(DAY.day), "region": "eea"}, Context())
    with pytest.raises(InvalidRequest, match=r"^region: "):
        explained(region="europe")
