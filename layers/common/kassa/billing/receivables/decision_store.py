"""What people decided of receivables, in the table: with its act in the audit trail, or neither."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.billing.receivables.items import entering
from kassa.billing.receivables.receivable import KeptReceivable, Receivable
from kassa.core.errors import StaleWrite
from kassa.platform import table
from kassa.platform.settings import settings


class Decided(NamedTuple):
    """A receivable as it was read, and as a person wants it."""

    was: KeptReceivable
    after: Receivable


def keep_decision(was: KeptReceivable, after: Receivable, act: Act) -> KeptReceivable:
    """Write a receivable as a person decided it, and their act, all or nothing.

    Raises StaleWrite when another writer was first: read again, and decide again.
    """
    [kept] = keep_decisions((Decided(was, after),), act)
    return kept


def keep_decisions(decided: Sequence[Decided], act: Act) -> list[KeptReceivable]:
    """Write several receivables that one decision changes, and its act, all or nothing."""
    named = {"TableName": settings().table_name}
    own: list[dict[str, Any]] = [{"Update": named | entering(*one)} for one in decided]
    try:
        audit_trail.transact(own, act)
    except ClientError as error:
        if "ConditionalCheckFailed" in table.reasons(error)[: len(own)]:
            numbers = ", ".join(one.was.number for one in decided)
            raise StaleWrite(f"invoice {numbers} was changed meanwhile") from error
        raise
    return [
        one.was._replace(receivable=one.after, version=(one.was.version or 0) + 1)
        for one in decided
    ]
