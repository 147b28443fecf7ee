"""What the first page of each list costs: calls of the table and of our own functions.

Both are counted over few payments and over very many: neither may grow with them, whatever the
filter. Two calls of the table say who asks, and aren't a list's.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from time import process_time
from types import FrameType
from typing import Any

import pytest
import stripe

from kassa.ledger.objects import PaymentStatus
from kassa.monitoring import heartbeat_store
from kassa.monitoring.heartbeat import begin
from kassa.people.persons import Role
from kassa.platform import aws
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.open_invoices import issue
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage
from tests.support.source import KASSA

pytestmark = pytest.mark.usefixtures("opened")
WHO_ASKS = 2
CALLS_MAX = 3
GROWTH_MAX = 1.6  # of our own calls: a page that was half empty becomes full
ROLES = (Role.SUPPORT, Role.DEVELOPER)
FAILED = "payment_intent.payment_failed"
PAYMENTS = "/console/payments"
FILTERS = [
    *(f"{PAYMENTS}?status={status}" for status in PaymentStatus),
    *(f"{PAYMENTS}?gateway={gateway}" for gateway in ("stripe", "klarna", "manual")),
    f"{PAYMENTS}?gateway=stripe&status=refunded",
    f"{PAYMENTS}?gateway=klarna&status=failed",
    f"{PAYMENTS}?day=2026-11-20",
]
OTHERS = [
    *("refunds", "disputes", "disputes?status=closed", "invoices", "invoices?list=all"),
    *("customers", "payouts", "alerts", "reports", "health"),
]
LISTS = [PAYMENTS, *FILTERS, *(f"/console/{one}" for one in OTHERS)]


class Counting:
    """A client of the table that notes each call, and the processor time that all take."""

    def __init__(self, client: Any) -> None:
        self._client, self.calls, self.took_s = client, list[str](), 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.calls.append(name)
            begun = process_time()
            try:
                return getattr(self._client, name)(**arguments)
            finally:
                self.took_s += process_time() - begun

        return call


class Costs(dict[str, tuple[int, int]]):
    """What each list takes: calls of the table, and calls of our own functions."""

    def __init__(self, browser: Browser) -> None:
        super().__init__()
        self.slowest_ms = 0.0
        for path in LISTS:
            browser.get(path)  # the first one loads its screen
            counting, table = Counting(aws.client("dynamodb")), aws.client("dynamodb")
            aws.install({"dynamodb": counting})
            begun = process_time()
            assert browser.get(path).status == 200, path
            took_s = process_time() - begun - counting.took_s
            calls = len(counting.calls) - WHO_ASKS
            aws.install({"dynamodb": table})
            self[path] = calls, sum(_calls_of_ours(browser, path).values())
            self.slowest_ms = max(self.slowest_ms, took_s * 1000)


def _calls_of_ours(browser: Browser, path: str) -> Counter[str]:
    called: Counter[str] = Counter()

    def count(frame: FrameType, what: str, _: Any) -> None:
        if what == "call" and str(KASSA) in frame.f_code.co_filename:
            called[frame.f_code.co_qualname] += 1

    sys.setprofile(count)
    try:
        browser.get(path)
    finally:
        sys.setprofile(None)
    return called


class Seeded:
    """Payments beside those that were really booked: copies of theirs, begun a second apart."""

    def __init__(self, stage: RefundStage) -> None:
        self._client, self._stage, self.count = aws.client("dynamodb"), stage, 0
        self._models = [_items(self._client, one) for one in self._booked()]

    def _booked(self) -> list[str]:
        """Return payments that stand in different ways; what most do comes first."""
        paid, refunded = self._stage.pay(), self._stage.pay()
        self._stage.client.v1.refunds.create({"payment_intent": refunded})
        with pytest.raises(stripe.CardError):
            self._stage.pay(payment_method="pm_card_chargeDeclined")
        told = [one for one in self._stage.events if one["type"] == FAILED]
        declined = told[0]["data"]["object"]["id"]
        self._stage.deliver()
        return [paid, refunded, declined]

    def up_to(self, count: int) -> None:
        """Keep so many payments: one in ten is refunded, one in twenty failed."""
        for number in range(self.count, count):
            model = 2 if number % 20 == 3 else 1 if number % 10 == 5 else 0
            begun = f"{self._stage.clock.at - timedelta(milliseconds=number + 1):%FT%T.%f}"
            for item in self._models[model]:
                text = item.replace("NUMBER", f"{number:06}").replace("BEGUN", f"{begun[:-3]}Z")
                self._client.put_item(TableName="payments", Item=json.loads(text))
        self.count = count


def _items(client: Any, payment_id: str) -> list[str]:
    """Return a payment's state and its first event, to be copied."""
    listed = client.query(
        TableName="payments",
        KeyConditionExpression="PK = :payment",
        ExpressionAttributeValues={":payment": {"S": f"PAYMENT#stripe#main#{payment_id}"}},
    )["Items"]
    [state] = [one for one in listed if one["SK"]["S"] == "STATE"]
    begun = state["begun_at"]["S"]
    first = [one for one in listed if one.get("GSI2PK") and one["SK"]["S"] != "STATE"]
    of_lists = [{name: one[name] for name in one if "GSI1" not in name} for one in (state, *first)]
    texts = [json.dumps(one).replace(payment_id, f"{payment_id}NUMBER") for one in of_lists]
    return [one.replace(begun, "BEGUN") for one in texts]


@pytest.mark.parametrize(
    ("few", "many"), [(500, 1_000), pytest.param(500, 50_000, marks=pytest.mark.slow)]
)
def test_no_list_costs_more_with_more_payments(
    stage: RefundStage, few: int, many: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(4):
        stage.request_refund(stage.pay(), 80_00)
        issue(100_00, str(number))
    heartbeat_store.keep("stripe", "main", begin(stage.clock.at))  # as it is every five minutes
    seeded, browser = Seeded(stage), Browser().sign_in(person(*ROLES))
    seeded.up_to(few)
    before = Costs(browser)
    seeded.up_to(many)
    after = Costs(browser)

    assert {path: calls for path, (calls, _) in after.items() if calls > CALLS_MAX} == {}
    assert {path: one[0] for path, one in after.items()} == {
        path: one[0] for path, one in before.items()
    }
    grown = {path: after[path][1] / before[path][1] for path in LISTS}
    assert {path: ratio for path, ratio in grown.items() if ratio > GROWTH_MAX} == {}
    with capsys.disabled():
        print(f"\n{many} payments: {after.slowest_ms:.0f} ms of CPU at most")  # noqa: T201


def test_pages_of_a_filter_follow_one_another_without_a_gap(stage: RefundStage) -> None:
    seeded, browser = Seeded(stage), Browser().sign_in(person(Role.SUPPORT))
    seeded.up_to(400)
    for query, count in (("status=refunded", 40 + 1), ("status=captured", 340 + 1)):
        found, path = list[str](), f"{PAYMENTS}?{query}"
        while path:
            body = browser.get(path).body
            found += _linked(body)
            path = _next(body)
        assert len(found) == len(set(found)) == count, query


def _linked(body: str) -> list[str]:
    return [one.partition('"')[0] for one in body.split(f'href="{PAYMENTS}/stripe/')[1:]]


def _next(body: str) -> str:
    links = [one.partition('"')[0] for one in body.split('href="')[1:]]
    return next((one.replace("&amp;", "&") for one in links if "cursor=" in one), "")
