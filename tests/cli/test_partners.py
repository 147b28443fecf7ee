"""`kassa partners`: a target's file from its first mistake to its second version."""

import json
from pathlib import Path

import pytest
import yaml

from tests.support.console import Console
from tests.support.console import console as console
from tests.support.partner_facts import FACT, PAYMENT


@pytest.fixture
def example(console: Console, tmp_path: Path) -> Path:
    path = tmp_path / "crm.yaml"
    path.write_text(console.run("partners", "example").stdout)
    return path


def test_the_example_has_no_mistakes_and_nothing_to_look_at(
    console: Console, example: Path
) -> None:
    checked = console.run("partners", "check", str(example))
    assert checked.stdout == f"{example} has no mistakes and can be saved.\n"


def test_every_mistake_is_named_with_its_line_and_field(console: Console, example: Path) -> None:
    text = example.read_text()
    text = text.replace("per_second: 5", "per_second: 0").replace("payment.order_id", "paid.order")
    text = text.replace("RefundFailed]", "RefundFaild]").replace("/notes\n", "notes\n", 1)
    example.write_text(text)
    refused = console.run("partners", "check", str(example))
    assert refused.exit_code == 1
    rows = text.splitlines()
    named = [line for line in refused.stderr.splitlines() if line.startswith("line ")]
    numbers = [int(line.split()[1].rstrip(",")) for line in named]
    assert len(named) == 4
    assert "per_second" in rows[numbers[0] - 1]
    assert "properties.order" in rows[numbers[1] - 1]
    assert "RefundFaild" in rows[numbers[2] - 1]
    assert "path: notes" in rows[numbers[3] - 1]
    assert "records[0].fields.properties.order.path" in named[1]


def test_a_fact_is_tried_and_nothing_is_sent(
    console: Console, example: Path, tmp_path: Path
) -> None:
    payment = PAYMENT | {
        "order_id": "7",
        "status": "captured",
        "captured": {"amount_minor": 1250, "currency": "EUR"},
        "captured_at": "2026-11-21T22:29:00Z",
    }
    told = tmp_path / "fact.json"
    told.write_text(json.dumps({"fact": FACT, "payment": payment}))
    tried = console.run("partners", "try", str(example), "--fact", str(told), "--json")
    (deal,) = json.loads(tried.stdout)
    assert deal["request"] == "PUT https://api.crm.example/v3/deals/by-external-id/pay_1"
    assert deal["body"]["properties"] == {
        "order": "7",
        "stage": "won",
        "amount": "12.50",
        "currency": "EUR",
        "closed_on": "2026-11-22",
        "kassa_version": 5,
    }


def test_a_fact_without_whose_it_is_is_refused_in_one_line(
    console: Console, example: Path, tmp_path: Path
) -> None:
    told = tmp_path / "fact.json"
    whose = {"subject_id": "pay_1", "version": 1}
    told.write_text(json.dumps(FACT | {"metadata": whose}))
    tried = console.run("partners", "try", str(example), "--fact", str(told))
    assert tried.exit_code == 1
    assert tried.stderr == (
        f"kassa: {told}: the fact's metadata lacks subject_kind, gateway, account\n"
    )


def test_what_a_fact_lacks_is_said(console: Console, example: Path, tmp_path: Path) -> None:
    told = tmp_path / "fact.json"
    told.write_text(json.dumps({"detail": FACT}))
    tried = console.run("partners", "try", str(example), "--fact", str(told))
    assert "the fact is of no payment" in tried.stdout
    assert tried.exit_code == 1


def test_a_target_is_saved_in_versions_listed_and_shown(console: Console, example: Path) -> None:
    assert "Version 1 of crm is saved" in console.run("partners", "save", str(example)).stdout
    assert "nothing was saved" in console.run("partners", "save", str(example)).stdout
    changed = example.read_text().replace("per_second: 5", "per_second: 2")
    example.write_text(changed)
    assert "Version 2 of crm is saved" in console.run("partners", "save", str(example)).stdout
    (listed,) = json.loads(console.run("partners", "list", "--json").stdout)
    assert (listed["name"], listed["version"], listed["rate"]["per_second"]) == ("crm", 2, 2)
    first = console.run("partners", "show", "crm", "--version", "1").stdout
    assert yaml.safe_load(first)["auth"]["kind"] == "oauth2"
    assert yaml.safe_load(first).get("rate") == {"per_minute": 200}
    assert "no target erp" in console.run("partners", "show", "erp").stderr


def test_saving_is_an_act_of_the_audit_trail(console: Console, example: Path) -> None:
    console.run("partners", "save", str(example))
    acts = json.loads(console.run("audit", "list", "--json").stdout)
    assert "partner_target.save" in json.dumps(acts)
