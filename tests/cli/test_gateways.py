"""`kassa gateways`: accounts are listed and connected, and no secret is ever shown."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from cli.gateways.fields import FIELDS
from cli.main import app
from kassa.gateways.declines import table
from kassa.gateways.registry import GATEWAYS
from kassa.gateways.webhooks.secrets import _endpoint
from kassa.ledger.lists import cursors
from kassa.monitoring import heartbeat_store as heartbeats
from kassa.monitoring.heartbeat import Heartbeat, hour_of
from kassa.platform import aws, secrets
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, FakeClock
from tests.support.console import GIVEN, Console, given
from tests.support.console import console as console


def held(part: str, gateway: str, account: str = "main") -> dict[str, Any]:
    name = f"kassa/{part}/{gateway}/{account}"
    text = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    found: dict[str, Any] = json.loads(text)
    return found


def test_every_gateway_can_be_connected() -> None:
    assert set(FIELDS) == set(GATEWAYS)


@pytest.mark.parametrize("gateway", FIELDS)
def test_a_connected_account_is_what_the_functions_read(
    console: Console, tmp_path: Path, gateway: str
) -> None:
    result = console.run("gateways", "connect", gateway, "--from", given(tmp_path, GIVEN[gateway]))
    assert result.exit_code == 0, result.output
    assert f"http://127.0.0.1:9/webhooks/{gateway}/main" in result.stdout

    webhook = _endpoint(json.dumps(held("webhooks", gateway)))
    assert (webhook.merchant_id, webhook.mode) == ("main", "live")
    assert webhook.signing_secrets == (GIVEN[gateway]["signing_secret"],)
    if FIELDS[gateway].api:
        aws.install({})
        secrets.forget()
        access = secrets.api_access(gateway, "main")
        assert access.api_key == GIVEN[gateway]["api_key"]
        assert access.api_base == GIVEN[gateway].get("api_base")


@pytest.mark.parametrize("gateway", FIELDS)
def test_no_secret_is_ever_printed(console: Console, tmp_path: Path, gateway: str) -> None:
    path = given(tmp_path, GIVEN[gateway])
    outputs = [console.run("gateways", "connect", gateway, "--from", path)]
    outputs += [console.run("gateways"), console.run("gateways", "--json")]
    for field in (FIELDS[gateway].signing, *FIELDS[gateway].api):
        value = GIVEN[gateway].get(field.name)
        for output in outputs:
            assert not (value and field.is_secret and value in output.output), field.name


def test_prompts_hide_what_is_typed(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.gateways.commands._require_terminal", lambda gateway: None)
    typed = "whsec_hidden1\nsk_test_hidden2\n\n"
    arguments = ["gateways", "connect", "stripe", "--account", "second", "--test"]
    result = CliRunner().invoke(app, arguments, input=typed)
    assert result.exit_code == 0, result.output
    assert "hidden" not in result.output
    assert held("webhooks", "stripe", "second")["mode"] == "test"
    assert held("api", "stripe", "second")["api_key"] == "sk_test_hidden2"
    assert "GatewayAccounts=" in result.output


def test_secrets_may_be_piped_in_as_json(console: Console) -> None:
    piped = json.dumps(GIVEN["stripe"])
    result = console.run("gateways", "connect", "stripe", "--from", "-", input=piped)

    assert result.exit_code == 0, result.output
    assert "hidden" not in result.output
    assert held("api", "stripe")["api_key"] == "rk_live_hidden2"


@pytest.mark.parametrize("piped", ["", "whsec_hidden1\nsk_test_hidden2\n", '["whsec_hidden1"]'])
def test_what_is_piped_in_and_is_no_json_object_is_answered_with_its_fields(
    console: Console, piped: str
) -> None:
    result = console.run("gateways", "connect", "stripe", "--from", "-", input=piped)

    assert result.exit_code == 1
    assert "stdin isn't a JSON object of texts with the fields signing_secret" in result.stderr
    assert "hidden" not in result.output


@pytest.mark.parametrize(
    ("gateway", "piped"), [("stripe", "whsec_hidden1\nsk_test_hidden2\n"), ("paypal", "")]
)
def test_without_a_terminal_there_is_no_prompt_and_one_line_says_what_to_do(
    gateway: str, piped: str
) -> None:
    """Run as a job would: Python warns and shows what is typed where it finds no terminal."""
    program = f"from cli.main import app; app(['gateways', 'connect', {gateway!r}])"
    result = subprocess.run(
        [sys.executable, "-c", program],
        input=piped,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )

    assert (result.returncode, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert line.startswith("kassa: Invalid value for '--from': there is no terminal")
    assert "- for stdin" in line
    assert "signing_secret" in line
    assert "hidden" not in line


def test_a_secret_is_kept_in_the_spelling_that_works(console: Console, tmp_path: Path) -> None:
    padded = GIVEN["standard"]["signing_secret"]
    path = given(tmp_path, {"signing_secret": f"  {padded.rstrip('=')} "})
    console.run("gateways", "connect", "standard", "--from", path)
    assert held("webhooks", "standard")["signing_secrets"] == [padded]
    adyen = GIVEN["adyen"] | {"signing_secret": f"{'AB' * 32}\n"}
    console.run("gateways", "connect", "adyen", "--from", given(tmp_path, adyen))
    assert held("webhooks", "adyen")["signing_secrets"] == ["AB" * 32]


def test_stripes_own_account_may_be_named_and_is_shown(console: Console, tmp_path: Path) -> None:
    result = console.run(
        "gateways", "connect", "stripe", "--from", given(tmp_path, GIVEN["stripe"])
    )
    assert "Events that name a connected account are counted, not booked." in result.stdout

    path = given(tmp_path, GIVEN["stripe"] | {"shop": "acct_1Ours"})
    result = console.run("gateways", "connect", "stripe", "--from", path)
    assert "Events that name any account but acct_1Ours are counted, not booked." in result.stdout
    assert _endpoint(json.dumps(held("webhooks", "stripe"))).shop == "acct_1Ours"
    assert "takes events of acct_1Ours alone" in console.run("gateways").stdout
    assert '"shop": "acct_1Ours"' in console.run("gateways", "--json").stdout


def test_a_rolled_secret_keeps_the_last_one_live(console: Console, tmp_path: Path) -> None:
    for secret in ("whsec_1", "whsec_2", "whsec_3", "whsec_3"):
        path = given(tmp_path, GIVEN["stripe"] | {"signing_secret": secret})
        console.run("gateways", "connect", "stripe", "--from", path, "--roll")
    assert held("webhooks", "stripe")["signing_secrets"] == ["whsec_2", "whsec_3"]
    console.run("gateways", "connect", "stripe", "--from", path)
    assert held("webhooks", "stripe")["signing_secrets"] == ["whsec_3"]


def test_what_is_not_set_stays_as_it_was(console: Console, tmp_path: Path) -> None:
    client = boto3.client("secretsmanager")
    kept = {"opened_at": "2026-01-01T00:00:00Z", "first_batch": 7, "api_key": "old"}
    client.put_secret_value(SecretId="kassa/api/stripe/main", SecretString=json.dumps(kept))
    console.run("gateways", "connect", "stripe", "--from", given(tmp_path, GIVEN["stripe"]))
    assert held("api", "stripe")["opened_at"] == kept["opened_at"]
    assert held("api", "stripe")["api_key"] == "rk_live_hidden2"


@pytest.mark.parametrize(
    ("arguments", "fields", "message"),
    [
        (["visa"], {}, "no gateway is called visa"),
        (["stripe", "--account", "a/b"], GIVEN["stripe"], "letters, digits"),
        (["stripe"], {"signing_secret": "whsec_x"}, "api_key is missing"),
        (["stripe"], GIVEN["stripe"] | {"api_key": "pk_live_x"}, "api_key doesn't look like it"),
        (["stripe"], GIVEN["stripe"] | {"colour": "x"}, "stripe has no colour"),
        (["adyen"], GIVEN["adyen"] | {"signing_secret": "hidden"}, "64 hexadecimal digits"),
        (["standard"], {"signing_secret": "whsec_aGlkZGVu"}, "it has 6 bytes"),
        (["standard"], {"signing_secret": "whsec_hidden!"}, "is no base64"),
        (["standard"], {"signing_secret": "whpk_aGlkZGVu"}, "a public key has 32 bytes"),
        (["standard"], {"signing_secret": "aGlkZGVuaGlkZGVuaGlkZGVu"}, "begins with whsec_"),
        (["klarna"], GIVEN["klarna"] | {"signing_secret": "krn:hidden:"}, "a colon between"),
        (["klarna"], GIVEN["klarna"] | {"signing_secret": ":hidden"}, "a colon between"),
        (["stripe"], "not JSON: whsec_x", "isn't a JSON object"),
        (
            ["stripe"],
            {"signing_secret": ["whsec_x"]},
            "isn't a JSON object of texts with the fields signing_secret",
        ),
    ],
)
def test_what_can_not_be_right_is_refused_in_one_line_and_writes_nothing(
    console: Console, tmp_path: Path, arguments: list[str], fields: Any, message: str
) -> None:
    path = given(tmp_path, fields)
    line = console.refused("gateways", "connect", *arguments, "--from", path)
    assert message in line
    assert "whsec_x" not in line
    assert "hidden" not in line
    assert boto3.client("secretsmanager").list_secrets()["SecretList"][1:] == []


def test_the_list_says_when_each_last_spoke_and_how_far_it_was_read(
    console: Console, tmp_path: Path
) -> None:
    console.run("gateways", "connect", "stripe", "--from", given(tmp_path, GIVEN["stripe"]))
    console.run("gateways", "connect", "standard", "--from", given(tmp_path, GIVEN["standard"]))
    spoke = NOW - timedelta(minutes=7)
    beat = Heartbeat(begins=hour_of(NOW), counted_until=NOW, received_until=spoke)
    heartbeats.keep("stripe", "main", beat)
    heartbeats.keep("standard", "main", beat.model_copy(update={"received_until": None}))
    cursors.advance("stripe", "main", "events", NOW.isoformat())

    listed = console.json("gateways")
    assert [(one["gateway"], one["account"]) for one in listed] == [
        ("stripe", "main"),
        ("standard", "main"),
    ]
    assert listed[0]["last_spoke"] == spoke.isoformat()
    assert listed[0]["read_until"] == {"events": NOW.isoformat()}
    assert "open_checkout" in listed[0]["can"]
    assert listed[1]["can"] == []
    assert listed[1]["last_spoke"] is None
    shown = console.run("gateways").stdout
    assert "11-21 08:53" in shown
    assert "11-21 09:00" in shown


def test_who_spoke_is_known_from_what_was_booked_before_the_clock_has_counted(
    console: Console, fake_clock: FakeClock
) -> None:
    console.book(s.event("charge.succeeded", s.charge(), "evt_1"))
    fake_clock.at += timedelta(minutes=3)
    console.book(s.event("payment_intent.succeeded", s.payment_intent(), "evt_2"))
    fake_clock.at += timedelta(days=2)

    [stripe] = console.json("gateways")

    assert stripe["last_spoke"] == (NOW + timedelta(minutes=3)).isoformat()


def test_what_kassa_fetched_itself_is_no_speech(console: Console, fake_clock: FakeClock) -> None:
    console.book(s.event("charge.succeeded", s.charge(), "evt_1"))
    fake_clock.at += timedelta(hours=1)
    console.book(s.pulled(s.balance_transaction()))
    assert len(console.json("events", "list")) == 2

    assert console.json("gateways")[0]["last_spoke"] == NOW.isoformat()


@pytest.mark.parametrize(
    ("gateway", "name", "cursor", "shown"),
    [
        ("klarna", "balance_transactions", f"{NOW.isoformat()} x=po_1,y=po_2", "11-21 09:00"),
        ("btcpay", "events", "2026-11-21T09:00:00+00:00#000050", "11-21 09:00"),
        ("adyen", "balance_transactions", "17", "report 17"),
        ("paypal", "balance_transactions", "2026-11-21T09:00:00Z", "11-21 09:00"),
    ],
)
def test_how_far_a_list_was_read_is_shown_in_words(
    console: Console, tmp_path: Path, gateway: str, name: str, cursor: str, shown: str
) -> None:
    console.run("gateways", "connect", gateway, "--from", given(tmp_path, GIVEN[gateway]))
    cursors.advance(gateway, "main", name, cursor)

    text = console.run("gateways").stdout

    row, _ = (line for line in text.splitlines() if line.split()[:1] == [f"{gateway}/main"])
    assert shown in row
    assert "#" not in row
    assert "po_1" not in row


@pytest.mark.parametrize("columns", ["80", "100"])
def test_the_list_fits_a_narrow_screen(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for gateway in FIELDS:
        console.run("gateways", "connect", gateway, "--from", given(tmp_path, GIVEN[gateway]))
    shown = console.run("gateways").stdout
    assert max(map(len, shown.splitlines())) <= int(columns)
    assert all(f"  {gateway}/main " in shown for gateway in FIELDS)
    assert "Webhooks" in shown
    assert shown.count("signed") == len(FIELDS)


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_declines_are_shown_without_a_stack_and_fit_into_eighty_columns(
    gateway: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = CliRunner().invoke(app, ["gateways", "declines", gateway])

    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= 80
    rows = [row for row in table(gateway).values() if len(row.code) < 40]  # longer ones fold
    assert all(row.code in result.stdout and row.reason in result.stdout for row in rows)


def test_declines_are_looked_up_by_what_they_are_of_and_by_code() -> None:
    def declines(*arguments: str) -> list[dict[str, Any]]:
        result = CliRunner().invoke(app, ["gateways", "declines", *arguments, "--json"])
        assert result.exit_code == 0, result.output
        found: list[dict[str, Any]] = json.loads(result.stdout)
        return found

    assert {one["of"] for one in declines("stripe", "--of", "refund")} == {"refund", "anything"}
    everywhere = declines("--code", "insufficient_funds", "--of", "payment")
    assert [one["gateway"] for one in everywhere] == ["stripe", "standard"]
    (one,) = declines("adyen", "--code", "raw:43")
    assert (one["reason"], one["action"]) == ("card_lost_or_stolen", "do_not_retry")
    assert {one["gateway"] for one in declines()} == set(GATEWAYS)


def test_a_code_and_what_nobody_lists_are_explained_in_words() -> None:
    run = CliRunner().invoke
    result = run(app, ["gateways", "declines", "stripe", "--code", "lost_card"])
    assert "do_not_retry" in result.stdout
    assert "https://docs.stripe.com" in result.stdout

    result = run(app, ["gateways", "declines", "stripe", "--code", "nope"])
    assert (result.exit_code, "stripe doesn't list nope" in result.stdout) == (0, True)
    assert "Payment" in run(app, ["gateways", "declines"]).stdout

    result = run(app, ["gateways", "declines", "acme"])
    assert (result.exit_code, "no gateway is called acme" in result.output) == (1, True)
