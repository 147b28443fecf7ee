"""What a whole run of payments must have met somewhere."""

from collections import Counter

from tests.simulation.engine import coverage
from tests.simulation.engine.faults import INJECTED

SEEDS_RARE = 2000  # fewer seeds than this don't promise what is rarer

SITUATIONS = (
    *(str(fault) for fault in INJECTED),
    "a claim was made in other words",
    "a debit was returned after it succeeded",
    "a lost dispute gave a part back",
    "a payment was disputed twice",
    "settled objects left their payment",
    "a capture was an opening balance",
    "a claim was repeated",
    "a day's limit was reached",
    "a done message came back",
    "a fact was told again",
    "a forged webhook was refused",
    "a late effect was refused",
    "a message came back",
    "a message was dead-lettered",
    "a message was delivered twice",
    "a refund was asked for again",
    "a refund was asked for anew",
    "a reservation was released",
    "a webhook was refused and sent again",
    "a webhook was sent twice",
    "a write was stale",
    "an approval was undone",
    "an effect landed late",
    "an event was ignored",
    "an event was never sent",
    "an event was repeated",
    "escalated: excess",
    "escalated: refund_failed",
    "headroom was refused",
    "headroom was reserved",
    "something overtook its capture and waits",
    "the gateway was out",
    "the webhook came before the answer",
    "timed out",
    "two people approved",
    "two people decided at once",
    "what waited was explained",
)
RARE = (
    "a refund was asked for after the gateway forgot",
    "a stored error was replayed",
    "a trace number was noted",
    "an excess was counted",
    "an unknown outcome was looked up",
    "escalated: dispute",
    "escalated: refund_canceled",
    "escalated: refused",
    "escalated: undone",
    "escalated: unknown_outcome",
)


def never_met(seen: Counter[str], seeds: int) -> list[str]:
    """Return the situations that so many seeds should have met, and did not."""
    rare = coverage.never_met(seen, seeds, RARE, SEEDS_RARE)
    return [*coverage.never_met(seen, seeds, SITUATIONS), *rare]
