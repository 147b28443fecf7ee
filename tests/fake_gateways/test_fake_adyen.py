"""The fake Adyen: what it takes, what it decides later, what it sends, and what it settles."""

import csv
import io
import json
import random
from typing import Any

import pytest
from Adyen.util import is_valid_hmac_notification

from infra.fake_gateways.adyen.account import Switches
from infra.fake_gateways.adyen.errors import Refusal
from infra.fake_gateways.adyen.model import FakeAdyen
from infra.fake_gateways.adyen.server import open_router
from infra.fake_gateways.adyen.signing import webhook
from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.request_router import Incoming

NOW_S = 1_795_312_800.0
KEY = "44782DEF" * 8
HEADERS = {"X-API-Key": "key_1"}


class Account:
    """A fake on a clock that tests move."""

    def __init__(self, **switches: Any) -> None:
        self.at_s = NOW_S
        self.fake = FakeAdyen(lambda: self.at_s, random.Random(7), Switches(**switches))

    def post(self, path: str, body: Any, key: str = "", **headers: str) -> Answer:
        sent_headers = HEADERS | headers | ({"Idempotency-Key": key} if key else {})
        sent = {"merchantAccount": "KassaECOM"} | body
        return self.fake.request("POST", f"/v72{path}", json.dumps(sent).encode(), sent_headers)

    def pay(self, amount_minor: int = 100_00) -> str:
        return str(self.fake.sell("order-1", amount_minor)["payment_id"])

    def refund(self, payment_id: str, value: int, key: str = "") -> Answer:
        body = {"amount": {"value": value, "currency": "EUR"}, "reference": "rr_1"}
        return self.post(f"/payments/{payment_id}/refunds", body, key)

    def codes(self) -> list[str]:
        self.fake.run_due()
        items = [item for items in self.fake.take_notifications() for item in items]
        return [f"{i['eventCode']} {i['success']}" for i in items]


def amount(value: int = 100_00) -> dict[str, Any]:
    return {"amount": {"value": value, "currency": "EUR"}, "reference": "order-1"}


def test_the_same_seed_and_requests_give_the_same_answers_and_webhooks() -> None:
    def run() -> Any:
        account = Account()
        payment_id = account.pay()
        answer = account.refund(payment_id, 10_00)
        account.fake.run_due()
        return payment_id, answer, account.fake.take_notifications()

    assert run() == run()


def test_an_immediate_capture_has_no_webhook_of_its_own_unless_switched_on() -> None:
    account = Account()
    account.pay()
    assert account.codes() == ["AUTHORISATION true"]
    account.fake.switches.notifies_captures = True
    account.pay()
    assert account.codes() == ["AUTHORISATION true", "CAPTURE true"]


def test_a_manual_capture_takes_a_part_and_never_more_than_was_authorised() -> None:
    account = Account(captures="manual")
    payment_id = account.pay()
    for value in (60_00, 40_00, 1):
        assert account.post(f"/payments/{payment_id}/captures", amount(value)).status == 201
    assert account.codes() == [
        "AUTHORISATION true",
        "CAPTURE true",
        "CAPTURE true",
        "CAPTURE false",
    ]
    assert account.fake.truth()["payments"][payment_id]["captured_minor"] == 100_00


def test_a_checkout_may_be_captured_at_once_in_an_account_that_captures_by_hand() -> None:
    account = Account(captures="manual")
    link = account.post("/paymentLinks", amount() | {"captureDelayHours": 0}).body
    account.fake.finish_checkout(link["id"], "paid")
    assert account.codes() == ["AUTHORISATION true"]
    (paid,) = account.fake.truth()["payments"].values()
    assert paid["captured_minor"] == 100_00


def test_a_cancellation_is_for_what_was_not_captured() -> None:
    account = Account(captures="manual")
    first, second = account.pay(), account.pay()
    account.post(f"/payments/{first}/captures", amount())
    for payment_id in (first, second):
        assert account.post(f"/payments/{payment_id}/cancels", {"reference": "x"}).status == 201
    codes = account.codes()
    assert codes[-2:] == ["CANCELLATION false", "CANCELLATION true"]
    account.fake.expire_authorisation(account.pay())
    assert account.codes()[-1] == "EXPIRE true"
    with pytest.raises(ValueError, match="expire"):
        account.fake.expire_authorisation(second)


def test_a_refund_is_received_and_decided_later() -> None:
    account = Account(settle_after_s=60.0)
    payment_id = account.pay()
    account.codes()
    answer = account.refund(payment_id, 30_00)
    assert (answer.status, answer.body["status"]) == (201, "received")
    assert account.codes() == []
    account.at_s += 60
    assert account.codes() == ["REFUND true"]


def test_refunds_beyond_what_was_captured_are_refused_by_webhook() -> None:
    account = Account()
    payment_id = account.pay()
    for value in (60_00, 60_00, 40_00, 1):
        assert account.refund(payment_id, value).status == 201
    assert account.codes()[1:] == ["REFUND true", "REFUND false", "REFUND true", "REFUND false"]
    assert account.fake.truth()["payments"][payment_id]["refunded_minor"] == 100_00


def test_a_refund_that_fails_gives_back_what_may_be_refunded() -> None:
    account = Account()
    payment_id = account.pay()
    refund_id = account.refund(payment_id, 100_00).body["pspReference"]
    account.codes()
    account.fake.fail_refund(refund_id)
    with pytest.raises(ValueError, match="fail"):
        account.fake.fail_refund(refund_id)
    account.refund(payment_id, 100_00)
    assert account.codes() == ["REFUND_FAILED true", "REFUND true"]


def test_a_key_is_remembered_for_a_week_and_for_one_body() -> None:
    account = Account()
    payment_id = account.pay()
    first = account.refund(payment_id, 10_00, "k")
    assert account.refund(payment_id, 10_00, "k") == first
    assert account.refund(payment_id, 20_00, "k").body["errorCode"] == "704"
    assert account.refund(payment_id, 10_00, "k" * 65).status == 422
    account.at_s += 7 * 86_400
    assert account.refund(payment_id, 10_00, "k") != first


def test_two_requests_with_one_key_at_one_time_are_one() -> None:
    account = Account()
    with account.fake.executing({"idempotency-key": "k"}):
        assert account.fake.is_in_use({"Idempotency-Key": "k"})
    assert not account.fake.is_in_use({"Idempotency-Key": "k"})


REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("/payments/NONE/refunds", amount(), 422, "167"),
    ("/payments/{}/refunds", {"reference": "x"}, 422, "100"),
    ("/payments/{}/refunds", amount(0), 422, "137"),
    ("/payments/{}/refunds", amount() | {"merchantAccount": "Other"}, 403, "901"),
    (
        "/payments/{}/refunds",
        {"amount": {"value": 1, "currency": "USD"}},
        422,
        "139",
    ),
    ("/paymentLinks", amount() | {"referense": "x"}, 422, "702"),
    ("/paymentLinks", {"amount": {"value": 1, "currency": "EUR"}}, 422, "130"),
    ("/paymentLinks", amount() | {"reference": "x" * 81}, 422, "702"),
    ("/paymentLinks", amount() | {"metadata": {"submission_id": "x" * 81}}, 422, "177"),
    ("/paymentLinks", {"amount": {"value": 1, "currency": "eur"}, "reference": "x"}, 422, "138"),
    ("/nothing", amount(), 404, "000"),
]


@pytest.mark.parametrize(("path", "body", "status", "code"), REFUSED)
def test_what_adyen_refuses(path: str, body: dict[str, Any], status: int, code: str) -> None:
    account = Account()
    answer = account.post(path.format(account.pay()), body)
    assert (answer.status, answer.body["errorCode"]) == (status, code)


def test_nobody_is_let_in_without_a_key_and_nothing_but_json_is_read() -> None:
    account = Account(api_key="right")
    assert account.post("/paymentLinks", amount()).status == 401
    assert account.post("/paymentLinks", amount(), **{"X-API-Key": "right"}).status == 201
    for body in (b"{", b"[]"):
        answer = account.fake.request("POST", "/v72/paymentLinks", body, {"x-api-key": "right"})
        assert answer.status == 400


def test_a_checkout_is_paid_once_and_closed_by_force_only_while_it_is_open() -> None:
    account = Account()
    link = account.post("/paymentLinks", amount()).body
    patch = b'{"status": "expired"}'
    account.fake.finish_checkout(link["id"], "declined")
    account.fake.finish_checkout(link["id"], "paid")
    assert account.codes() == ["AUTHORISATION false", "AUTHORISATION true"]
    with pytest.raises(ValueError, match="completed"):
        account.fake.finish_checkout(link["id"], "paid")
    path = f"/v72/paymentLinks/{link['id']}"
    assert account.fake.request("PATCH", path, patch, HEADERS).status == 422
    other = account.post("/paymentLinks", amount()).body
    path = f"/v72/paymentLinks/{other['id']}"
    assert account.fake.request("PATCH", path, patch, HEADERS).body["status"] == "expired"


def test_every_item_is_signed_as_adyens_own_library_signs() -> None:
    account = Account(items_max=3)
    payment_id = account.pay()
    account.fake.open_dispute(payment_id)
    (items,) = account.fake.take_notifications()
    body = json.loads(webhook(items, KEY, is_live=True))
    assert len(body["notificationItems"]) == 3
    for wrapped in body["notificationItems"]:
        assert is_valid_hmac_notification(wrapped["NotificationRequestItem"], KEY)


def test_a_dispute_is_announced_taken_won_and_taken_again() -> None:
    account = Account()
    payment_id = account.pay()
    dispute_id = account.fake.open_dispute(payment_id, 40_00)["dispute_id"]
    with pytest.raises(ValueError, match="second time"):
        account.fake.charge_back_again(dispute_id)
    account.fake.close_dispute(dispute_id, "won")
    with pytest.raises(ValueError, match="open"):
        account.fake.close_dispute(dispute_id, "lost")
    account.fake.charge_back_again(dispute_id)
    assert account.codes()[1:] == [
        "NOTIFICATION_OF_CHARGEBACK true",
        "CHARGEBACK true",
        "CHARGEBACK_REVERSED true",
        "SECOND_CHARGEBACK true",
    ]
    assert account.fake.request_information(payment_id)["state"] == "information_requested"


def test_only_what_was_captured_can_be_disputed() -> None:
    account = Account(captures="manual")
    with pytest.raises(ValueError, match="captured"):
        account.fake.open_dispute(account.pay())
    with pytest.raises(Refusal):
        account.fake.open_dispute("NONE")


def report(account: Account, batch: int) -> list[dict[str, str]]:
    name = f"settlement_detail_report_batch_{batch}.csv"
    path = f"/reports/download/MerchantAccount/KassaECOM/{name}"
    answer = account.fake.request("GET", path, b"", HEADERS)
    return list(csv.DictReader(io.StringIO(answer.text))) if answer.status == 200 else []


def test_a_report_closes_its_batch_and_its_lines_come_to_its_payout() -> None:
    account = Account()
    payment_id = account.pay(100_00)
    account.refund(payment_id, 30_00)
    account.fake.run_due()
    account.fake.open_dispute(account.pay(5_00))
    before = account.fake.truth()["balance_minor"]["EUR"]
    assert report(account, 1) == []
    assert account.fake.pay_out_all() == {"payout_id": "KassaECOM/batch_1/EUR"}
    lines = report(account, 1)
    kinds = ["Settled", "Refunded", "Settled", "Chargeback", "MerchantPayout"]
    assert [line["Type"] for line in lines] == kinds
    assert lines[0]["Net Credit (NC)"] == "96.80"
    assert lines[3]["Net Debit (NC)"] == "15.00"
    assert lines[-1]["Net Debit (NC)"] == f"{before // 100}.{before % 100:02}"
    assert account.fake.truth()["balance_minor"] == {}
    assert account.codes()[-1] == "REPORT_AVAILABLE true"


def test_a_debt_is_collected_and_an_empty_batch_is_none() -> None:
    account = Account(fee_fixed=0, fee_permille=0)
    assert account.fake.pay_out_all() == {"payout_id": None}
    account.fake.open_dispute(account.pay())
    account.fake.pay_out_all()
    assert report(account, 1)[-1]["Net Credit (NC)"] == "10.00"


def test_a_report_of_another_shop_is_not_there() -> None:
    account = Account()
    path = "/reports/download/MerchantAccount/Other/settlement_detail_report_batch_1.csv"
    assert account.fake.request("GET", path, b"", HEADERS).status == 404
    assert account.fake.request("GET", path, b"", {}).status == 401


def test_the_shared_controls_drive_the_served_fake() -> None:
    router = open_router(Switches(settle_after_s=0.0), 1, SettableClock(lambda: NOW_S))

    def control(name: str, **params: Any) -> Any:
        body = json.dumps(params).encode()
        answer = router.answer(Incoming("POST", f"/_fake/{name}", "", {}, body))
        assert answer.status == 200, answer.body
        return answer.body["result"]

    assert control("webhooks", url="http://127.0.0.1:1/x", secret=KEY)["secrets"] == [KEY]
    payment_id = control("sell", order_id="o", amount_minor=100_00, currency="EUR")["payment_id"]
    refund_id = control("refund_in_dashboard", payment_id=payment_id, amount_minor=1_00)[
        "refund_id"
    ]
    router.tick()
    control("fail_refund", refund_id=refund_id)
    dispute_id = control("open_dispute", payment_id=payment_id)["dispute_id"]
    control("close_dispute", dispute_id=dispute_id, outcome="lost")
    assert control("pay_out_all")["payout_id"]
    items_sent = [items[0]["eventCode"] for items in control("events")]
    assert items_sent == [
        "AUTHORISATION",
        "REFUND",
        "REFUND_FAILED",
        "NOTIFICATION_OF_CHARGEBACK",
        "CHARGEBACK",
        "DISPUTE_DEFENSE_PERIOD_ENDED",
        "REPORT_AVAILABLE",
    ]
    assert control("resend", number=0) == 1
    assert control("truth")["payments"][payment_id]["order_id"] == "o"
    assert control("switches", dispute_fee=0)["dispute_fee"] == 0
    router.delivery.stop()


def test_a_conflict_is_answered_as_one() -> None:
    router = open_router(Switches(), 1, SettableClock(lambda: NOW_S))
    answer = router._model.conflict({})
    assert (answer.status, answer.body["errorCode"]) == (422, "704")
    router.delivery.stop()


def lines(account: Account) -> list[dict[str, str]]:
    """Close the batch and return its report's lines."""
    account.fake.pay_out_all()
    batch = len(account.fake.account.reports)
    path = f"/reports/download/MerchantAccount/KassaECOM/settlement_detail_report_batch_{batch}.csv"
    text = account.fake.request("GET", path, b"", HEADERS).text or ""
    return list(csv.DictReader(io.StringIO(text)))


def test_a_capture_that_fails_before_it_is_settled_is_in_no_report() -> None:
    account = Account(notifies_captures=True)
    account.pay()
    failing = account.pay()
    account.fake.fail_capture(failing)
    assert account.codes()[-1] == "CAPTURE_FAILED true"
    assert [line["Type"] for line in lines(account)] == ["Settled", "MerchantPayout"]
    account.fake.repair_capture(failing)
    assert account.codes()[-1] == "CAPTURE true"
    assert [line["Type"] for line in lines(account)] == ["Settled", "MerchantPayout"]


def test_a_capture_that_fails_after_it_was_settled_is_debited_and_its_fee_stays() -> None:
    account = Account()
    failing = account.pay()
    lines(account)
    account.fake.fail_capture(failing)
    reversed_, collected = lines(account)
    assert (reversed_["Type"], reversed_["Net Debit (NC)"]) == ("SettledReversed", "100.00")
    assert collected["Net Credit (NC)"] == "100.00"


def test_a_failed_and_a_repaired_capture_have_the_name_of_the_first() -> None:
    account = Account(notifies_captures=True)
    payment_id = account.pay()
    account.fake.fail_capture(payment_id)
    account.fake.repair_capture(payment_id)
    items_sent = [item for items in account.fake.take_notifications() for item in items]
    assert len({item["pspReference"] for item in items_sent[1:]}) == 1
    with pytest.raises(ValueError, match="repaired"):
        account.fake.repair_capture(payment_id)


def test_a_payment_is_disputed_in_parts_and_gets_a_part_back() -> None:
    account = Account(names_disputes=True)
    payment_id = account.pay()
    first = account.fake.open_dispute(payment_id, 20_00)["dispute_id"]
    second = account.fake.open_dispute(payment_id, 30_00)["dispute_id"]
    account.fake.close_dispute(first, "lost", 5_00)
    account.fake.close_dispute(second, "lost")
    items_sent = [item for items in account.fake.take_notifications() for item in items]
    back = [item for item in items_sent if item["eventCode"] == "CHARGEBACK_REVERSED"]
    assert [(item["pspReference"], item["amount"]["value"]) for item in back] == [(first, 5_00)]
    taken = [line for line in lines(account) if "Chargeback" in line["Type"]]
    assert [(line["Type"], line["Modification Reference"]) for line in taken] == [
        ("Chargeback", first),
        ("Chargeback", second),
        ("ChargebackReversed", first),
    ]


def test_what_is_settled_in_another_currency_is_exchanged_in_its_line() -> None:
    account = Account(settles_in="EUR", exchange_rate="0.9", fee_permille=0, fee_fixed=0)
    account.fake.sell("order-1", 100_00, "USD")
    settled, paid_out = lines(account)
    assert (settled["Gross Currency"], settled["Gross Credit (GC)"]) == ("USD", "100.00")
    assert (settled["Net Currency"], settled["Net Credit (NC)"]) == ("EUR", "90.00")
    assert (paid_out["Net Currency"], paid_out["Net Debit (NC)"]) == ("EUR", "90.00")


def test_a_test_of_the_configuration_is_sent_as_adyen_does() -> None:
    account = Account()
    account.fake.send_test()
    ((item,),) = account.fake.take_notifications()
    assert item["pspReference"] == "test_AUTHORISATION_1"
    assert item["merchantReference"] == "testMerchantRef1"
    assert item["amount"] == {"currency": "EUR", "value": 101_00}
    assert is_valid_hmac_notification(json.loads(webhook([item], KEY, is_live=True)), KEY)
