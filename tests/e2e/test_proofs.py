"""A closed report proven on the embedded stack: template, table, workgroup, query and command."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

from typer.testing import CliRunner

from cli.main import app
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.archive import files
from kassa.archive.runs import PREFIX
from tests.support.facts import balanced, captured

DAYS_AGO = 40  # older than what the clock catches up


def prove(name: str) -> tuple[int, dict[str, Any]]:
    """Run the command, and return how it ended and what it found."""
    result = CliRunner().invoke(app, ["report", "prove", name, "--json"])
    assert result.stdout, result.output
    return result.exit_code, json.loads(result.stdout)


def test_athena_finds_what_a_report_says_and_what_was_done_to_it(stack: Stack) -> None:
    connect(stack)
    day = datetime.now(UTC).date() - timedelta(days=DAYS_AGO)
    noon = datetime.combine(day, time(12), UTC)
    sold = [captured(f"pi_proven_{n}", noon, (10_00 + n, "EUR")) for n in range(5)]
    files.add((PREFIX, day), [*sold, captured("pi_proven_yen", noon, (5_000, "JPY"))])
    second = files.add((PREFIX, day), [sold[0], balanced("txn_1", noon, (10_00, "EUR"), 35)])
    built = CliRunner().invoke(app, ["report", "daily", str(day), "--json"])
    assert built.exit_code == 0, built.output
    assert json.loads(built.stdout)["is_closed"]

    exit_code, found = prove(str(day))
    assert (exit_code, found["is_proven"]) == (0, True)
    assert (found["files"], found["later_files"]) == (2, 0)
    minors = {(one["account"], one["currency"]): one["athena_minor"] for one in found["accounts"]}
    assert minors["customers", "EUR"] == -50_10  # a fact that lies in two files counts once
    assert minors["customers", "JPY"] == -5_000

    files.add((PREFIX, day), [captured("pi_late", noon, (77_00, "EUR"))])
    exit_code, found = prove(str(day))
    assert (exit_code, found["is_proven"], found["later_files"]) == (0, True, 1)

    s3 = stack.client("s3")
    kept = s3.get_object(Bucket=stack.bucket, Key=second)["Body"].read()
    s3.delete_object(Bucket=stack.bucket, Key=second)
    exit_code, found = prove(str(day))
    assert (exit_code, found["missing_files"]) == (1, [second])
    off = {one["account"]: one["difference_minor"] for one in found["accounts"]}
    assert off["gateway_fees"] == -35
    s3.put_object(Bucket=stack.bucket, Key=second, Body=kept)
    assert prove(str(day))[0] == 0
