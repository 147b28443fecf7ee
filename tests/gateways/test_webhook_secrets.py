"""Whose webhook it is: secrets kept for five minutes, rotated, missing or senseless."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.platform.lean.settings import lean_settings
from tests.support.intake import FAILURES, SECRET, Intake, at_url


@pytest.mark.parametrize(
    ("gateway", "account"),
    [
        ("other", "main"),
        ("STRIPE", "main"),
        ("", "main"),
        ("stripe", "nobody"),
        ("stripe", ""),
        ("stripe", "a/b"),
        ("stripe", "a" * 65),
        ("stripe", "main\n"),
    ],
)
def test_an_unknown_gateway_or_account_is_not_found(
    intake: Intake, gateway: str, account: str
) -> None:
    assert intake.post(event=at_url(gateway, account)) == 404
    assert intake.messages() == []


def test_an_account_whose_secret_has_no_value_yet_is_not_found(intake: Intake) -> None:
    """As the template makes it; a value that somebody puts counts within minutes."""
    client = intake.secrets.client
    client.create_secret(Name="kassa/webhooks/stripe/never-put")

    assert intake.post(event=at_url("stripe", "never-put")) == 404

    held = client.get_secret_value(SecretId="kassa/webhooks/stripe/main")["SecretString"]
    client.put_secret_value(SecretId="kassa/webhooks/stripe/never-put", SecretString=held)
    intake.clock.at += timedelta(minutes=6)
    assert intake.post(event=at_url("stripe", "never-put")) == 200


@pytest.mark.parametrize("failure", FAILURES)
def test_without_secrets_the_gateway_is_answered_to_come_again(
    intake: Intake, failure: Exception
) -> None:
    intake.secrets.failure = failure
    assert intake.post() == 503
    assert intake.messages() == []


@pytest.mark.parametrize(
    "values",
    [
        {"signing_secrets": [""]},
        {"signing_secrets": [" ", SECRET]},
        {"signing_secrets": SECRET},
        {"signing_secrets": [7]},
        {"signing_secrets": None},
        {"mode": "sandbox"},
        {"merchant_id": ""},
        {"merchant_id": None},
        {"opened_at": "yesterday"},
        {"opened_at": "2026-11-01T00:00:00"},
        {"opened_at": 7},
    ],
)
def test_a_secret_that_makes_no_sense_verifies_nothing(
    intake: Intake, values: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    intake.store_secret(**values)
    assert intake.post() == 503
    assert intake.post(secret="") == 503
    assert SECRET not in capsys.readouterr().out


def test_a_secret_of_another_merchant_lets_nothing_in(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it lets in would be booked under a name that no report asks for."""
    monkeypatch.setenv("MERCHANT_ID", "main")
    lean_settings.cache_clear()

    assert intake.post() == 503
    assert intake.messages() == []
    assert "names another merchant" in capsys.readouterr().out

    intake.store_secret(merchant_id="main")
    intake.clock.at += timedelta(minutes=6)
    assert intake.post() == 200


def test_a_secret_is_read_again_after_five_minutes(intake: Intake) -> None:
    assert intake.post() == 200
    intake.store_secret(signing_secrets=["whsec_next"])

    intake.clock.sleep(299.9)
    assert intake.post() == 200
    assert len(intake.secrets.made) == 1

    intake.clock.sleep(0.1)
    assert intake.post() == 400
    assert intake.post(secret="whsec_next") == 200
    assert len(intake.secrets.made) == 2


def test_an_old_secret_is_not_used_when_no_newer_one_can_be_read(intake: Intake) -> None:
    assert intake.post() == 200
    intake.secrets.failure = FAILURES[0]
    assert intake.post() == 200

    intake.clock.sleep(300)
    assert intake.post() == 503


def test_both_secrets_of_a_rotation_are_live(intake: Intake) -> None:
    intake.store_secret(signing_secrets=["whsec_next", SECRET])
    assert [intake.post(), intake.post(secret="whsec_next")] == [200, 200]


def test_a_new_account_is_known_within_half_a_minute(intake: Intake) -> None:
    assert intake.post(event=at_url("stripe", "second")) == 404
    intake.store_secret("second")
    intake.clock.sleep(30)
    assert intake.post(event=at_url("stripe", "second")) == 200


def test_a_new_account_that_nobody_looked_up_before_is_known_at_once(intake: Intake) -> None:
    intake.store_secret("second")
    assert intake.post(event=at_url("stripe", "second")) == 200


@pytest.mark.parametrize("account", ["", "a/b", "main\n", "../main", "a" * 65])
def test_a_name_that_no_account_can_have_is_never_looked_up(intake: Intake, account: str) -> None:
    assert intake.post(event=at_url("stripe", account)) == 404
    assert intake.secrets.made == []
