"""The exact bytes of a webhook, of every form and size, up to the queue or S3."""

import base64
from hashlib import sha256

import pytest

from kassa.intake.large_bodies import INLINE_BYTES_MAX
from tests.support.intake import BODY, FAILURES, MI_B, Intake, as_base64, at_url


def test_base64_and_plain_text_get_the_same_verdict(intake: Intake) -> None:
    encoded = as_base64(base64.b64encode(BODY).decode())
    assert [intake.post(), intake.post(event=encoded)] == [200, 200]
    assert intake.post(secret="whsec_wrong") == 400
    assert intake.post(secret="whsec_wrong", event=encoded) == 400

    assert [intake.body_of(delivery) for delivery in intake.messages()] == [BODY, BODY]


@pytest.mark.parametrize("text", ["aGk=!!\n", "aGl=", "aGk", "aGk=\n", " aGk=", "aGk=aGk=", "é"])
def test_base64_in_any_other_form_is_refused(intake: Intake, text: str) -> None:
    assert intake.post(body=b"hi", event=as_base64("aGk=")) == 200
    assert intake.post(body=b"hi", event=as_base64(text)) == 400


def test_a_text_that_has_no_bytes_is_refused(intake: Intake) -> None:
    assert intake.post(event={"body": "\ud800"}) == 400


@pytest.mark.parametrize(
    ("size", "status", "is_large"),
    [
        (0, 200, False),
        (1, 200, False),
        (INLINE_BYTES_MAX - 1, 200, False),
        (INLINE_BYTES_MAX, 200, False),
        (INLINE_BYTES_MAX + 1, 200, True),
        (255 * 1024, 200, True),
        (MI_B - 1, 200, True),
        (MI_B, 200, True),
        (MI_B + 1, 413, None),
        (5 * MI_B, 413, None),
    ],
)
@pytest.mark.parametrize("is_base64", [False, True])
def test_every_size_is_queued_whole_or_refused(
    intake: Intake, size: int, status: int, is_large: bool | None, is_base64: bool
) -> None:
    body = b"x" * size
    event = as_base64(base64.b64encode(body).decode()) if is_base64 else None
    assert intake.post(body, event=event) == status

    found = intake.messages()
    assert [intake.body_of(delivery) for delivery in found] == [body] * (status == 200)
    assert [delivery.body_key is not None for delivery in found] == [is_large] * len(found)


def test_a_redelivered_large_body_writes_the_same_object(intake: Intake) -> None:
    body = b"x" * (INLINE_BYTES_MAX + 1)
    assert [intake.post(body), intake.post(body)] == [200, 200]

    keys = {delivery.body_key for delivery in intake.messages()}
    assert keys == {f"large/stripe/main/{sha256(body).hexdigest()}"}


def test_the_longest_message_fits_the_smallest_queue(intake: Intake) -> None:
    intake.store_secret("a" * 64, merchant_id="m" * 64, opened_at="2026-11-01T00:00:00+00:00")
    assert intake.post(b"x" * INLINE_BYTES_MAX, event=at_url("stripe", "a" * 64)) == 200

    received = intake.sqs.client.receive_message(QueueUrl=intake.queue_url)["Messages"]
    assert len(received[0]["Body"]) < 256 * 1024
    assert received[0]["Body"].isascii()


@pytest.mark.parametrize("failure", FAILURES)
def test_without_the_bucket_a_large_body_is_not_queued(intake: Intake, failure: Exception) -> None:
    intake.s3.failure = failure
    assert intake.post(b"x" * MI_B) == 503
    assert intake.sqs.made == []
