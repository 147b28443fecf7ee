"""`kassa disputes`: which are open, what would be submitted, and one answer."""

import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.answer_dispute.app import lambda_handler as answer_handler
from kassa.platform import aws
from tests.support.aws_stack import Context, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.dispute_stage import PDF, DisputeStage, disputing
from tests.support.fake_clock import FakeClock
from tests.support.refund_stage import http_event


@pytest.fixture
def stage(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DisputeStage]:
    """Open a stage with a dispute at Stripe, and put the real handler behind the API's address."""
    monkeypatch.setenv("KASSA_API_KEY", "kassa_anna")

    def answer(method: str, url: str, **options: Any) -> httpx.Response:
        request = httpx.Request(method, url, json=options["json"])
        aws.install({})
        event = http_event(f"{method} {request.url.path}", request.content.decode(), "anna")
        with redirect_stdout(StringIO()):  # what the function logs isn't said by the command
            response = answer_handler(event, Context())
        return httpx.Response(response["statusCode"], content=response["body"], request=request)

    monkeypatch.setattr(httpx, "request", answer)
    with disputing("stripe", stack, fake_clock, monkeypatch) as made:
        made.open()
        yield made


def test_a_dispute_is_listed_looked_at_and_answered_once(
    stage: DisputeStage, console: Console, tmp_path: Path
) -> None:
    named = f"stripe/main/{stage.dispute_id}"
    listed = console.run("disputes", "list").stdout
    assert named in listed
    assert "100.00 EUR" in listed
    assert "answer none" in listed
    assert re.search(r"due by [0-9-]{10} [0-9:]{8} UTC", listed)
    (proof := tmp_path / "proof.pdf").write_bytes(PDF)
    added = console.run("disputes", "add-file", named, str(proof), "--kind", "shipping")
    assert "file proof.pdf (shipping" in added.stdout
    statement = ("--statement", "It was handed over.")
    shown = console.run("disputes", "answer", named, *statement, "--preview").stdout
    assert "It was handed over." in shown
    assert "It paid order order-1." in console.run("disputes", "show", named).stdout

    assert "answer submitted" in console.run("disputes", "answer", named, *statement).stdout

    aws.install({})
    assert stage.submissions() == 1
    assert "it is given once" in console.refused("disputes", "accept", named)
    assert console.json("disputes", "list")[0]["answer"] == "submitted"


def test_a_dispute_that_is_named_in_another_way_is_refused_in_one_line(
    stage: DisputeStage, console: Console
) -> None:
    assert "gateway/account/id" in console.refused("disputes", "accept", "du_1")
    assert "has no dispute" in console.refused("disputes", "show", "stripe/main/du_1")
