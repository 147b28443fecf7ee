"""Who acts by the command line, and acts that aren't writes of the table: noted before they begin.

The audit trail can't be written in one transaction with a queue or a secret. So such an act is
noted as begun, done, and noted as done or failed: what isn't noted isn't done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from cli.stack import current
from infra import stack_clients
from infra.stack import Stack
from kassa.audit.note_act import acting as noted
from kassa.audit.trail import REASON_MAX, Act, Actor
from kassa.core.errors import InvalidRequest


def operator(stack: Stack | None = None) -> Actor:
    """Return who acts, as AWS knows them; nobody acts whom it doesn't know."""
    return stack_clients.operator(stack or current())


@contextmanager
def acting(stack: Stack, operation: str, object_id: str, reason: str = "") -> Iterator[None]:
    """Do something that is noted before and after; the adapters must be connected."""
    if len(reason) > REASON_MAX:
        raise InvalidRequest(f"--reason: {REASON_MAX} characters at most")
    act = Act(
        operation=operation, object_id=object_id, by=operator(stack), reason=reason.strip() or None
    )
    with noted(act):
        yield
