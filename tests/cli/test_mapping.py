"""`kassa mapping`: what a merchant types to teach Kassa a gateway, on the real table."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping.parse import read_mapping
from tests.support.console import Console
from tests.support.console import console as console

PAID = {
    "type": "payment.updated",
    "timestamp": "2026-11-22T08:59:58Z",
    "live": True,
    "data": {
        "id": "pay_1",
        "status": "paid",
        "amount": 12500,
        "currency": "EUR",
        "method": "credit_card",
        "order_id": "order-1001",
    },
}
REFUNDED = PAID | {
    "type": "refund.sent",
    "data": {
        "id": "rf_1",
        "payment_id": "pay_1",
        "bounced": False,
        "amount": 2500,
        "currency": "EUR",
    },
}
GREETED = {"type": "customer.greeted"}


@pytest.fixture
def example(console: Console, tmp_path: Path) -> str:
    path = tmp_path / "mapping.yaml"
    path.write_text(console.run("mapping", "example").stdout)
    return str(path)


def body(folder: Path, name: str, content: Any) -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def wrong(folder: Path) -> str:
    rule = {
        "type": "paid",
        "about": {"payment": "id"},
        "object_reports": [{"kind": "charge", "state": "paid", "id": "id", "amount": 12.5}],
    }
    path = folder / "wrong.yaml"
    path.write_text(yaml.safe_dump({"type": "type", "happened_at": "at", "rules": [rule]}))
    return str(path)


def test_what_a_mapping_can_not_read_is_listed_as_limits_at_80_columns(
    console: Console, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    fields = yaml.safe_load(Path(example).read_text())
    fields["rules"] = [one for one in fields["rules"] if one["type"] == "payment.updated"]
    path = tmp_path / "short.yaml"
    path.write_text(yaml.safe_dump({n: v for n, v in fields.items() if n != "decimals"}))

    checked = console.run("mapping", "check", str(path))

    assert checked.exit_code == 0, checked.output
    shown = [line for line in checked.stdout.splitlines() if "limit" in line]
    assert len(shown) == 5
    assert "no refund is reported" in checked.stdout
    tables = [line for line in checked.stdout.splitlines() if not line.startswith("/")]
    assert max(map(len, tables)) <= 80
    found = console.json("mapping", "check", str(path))["findings"]
    assert {(one["severity"], one["is_error"]) for one in found} == {("limit", False)}


def test_the_example_has_no_errors_and_can_be_saved_as_it_is(
    console: Console, example: str
) -> None:
    checked = console.run("mapping", "check", example)
    assert checked.exit_code == 0, checked.output
    assert checked.stdout.endswith("has no errors and can be saved.\n")

    saved = console.run("mapping", "save", example)
    assert "is saved and rules standard/main within five minutes" in saved.stdout
    again = console.run("mapping", "save", example)
    assert "rules already; nothing was saved" in again.stdout


def test_a_mapping_with_errors_is_reported_whole_and_never_saved(
    console: Console, tmp_path: Path
) -> None:
    checked = console.run("mapping", "check", wrong(tmp_path))
    assert checked.exit_code == 1
    for place in (
        "happened_at",
        "rules[0].object_reports[0].state",
        "rules[0].object_reports[0].amount",
    ):
        assert place in checked.stdout
    assert checked.stderr.endswith("has 3 errors and can't be used\n")

    assert console.run("mapping", "save", wrong(tmp_path)).exit_code == 1
    assert "has no mapping" in console.refused("mapping", "show")


def test_each_account_has_a_mapping_of_its_own_and_keeps_its_versions(
    console: Console, example: str, tmp_path: Path
) -> None:
    console.run("mapping", "save", example, "--account", "tea")
    first = console.json("mapping", "show", "--account", "tea")["version"]
    changed = tmp_path / "changed.yaml"
    changed.write_text(Path(example).read_text().replace("paid, settled", "paid"))

    second = console.json("mapping", "save", str(changed), "--account", "tea")
    assert second["is_new"]
    assert console.json("mapping", "show", "--account", "tea")["version"] == second["version"]
    assert second["version"] != first
    earlier = console.run("mapping", "show", "--account", "tea", "--version", first)
    assert f"version {first}" in earlier.stdout
    assert "paid or settled" in earlier.stdout
    assert "has no mapping" in console.refused("mapping", "show", "--account", "main")
    assert "no version x" in console.refused(
        "mapping", "show", "--account", "tea", "--version", "x"
    )


def test_a_mapping_that_renames_what_is_booked_is_only_saved_on_demand(
    console: Console, example: str, tmp_path: Path
) -> None:
    console.run("mapping", "save", example)
    first = console.json("mapping", "show")["version"]
    other = tmp_path / "other.yaml"
    other.write_text(Path(example).read_text().replace("data.payment_id", "data.charge_id"))

    refused = console.run("mapping", "save", str(other))
    assert refused.exit_code == 1
    assert "dispute.closed" in refused.stdout
    assert "its payment went by data.payment_id" in refused.stdout
    assert "--renames" in refused.stderr
    assert console.json("mapping", "show")["version"] == first

    assert console.json("mapping", "save", str(other), "--renames")["is_new"]
    assert console.json("mapping", "show")["version"] != first


def test_what_was_saved_is_what_the_reader_gets(console: Console, example: str) -> None:
    console.run("mapping", "save", example)
    mappings.forget()

    fields = yaml.safe_load(Path(example).read_text())
    assert mappings.mapping_of("standard", "main") == read_mapping(fields).mapping


def test_events_are_tried_in_their_order_without_a_stack(
    console: Console, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KASSA_STATE", str(tmp_path / "nothing.json"))
    paid, refunded = body(tmp_path, "paid.json", PAID), body(tmp_path, "back.json", REFUNDED)

    result = console.run("mapping", "test", example, "--event", paid, "--event", refunded)
    assert result.exit_code == 0, result.output
    for text in ("charge captured", "125.00 EUR", "order-1001", "method: card", "rules[0]"):
        assert text in result.stdout
    assert result.stdout.index("gateway_clearing") < result.stdout.index("refund succeeded")

    early = console.run("mapping", "test", example, "--event", refunded)
    assert "Nothing is posted." in early.stdout
    assert "It waits for its payment's capture" in early.stdout


def test_for_programs_a_trial_is_json(console: Console, example: str, tmp_path: Path) -> None:
    paid, greeted = body(tmp_path, "paid.json", PAID), body(tmp_path, "hello.json", GREETED)

    first, second = console.json("mapping", "test", example, "--event", paid, "--event", greeted)
    assert (first["rule"], first["is_ignored"]) == (0, False)
    (posting,) = first["postings"]
    assert (posting["kind"], posting["amount"]["amount_minor"]) == ("capture", 12500)
    assert (second["rule"], second["is_ignored"], second["postings"]) == (None, True, [])


def test_every_event_that_cant_be_read_is_reported_in_one_line(
    console: Console, example: str, tmp_path: Path
) -> None:
    lacking = body(tmp_path, "lacking.json", PAID | {"data": {"id": "pay_1", "status": "paid"}})
    torn = body(tmp_path, "torn.json", "{")
    files = [lacking, torn, str(tmp_path / "none.json")]

    line = console.refused("mapping", "test", example, *(w for f in files for w in ("--event", f)))
    assert "lacking.json: payment.updated, rules[0]: data.currency is missing" in line
    assert "torn.json: the body is not JSON" in line
    assert "none.json: No such file" in line


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("type: a\ntype: b\n", "stands twice"),
        ('{"type": "a", "type": "b"}', "stands twice"),
        ("a: [", "can't be read"),
        ("- a\n", "has an error"),
    ],
)
def test_a_file_that_cant_be_read_is_refused(
    console: Console, tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text)

    result = console.run("mapping", "check", str(path))
    assert result.exit_code == 1
    assert why in result.stderr


@pytest.mark.parametrize("columns", ["80", "100"])
def test_it_fits_a_narrow_screen(
    console: Console, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    paid = body(tmp_path, "paid.json", PAID)

    for arguments in (("check", example), ("test", example, "--event", paid)):
        shown = console.run("mapping", *arguments).stdout
        tables = [line for line in shown.splitlines() if not line.startswith("/")]
        assert max(map(len, tables)) <= int(columns)
        assert "charge captured" in shown
