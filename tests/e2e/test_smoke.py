"""`kassa smoke` on the embedded stack: it reports what can be known here, and cleans up."""

import json

from typer.testing import CliRunner

from cli.main import app
from infra.demo.result import Result
from infra.local import observed
from infra.stack import Stack
from kassa.platform.table import plain


def test_smoke_reports_what_can_be_known_here(stack: Stack, result: Result) -> None:
    answer = CliRunner().invoke(app, ["smoke", "--json"])
    found = {one["name"]: one for one in json.loads(answer.stdout)}

    assert answer.exit_code == 0, answer.output
    assert {name: one["verdict"] for name, one in found.items()} == {
        "a transaction on its own keys": "passed",
        "a transaction with a key of others": "can't tell here",  # the emulator knows no such keys
        "rewriting the audit trail": "can't tell here",
        "an object that isn't there": "passed",
        "one event in, stripe/main": "passed",
        "one refund, stripe/main": "passed",
    }
    assert observed.dead_letters(stack) == {}
    items = stack.client("dynamodb").scan(TableName=stack.table)["Items"]
    partitions = {plain(item)["PK"] for item in items}
    assert not [one for one in partitions if one.startswith(("SMOKE#", "CURSOR#smoke"))]
