"""Deliveries in the table: begun by condition before anything leaves, and ended on what was begun.

Every write is held to the version that was read, so of two attempts at one delivery one goes on.
"""

from secrets import token_hex

from botocore.exceptions import BotoCoreError, ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core.errors import Conflict, DeliveryNotFound, StaleWrite
from kassa.deliveries import keys
from kassa.deliveries.delivery import (
    Delivery,
    Outcome,
    Status,
    begun,
    ended,
    is_begun_by_another,
    redriven,
    reported,
    settled,
)
from kassa.deliveries.items import delivery_of, item_of
from kassa.platform import clock, table
from kassa.platform.telemetry import count, logger

_ATTEMPT_ID_BYTES = 8


class Deliveries:
    """Reads and writes of one merchant's deliveries."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def find(self, delivery_id: str) -> Delivery | None:
        """Return a delivery as it stands now."""
        item = table.get(keys.delivery(self._merchant_id, delivery_id))
        return delivery_of(item) if item else None

    def begin(self, new: Delivery, *, is_repeatable: bool) -> Delivery | None:
        """Write that an attempt begins, and return the record to act on; None if none is due.

        An attempt that was begun and never ended is begun again where its recipient knows a
        repeat (`is_repeatable`); otherwise it is unknown for good, and a person decides. Raises
        StaleWrite while another attempt may be under way: the message must come back.
        """
        now, attempt_id = clock.now(), token_hex(_ATTEMPT_ID_BYTES)
        first = begun(new, now, attempt_id, is_repeatable=is_repeatable)
        if first is not None and new.version == 0 and self._wrote(first, None):
            return first
        kept = self._kept(new.delivery_id)
        if is_begun_by_another(kept, now):
            raise StaleWrite("another attempt at this delivery may be under way")
        attempt = begun(kept, now, attempt_id, is_repeatable=is_repeatable)
        if attempt is None:
            return None
        if not self._wrote(attempt, kept):
            raise StaleWrite("another attempt at this delivery was begun first")
        if attempt.status is Status.UNKNOWN:
            logger.warning("delivery unknown", delivery_id=kept.delivery_id)
            count("DeliveryUnknown")
            return None
        return attempt

    def end(self, attempt: Delivery, outcome: Outcome) -> Delivery:
        """Write what became of an attempt, and return the delivery as it stands.

        What its carrier reported meanwhile, or another attempt that was begun meanwhile, stays.
        Raises StaleWrite where others keep writing: the message must come back.
        """
        if outcome.status is Status.FAILED:
            logger.warning("delivery failed", delivery_id=attempt.delivery_id)
            count("DeliveryFailed")
        if self._wrote(after := ended(attempt, outcome), attempt):
            return after
        kept = self._kept(attempt.delivery_id)
        known = settled(kept, outcome)
        if known is not None and not self._wrote(known, kept):
            raise StaleWrite("others keep writing this delivery")
        return known or kept

    def skip(self, new: Delivery, reason: str) -> None:
        """Write that there is nothing to send, unless an attempt was begun before."""
        table.put_new(item_of(ended(new, Outcome(Status.SKIPPED, reason))))

    def wait(self, new: Delivery, outcome: Outcome) -> None:
        """Write that a delivery waits without an attempt, unless it was begun before."""
        table.put_new(item_of(ended(new, outcome)))

    def report(self, delivery_id: str, status: Status, reason: str | None = None) -> bool:
        """Write what a carrier reported afterwards; return whether it says something new.

        Raises DeliveryNotFound for one that isn't ours, and StaleWrite where another write was
        first: the report must come back.
        """
        kept = self._kept(delivery_id)
        after = reported(kept, status, reason)
        if after is None:
            return False
        if not self._wrote(after, kept):
            raise StaleWrite("another write of this delivery was first")
        return True

    def redrive(self, delivery_id: str, by: Actor, reason: str | None = None) -> Delivery:
        """Let a delivery be tried again, with the audit item that says who wanted it.

        Raises DeliveryNotFound, Conflict where it isn't one that failed, and StaleWrite where
        another write was first: read it again.
        """
        kept = self._kept(delivery_id)
        after = redriven(kept, clock.now())
        if after is None:
            raise Conflict(f"the delivery is {kept.status}: only what failed is driven again")
        act = Act(
            operation="delivery.redrive",
            object_id=f"delivery/{delivery_id}",
            by=by,
            before=kept.status,
            after=after.status,
            reason=reason,
        )
        try:
            audit_trail.transact([{"Put": table.putting(item_of(after), kept.version)}], act)
        except ClientError as error:
            if table.is_cancelled(error):
                raise StaleWrite("another write of this delivery was first") from error
            raise
        return after

    def _wrote(self, after: Delivery, before: Delivery | None) -> bool:
        """Write a delivery over the one that was read, or where none was; tell whether it is ours.

        Where the answer is lost, or the SDK's own repetition meets what the first one wrote, what
        stands says it: an attempt that nobody goes on with would be unknown for good.
        """
        try:
            put = table.putting(item_of(after), before.version if before else None)
            is_written = table.write("put_item", **put) is not None
        except BotoCoreError:
            if self.find(after.delivery_id) == after:
                return True
            raise
        return is_written or self.find(after.delivery_id) == after

    def _kept(self, delivery_id: str) -> Delivery:
        kept = self.find(delivery_id)
        if kept is None:
            raise DeliveryNotFound(delivery_id)
        return kept
