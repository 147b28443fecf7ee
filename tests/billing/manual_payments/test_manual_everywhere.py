"""The gateway `manual` where others have webhooks, balances, silence and reports."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from functions.build_report.app import lambda_handler as build_report
from functions.watch_gateways.app import lambda_handler as watch_gateways
from kassa.archive.archive_facts import archive_facts
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from tests.support.api_requests import place
from tests.support.aws_stack import Context
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.gateway_scenarios import SCENARIOS
from tests.support.intake import Intake
from tests.support.manual_payments import ManualPayments
from tests.support.manual_payments import manual as manual


def test_no_webhook_is_the_gateways(intake: Intake) -> None:
    for account in ("main", "till-1"):
        event = {"pathParameters": {"gateway": "manual", "account": account}}
        assert intake.post(event=event) == 404


def test_who_enters_nothing_for_weeks_is_missed_by_nobody(manual: ManualPayments) -> None:
    for day in range(5):
        manual.entered(reference=f"slip-{day}")
        manual.book()
        watch_gateways({}, Context())
        manual.clock.at += timedelta(days=1)
    for _ in range(3):
        manual.clock.at += timedelta(days=14)
        done = watch_gateways({}, Context())
        assert (done["silent"], done["pulled"], done["entered"]) == (0, 0, 0)


def test_a_refund_that_waits_for_its_payment_asks_no_gateway(manual: ManualPayments) -> None:
    payment_id = manual.entered()
    entered = manual.queued()
    manual.give_back(payment_id, amount_minor=1_00)
    manual.book()
    assert manual.state(payment_id).waiting

    manual.clock.at += timedelta(minutes=10)
    assert watch_gateways({}, Context())["looked_up"] == 0
    manual.book(entered)
    assert not manual.state(payment_id).waiting
    assert manual.state(payment_id).refunded_minor == 1_00


def test_a_days_report_counts_what_came_in_by_hand_with_its_methods(manual: ManualPayments) -> None:
    manual.entered(amount_minor=100_00)
    transferred = manual.entered(amount_minor=50_00, method="transfer", account="bank")
    manual.entered(amount_minor=1_290, currency="JPY")
    bounced = manual.entered(amount_minor=30_00, method="cheque")
    manual.give_back(transferred, amount_minor=20_00)
    manual.reverse(bounced)
    archive_facts([AnyFact.model_validate(fact) for fact in manual.book()])
    manual.clock.at = datetime(2026, 11, 22, 1, tzinfo=UTC)
    build_report({}, Context())

    stored = aws.client("s3").get_object(
        Bucket=manual.stack.bucket, Key="reports/main/daily/2026-11-21/report.json"
    )
    report = json.loads(stored["Body"].read())
    euros, yens = report["currencies"]
    figures = {name: euros[name]["amount_minor"] for name in ("gross", "reversals", "refunds")}
    assert figures == {"gross": 180_00, "reversals": 30_00, "refunds": 20_00}
    assert euros["accounts"] == {"customers": -130_00, "gateway_clearing": 130_00}
    assert yens["gross"]["amount_minor"] == 1_290
    assert {one["method"] for one in euros["methods"]} == {"cash", "bank_transfer", "other"}


def test_the_doctor_and_the_accounts_know_nothing_off(
    console: Console, manual: ManualPayments
) -> None:
    before = console.run("doctor", "--json").stdout
    manual.entered()
    manual.book()
    assert console.run("doctor", "--json").stdout == before
    assert "manual" not in console.run("gateways", "list").stdout


class Hands:
    """What people can do of that which happens at every gateway."""

    can = frozenset({"pay", "refund", "debit_return"})

    def __init__(self, manual: ManualPayments) -> None:
        self.manual, self.paid = manual, dict[str, str]()

    def pay(self, order_id: str, amount_minor: int) -> None:
        named = {"order_id": order_id, "amount_minor": amount_minor, "entry_id": order_id}
        self.paid[order_id] = self.manual.entered(**named)

    def refund(self, order_id: str, amount_minor: int) -> None:
        assert self.manual.give_back(self.paid[order_id], amount_minor=amount_minor)[0] == 201

    def return_debit(self, order_id: str) -> None:
        assert self.manual.reverse(self.paid[order_id])[0] == 201


PLAYED = [name for name, one in SCENARIOS.items() if one.needs <= Hands.can]


@pytest.mark.parametrize("name", PLAYED)
@pytest.mark.parametrize("way", ["in order", "backwards, and twice"])
def test_what_people_can_do_comes_to_the_same_ledger_as_at_every_gateway(
    manual: ManualPayments, name: str, way: str
) -> None:
    scenario, hands = SCENARIOS[name], Hands(manual)
    place(1, manual.clock)
    place(2, manual.clock)
    scenario.play(hands)  # type: ignore[arg-type]
    messages = manual.queued()
    manual.book(messages if way == "in order" else [*reversed(messages), *messages])

    taken, gone = sum(scenario.captured), scenario.refunded + scenario.taken_back
    assert len(PLAYED) == 3
    assert manual.ledger() == {
        ("customers", "EUR"): gone - taken,
        ("gateway_clearing", "EUR"): taken - gone,
    }
