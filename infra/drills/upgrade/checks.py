"""What must hold after an update and its rollback: nothing lost, nothing twice, nothing forgotten.

Pure. Each finding counts what it looked at, and where there was nothing to look at it isn't met.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap
from typing import NamedTuple

from infra.drills.upgrade.next_release import NEW
from infra.drills.upgrade.sender import Sent
from infra.drills.upgrade.traffic import LIFECYCLE, Message, Phase
from infra.local.observed import Books
from kassa.core.postings import PostingKind, balances
from kassa.ledger.items import BookedEvent

NAMED_MAX = 3
WIDTH = 80
NOUNS = {
    PostingKind.CAPTURE: "captures",
    PostingKind.REFUND: "refunds",
    PostingKind.CHARGEBACK: "chargebacks",
}


class Held(NamedTuple):
    """An object in a payment's state."""

    payment_id: str
    object_id: str


class Planted(NamedTuple):
    """The objects that held N+1's field at some instant."""

    at: datetime
    held: frozenset[Held]


@dataclass(frozen=True)
class Seen:
    """What was sent, and what the stack holds once it rests."""

    sent: tuple[Sent, ...]
    books: Books
    planted: Planted  # before the rollback
    kept: frozenset[Held]  # hold it in the end
    invoices: tuple[str, ...]  # the keys of their documents
    unfinished: dict[str, int]  # queue -> messages, dead letters included

    @property
    def accepted(self) -> dict[str, Message]:
        """Return every event that Kassa accepted."""
        return {one.message.event_id: one.message for one in self.sent if one.is_accepted}


class Finding(NamedTuple):
    """Whether something holds, and what was seen."""

    is_met: bool
    seen: str


def findings(seen: Seen) -> list[Finding]:
    """Make every check."""
    return [
        nothing_lost(seen),
        nothing_twice(seen),
        money_as_sent(seen),
        sums_are_zero(seen),
        invoiced_once(seen),
        at_rest(seen),
        both_ran(seen),
        field_kept(seen),
    ]


def nothing_lost(seen: Seen) -> Finding:
    """What was answered 2xx is booked, nothing else is, and nothing was refused for good."""
    accepted, booked = seen.accepted.keys(), {one.event_id for one in seen.books.events}
    refused = {one.message.event_id for one in seen.sent if not one.is_accepted}
    if wrong := _named(
        ("never accepted", refused),
        ("answered 2xx and not booked", accepted - booked),
        ("booked and not accepted", booked - accepted),
    ):
        return Finding(False, wrong)
    found = f"{len(booked)} of {len(accepted)} events that were answered 2xx are booked"
    return Finding(bool(booked), found)


def nothing_twice(seen: Seen) -> Finding:
    """Each event, and each fact that it had to make true, stands in the books once."""
    events = Counter(one.event_id for one in seen.books.events)
    expected = Counter((one.payment_id, one.step.fact) for one in seen.accepted.values())
    ours = {step.fact for step in LIFECYCLE}
    published = Counter(
        (fact.metadata.subject_id, fact.data.fact)
        for fact in seen.books.facts
        if fact.data.fact in ours
    )
    if wrong := _named(
        ("booked twice", {one for one, times in events.items() if times > 1}),
        ("published too often", {f"{fact} of {payment}" for payment, fact in published - expected}),
        ("not published", {f"{fact} of {payment}" for payment, fact in expected - published}),
    ):
        return Finding(False, wrong)
    again = len(seen.sent) - len({one.message.event_id for one in seen.sent})
    found = f"{again} were sent twice: none of {len(published)} facts is there twice"
    return Finding(bool(published) and again > 0, found)


def money_as_sent(seen: Seen) -> Finding:
    """What was moved, by kind and currency, is what the events reported."""
    sent, moved = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in seen.accepted.values():
        sent[one.step.kind, one.currency] += one.step.amount_minor
    for posting in seen.books.postings:
        if posting.kind in NOUNS:
            moved[posting.kind, posting.amount.currency] += posting.amount.amount_minor
    if moved != sent:
        wrong = [
            f"{NOUNS[PostingKind(kind)]} {currency}: {moved[kind, currency]} posted, "
            f"{sent[kind, currency]} sent (minor units)"
            for kind, currency in sorted(sent | moved)
            if moved[kind, currency] != sent[kind, currency]
        ]
        return Finding(False, "; ".join(wrong))
    counts = Counter(one.step.kind for one in seen.accepted.values())
    found = ", ".join(f"{counts[kind]} {noun}" for kind, noun in NOUNS.items())
    return Finding(all(counts[kind] for kind in NOUNS), f"posted to the minor unit: {found}")


def sums_are_zero(seen: Seen) -> Finding:
    """The accounts sum to zero in each currency."""
    sums = Counter[str]()
    for (_, currency), minor in balances(seen.books.postings).items():
        sums[currency] += minor
    found = ", ".join(f"{currency} {sums[currency]}" for currency in sorted(sums))
    return Finding(
        bool(sums) and not any(sums.values()), f"all accounts sum to {found or 'nothing'}"
    )


def invoiced_once(seen: Seen) -> Finding:
    """Each captured payment has one invoice, and their numbers have no gap."""
    captured = seen.books.subjects("PaymentCaptured").total()
    numbers = sorted(int(key.rpartition("-")[2].removesuffix(".pdf")) for key in seen.invoices)
    found = f"{len(numbers)} invoices for {captured} captures"
    is_met = bool(numbers) and numbers == list(range(1, captured + 1))
    return Finding(is_met, f"{found}, numbered without a gap" if is_met else f"{found}: {numbers}")


def at_rest(seen: Seen) -> Finding:
    """No queue holds a message, and no letter is dead."""
    left = {name: count for name, count in seen.unfinished.items() if count}
    found = (
        f"left: {left}" if left else f"{len(seen.unfinished)} queues are empty, no letter is dead"
    )
    return Finding(bool(seen.unfinished) and not left, found)


def both_ran(seen: Seen) -> Finding:
    """Each phase had traffic, and was booked by the release that the phase is named for.

    What was sent under one release may stand on the queue until the other one books it; but once
    the rollback is done nothing is booked by N+1.
    """
    rows = {row.phase: row for row in by_phase(seen)}
    idle = [phase for phase in Phase if not rows[phase].events]
    if idle:
        return Finding(False, f"no event came under {', '.join(idle)}")
    wrong = [
        phase
        for phase, by_other in (
            (Phase.BEFORE, not rows[Phase.BEFORE].by_this),
            (Phase.NEXT, not rows[Phase.NEXT].by_next),
            (Phase.AFTER, rows[Phase.AFTER].by_next or not rows[Phase.AFTER].by_this),
        )
        if by_other
    ]
    if wrong:
        return Finding(False, f"booked by another release than it should: {', '.join(wrong)}")
    mixed = sum(
        len({_is_next(one) for one in lifecycle}) > 1
        for lifecycle in _lifecycles(seen.books.events)
    )
    return Finding(mixed > 0, f"{mixed} payments were booked by both releases in turns")


def field_kept(seen: Seen) -> Finding:
    """What N+1 wrote into a payment's objects is still there after N wrote the payment again."""
    if lost := seen.planted.held - seen.kept:
        named = {f"{one.object_id} of {one.payment_id}" for one in lost}
        return Finding(False, _named(("lost a field that N+1 wrote", named)))
    rewritten = {
        one.subject.subject_id
        for one in seen.books.events
        if not _is_next(one) and one.booked_at > seen.planted.at
    } & {held.payment_id for held in seen.planted.held}
    found = f"{len(seen.planted.held)} objects keep what only N+1 writes; N wrote again"
    return Finding(bool(rewritten), f"{found} {len(rewritten)} payments")


class Row(NamedTuple):
    """A phase: what was sent in it, and who booked what was new in it."""

    phase: Phase
    posts: int
    events: int
    by_this: int
    by_next: int


def by_phase(seen: Seen) -> list[Row]:
    """Count it all by phases."""
    booked = {one.event_id: _is_next(one) for one in seen.books.events}
    rows = []
    for phase in Phase:
        posts = sum(one.phase is phase for one in seen.sent)
        news = [name for name, one in seen.accepted.items() if one.phase is phase]
        by_next = sum(booked.get(name, False) for name in news)
        by_this = sum(not booked.get(name, True) for name in news)
        rows.append(Row(phase, posts, len(news), by_this, by_next))
    return rows


def _lifecycles(events: Iterable[BookedEvent]) -> Iterable[list[BookedEvent]]:
    lifecycles: dict[str, list[BookedEvent]] = {}
    for one in events:
        lifecycles.setdefault(one.subject.subject_id, []).append(one)
    return lifecycles.values()


def _is_next(event: BookedEvent) -> bool:
    return NEW in (event.model_extra or {})


def _named(*wrongs: tuple[str, Iterable[str]]) -> str:
    return "; ".join(_some(what, sorted(found)) for what, found in wrongs if found)


def _some(what: str, found: list[str]) -> str:
    more = len(found) - NAMED_MAX
    named = ", ".join(found[:NAMED_MAX]) + (f" and {more} more" if more > 0 else "")
    return f"{len(found)} {what}: {named}"


def lines(seen: Seen) -> Iterator[str]:
    """Show it in lines of a terminal."""
    yield f"  {'':<12}{'posts':>8}{'events':>8}{'booked by N':>14}{'by N+1':>8}"
    for row in by_phase(seen):
        yield f"  {row.phase:<12}{row.posts:>8}{row.events:>8}{row.by_this:>14}{row.by_next:>8}"
    for finding in findings(seen):
        verdict = "ok    " if finding.is_met else "FAILED"
        yield from wrap(f"  {verdict} {finding.seen}", WIDTH, subsequent_indent=" " * 9)
