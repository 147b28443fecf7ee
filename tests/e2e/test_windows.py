"""A window by the API of the embedded stack: `build_report` invokes itself, and builds it later."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.demo.actors.people import Client, system
from infra.demo.result import Result
from infra.local import observed
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.core.callers import Scope

WAITED_S, PAUSE_S = 120, 0.2


def standing(reader: Client, name: str) -> dict[str, Any]:
    """Wait until documents of a window stand."""
    until = time.monotonic() + WAITED_S
    while time.monotonic() < until:
        status, found = reader.get(f"/reports/window/{name}/status")
        assert status == 200, found
        if found["documents"] and found["state"] != "building":
            return found
        time.sleep(PAUSE_S)
    raise AssertionError("nothing was built")


def test_a_window_is_built_by_another_invocation_and_read(stack: Stack, result: Result) -> None:
    connect(stack)
    reader = system(stack, "reader of windows", Scope.REPORTS_READ)
    today = datetime.now(UTC).date()
    first = today - timedelta(days=2)  # the demo's payments are of today

    status, answer = reader.post("/reports/window", {"first": str(first), "last": str(today)})
    assert status == 202, answer
    assert (status, answer["name"]) == (202, f"{first}..{today}"), answer
    found = standing(reader, answer["name"])
    assert found["state"] == "preliminary"  # as long as today goes on
    status, report = reader.get(f"/reports/window/{found['name']}")
    assert (status, report["period"]["last"]) == (200, str(today))
    _, day = reader.get(f"/reports/daily/{today}")
    of_window = {one["currency"]: set(one["gross"]["event_ids"]) for one in report["currencies"]}
    for one in day["currencies"]:  # built before: more may have been paid since
        assert set(one["gross"]["event_ids"]) <= of_window[one["currency"]]
    status, listed = reader.get("/reports?period=window")
    assert (status, [one["name"] for one in listed["reports"]]) == (200, [found["name"]])
    assert observed.dead_letters(stack) == {}
    status, _ = reader.post("/reports/window", {"first": str(today), "last": str(first)})
    assert status == 400
