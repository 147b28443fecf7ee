"""`kassa policy`: what a finance person types, on policies and facts that the real code kept."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from functions.save_policy.app import lambda_handler as save_handler
from kassa.refunds.policy.checks import problems
from kassa.refunds.policy.parse import read_policy
from tests.support.aws_stack import NOW, FakeClock
from tests.support.console import Console, in_the_cloud
from tests.support.console import console as console
from tests.support.policies import a_rule
from tests.support.policy_requests import DAY, PERSON, post, requested

SMALL = a_rule(1, "approve", amount={"up_to": "75.00 EUR"})
BY_SCORE = a_rule(1, "reject", risk_score={"over": 60})


@pytest.fixture
def api(console: Console, monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Put the real handler behind the API's address; it knows one key."""
    requests: list[httpx.Request] = []

    def answer(method: str, url: str, **options: Any) -> httpx.Response:
        request = httpx.Request(method, url, json=options["json"], headers=options["headers"])
        requests.append(request)
        if request.headers["authorization"] != "Bearer kassa_ok":
            return httpx.Response(403, json={"message": "Forbidden"}, request=request)
        with in_the_cloud():
            status, body = post(save_handler, request.url.path, request.content.decode())
        return httpx.Response(status, json=body, request=request)

    monkeypatch.setattr(httpx, "request", answer)
    return requests


def written(folder: Path, *rules: dict[str, Any], **more: Any) -> str:
    path = folder / "policy.yaml"
    path.write_text(yaml.safe_dump({"rules": list(rules), **more}))
    return str(path)


def test_the_example_can_be_saved_as_it_is(console: Console, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(console.run("policy", "example").stdout)

    result = console.run("policy", "check", str(path))
    assert result.exit_code == 0, result.output
    assert "error" not in result.stdout.replace("no errors", "")
    fields = yaml.safe_load(path.read_text()) | {"effective_from": NOW}
    policy = read_policy(fields, "main", 1, NOW, "you")
    assert [one for one in problems(policy) if one.severity != "notice"] == []


MISTAKES = """
rules:
  - {id: R1, name: Small, when: {amount: {up_to: 75}, colour: red}, then: aprove}
  - {id: R1, name: Again, when: {}, then: reject}
  - {id: R3, name: Old, when: {payment_age_days: {over: many}}, then: escalate}
undo_minutes: soon
"""


def test_all_mistakes_of_a_file_are_reported_at_once(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(MISTAKES)

    result = console.run("policy", "check", str(file))

    assert result.exit_code == 1
    for place in (
        *("rules[0].when.colour:", "rules[0].when.amount.up_to:", "rules[0].then:"),
        *("rules[2].when.payment_age_days.over:", "undo_minutes:", "rules[1].id:"),
    ):
        assert result.stdout.count(place) == 1
    assert "did you mean approve?" in result.stdout
    assert "has 6 mistakes" in result.stderr
    checked = json.loads(console.run("policy", "check", str(file), "--json").stdout)
    assert len(checked["mistakes"]) == 6


def test_the_api_lists_all_mistakes_too(console: Console, api: list[httpx.Request]) -> None:
    fields = yaml.safe_load(MISTAKES)

    status, body = post(save_handler, "/policies", json.dumps(fields))

    assert status == 400
    assert "rules[0].then" in json.dumps(body)
    assert "undo_minutes" in json.dumps(body)


def test_a_policy_is_checked_saved_listed_and_shown(
    console: Console, api: list[httpx.Request], tmp_path: Path
) -> None:
    file = written(tmp_path, SMALL, note="Our first", undo_minutes=7)
    result = console.run("policy", "save", file, "--key", "kassa_ok")
    assert "Version 1 is saved" in result.stdout

    assert "rules now" in console.run("policy", "list").stdout
    shown = console.run("policy", "show").stdout
    for text in ("version 1", "Our first", "amount: up to 75.00 EUR", "approve", "7 min"):
        assert text in shown
    assert console.json("policy", "show", "1")["saved_by"] == "6f0a8c21d94be375"


def test_saving_the_same_again_says_that_nothing_was_saved(
    console: Console, api: list[httpx.Request], tmp_path: Path
) -> None:
    file = written(tmp_path, SMALL)
    console.run("policy", "save", file, "--key", "kassa_ok")

    result = console.run("policy", "save", file, "--key", "kassa_ok")
    assert result.stdout == "Version 1 says the same already; nothing was saved.\n"


def test_a_date_in_yaml_reaches_the_api_and_what_it_replaces_is_shown(
    console: Console, api: list[httpx.Request], tmp_path: Path
) -> None:
    later = written(tmp_path, SMALL, effective_from=NOW + timedelta(days=9))
    console.run("policy", "save", later, "--key", "kassa_ok")
    sooner = written(tmp_path, SMALL, effective_from=NOW + timedelta(days=3))

    result = console.run("policy", "save", sooner, "--key", "kassa_ok")
    assert "Version 1, planned for later, will never rule." in result.stdout
    listed = console.run("policy", "list").stdout
    assert "planned" in listed
    assert "replaced" in listed


def test_a_version_that_gave_way_is_over(
    console: Console, api: list[httpx.Request], tmp_path: Path, fake_clock: FakeClock
) -> None:
    console.run("policy", "save", written(tmp_path, SMALL), "--key", "kassa_ok")
    fake_clock.at += DAY
    console.run("policy", "save", written(tmp_path), "--key", "kassa_ok")

    [first] = [line for line in console.run("policy", "list").stdout.splitlines() if " 1 " in line]
    assert "over" in first


def test_without_a_policy_the_console_says_what_that_means(console: Console) -> None:
    assert "a person decides everything" in console.run("policy", "show").stdout
    assert "There are no refund policies yet" in console.run("policy", "list").stdout
    assert console.refused("policy", "show", "3").endswith("no version 3 of the refund policy")


def test_errors_keep_a_policy_from_being_saved_and_are_shown(
    console: Console, api: list[httpx.Request], tmp_path: Path
) -> None:
    file = written(tmp_path, BY_SCORE)
    for arguments in (["check", file], ["save", file, "--key", "kassa_ok"]):
        result = console.run("policy", *arguments)
        assert result.exit_code == 1
        assert "rejects by risk score" in result.stdout
        assert "can't be saved" in result.stderr
    assert api == []


def test_the_api_refuses_a_key_and_wants_one(
    console: Console, api: list[httpx.Request], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, SMALL)
    monkeypatch.delenv("KASSA_API_KEY", raising=False)

    assert "KASSA_API_KEY" in console.refused("policy", "save", file)
    assert "refused this key" in console.refused("policy", "save", file, "--key", "kassa_no")
    monkeypatch.setenv("KASSA_API_KEY", "kassa_ok")
    assert console.run("policy", "save", file).exit_code == 0


def test_an_api_that_does_not_answer_is_reported_in_one_line(
    console: Console, tmp_path: Path
) -> None:
    file = written(tmp_path, SMALL)
    line = console.refused("policy", "save", file, "--key", "kassa_ok")
    assert "http://127.0.0.1:9/policies doesn't answer" in line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: [", "can't be read"),
        ("- a", "holds no policy"),
        ("rules: []\nrules: []\n", "'rules' stands twice"),
        ('{"rules": [], "rules": []}', "'rules' stands twice"),
        ("effective_from: 2026-12-01\nrules: []\n", "needs a time and its zone"),
        (
            "rules: [{id: a, name: A, then: approve, when: {amount: {up_to: 50.00}}}]",
            "rules[0].when.amount.up_to: 50.0 has no currency",
        ),
    ],
)
def test_a_file_that_cannot_be_read_exactly_is_refused(
    console: Console, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)

    assert message in console.refused("policy", "check", str(path))


def test_a_file_that_is_not_there_is_refused(console: Console, tmp_path: Path) -> None:
    assert "No such file" in console.refused("policy", "check", str(tmp_path / "none.yaml"))


def test_a_policy_is_tried_on_what_the_bucket_holds(console: Console, tmp_path: Path) -> None:
    requested(1, NOW - DAY, 50_00, by=PERSON, rejects=True)
    requested(2, NOW - DAY, 80_00)
    requested(3, NOW - 8 * DAY, 50_00)
    file, flips = written(tmp_path, SMALL), tmp_path / "flips.csv"

    result = console.run("policy", "try", file, "--last", "1w", "--csv", str(flips))

    assert result.exit_code == 0, result.output
    assert "2 refund requests; nothing was changed" in result.stdout
    assert "It would approve 1 that people had rejected: 50.00 EUR." in result.stdout
    assert "Every case that would change, 1 in all, is in" in result.stdout
    acts = console.json("audit", "list", "--object", "refund_requests/flips")
    assert [one["outcome"] for one in acts] == ["done", "begun"]  # they left the stack as a file
    [flip] = csv.DictReader(flips.read_text().splitlines())
    assert (flip["refund_request_id"], flip["amount_minor"], flip["currency"]) == (
        *("rr_1", "5000", "EUR"),
    )
    assert (flip["before"], flip["before_rule"], flip["before_version"]) == (
        *("escalate", "otherwise", "3"),
    )
    assert (flip["after"], flip["after_rule"], flip["people"]) == ("approve", "R1", "reject")


def test_no_word_of_a_case_that_would_change_is_broken_at_80_columns(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    requested(123_456_789_012_345_678_901, NOW - DAY, 50_00, by=PERSON, rejects=True)

    shown = console.run("policy", "try", written(tmp_path, SMALL), "--last", "1w").stdout
    _, _, largest = shown.partition("The largest of them")

    for word in ("rr_123456789012345678901", "escalate", "approve", "50.00 EUR"):
        assert word in largest


def test_a_trial_as_json_holds_every_figure(console: Console, tmp_path: Path) -> None:
    requested(1, NOW - DAY, 50_00)
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"rules": [SMALL]}))

    run = console.json("policy", "try", str(path))
    assert (run["requests"], run["flips"], run["first_day"]) == (1, 1, "2026-08-24")
    assert run["moved"][0]["delta_minor"] == 50_00


def test_a_trial_without_a_history_says_so(console: Console, tmp_path: Path) -> None:
    result = console.run("policy", "try", written(tmp_path, SMALL))
    assert result.stdout.endswith("There is nothing to replay.\n")


@pytest.mark.parametrize("last", ["90", "0d", "d", "-1d", "1y"])
def test_a_span_that_cannot_be_is_refused(console: Console, tmp_path: Path, last: str) -> None:
    result = console.run("policy", "try", written(tmp_path, SMALL), "--last", last)
    assert result.exit_code == 2
