"""Declined attempts: what each gateway's code for a no means, and what can be done about it."""

from collections import Counter
from collections.abc import Iterable

from kassa.archive.report_names import UNKNOWN
from kassa.archive.tallies import Rollup
from kassa.core.model import Model
from kassa.gateways import registry
from kassa.gateways.declines import DeclineAction, DeclineReason, DeclineScope, known, table
from kassa.reports.breakdown.lines import gateway_of


class Declined(Model):
    """Attempts that failed for one reason at one gateway, of whatever currency."""

    gateway: str  # and its account
    code: str  # the gateway's own
    reason: str  # a DeclineReason
    attempts: int
    action: str | None  # a DeclineAction; none where no table knows the code


def declined(rows: Iterable[Rollup]) -> tuple[Declined, ...]:
    """Return failed attempts by gateway and code, the most first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if row.kind is None and row.fact == "PaymentFailed":
            counts[row.gateway or UNKNOWN, gateway_of(row), row.reason or UNKNOWN] += row.count
    found = [_declined(*key, count) for key, count in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.attempts, one.gateway, one.code)))


def _declined(gateway: str, place: str, code: str, attempts: int) -> Declined:
    listed = table(gateway) if gateway in registry.GATEWAYS else {}
    meaning = known(listed, code, DeclineScope.PAYMENT)
    reason: DeclineReason = meaning.reason if meaning else DeclineReason.UNKNOWN
    action: DeclineAction | None = meaning.action if meaning else None
    return Declined(gateway=place, code=code, reason=reason, attempts=attempts, action=action)
