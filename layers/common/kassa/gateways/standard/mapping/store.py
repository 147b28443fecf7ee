"""Mappings in the table: one rules an account, all versions stay; read every five minutes."""

from datetime import datetime, timedelta

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.errors import MappingNotFound, UnreadableEvent
from kassa.core.model import Instant, Model
from kassa.gateways.standard.mapping.model import Mapping
from kassa.platform import clock, keys, table
from kassa.platform.settings import settings

KEPT_FOR = timedelta(minutes=5)

_kept: dict[tuple[str, str], tuple[datetime, Mapping]] = {}


class SavedMapping(Model):
    """A mapping as it stands in the table; its version is named by what it says."""

    mapping: Mapping
    version: str
    saved_at: Instant


def mapping_of(gateway: str, account: str) -> Mapping:
    """Return the mapping that an account's events are read by; raise UnreadableEvent without one.

    That there is none is never kept: who saves one redrives the DLQ at once.
    """
    kept = _kept.get((gateway, account))
    if kept and timedelta(0) <= clock.now() - kept[0] < KEPT_FOR:
        return kept[1]
    try:
        mapping = find(gateway, account).mapping
    except MappingNotFound as error:
        raise UnreadableEvent(str(error)) from error
    _kept[gateway, account] = clock.now(), mapping
    return mapping


def find(gateway: str, account: str, version: str | None = None) -> SavedMapping:
    """Return the mapping that rules, or a version of it; raise MappingNotFound without one."""
    by_version = keys.mapping_version(gateway, account, version or "")
    item = table.get(by_version if version else keys.mapping(gateway, account))
    if item is None:
        which = f"no version {version} of the mapping" if version else "no mapping"
        raise MappingNotFound(f"{gateway}/{account} has {which}: 'kassa mapping save' keeps one")
    mapping = stored.read_text(Mapping, item["document"])
    return SavedMapping(mapping=mapping, version=item["version"], saved_at=item["saved_at"])


def save(gateway: str, account: str, mapping: Mapping, by: Actor) -> bool:
    """Keep a mapping and let it rule from now on; no, if it rules already.

    Both items in one transaction, so that what rules can always be found by its version too.
    """
    before = _ruling(gateway, account)
    if before == mapping.version:
        return False
    fields = {
        "document": mapping.model_dump_json(exclude_defaults=True),
        "version": mapping.version,
        "saved_at": clock.now().isoformat(),
    }
    both = keys.mapping(gateway, account), keys.mapping_version(gateway, account, mapping.version)
    puts = [
        {"Put": {"TableName": settings().table_name, "Item": _item(key, fields)}} for key in both
    ]
    act = Act(
        operation="mapping.save",
        object_id=f"mapping/{gateway}/{account}",
        by=by,
        before=before,
        after=mapping.version,
    )
    audit_trail.transact(puts, act)
    return True


def _ruling(gateway: str, account: str) -> str | None:
    try:
        return find(gateway, account).version
    except MappingNotFound:
        return None


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()


def _item(key: keys.Key, fields: dict[str, str]) -> table.Item:
    return table.typed({**key._asdict(), **fields})
