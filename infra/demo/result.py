"""What came of the demo: gathered in the end, checked by `check`, then shown."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from infra.demo.actors.fakes import Truth
from infra.demo.scenario import Order, Scenario
from infra.local.observed import Books
from kassa.billing.invoices.view import InvoiceView
from kassa.billing.numbering.verification import Verified
from kassa.orders.views import OrderView
from kassa.refunds.lifecycle.cases import RefundCase

Answer = tuple[int, dict[str, Any]]  # an HTTP status, and the body


class Certified(NamedTuple):
    """A series' certificate, and what verifying it with its documents came to."""

    path: Path
    found: Verified


class Received(NamedTuple):
    """What a program beside the stack was told by webhooks."""

    requests: int
    unverified: int
    differing: int  # ids that came again with other bytes
    facts: tuple[str, ...]  # their ids, each once


@dataclass(frozen=True)
class OrderResult:
    """An order, what the shop was answered, and how everything of it stands in the end."""

    order: Order
    payment_id: str | None = None  # none where it wasn't paid, or nobody knows yet by what
    answers: tuple[Answer, ...] = ()  # as often as it was sent with the same fields
    changed: Answer | None = None  # when it was sent with other fields
    refunds: tuple[Answer, ...] = ()  # as often as its refund was requested
    view: OrderView | None = None  # none where it was sold past Kassa
    invoice: InvoiceView | None = None  # of what is paid later
    cases: tuple[RefundCase, ...] = ()  # its refund requests, those that Kassa made included

    @property
    def refund_request_id(self) -> str | None:
        """Return the id of the request that was made; none where none was, or it was refused."""
        request = self.refunds[0][1].get("request") if self.refunds else None
        return str(request["refund_request_id"]) if request else None

    @property
    def case(self) -> RefundCase | None:
        """Return the request that was made, as it stands in the end."""
        mine = self.refund_request_id
        found = (one for one in self.cases if one.request.refund_request_id == mine)
        return next(found, None)


@dataclass(frozen=True)
class Result:
    """What the stack and the gateways made of a scenario."""

    scenario: Scenario
    orders: tuple[OrderResult, ...]
    books: Books
    truths: dict[str, Truth]  # by gateway; none of who isn't our fake
    unfinished: dict[str, int]  # messages in queues, dead letters included
    received: Received | None = None  # none where nobody listens
    invoices: tuple[Path, ...] = ()
    credit_notes: tuple[Path, ...] = ()
    einvoices: tuple[Path, ...] = ()  # of both
    certificates: tuple[Certified, ...] = ()  # of each series that was numbered
    mails: tuple[Path, ...] = ()  # in the order that they left
    report: tuple[Path, ...] = ()
    reported: dict[str, dict[str, int]] = field(default_factory=dict)  # by currency and name

    def of(self, order_id: str) -> OrderResult:
        """Return what came of an order."""
        return next(one for one in self.orders if one.order.order_id == order_id)
