"""CPU of one event from webhook to booking: our two handlers and a pair written by hand, in turns.

Run by bench.booking in a process of its own, with AWS_ENDPOINT_URL at the stub. Each turn measures
both, one after the other, so that whatever else the machine does disturbs them alike; the median
turn counts. The last line on stderr is JSON {"ratio", "ours_us", "peer_us"}.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from statistics import median
from typing import Any

from bench.peers.bare_booking.app import lambda_handler as peer_books
from bench.peers.bare_intake.app import lambda_handler as peer_receives
from bench.records import Context, message
from bench.webhook import SECRET, signed_request
from functions.book_event.app import lambda_handler as we_book
from functions.receive_webhook.app import lambda_handler as we_receive
from kassa.platform.lean import aws as lean_aws
from tests.support import stripe_events

TURNS, BATCHES, BATCH = 25, 1, 10
Handler = Callable[[dict[str, Any], Any], Any]


class Secrets:
    """Secrets Manager, asked once by each."""

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        """Return the bench's secret."""
        stored = {"merchant_id": "main", "mode": "test", "signing_secrets": [SECRET]}
        return {"SecretString": json.dumps(stored)}


def event_bytes(number: int) -> bytes:
    """Return a captured charge as Stripe sends it, of a payment of its own."""
    charge = stripe_events.charge(f"ch_bench{number:018}", f"pi_bench{number:018}")
    charge |= {f"field_{n:02}": {"id": f"obj_{n:024}", "flag": True} for n in range(24)}
    event = stripe_events.event("charge.succeeded", charge, f"evt_bench{number:017}")
    return json.dumps(event, indent=2).encode()


def turn(receives: Handler, books: Handler, first: int) -> float:
    """Return the CPU microseconds of one event, from webhook to booking."""
    bodies = [event_bytes(first + n) for n in range(BATCHES * BATCH)]
    requests = [signed_request(body) for body in bodies]
    records = [message(first + n, body) for n, body in enumerate(bodies)]
    before = time.process_time()
    for one in requests:
        assert receives(one, Context())["statusCode"] == 200
    for start in range(0, len(records), BATCH):
        answer = books({"Records": records[start : start + BATCH]}, Context())
        assert answer == {"batchItemFailures": []}
    return (time.process_time() - before) / len(bodies) * 1e6


def main() -> None:
    """Let both take turns; the first turn of each only warms up."""
    lean_aws.install({"secretsmanager": Secrets()})
    pairs = {"ours_us": (we_receive, we_book), "peer_us": (peer_receives, peer_books)}
    taken: dict[str, list[float]] = {name: [] for name in pairs}
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        for number in range(TURNS + 1):
            for name, (receives, books) in pairs.items():
                taken[name].append(turn(receives, books, number * 1000))
    ours, peer = (turns[1:] for turns in taken.values())
    ratio = median(one / other for one, other in zip(ours, peer, strict=True))
    figures = {"ratio": ratio, "ours_us": min(ours), "peer_us": min(peer)}
    print(json.dumps(figures), file=sys.stderr)


if __name__ == "__main__":
    main()
