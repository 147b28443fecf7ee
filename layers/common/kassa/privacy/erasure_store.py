"""How far an erasure is, in the table: begun and ended with an act of the audit trail."""

from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor, Outcome
from kassa.core import stored
from kassa.core.errors import StaleWrite
from kassa.platform import table
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger
from kassa.privacy import keys
from kassa.privacy.erasure import Erasure

OPERATION = "customer.erase"


def find(customer_id: str) -> Erasure | None:
    """Return the last erasure of a customer, done or not."""
    item = table.get(keys.erasure(settings().merchant_id, customer_id))
    return stored.read_text(Erasure, item["erasure"]) if item else None


def begin(before: Erasure | None, begun: Erasure, by: Actor) -> Erasure:
    """Write that an erasure begins, with its act; raise StaleWrite if another was first."""
    act = Act(operation=OPERATION, object_id=_named(begun), by=by, outcome=Outcome.BEGUN)
    item = _transact(before, begun, act)
    noted = begun.model_copy(update={"begun_act": item, "version": begun.version + 1})
    return keep(begun, noted)


def keep(before: Erasure, after: Erasure) -> Erasure:
    """Write how far an erasure is; raise StaleWrite if another went on with it."""
    if table.write("put_item", **_put(before, after)) is None:
        raise StaleWrite("another goes on with this erasure")
    return after


def end(before: Erasure, done: Erasure, by: Actor) -> Erasure:
    """Write that an erasure is done, with its act."""
    begun = {"begun": before.begun_act, "outcome": Outcome.DONE}
    after = f"erasure {done.number}"
    _transact(
        before,
        done,
        Act(operation=OPERATION, object_id=_named(done), by=by, after=after, **begun),
    )
    logger.info("customer erased", number=done.number, erased=done.erased.model_dump())
    return done


def _transact(before: Erasure | None, after: Erasure, act: Act) -> str:
    try:
        return audit_trail.transact([{"Put": _put(before, after)}], act).item_id
    except ClientError as error:
        if table.is_cancelled(error):
            raise StaleWrite("another goes on with this erasure") from error
        raise


def _put(before: Erasure | None, after: Erasure) -> dict[str, Any]:
    key = keys.erasure(settings().merchant_id, after.customer_id)
    item = key._asdict() | {"version": after.version, "erasure": stored.text(after)}
    return table.putting(item, before.version if before else None)


def _named(erasure: Erasure) -> str:
    return f"customer/{erasure.customer_id}"
