"""receive_webhook as API Gateway calls it: what is signed is queued, all else refused."""

import base64
import json
from datetime import UTC, datetime

import pytest

from kassa.gateways.events import Delivery
from tests.support.intake import (
    BODY,
    FAILURES,
    SECRET,
    Intake,
    at_url,
    heavy_at_init,
    log_lines,
    signed_header,
)


def test_a_signed_event_is_queued_byte_for_byte(intake: Intake) -> None:
    assert intake.post() == 200

    (delivery,) = intake.messages()
    assert intake.body_of(delivery) == BODY
    assert delivery == Delivery(
        gateway="stripe",
        account="main",
        merchant_id="shop",
        mode="test",
        received_at=intake.clock.at,
        body_base64=base64.b64encode(BODY).decode(),
    )


def test_the_opening_of_an_account_travels_with_its_deliveries(intake: Intake) -> None:
    intake.store_secret("late", opened_at="2026-11-01T00:00:00Z", mode="live")
    assert intake.post(event=at_url("stripe", "late")) == 200

    (delivery,) = intake.messages()
    assert (delivery.account, delivery.mode) == ("late", "live")
    assert delivery.opened_at == datetime(2026, 11, 1, tzinfo=UTC)


def test_the_send_is_the_only_call_once_the_secret_is_known(intake: Intake) -> None:
    assert [intake.post() for _ in range(3)] == [200, 200, 200]

    assert intake.secrets.made == ["get_secret_value"]
    assert intake.sqs.made == ["send_message"] * 3
    assert intake.s3.made == []


def test_a_second_delivery_is_queued_again(intake: Intake) -> None:
    assert [intake.post(), intake.post()] == [200, 200]
    assert len(intake.messages()) == 2


@pytest.mark.parametrize("headers", [None, {}, {"stripe-signature": ""}, {"stripe-signature": "é"}])
def test_without_a_signature_nothing_is_queued(
    intake: Intake, headers: dict[str, str] | None
) -> None:
    assert intake.post(event={"headers": headers}) == 400
    assert intake.messages() == []


def test_a_refused_signature_is_counted_and_logged_in_one_line_without_the_body(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert intake.post(secret="whsec_wrong") == 400

    (line,) = log_lines(capsys)
    assert (line["level"], line["message"], line["SignatureRefused"]) == (
        "WARNING",
        "webhook refused",
        1,
    )
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Kassa"
    assert [metric["Name"] for metric in directive["Metrics"]] == [
        "SignatureRefused",
        "WebhookRefused",
    ]
    assert directive["Dimensions"] == [["service", "stack"]]
    assert "whsec" not in json.dumps(line)
    assert "Müller" not in json.dumps(line, ensure_ascii=False)


def test_a_queued_delivery_is_logged_in_one_line_by_its_event_id(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    intake.post()

    (line,) = log_lines(capsys)
    assert (line["message"], line["correlation_id"], line["WebhookQueued"]) == (
        "webhook queued",
        "evt_1",
        1,
    )
    assert len(json.dumps(line)) < 500


def test_a_strangers_text_is_cut_in_the_log(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert intake.post(event=at_url("x" * 9_000, "main")) == 404
    assert len(capsys.readouterr().out) < 1_000


@pytest.mark.parametrize("failure", FAILURES)
def test_without_the_queue_the_gateway_is_answered_to_come_again(
    intake: Intake, failure: Exception
) -> None:
    intake.sqs.failure = failure
    assert intake.post() == 503

    intake.sqs.failure = None
    assert intake.post() == 200
    assert len(intake.messages()) == 1


def test_what_init_imports_stays_light() -> None:
    assert heavy_at_init("receive_webhook") == ""


def test_a_header_is_found_however_it_is_spelt(intake: Intake) -> None:
    header = signed_header(intake.clock.at, BODY, SECRET)
    assert intake.post(event={"headers": {"Stripe-Signature": header}}) == 200
