"""Check a target before anything leaves by it: what can't be, and what is seldom meant."""

from collections.abc import Iterator, Mapping

from kassa.core.model import Mistake
from kassa.core.paths import steps
from kassa.partners.ports import Holds
from kassa.partners.rest.sources import Source
from kassa.partners.rest.target import RecordKind, Target

KnownFacts = Mapping[str, frozenset[str]]  # what each kind of fact says: the names in its `data`
_METADATA = {
    *("fact_id", "event_id", "merchant_id", "gateway", "account"),
    *("subject_kind", "subject_id", "version", "booked_at"),
}


def of_facts(written: object, place: str, facts: KnownFacts) -> Iterator[Mistake]:
    """Find facts that nobody publishes, also of a kind of record that can't be read."""
    for number, fact in enumerate(written if isinstance(written, list | tuple) else ()):
        if fact not in facts:
            yield Mistake(f"{place}.facts[{number}]", f"{fact} is no fact that Kassa publishes")


def of_sources(
    taken: Mapping[str, Source], named: object, place: str, facts: KnownFacts
) -> Iterator[Mistake]:
    """Find what is taken from a fact that never says it, of those a kind of record names."""
    listed = [one for one in named if one in facts] if isinstance(named, list | tuple) else []
    for name, source in taken.items():
        if source.view != "fact" or source.optional:
            continue
        why = _never_given(source, listed, facts)
        if why:
            yield Mistake(f"{place}.{name}", why)


def of_kind(kind: RecordKind, place: str) -> Iterator[Mistake]:
    """Find all else that is wrong with a kind of record that can be read."""
    if kind.holds is Holds.PAYMENT and "fact" in kind.views():
        why = "a payment as it stands is made of payment, order and buyer alone, not of a fact"
        yield Mistake(f"{place}.holds", why)
    yield from _of_overlaps(kind, place)
    yield from _of_requests(kind, place)


def warnings(target: Target) -> Iterator[Mistake]:
    """Find what is no mistake and yet seldom meant."""
    for number, kind in enumerate(target.records):
        place = f"records[{number}]"
        if not target.traits(kind).is_repeatable:
            why = "can't be looked up: after a lost answer a person decides what is done"
            yield Mistake(place, why)
        if kind.holds is not Holds.FACT and kind.look_up and not kind.look_up.version:
            why = "isn't given: what was found after a lost answer is written again"
            yield Mistake(f"{place}.look_up.version", why)
        if kind.holds is Holds.FACT and kind.key != "fact.metadata.fact_id":
            yield Mistake(f"{place}.key", "must differ from fact to fact, or one replaces another")
        if kind.holds is Holds.PAYMENT and kind.key.startswith("order."):
            why = "two payments of one order can't be one record: the second fails"
            yield Mistake(f"{place}.key", why)


def _of_requests(kind: RecordKind, place: str) -> Iterator[Mistake]:
    """Find what keeps a record from being written, or found again."""
    if kind.create and kind.holds is not Holds.FACT:
        if kind.look_up is None:
            why = "is missing: what is created once must be found again"
            yield Mistake(f"{place}.look_up", why)
        if kind.update is None:
            yield Mistake(f"{place}.update", "is missing: how does a later state get there?")
    for name in ("upsert", "create"):
        write = getattr(kind, name)
        if write and write.needs_id:
            yield Mistake(f"{place}.{name}.path", "{id} isn't known before there is a record")
    if kind.upsert and not kind.key_field and "{key}" not in kind.upsert.path:
        why = "nothing says our id: give key_field, or {key} in its path"
        yield Mistake(f"{place}.upsert", why)
    if kind.look_up and not kind.look_up.key and not _names_key(kind):
        yield Mistake(f"{place}.look_up", "nothing says our id: give {key}, or where it stands")


def _names_key(kind: RecordKind) -> bool:
    how = kind.look_up
    return how is not None and "{key}" in how.path + "".join(how.query.values())


def _never_given(source: Source, named: list[str], facts: KnownFacts) -> str | None:
    _, *rest = map(str, steps(source.taken_from or "fact"))
    part, name = (*rest, "", "")[:2]
    if part not in ("metadata", "data") or not name:
        return "a fact has metadata and data, such as fact.data.amount"
    if part == "metadata":
        return f"no fact's metadata has {name}" if name not in _METADATA else None
    lacking = [one for one in named if name not in facts[one]]
    if not lacking:
        return None
    return f"{', '.join(lacking)} has no {name}: make it optional, or another kind of record"


def _of_overlaps(kind: RecordKind, place: str) -> Iterator[Mistake]:
    """Find a field that is a group of others too, or is set twice."""
    names = [*kind.fields, *filter(None, (kind.key_field, kind.version_field))]
    spelled = [tuple(map(str, steps(name))) for name in names]
    for index, one in enumerate(spelled):
        others = spelled[:index] + spelled[index + 1 :]
        if any(other[: len(one)] == one for other in others):
            where = f"{place}.fields.{names[index]}"
            yield Mistake(where, "is set twice, or is a group of others")
