"""What would be sent to a target for a fact, built and shown without sending anything."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from cli import strict_files
from cli.connection import connect
from cli.stack import give_up
from kassa.core.errors import DeliveryNotFound
from kassa.deliveries.store import Deliveries
from kassa.partners import read_views
from kassa.partners.ports import BuyerForgotten, FactContext, RecordUnreadable
from kassa.partners.rest import records
from kassa.partners.rest.push import filled
from kassa.partners.rest.target import RecordKind, Target
from kassa.platform.settings import settings

_WHOSE = ("subject_kind", "gateway", "account", "subject_id", "version")  # of what a record holds


class Trial(NamedTuple):
    """One record that a fact leads to: the request, or why there is none."""

    kind: str
    request: str = ""
    body: dict[str, Any] | None = None
    version: int | None = None
    wrong: str | None = None


def context_from_file(path: Path) -> FactContext:
    """Return a fact from a file, with the views that stand beside it there.

    It is a fact as the bus has it, or an object with `fact`, `payment`, `order` and `buyer`.
    """
    written = strict_files.read(path)
    if not isinstance(written, dict):
        give_up(f"{path} holds no fact")
    fact = written.get("fact") or written.get("detail") or written
    if not isinstance(fact, dict) or not {"metadata", "data"} <= set(fact):
        give_up(f"{path} holds no fact: one has metadata and data")
    missing = [name for name in _WHOSE if name not in fact["metadata"]]
    if missing:
        give_up(f"{path}: the fact's metadata lacks {', '.join(missing)}")
    return FactContext(fact, written.get)


def context_from_delivery(delivery_id: str) -> FactContext:
    """Return the fact of a delivery of the stack, with what the stack says of it now."""
    connect()
    kept = Deliveries(settings().merchant_id).find(delivery_id)
    if kept is None:
        raise DeliveryNotFound(delivery_id)
    return read_views.context(json.loads(kept.payload))


def tried(target: Target, context: FactContext) -> list[Trial]:
    """Return what each kind of record would be."""
    fact = str(context.fact["data"].get("fact"))
    return [_tried(target, kind, context) for kind in target.records if fact in kind.facts]


def _tried(target: Target, kind: RecordKind, context: FactContext) -> Trial:
    try:
        record = records.record(kind, context)
    except RecordUnreadable as error:
        return Trial(kind.kind, wrong=str(error))
    except BuyerForgotten:
        return Trial(kind.kind, wrong="the buyer was erased: nothing is sent")
    write = kind.upsert or kind.create
    assert write is not None  # a kind has one of the two
    url = target.base_url.rstrip("/") + filled(write.path, record.key, None)
    body = None if write.method == "DELETE" else record.fields
    return Trial(kind.kind, f"{write.method} {url}", body, record.version)
