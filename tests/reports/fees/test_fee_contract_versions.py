"""Fee contracts are saved by finance in versions, and a closed report keeps the one it went by."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.build_report.app import lambda_handler as build_report
from functions.save_policy.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.audit import store as audit_trail
from kassa.core.errors import StaleWrite
from kassa.core.money import Money
from kassa.gateways.events import Movement
from kassa.ledger.settlement import settlement
from kassa.platform import aws
from kassa.reports.fees.contracts.contract import FeeContracts
from kassa.reports.fees.contracts.store import SavedContracts
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.facts import fact
from tests.support.refund_stage import answered, http_event

CONTRACT: dict[str, Any] = {
    "gateway": "stripe",
    "since": "2026-01-01",
    "source": "contract of 2025-12-01",
    "fees": [{"method": "card", "currency": "EUR", "percent": "1.5", "fixed_minor": 25}],
}
ROUTE = "/fee-contracts"
IN_THE_MORNING = datetime(2026, 11, 22, 2, tzinfo=UTC)


def put(*contracts: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    body = {"contracts": list(contracts)}
    return answered(lambda_handler(http_event(f"PUT {ROUTE}", body, "key-1"), Context()))


def get() -> tuple[int, dict[str, Any]]:
    return answered(lambda_handler(http_event(f"GET {ROUTE}", "", "key-1"), Context()))


def test_before_anybody_saved_any_there_is_no_contract(stack: Stack) -> None:
    status, found = get()

    assert (status, found["version"], found["contracts"]) == (200, 0, [])


def test_what_is_put_is_got_in_versions_with_an_act_each(stack: Stack) -> None:
    status, first = put(CONTRACT)
    _, again = put(CONTRACT)
    _, second = put(CONTRACT, CONTRACT | {"since": "2026-07-01"})

    assert (status, first["is_new"], first["contracts"]["version"]) == (200, True, 1)
    assert (again["is_new"], second["is_new"], second["contracts"]["version"]) == (False, True, 2)
    assert get() == (200, second["contracts"])
    acts = [one.content for one in audit_trail.items(NOW.date())]
    assert ['"operation":"fee_contracts.save"' in act for act in acts] == [True, True]


def test_every_mistake_is_answered(stack: Stack) -> None:
    status, refused = put(CONTRACT | {"gateway": "nobody"}, CONTRACT | {"fees": []})

    assert status == 400
    assert "contracts[1].fees: is empty" in json.dumps(refused)
    assert get()[1]["version"] == 0


def test_a_version_is_taken_once(stack: Stack) -> None:
    saved, first = SavedContracts("main"), FeeContracts(version=1, saved_at=NOW)
    saved.save(first, OPERATOR)

    with pytest.raises(StaleWrite, match="version 1 of the fee contracts was taken"):
        saved.save(first, OPERATOR)


def test_a_closed_report_goes_by_the_contract_of_its_day_for_good(
    stack: Stack, fake_clock: FakeClock, context: Context
) -> None:
    gross = Money(amount_minor=100_00, currency="EUR")
    movement = Movement(moves="charge", gross=gross, fee_minor=180)
    paid = {"method": "card", "movement": movement.model_dump()}
    archive_facts(
        [
            fact("BalanceTransactionBooked", "pi_1", NOW - timedelta(hours=1), (100_00, "EUR"),
                 object_id="txn_1", event_id="balance:txn_1",
                 postings=settlement("txn_1", movement), **paid)
        ]
    )  # fmt: skip
    put(CONTRACT)
    fake_clock.at = IN_THE_MORNING
    build_report({}, context)
    first = documents(stack)
    put(CONTRACT | {"fees": [CONTRACT["fees"][0] | {"percent": "9"}]})
    again = build_report({"day": "2026-11-21", "rebuild": True}, context)

    assert again["is_identical"] is True
    assert documents(stack) == first
    report = json.loads(first["fees.json"])
    assert list(report)[:2] == ["title", "headlines"]
    assert report["headlines"][1] == (
        "1 fee is not what the contract of stripe/main says: 0.05 EUR above it in all."
    )
    assert report["currencies"][0]["audits"][0]["off"][0]["event_ids"] == ["balance:txn_1"]
    assert json.loads(first["manifest.json"])["inputs"]["fees"]["contracts"]["version"] == 1


def documents(stack: Stack) -> dict[str, bytes]:
    s3, prefix = aws.client("s3"), "reports/main/daily/2026-11-21/"
    names = ("fees.html", "fees.csv", "fees.json", "manifest.json")
    return {
        name: s3.get_object(Bucket=stack.bucket, Key=prefix + name)["Body"].read() for name in names
    }
