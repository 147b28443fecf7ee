"""What a mapping can't read is named, each with its place; and what the language gained is read."""

import json
from collections.abc import Sequence
from copy import deepcopy
from itertools import permutations
from typing import Any

import pytest
import yaml

from kassa.core.postings import Account, balances
from kassa.gateways.events import GatewayEvent
from kassa.gateways.standard.events import read_by
from kassa.gateways.standard.mapping.checks import Severity
from kassa.gateways.standard.mapping.model import Mapping
from kassa.gateways.standard.mapping.parse import read_mapping
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT
from tests.support.gateway_payloads.standard import body, delivery
from tests.support.gateway_scenes.standard import EXAMPLE

Document = dict[str, Any]


def example() -> Document:
    document: Document = yaml.load(EXAMPLE.read_text(), yaml.CSafeLoader)
    return document


def without(document: Document, *types: str, **when: str) -> Document:
    def is_gone(rule: Document) -> bool:
        held = rule.get("when", {}).items()
        return rule["type"] in types or any((f"data.{n}", v) in held for n, v in when.items())

    return document | {"rules": [rule for rule in document["rules"] if not is_gone(rule)]}


def limits(document: Document) -> list[str]:
    read = read_mapping(document)
    assert read.mapping is not None, read.findings
    found = [one for one in read.findings if one.severity is Severity.LIMIT]
    return [f"{one.place}: {one.text}" for one in found]


def one_object(document: Document) -> Document:
    """Write the example as it was before movements had names: the dispute's id in both states."""
    old = without(document, "funds.taken", "funds.returned")
    states = {"opened": "withdrawn", "won": "reinstated", "lost": "withdrawn"}
    for rule in old["rules"]:
        if rule["type"].startswith("dispute."):
            outcome = rule.get("when", {}).get("data.outcome", "opened")
            document = {"kind": "dispute_funds", "state": states[outcome], "id": "data.id"}
            rule["object_reports"].append(document | {"amount": {"minor": "data.amount"}})
    return old


def changed(document: Document, kind: str, state: str, /, **fields: Any) -> Document:
    made = deepcopy(document)
    for rule in made["rules"]:
        for one in rule.get("object_reports", []):
            if (one["kind"], one["state"]) == (kind, state):
                one.update(fields)
    return made


CASES: dict[str, tuple[Document, str]] = {
    "captured without returned": (without(example(), status="declined"), "never taken back"),
    "a time that stays as it was": (
        example() | {"happened_at": {"iso8601": "data.created_at"}},
        "is dated by data.created_at",
    ),
    "no refund": (without(example(), "refund.sent", "refund.bounced"), "no refund is reported"),
    "refunds that can't fail": (without(example(), "refund.bounced"), "a refund can't fail"),
    "no dispute": (
        without(example(), "dispute.opened", "dispute.closed", "funds.taken", "funds.returned"),
        "no dispute is reported",
    ),
    "disputes without funds": (
        without(example(), "funds.taken", "funds.returned"),
        "without the money they move",
    ),
    "funds that never come back": (without(example(), "funds.returned"), "never comes back"),
    "no name for each movement": (one_object(example()), "names no movement of its own"),
    "no customer": (
        {**example(), "rules": [{**r, "customer_id": None} for r in example()["rules"]]},
        "customer_id: isn't mapped",
    ),
    "no order": ({n: v for n, v in example().items() if n != "order_id"}, "order_id: isn't mapped"),
    "no mode": ({n: v for n, v in example().items() if n != "mode"}, "mode: isn't mapped"),
    "no method": (changed(example(), "charge", "captured", method=None), "method: isn't mapped"),
    "units that may differ": (
        {n: v for n, v in example().items() if n != "decimals"},
        "decimals: isn't mapped",
    ),
    "no payout": (without(example(), "payout.paid", "payout.failed"), "no payout is reported"),
    "no balance": (without(example(), "balance.moved"), "no balance is reported"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_mapping_can_not_read_is_named(name: str) -> None:
    document, text = CASES[name]
    assert any(text in one for one in limits(document)), limits(document)


def test_the_example_maps_all_there_is() -> None:
    assert limits(example()) == []


def test_a_state_of_its_own_for_a_returned_debit_leaves_no_finding() -> None:
    document = example() | {"happened_at": {"iso8601": "data.created_at"}}
    assert limits(changed(document, "charge", "failed", state="returned")) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"belongs_to": "data.x"}, "belongs_to is nothing a charge has"),
        ({"is_assumed": True, "state": "failed"}, "a charge that is failed is never assumed"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error(fields: Document, text: str) -> None:
    findings = read_mapping(changed(example(), "charge", "captured", **fields)).findings
    assert any(text in f"{one.place.rpartition('.')[2]} {one.text}" for one in findings)


def events(document: Document, deliveries: Sequence[Document]) -> list[GatewayEvent]:
    mapping = read_mapping(document).mapping
    assert isinstance(mapping, Mapping)
    found = []
    for number, data in enumerate(deliveries):
        seen = delivery().model_copy(update={"delivery_id": f"msg_{number}"})
        event = read_by(mapping, json.dumps(data).encode(), seen)
        assert isinstance(event, GatewayEvent)
        found.append(event)
    return found


def folded(events_in_order: Sequence[GatewayEvent]) -> tuple[SubjectState, dict[Account, int]]:
    state, facts = SubjectState(), list[LedgerFact]()
    for event in events_in_order:
        state, made = book(state, event, CONTEXT)
        facts.extend(made)
    posted = balances(p for fact in facts for p in fact.data.postings)
    return state, {account: minor for (account, _), minor in posted.items() if minor}


PAID = body("payment.updated", id="pay_1", status="paid", amount=100_00)


def funds(what: str, movement_id: str, minor: int, dispute_id: str | None = "dsp_1") -> Document:
    data = {"payment_id": "pay_1", "dispute_id": dispute_id, "amount": minor}
    return body(f"funds.{what}", id=movement_id, **data)


def disputed(outcome: str, minor: int) -> Document:
    kind = "opened" if outcome == "open" else "closed"
    data = {"payment_id": "pay_1", "amount": minor, "outcome": outcome}
    return body(f"dispute.{kind}", id="dsp_1", **data)


MOVED: dict[str, tuple[Document, list[Document], int]] = {
    "a part comes back, twice": (
        example(),
        [
            disputed("lost", 100_00),
            funds("taken", "f1", 100_00),
            funds("returned", "f2", 20_00),
            funds("returned", "f3", 20_00),
        ],
        60_00,
    ),
    "two disputes": (
        example(),
        [funds("taken", "f1", 20_00), funds("taken", "f2", 30_00, "dsp_2")],
        50_00,
    ),
    "a reversal without a dispute": (example(), [funds("taken", "f1", 25_00, None)], 25_00),
    "an old mapping: taken and given back": (
        one_object(example()),
        [disputed("open", 40_00), disputed("won", 40_00)],
        0,
    ),
    "an old mapping: a part is given back": (
        one_object(example()),
        [disputed("open", 40_00), disputed("won", 15_00)],
        25_00,
    ),
}


@pytest.mark.parametrize("name", MOVED)
def test_mapped_movements_add_up_in_any_order(name: str) -> None:
    document, deliveries, charged_back = MOVED[name]
    for order in permutations(events(document, [PAID, *deliveries])):
        state, sums = folded([*order, order[0]])
        assert sums.get(Account.CHARGEBACKS, 0) == charged_back
        assert state.headroom_minor == 100_00 - charged_back


def test_what_a_mapping_assumes_gives_way_to_what_is_reported() -> None:
    document = example()
    document["rules"][7]["object_reports"].append(
        {
            **{"kind": "dispute_funds", "state": "withdrawn", "id": "data.id"},
            **{"amount": {"minor": "data.amount"}, "is_assumed": True},
        }
    )
    assert document["rules"][7]["when"] == {"data.outcome": "lost"}
    lost, taken = disputed("lost", 100_00), funds("taken", "f1", 70_00)
    for order in permutations(events(document, [PAID, lost, taken])):
        _, sums = folded(order)
        assert sums[Account.CHARGEBACKS] == 70_00
    _, sums = folded(events(document, [PAID, lost]))
    assert sums[Account.CHARGEBACKS] == 100_00
