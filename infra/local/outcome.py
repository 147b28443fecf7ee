"""What the stack made of the main job: gathered by it, judged by `expectations`, then shown."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.fake_stripe import GatewayTruth
from infra.local.observed import Books
from infra.local.orders import RefundPlan, Sale
from kassa.refunds.lifecycle.cases import RefundCase

Answer = tuple[int, dict[str, Any]]  # an HTTP status, and what was said


@dataclass(frozen=True)
class Asked:
    """A refund that was asked for, what was answered each time, and how it stands in the end."""

    sale: Sale
    plan: RefundPlan
    answers: tuple[Answer, ...]
    case: RefundCase | None = None

    @property
    def refund_request_id(self) -> str | None:
        """Return the request's id; none where it was refused."""
        request = self.answers[0][1].get("request")
        return str(request["refund_request_id"]) if request else None


@dataclass(frozen=True)
class Refunds:
    """Every refund that was asked for, and what the gateway says of them all."""

    asked: tuple[Asked, ...]
    truth: GatewayTruth


@dataclass(frozen=True)
class Outcome:
    """What the stack made of the shop's traffic."""

    sales: tuple[Sale, ...]
    payout_id: str
    books: Books
    invoices: tuple[Path, ...]
    report: tuple[Path, ...]
    unfinished: dict[str, int]  # messages in queues, dead letters included
    refunds: Refunds | None  # none where the gateway played here knows no refunds
