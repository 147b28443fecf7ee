"""Warm CPU of one webhook: our handler, a bare boto3 one and the least that understands it.

Run by bench.intake in a process of its own, under the tree that Lambda would have: `OURS PEER`,
the two handlers' files. They take turns, and the least disturbed turn of each counts. The last
line on stderr is JSON {"ours_us", "peer_us", "floor_us"}.
"""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any

from bench.webhook import SECRET, signed_request

TURNS, CALLS = 25, 40


class Secrets:
    """Secrets Manager, asked once: the cache is part of what is measured."""

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        """Return the bench's secret."""
        stored = {"merchant_id": "main", "mode": "test", "signing_secrets": [SECRET]}
        return {"SecretString": json.dumps(stored)}


def cpu_us(call: Callable[[], object]) -> float:
    """Return the CPU microseconds of one call, the kernel's for us included."""
    before = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - before) / CALLS * 1e6


def loaded(path: str) -> Any:
    """Import a handler by its file, as Lambda does."""
    spec = importlib.util.spec_from_file_location("app", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.lambda_handler


def floor(request: dict[str, Any]) -> Callable[[], object]:
    """Return the least that understands a webhook: verify its bytes, parse them, do nothing."""
    from kassa.gateways.stripe.webhook import verify

    def call() -> object:
        text = request["body"].encode()
        verify(text, request["headers"], [SECRET], datetime.now(UTC))
        return json.loads(text)

    return call


def taken_in_turns(calls: list[Callable[[], object]]) -> list[tuple[float, ...]]:
    """Return the CPU of each call for every turn; what handlers log goes nowhere."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        for call in calls:
            call()
        return [tuple(map(cpu_us, calls)) for _ in range(TURNS)]


def main(ours: str, peer: str) -> None:
    """Measure both handlers and the floor."""
    from kassa.platform.lean import aws as lean_aws

    lean_aws.install({"secretsmanager": Secrets()})
    request = signed_request()
    handlers = [loaded(ours), loaded(peer)]
    assert all(handler(request, None) == {"statusCode": 200} for handler in handlers)
    calls = [lambda: handlers[0](request, None), lambda: handlers[1](request, None), floor(request)]
    least = [min(turn) for turn in zip(*taken_in_turns(calls), strict=True)]
    figures = dict(zip(("ours_us", "peer_us", "floor_us"), least, strict=True))
    print(json.dumps(figures), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
