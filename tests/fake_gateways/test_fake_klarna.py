"""The fake Klarna: its limits, its refusals, its memory and its settlements, as documented."""

import random
from typing import Any

import pytest

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.faults import Fault, Kind
from infra.fake_gateways.klarna.account import DAY_S, Notice, Switches
from infra.fake_gateways.klarna.model import FakeKlarna

ORDERS = "/ordermanagement/v1/orders"
LOGIN = {"Authorization": "Basic UEs6c2VjcmV0"}


class Klarna:
    """A fake whose clock is a number, and what it sent."""

    def __init__(self, **switches: Any) -> None:
        self.at = 1_795_312_800.0
        self.notices: list[Notice] = []
        self.fake = FakeKlarna(
            lambda: self.at, random.Random(1), Switches(**switches), self.notices.append
        )
        self.fake.sale_url = "https://kassa.test/?session_id={{session_id}}"

    def send(self, method: str, path: str, key: str | None = None, **body: Any) -> Answer:
        headers = LOGIN | ({"Klarna-Idempotency-Key": key} if key else {})
        return self.fake.request(method, path, body, headers)

    def sold(self, minor: int = 100_00) -> str:
        payment_id: str = self.fake.sell("order-1", minor)["payment_id"]
        return payment_id

    def order(self, payment_id: str) -> dict[str, Any]:
        return self.send("GET", f"{ORDERS}/{payment_id}").body


@pytest.fixture
def klarna() -> Klarna:
    return Klarna()


def session(**body: Any) -> dict[str, Any]:
    line = {"name": "Goods", "quantity": 2, "unit_price": 50_00, "total_amount": 100_00}
    usual = {"purchase_country": "FI", "purchase_currency": "EUR", "locale": "fi-FI"}
    return usual | {"order_amount": 100_00, "order_lines": [line]} | body


def test_a_checkout_goes_from_waiting_to_a_captured_order_and_calls_back_each_time(
    klarna: Klarna,
) -> None:
    session_id = klarna.send("POST", "/payments/v1/sessions", **session()).body["session_id"]
    page = klarna.send(
        "POST",
        "/hpp/v1/sessions",
        payment_session_url=f"https://api.klarna.com/payments/v1/sessions/{session_id}",
        options={"place_order_mode": "CAPTURE_ORDER"},
        merchant_urls={"status_update": "https://kassa.test/?sid={{session_id}}&o={{order_id}}"},
    )
    assert page.status == 201
    page_id = page.body["session_id"]
    assert klarna.send("GET", f"/hpp/v1/sessions/{page_id}").body["status"] == "WAITING"
    order_id = klarna.fake.finish_checkout(page_id, "paid")["order_id"]
    read = klarna.send("GET", f"/hpp/v1/sessions/{page_id}").body
    assert (read["status"], read["order_id"]) == ("COMPLETED", order_id)
    assert klarna.order(order_id)["status"] == "CAPTURED"
    statuses = [notice.body["session"]["status"] for notice in klarna.notices]
    assert statuses == ["IN_PROGRESS", "COMPLETED"]
    assert klarna.notices[-1].url == f"https://kassa.test/?sid={page_id}&o={order_id}"


@pytest.mark.parametrize(
    "body",
    [
        {"order_amount": 99_99},
        {"order_amount": 200_000_001},
        {"order_amount": "100"},
        {"order_lines": []},
        {"order_lines": [{"name": "x"}]},
        {"purchase_currency": None},
        {"merchant_reference1": "x" * 256},
    ],
)
def test_a_session_that_does_not_add_up_is_refused(klarna: Klarna, body: dict[str, Any]) -> None:
    answer = klarna.send("POST", "/payments/v1/sessions", **session(**body))
    assert 400 <= answer.status < 500
    assert answer.body["error_code"]
    assert klarna.fake.account.sessions == {}


def test_a_declined_checkout_places_no_order(klarna: Klarna) -> None:
    klarna.fake.sell("order-1", 100_00, outcome="declined")
    assert klarna.fake.truth()["payments"] == {}
    assert klarna.notices[-1].body["session"]["status"] == "FAILED"


def test_a_checkout_is_gone_when_its_time_is_over(klarna: Klarna) -> None:
    page_id = klarna.fake.sell("order-1", 1_00)["checkout_id"]
    klarna.at += 2 * DAY_S
    klarna.fake.run_due()
    assert klarna.send("GET", f"/hpp/v1/sessions/{page_id}").status == 404


def test_no_more_is_refunded_than_was_captured(klarna: Klarna) -> None:
    payment_id = klarna.sold()
    path = f"{ORDERS}/{payment_id}/refunds"
    assert klarna.send("POST", path, refunded_amount=60_00, reference="rr_1").status == 201
    refused = klarna.send("POST", path, refunded_amount=40_01)
    assert (refused.status, refused.body["error_code"]) == (403, "REFUND_NOT_ALLOWED")
    assert klarna.send("POST", path, refunded_amount=40_00).status == 201
    assert klarna.order(payment_id)["refunded_amount"] == 100_00
    assert klarna.order(payment_id)["refunds"][0]["reference"] == "rr_1"


def test_a_refund_is_answered_by_headers_alone(klarna: Klarna) -> None:
    path = f"{ORDERS}/{klarna.sold()}/refunds"
    answer = klarna.send("POST", path, refunded_amount=1_00)
    assert answer.text == ""
    assert answer.headers["Location"] == f"{path}/{answer.headers['Refund-Id']}"


@pytest.mark.parametrize("minor", [-1, 200_000_001, 1.5, True, None])
def test_a_refund_of_no_sound_amount_is_refused(klarna: Klarna, minor: Any) -> None:
    path = f"{ORDERS}/{klarna.sold()}/refunds"
    assert klarna.send("POST", path, refunded_amount=minor).status == 400


def test_an_idempotency_key_counts_whatever_is_submitted_with_it_for_a_day(klarna: Klarna) -> None:
    payment_id = klarna.sold()
    path = f"{ORDERS}/{payment_id}/refunds"
    first = klarna.send("POST", path, "refund:1", refunded_amount=10_00)
    again = klarna.send("POST", path, "refund:1", refunded_amount=20_00)
    assert again == first
    klarna.at += DAY_S
    assert klarna.send("POST", path, "refund:1", refunded_amount=20_00) != first
    assert klarna.order(payment_id)["refunded_amount"] == 30_00


def test_an_error_after_the_effect_is_made_good_by_a_retry(klarna: Klarna) -> None:
    payment_id = klarna.sold()
    path = f"{ORDERS}/{payment_id}/refunds"
    klarna.fake.faults.expect(Fault(Kind.ERROR_AFTER, path))
    assert klarna.send("POST", path, "refund:1", refunded_amount=10_00).status == 500
    assert klarna.send("POST", path, "refund:1", refunded_amount=10_00).status == 201
    assert klarna.order(payment_id)["refunded_amount"] == 10_00


@pytest.mark.parametrize(
    ("kind", "status"),
    [(Kind.ERROR_BEFORE, 500), (Kind.RATE_LIMITED, 429), (Kind.UNAVAILABLE, 503)],
)
def test_a_fault_before_the_effect_changes_nothing(klarna: Klarna, kind: Kind, status: int) -> None:
    payment_id = klarna.sold()
    path = f"{ORDERS}/{payment_id}/refunds"
    klarna.fake.faults.expect(Fault(kind, path))
    assert klarna.send("POST", path, "refund:1", refunded_amount=10_00).status == status
    assert klarna.order(payment_id)["refunded_amount"] == 0


def test_an_order_is_captured_in_parts_released_or_cancelled(klarna: Klarna) -> None:
    klarna.fake.switches.checks_fraud = True
    payment_id = klarna.sold()
    path = f"{ORDERS}/{payment_id}"
    assert klarna.send("POST", f"{path}/captures", captured_amount=1_00).status == 403
    klarna.fake.decide_fraud(payment_id, "ACCEPTED")
    assert klarna.send("POST", f"{path}/captures", captured_amount=60_00).status == 201
    assert klarna.order(payment_id)["status"] == "PART_CAPTURED"
    assert klarna.send("POST", f"{path}/captures", captured_amount=40_01).status == 403
    assert klarna.send("POST", f"{path}/cancel").status == 403
    assert klarna.send("POST", f"{path}/release-remaining-authorization").status == 204
    assert klarna.order(payment_id)["status"] == "CLOSED"


def test_an_order_nobody_captured_is_cancelled_or_expires(klarna: Klarna) -> None:
    klarna.fake.switches.checks_fraud = True
    cancelled, expired = klarna.sold(), klarna.sold()
    assert klarna.send("POST", f"{ORDERS}/{cancelled}/cancel").status == 204
    klarna.at += 28 * DAY_S
    klarna.fake.run_due()
    assert klarna.order(cancelled)["status"] == "CANCELLED"
    assert klarna.order(expired)["status"] == "EXPIRED"
    assert klarna.send("POST", f"{ORDERS}/{cancelled}/acknowledge").status == 403


def test_settlements_pay_out_sales_less_returns_fees_and_disputes(klarna: Klarna) -> None:
    klarna.fake.switches.dispute_fee = 15_00
    payment_id = klarna.sold()
    klarna.sold(50_00)
    klarna.fake.refund_in_dashboard(payment_id, 30_00)
    dispute_id = klarna.fake.open_dispute(payment_id)["dispute_id"]
    klarna.fake.close_dispute(dispute_id, "won")
    fees = 2_90 + 30 + 1_45 + 30
    reference = klarna.fake.pay_out_all()["payout_id"]
    payout = klarna.send("GET", f"/settlements/v1/payouts/{reference}").body
    assert payout["totals"]["settlement_amount"] == 150_00 - 30_00 - fees - 15_00
    rows = klarna.send("GET", "/settlements/v1/transactions", payment_reference=reference).body
    kinds = [row["type"] for row in rows["transactions"]]
    assert sorted(kinds) == sorted(
        ["SALE", "FEE", "FEE"] * 2 + ["RETURN", "REVERSAL", "CHARGE", "CREDIT"]
    )
    assert klarna.fake.truth()["balance_minor"] == {"EUR": 0}
    assert klarna.fake.pay_out_all()["payout_id"] is None


def test_a_debt_is_carried_to_the_next_settlement(klarna: Klarna) -> None:
    payment_id = klarna.sold()
    klarna.fake.pay_out_all()
    klarna.fake.refund_in_dashboard(payment_id, 100_00)
    totals = klarna.fake.account.payouts[klarna.fake.pay_out_all()["payout_id"]]["totals"]
    assert (totals["settlement_amount"], totals["closing_debt_balance_amount"]) == (0, 100_00)
    klarna.sold(200_00)
    totals = klarna.fake.account.payouts[klarna.fake.pay_out_all()["payout_id"]]["totals"]
    assert totals["settlement_amount"] == 200_00 - 5_80 - 30 - 100_00


def test_lists_come_in_pages(klarna: Klarna) -> None:
    klarna.sold()
    path = "/settlements/v1/transactions"
    first = klarna.send("GET", path, size="2").body
    assert (len(first["transactions"]), first["pagination"]["total"]) == (2, 3)
    rest = klarna.send("GET", path, size="2", offset="2").body
    assert len(rest["transactions"]) == 1
    assert klarna.send("GET", path, size="501").status == 400


def test_a_dispute_reports_its_amount_once(klarna: Klarna) -> None:
    klarna.fake.switches.shares_event_ids = True
    dispute_id = klarna.fake.open_dispute(klarna.sold(), 20_00)["dispute_id"]
    klarna.fake.close_dispute(dispute_id, "lost")
    opened, closed = (notice.body for notice in klarna.notices[-2:])
    assert opened["event_id"] == closed["event_id"]
    assert opened["payload"]["dispute_details"]["dispute_amount"] == 20_00
    assert "dispute_details" not in closed["payload"]
    read = klarna.send("GET", f"/v4/payment/disputes/{dispute_id}").body
    assert (read["state"], read["dispute_outcome"]) == ("CLOSED", "LOST")


def test_refunds_do_not_fail_later(klarna: Klarna) -> None:
    with pytest.raises(ValueError, match="don't fail later"):
        klarna.fake.fail_refund("r-1")


def test_who_does_not_log_in_is_refused(klarna: Klarna) -> None:
    assert klarna.fake.request("GET", f"{ORDERS}/{klarna.sold()}").status == 401


def test_the_same_seed_and_requests_make_the_same_scenario() -> None:
    def scenario() -> list[Notice]:
        klarna = Klarna()
        klarna.fake.open_dispute(klarna.sold())
        klarna.fake.pay_out_all()
        return klarna.notices

    assert scenario() == scenario()
