"""What a mapping's rules can't report, though it may happen: named, so that nobody learns late."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kassa.gateways.events import ObjectKind
from kassa.gateways.standard.mapping.checks import MappingFinding, Placed, Severity
from kassa.gateways.standard.mapping.model import MappingHead, Rule, StandingSource
from kassa.gateways.standard.mapping.sources import TimeSource

K = ObjectKind
_BEGUN = ("creat", "order", "open", "start", "authori")  # of a time that stays as it was


class _PlacedSource(NamedTuple):
    """One object report with its place and its rule."""

    place: str
    rule: Rule
    one: StandingSource


def limits(rules: Sequence[Placed], head: MappingHead) -> Iterator[MappingFinding]:
    """Find what can't be expressed or stays ambiguous; nothing where nothing is captured."""
    sources = [
        _PlacedSource(place, placed.rule, object_report)
        for placed in rules
        for place, object_report in zip(placed.places, placed.rule.object_reports, strict=True)
    ]
    captured = _of(sources, K.CHARGE, "captured")
    if not captured:
        return
    yield from _of_returns(sources, captured, head)
    yield from _of_refunds(sources)
    yield from _of_disputes(sources)
    yield from _of_descriptions(captured, head)
    yield from _of_units(sources, head)
    yield from _of_balance(sources)


def _limit(place: str, text: str) -> MappingFinding:
    return MappingFinding(place=place, text=text, severity=Severity.LIMIT)


def _of(sources: Sequence[_PlacedSource], kind: ObjectKind, *states: str) -> list[_PlacedSource]:
    return [
        row for row in sources if row.one.kind is kind and (row.one.state in states or not states)
    ]


def _of_returns(
    sources: Sequence[_PlacedSource], captured: Sequence[_PlacedSource], head: MappingHead
) -> Iterator[MappingFinding]:
    """A payment that a bank takes back later is returned, or failed later than it was captured."""
    if _of(sources, K.CHARGE, "returned"):
        return
    ids = {row.one.id for row in captured}
    failed = [row for row in _of(sources, K.CHARGE, "failed") if row.one.id in ids]
    if not failed:
        yield _limit("rules", "what was captured is never taken back: no charge is returned")
    for row in failed:
        stays = _time_that_stays(row.one.happened_at or head.happened_at)
        if stays:
            why = "if it never changes, a debit that comes back looks like a decline before it"
            yield _limit(row.place, f"is dated by {stays}: {why}")


def _time_that_stays(source: TimeSource) -> str | None:
    """Return the path of a time that says when something began, by its name."""
    path = next(filter(None, dict(source).values()))
    last = str(path).rpartition(".")[2].lower()
    return str(path) if any(part in last for part in _BEGUN) else None


def _of_refunds(sources: Sequence[_PlacedSource]) -> Iterator[MappingFinding]:
    if not _of(sources, K.REFUND):
        yield _limit("rules", "no refund is reported: what is given back stays captured")
    elif not _of(sources, K.REFUND, "failed"):
        yield _limit("rules", "a refund can't fail: one that comes back stays given")


def _of_disputes(sources: Sequence[_PlacedSource]) -> Iterator[MappingFinding]:
    funds = _of(sources, K.DISPUTE_FUNDS)
    if not (funds or _of(sources, K.DISPUTE)):
        yield _limit("rules", "no dispute is reported: what a bank takes isn't booked")
    elif not funds:
        yield _limit("rules", "disputes are reported without the money they move (dispute_funds)")
    elif not _of(sources, K.DISPUTE_FUNDS, "reinstated"):
        yield _limit("rules", "what a dispute took never comes back (reinstated)")
    for row in funds[:1]:
        if row.one.belongs_to is None:
            why = "of parts given back the largest counts"
            yield _limit(row.place, f"names no movement of its own (belongs_to): {why}")


def _of_descriptions(
    captured: Sequence[_PlacedSource], head: MappingHead
) -> Iterator[MappingFinding]:
    if not (head.customer_id or any(row.rule.customer_id for row in captured)):
        yield _limit("customer_id", "isn't mapped: no limit holds for a customer")
    if not (head.order_id or any(row.rule.order_id for row in captured)):
        yield _limit("order_id", "isn't mapped: no payment finds its order")
    for row in captured:
        if not (row.one.method or row.one.brand):
            yield _limit(f"{row.place}.method", "isn't mapped: reports and policies know none")
    if head.mode is None:
        yield _limit("mode", "isn't mapped: a test event looks like a live one")


def _of_units(sources: Sequence[_PlacedSource], head: MappingHead) -> Iterator[MappingFinding]:
    """Gateways count some currencies otherwise than ISO 4217; whoever says none writes {}."""
    if "decimals" in head.model_fields_set:
        return
    by_minor = (row.one.amount for row in sources if row.one.amount.minor)
    currencies = (amount.currency or head.currency for amount in by_minor)
    if any(source and source.constant is None for source in currencies):
        why = "isn't mapped: minor units are taken for ISO 4217's, also where the gateway's differ"
        yield _limit("decimals", why)


def _of_balance(sources: Sequence[_PlacedSource]) -> Iterator[MappingFinding]:
    if not _of(sources, K.BALANCE_TRANSACTION):
        yield _limit("rules", "no balance is reported (balance_transaction): no fee is known")
    if not _of(sources, K.PAYOUT):
        yield _limit("rules", "no payout is reported: what is captured stays with the gateway")
