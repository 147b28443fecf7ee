"""How often someone asked lately is counted from markers, and never from the request itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kassa.platform import aws
from kassa.refunds.risk.signals import Velocities
from kassa.refunds.risk.velocity import COUNTED_MAX, KEPT_FOR, Markers, Sighting
from tests.support.aws_stack import NOW, Stack

HOUR = timedelta(hours=1)
ADDRESS, IP = "ad" * 16, "1b" * 16


def sighting(request: str = "rr_1", at: datetime = NOW, **known: Any) -> Sighting:
    fields: dict[str, Any] = {"customer_id": "cus_1", "fingerprint": "print-1"} | known
    return Sighting(
        merchant_id=fields.pop("merchant_id", "main"),
        refund_request_id=request,
        requested_at=at,
        gateway=fields.pop("gateway", "stripe"),
        account="main",
        **fields,
    )


def seen(request: str, at: datetime = NOW, **known: Any) -> None:
    """Write a request's markers as its own transaction would."""
    marks = Markers(sighting(request, at, **known)).marks()
    aws.client("dynamodb").transact_write_items(TransactItems=marks)


def test_a_request_leaves_a_marker_of_each_thing_that_is_known(stack: Stack) -> None:
    seen("rr_1", address_hash=ADDRESS, ip_hash=IP)

    markers = {item["PK"]["S"]: item for item in stack.items()}
    assert set(markers) == {
        "SEEN#main#customer#stripe#main#cus_1",
        "SEEN#main#card#stripe#main#print-1",
        f"SEEN#main#address#{ADDRESS}",
        f"SEEN#main#ip#{IP}",
    }
    for item in markers.values():
        assert item["SK"]["S"] == "2026-11-21T09:00:00.000+00:00#rr_1"
        assert item["expires_at"]["N"] == str(int((NOW + KEPT_FOR).timestamp()))


def test_marking_again_changes_nothing(stack: Stack) -> None:
    seen("rr_1")
    before = stack.items()
    seen("rr_1")
    assert stack.items() == before


def test_a_request_does_not_count_itself(stack: Stack) -> None:
    seen("rr_1", ip_hash=IP)
    assert Markers(sighting(ip_hash=IP)).counts() == Velocities(customer=0, card=0, ip=0)


def test_each_kind_is_counted_on_its_own_and_what_is_not_known_is_none(stack: Stack) -> None:
    seen("rr_2", NOW - HOUR)
    seen("rr_3", NOW - HOUR, customer_id="cus_2", ip_hash=IP)
    seen("rr_4", NOW - HOUR, customer_id=None, fingerprint="print-2", ip_hash=IP)

    counted = Markers(sighting(ip_hash=IP)).counts()
    assert counted == Velocities(customer=1, card=2, address=None, ip=2)


def test_a_day_is_counted_and_no_more(stack: Stack) -> None:
    for hours in (1, 23, 24, 25, 48):
        seen(f"rr_at_{hours}", NOW - hours * HOUR)

    assert Markers(sighting()).counts().customer == 3
    assert Markers(sighting()).counts(since=NOW - 40 * HOUR).customer == 4


def test_the_same_id_at_another_gateway_or_merchant_is_someone_else(stack: Stack) -> None:
    seen("rr_2", gateway="adyen")
    seen("rr_3", merchant_id="other")
    assert Markers(sighting()).counts() == Velocities(customer=0, card=0)


def test_one_who_never_stops_costs_no_more_to_count(stack: Stack) -> None:
    for n in range(COUNTED_MAX + 20):
        seen(f"rr_many_{n}", NOW - HOUR)
    assert Markers(sighting()).counts().customer == COUNTED_MAX


@pytest.mark.parametrize("raw", ["203.0.113.7", "Mannerheimintie 1, Helsinki", "", "AB" * 16])
def test_what_is_not_hashed_is_refused(raw: str) -> None:
    for name in ("address_hash", "ip_hash"):
        with pytest.raises(ValidationError):
            sighting(at=NOW, **{name: raw})
