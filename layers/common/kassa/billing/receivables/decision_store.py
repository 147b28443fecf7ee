"""What people decided of receivables, in the table: with its act in the audit trail, or neither."""

from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.billing.receivables.items import entering
from kassa.billing.receivables.receivable import KeptReceivable, Receivable
from kassa.core.errors import StaleWrite
from kassa.platform import table
from kassa.platform.settings import settings


def keep_decision(was: KeptReceivable, after: Receivable, act: Act) -> KeptReceivable:
    """Write a receivable as a person decided it, and their act, all or nothing.

    Raises StaleWrite when another writer was first: read again, and decide again.
    """
    update: dict[str, Any] = {"TableName": settings().table_name, **entering(was, after)}
    try:
        audit_trail.transact([{"Update": update}], act)
    except ClientError as error:
        if "ConditionalCheckFailed" in table.reasons(error)[:1]:
            raise StaleWrite(f"invoice {was.number} was changed meanwhile") from error
        raise
    return was._replace(receivable=after, version=(was.version or 0) + 1)
