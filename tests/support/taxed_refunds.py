"""Refunds of a taxed order's payment, as the books report them."""

from datetime import timedelta

from kassa.core.postings import PostingKind
from kassa.ledger.facts import LedgerFact
from tests.support.aws_stack import NOW
from tests.support.facts import moved


def given_back(minor: int, refund_id: str = "re_1", request_id: str | None = None) -> LedgerFact:
    """Return the fact of a refund of the order's payment."""
    at = NOW + timedelta(days=1)
    ids = {"object_id": refund_id, "refund_request_id": request_id}
    return moved("RefundSucceeded", "pi_1", at, (minor, "EUR"), PostingKind.REFUND, **ids)
