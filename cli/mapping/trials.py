"""Tries a mapping on events from files: what each would become, in order, without a stack."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cli.stack import give_up
from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import Delivery, GatewayEvent, Ignored
from kassa.gateways.standard.events import parsed, read_by
from kassa.gateways.standard.mapping.model import Mapping
from kassa.gateways.standard.mapping.translate import ruling
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from kassa.platform import clock


class Trial(NamedTuple):
    """What an event would become after those before it."""

    file: Path
    event: GatewayEvent | Ignored
    rule: int | None  # which one counted; none for what is ignored without one
    facts: tuple[LedgerFact, ...]
    waiting: tuple[str, ...]


def tried(mapping: Mapping, files: Sequence[Path], mode: str) -> list[Trial]:
    """Read the files' events one after the other and book them into states that nobody keeps.

    What can't be opened or read is listed for all files at once.
    """
    states: dict[str, SubjectState] = {}
    trials, refused = [], []
    for file in files:
        try:
            trials.append(_tried(mapping, file, mode, states))
        except (UnreadableEvent, OSError) as error:
            refused.append(f"{file}: {getattr(error, 'strerror', None) or error}")
    if refused:
        give_up("; ".join(refused))
    return trials


def _tried(mapping: Mapping, file: Path, mode: str, states: dict[str, SubjectState]) -> Trial:
    raw, now = file.read_bytes(), clock.now()
    delivery = Delivery(
        gateway="standard",
        account="main",
        merchant_id="main",
        mode=mode,
        received_at=now,
        delivery_id=file.name,
    )
    event = read_by(mapping, raw, delivery)
    if isinstance(event, Ignored):
        return Trial(file, event, None, (), ())
    subject = f"{event.subject.kind}:{event.subject.subject_id}"
    context = BookingContext(merchant_id="main", booked_at=now)
    after, facts = book(states.get(subject, SubjectState()), event, context)
    states[subject] = after
    rule = ruling(event.gateway_type, parsed(raw), mapping)
    return Trial(file, event, rule, facts, after.waiting)
