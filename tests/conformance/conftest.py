"""Real payloads by others, read where they lie beside the project; skipped where they don't."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kassa.gateways.webhooks.secrets import webhook_secrets
from kassa.intake.events_queue import deliveries
from kassa.platform import aws
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings
from tests.support.aws_stack import Stack

PAYLOADS = Path(__file__).parents[3] / "shared" / "data"


def stripe_files() -> list[Path]:
    """Return the stored Stripe events, or nothing where they aren't here."""
    return sorted((PAYLOADS / "stripe" / "stripe-ruby-mock").glob("*.json"))


def skip_without_payloads() -> None:
    """Skip with a reason where the payloads aren't here."""
    if not PAYLOADS.is_dir():
        pytest.skip(f"no payloads by others at {PAYLOADS}")


def stripe_event(path: Path) -> dict[str, Any]:
    """Return a stored event as it stands."""
    stored: dict[str, Any] = json.loads(path.read_text())
    return stored


@pytest.fixture
def intake_clients(stack: Stack) -> Iterator[None]:
    """Let receive_webhook use the test's stack."""
    forget_intake()
    lean_aws.install({name: aws.client(name) for name in ("sqs", "s3", "secretsmanager")})
    yield
    lean_aws.install({})
    forget_intake()


def forget_intake() -> None:
    """Forget what receive_webhook keeps for its execution environment's lifecycle."""
    for kept in (lean_settings, deliveries, webhook_secrets):
        kept.cache_clear()
