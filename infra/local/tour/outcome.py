"""What came of the tour: gathered in the end, judged by `judge`, then shown."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.observed import Books
from infra.local.tour.fakes import Truth
from infra.local.tour.story import Order
from kassa.orders.views import OrderView
from kassa.refunds.lifecycle.cases import RefundCase

Answer = tuple[int, dict[str, Any]]  # an HTTP status, and what was said


@dataclass(frozen=True)
class Told:
    """An order, what the shop was answered, and how everything of it stands in the end."""

    order: Order
    pages: tuple[Answer, ...] = ()  # as often as it was sent in the same words
    changed: Answer | None = None  # when it was sent in other words
    refund: Answer | None = None  # when a refund was asked for
    shown: OrderView | None = None  # none where it was sold past Kassa
    cases: tuple[RefundCase, ...] = ()  # its refund requests, those that Kassa made included


@dataclass(frozen=True)
class TourOutcome:
    """What the stack and the gateways made of the tour."""

    told: tuple[Told, ...]
    books: Books
    truths: dict[str, Truth]  # by gateway
    unfinished: dict[str, int]  # messages in queues, dead letters included
    invoices: tuple[Path, ...] = ()
    report: tuple[Path, ...] = ()
    reported: dict[str, dict[str, int]] = field(default_factory=dict)  # by currency and name
