"""`kassa audit`: an operator's acts are listed with who did them, and tampering is named."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.watch_gateways.app import lambda_handler as watch
from infra import stack as stacks
from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.platform import aws
from tests.support.aws_stack import NOW, Context
from tests.support.console import EVENTS_DLQ, POISON, Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.queue_batches import CAPTURED

LONG = "order/" + "o" * 120 + "/attempts/1"


def acts(console: Console, *arguments: str) -> list[tuple[str, str, str]]:
    listed = console.json("audit", "list", *arguments)
    return [(one["operation"], one["object_id"], one["outcome"]) for one in listed]


def tamper(console: Console, day: str, number: int, **changes: str) -> None:
    """Do what somebody does who may write to the table: alter an item, or take it away."""
    client, key = boto3.client("dynamodb"), {"PK": f"AUDIT#{day}", "SK": f"{number:08d}"}
    typed = {name: {"S": value} for name, value in key.items()}
    if not changes:
        client.delete_item(TableName=console.made.table, Key=typed)
        return
    item = client.get_item(TableName=console.made.table, Key=typed)["Item"]
    item |= {name: {"S": value} for name, value in changes.items()}
    client.put_item(TableName=console.made.table, Item=item)


def test_an_operators_table_writes_are_listed_newest_first_with_their_arn(console: Console) -> None:
    person = console.json("persons", "create", "--name", "Anna", "--role", "approver")
    key = console.json("keys", "create", "--system", "shop")
    console.run("keys", "revoke", key["key_id"])
    console.run("keys", "revoke", key["key_id"])

    assert acts(console) == [
        ("key.revoke", f"api_key/{key['key_id']}", "done"),
        ("key.create", f"api_key/{key['key_id']}", "done"),
        ("person.create", f"person/{person['person_id']}", "done"),
    ]
    assert all(one["by"]["aws_arn"].startswith("arn:aws:") for one in console.json("audit", "list"))
    assert "Anna" not in console.run("audit", "list", "--json").stdout


def test_no_key_and_no_secret_stands_in_the_trail(console: Console, tmp_path: Path) -> None:
    made = console.json("keys", "create", "--system", "shop")
    fields = tmp_path / "fields.json"
    fields.write_text(
        json.dumps({"signing_secret": "whsec_" + "A" * 32, "api_key": "rk_live_" + "B" * 24})
    )
    console.run("gateways", "connect", "stripe", "--from", str(fields))

    kept = json.dumps([item.content for item in audit_trail.items(NOW.date())])
    assert made["api_key"].rpartition("_")[2] not in kept
    assert "AAAA" not in kept
    assert "BBBB" not in kept
    assert acts(console, "--object", "gateway/")[0][:2] == (
        "gateway.connect",
        "gateway/stripe/main",
    )


def test_a_redrive_is_noted_before_and_after_with_its_reason(console: Console) -> None:
    console.send(EVENTS_DLQ, POISON)
    console.run("dlq", "redrive", EVENTS_DLQ, "--reason", "the secret was wrong")

    done, begun = console.json("audit", "list", "--object", f"queue/{EVENTS_DLQ}")
    assert (begun["outcome"], done["outcome"]) == ("begun", "done")
    assert done["begun"] == f"{begun['day']}/{begun['number']}"
    assert begun["reason"] == done["reason"] == "the secret was wrong"


def test_an_act_that_cant_be_noted_isnt_done(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.send(EVENTS_DLQ, POISON)

    def gone(*_: Any) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr(audit_trail, "append", gone)
    console.run("dlq", "redrive", EVENTS_DLQ)

    assert console.json("dlq", "list")[EVENTS_DLQ] == 1


def test_an_act_that_fails_is_noted_as_failed(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.book(CAPTURED)
    monkeypatch.setattr("cli.events.resending.archive.find", lambda raw: 1 / 0)
    console.run("events", "resend", "evt_1")

    assert [outcome for _, _, outcome in acts(console)] == ["failed", "begun"]


def test_a_resent_event_and_a_rebuilt_report_are_acts(console: Console) -> None:
    console.book(CAPTURED)
    console.run("events", "resend", "evt_1")
    console.run("report", "daily", "2026-11-20", "--rebuild")

    assert acts(console, "--object", "event/evt_1") == [
        ("event.resend", "event/evt_1", "done"),
        ("event.resend", "event/evt_1", "begun"),
    ]
    assert acts(console, "--object", "report/")[0] == (
        "report.rebuild",
        "report/daily/2026-11-20",
        "done",
    )


def test_acts_are_found_by_day_person_and_object(console: Console, fake_clock: FakeClock) -> None:
    audit_trail.append(Act(operation="a", object_id="x/1", by=Actor(person_id="person_anna")))
    fake_clock.at += timedelta(days=1)
    audit_trail.append(Act(operation="b", object_id="y/1", by=Actor(key_id="k1")))

    assert [one for one, _, _ in acts(console)] == ["b", "a"]
    assert [one for one, _, _ in acts(console, "--day", "2026-11-21")] == ["a"]
    assert [one for one, _, _ in acts(console, "--from", "2026-11-22")] == ["b"]
    assert [one for one, _, _ in acts(console, "--person", "anna")] == ["a"]
    assert [one for one, _, _ in acts(console, "--object", "y/")] == ["b"]
    assert [one for one, _, _ in acts(console, "--limit", "1")] == ["b"]
    assert "--to 2026-11-22" in console.run("audit", "list", "--limit", "1").stdout
    assert "No such act" in console.run("audit", "list", "--object", "z/").stdout


def test_no_id_is_folded_at_80_columns(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    arn = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Payments_0123456789abcdef/anna"
    audit_trail.append(Act(operation="attempt.resolve", object_id=LONG, by=Actor(aws_arn=arn)))
    shown = console.run("audit", "list").stdout

    assert LONG in shown
    assert arn in shown


def test_no_text_begins_a_line_of_its_own_or_steers_the_terminal(console: Console) -> None:
    reason = "mended\n2026-11-21/9  key.create\x1b[2J"
    act = Act(operation="a", object_id="x/1\r\ny", by=Actor(aws_arn="arn\n"), reason=reason)
    audit_trail.append(act)
    shown = console.run("audit", "list").stdout

    assert len(shown.splitlines()) == 4
    assert "\x1b" not in shown


def test_who_has_shown_no_second_factor_is_shown_what_to_do(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.send(EVENTS_DLQ, POISON)
    made = stacks.Stack.client

    def refused(**_: Any) -> Any:
        denied = {"Error": {"Code": "AccessDenied", "Message": "not authorized"}}
        raise ClientError(denied, "AssumeRole")  # type: ignore[arg-type]

    def client(self: stacks.Stack, service: str) -> Any:
        found = made(self, service)
        if service == "sts":
            monkeypatch.setattr(found, "assume_role", refused)
        return found

    monkeypatch.setattr(stacks.Stack, "client", client)

    assert "asks for MFA" in console.refused("dlq", "redrive", EVENTS_DLQ)
    assert [outcome for _, _, outcome in acts(console)] == ["failed", "begun"]


def grown(console: Console, clock: FakeClock) -> list[dict[str, Any]]:
    """Let two days of acts pass, and return the heads that were published of them."""
    audit_trail.append(Act(operation="zero", object_id="x/0", by=Actor(key_id="k1")))
    for _ in range(2):
        for number in range(3):
            act = Act(operation=f"act{number}", object_id=f"x/{number}", by=Actor(key_id="k1"))
            audit_trail.append(act)
        clock.at += timedelta(days=1)
        aws.install({})
        watch({}, Context())  # type: ignore[arg-type]
    return [one for one in console.made.published() if one["detail-type"] == "AuditDayClosed"]


def test_an_untouched_trail_is_whole_and_fits_the_heads_that_were_published(
    console: Console, fake_clock: FakeClock, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.jsonl"
    heads.write_text("\n".join(json.dumps(one) for one in grown(console, fake_clock)))
    result = console.run("audit", "verify", "--heads", str(heads))

    assert result.exit_code == 0
    assert "7 items from 2026-11-21 to 2026-11-23, 2 published heads compared" in result.stdout
    assert console.json("audit", "verify", "--from", "2026-11-22")["items"] == 3


@pytest.mark.parametrize("arguments", [(), ("--from", "2026-11-22"), ("--to", "2026-11-22")])
def test_what_was_changed_or_taken_out_is_named_with_exit_code_1(
    console: Console, fake_clock: FakeClock, arguments: tuple[str, ...]
) -> None:
    grown(console, fake_clock)
    tamper(console, "2026-11-22", 2, content='{"operation":"nothing"}')
    changed = console.run("audit", "verify", *arguments)
    tamper(console, "2026-11-22", 2)
    missing = console.run("audit", "verify", *arguments)

    assert (changed.exit_code, missing.exit_code) == (1, 1)
    assert "2026-11-22/2 was changed" in changed.stdout
    assert "2026-11-22/2 is missing" in missing.stdout


def test_a_trail_begun_anew_over_the_old_one_is_named(
    console: Console, fake_clock: FakeClock
) -> None:
    grown(console, fake_clock)
    fake_clock.at += timedelta(days=1)
    key = {"PK": {"S": "AUDITHEAD"}, "SK": {"S": "AUDITHEAD"}}
    boto3.client("dynamodb").delete_item(TableName=console.made.table, Key=key)
    audit_trail.append(Act(operation="a", object_id="x/1", by=Actor(key_id="k1")))
    result = console.run("audit", "verify")

    assert result.exit_code == 1
    assert "2026-11-22/3 stands before the chain's beginning" in result.stdout


def test_a_trail_that_is_gone_is_shown_by_the_heads_alone(
    console: Console, fake_clock: FakeClock, tmp_path: Path
) -> None:
    heads = tmp_path / "heads.jsonl"
    published = [one["detail"]["data"] for one in grown(console, fake_clock)]
    heads.write_text("\n".join(json.dumps(one) for one in published))
    for item in console.made.items():
        key = {name: item[name] for name in ("PK", "SK")}
        if key["PK"]["S"].startswith("AUDIT"):
            boto3.client("dynamodb").delete_item(TableName=console.made.table, Key=key)

    assert console.run("audit", "verify").exit_code == 0
    result = console.run("audit", "verify", "--heads", str(heads))
    assert result.exit_code == 1
    assert "2026-11-21 has 0 items, but was published with 4" in result.stdout


@pytest.mark.parametrize("line", ["not JSON", "{}", '{"detail": 1}', "[]"])
def test_a_file_without_heads_is_refused_with_its_line(
    console: Console, tmp_path: Path, line: str
) -> None:
    heads = tmp_path / "heads.jsonl"
    heads.write_text(f"\n{line}\n")

    assert "line 2: no AuditDayClosed fact" in console.refused(
        "audit", "verify", "--heads", str(heads)
    )


def test_two_heads_of_one_day_are_refused(
    console: Console, fake_clock: FakeClock, tmp_path: Path
) -> None:
    (first, _) = (one["detail"] for one in grown(console, fake_clock))
    other = {"data": first["data"] | {"count": 9}}
    heads = tmp_path / "heads.jsonl"
    heads.write_text(f"{json.dumps(first)}\n{json.dumps(first)}\n{json.dumps(other)}\n")

    assert "line 3: another head of 2026-11-21" in console.refused(
        "audit", "verify", "--heads", str(heads)
    )


def test_an_item_that_cant_be_read_is_listed_as_that(console: Console) -> None:
    audit_trail.append(Act(operation="a", object_id="x/1", by=Actor(key_id="k1")))
    tamper(console, "2026-11-21", 1, content="gone")

    assert "unreadable" in console.run("audit", "list").stdout
