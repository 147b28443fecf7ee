"""Acts that aren't writes of the table: noted before they begin, and at their end as done or not.

The audit trail can't be written in one transaction with a queue or a secret. So what isn't noted
isn't done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Outcome


@contextmanager
def acting(act: Act) -> Iterator[None]:
    """Do something that is noted before and after; an error is noted too, and goes on."""
    act = act.model_copy(update={"outcome": Outcome.BEGUN})
    begun = audit_trail.append(act)
    ended = act.model_copy(update={"begun": begun.item_id, "outcome": Outcome.FAILED})
    try:
        yield
        ended = ended.model_copy(update={"outcome": Outcome.DONE})
    finally:
        audit_trail.append(ended)
