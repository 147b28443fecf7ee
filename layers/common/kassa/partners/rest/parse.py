"""What a merchant writes becomes a target, or a list of all that is wrong with it, each placed."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from kassa.core.errors import AddressRefused
from kassa.core.model import Mistake, Model, mistakes
from kassa.core.paths import steps
from kassa.partners import addresses
from kassa.partners.ports import Holds
from kassa.partners.rest.checks import KnownFacts, of_facts, of_kind, of_sources, warnings
from kassa.partners.rest.sources import Source
from kassa.partners.rest.target import FIELDS_MAX, RECORDS_MAX, OAuth2, RecordKind, Target, Write

_STAND_IN = RecordKind(  # while the rest of a target is read
    kind="x", facts=("X",), holds=Holds.FACT, upsert=Write(method="PUT", path="/{key}")
)


class ReadTarget(NamedTuple):
    """A target, if nothing is wrong with it, and what there is to say about it."""

    target: Target | None
    wrong: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...] = ()


def read_target(value: object, facts: KnownFacts, trial_hosts: Sequence[str] = ()) -> ReadTarget:
    """Read a target, going on after each mistake so that all are reported at once.

    `facts` are those that Kassa publishes; `trial_hosts` may be called without TLS.
    """
    if not isinstance(value, dict):
        return ReadTarget(None, (Mistake("", "isn't a target: names with values were expected"),))
    kinds, wrong = _kinds(value.get("records"), facts)
    head = {name: field for name, field in value.items() if name != "records"}
    try:
        target = Target.model_validate(head | {"records": (_STAND_IN,)})
    except ValidationError as error:
        found = [one for one in mistakes(error) if not one.place.startswith("records")]
        return ReadTarget(None, (*found, *wrong))
    wrong = [*_of_addresses(target, trial_hosts), *_of_headers(target), *wrong]
    if wrong:
        return ReadTarget(None, tuple(wrong))
    whole = target.model_copy(update={"records": tuple(kinds)})
    return ReadTarget(whole, (), tuple(warnings(whole)))


def _kinds(written: object, facts: KnownFacts) -> tuple[list[RecordKind], list[Mistake]]:
    if not isinstance(written, list | tuple) or not written:
        return [], [Mistake("records", "is missing; it is a list of the kinds of record")]
    if len(written) > RECORDS_MAX:
        return [], [Mistake("records", f"has {len(written)} kinds; {RECORDS_MAX} are allowed")]
    kinds: list[RecordKind] = []
    wrong: list[Mistake] = []
    for number, value in enumerate(written):
        kind, found = _kind(value, f"records[{number}]", facts)
        wrong += found
        if kind and kind.kind in [one.kind for one in kinds]:
            wrong.append(Mistake(f"records[{number}].kind", f"{kind.kind} is there already"))
        kinds += [kind] if kind else []
    return kinds, wrong


def _kind(value: object, place: str, facts: KnownFacts) -> tuple[RecordKind | None, list[Mistake]]:
    """Read a kind of record and each of its fields apart, so that none hides what another lacks."""
    written = value.get("fields", {}) if isinstance(value, dict) else {}
    shell = {**value, "fields": {}} if isinstance(value, dict) else value
    kind, wrong = _read(RecordKind, shell, place)
    if not isinstance(written, dict) or len(written) > FIELDS_MAX:
        why = f"isn't a list of at most {FIELDS_MAX} fields with their sources"
        return None, [*wrong, Mistake(f"{place}.fields", why)]
    fields: dict[str, Source] = {}
    for name, source in written.items():
        one, found = _read(Source, source, f"{place}.fields.{name}")
        wrong += found + _of_name(name, f"{place}.fields.{name}")
        fields |= {str(name): one} if one else {}
    taken = {f"fields.{name}": source for name, source in fields.items()}
    if kind:
        taken["key"] = Source(path=kind.key)
    named = value.get("facts") if isinstance(value, dict) else ()
    wrong += [*of_facts(named, place, facts), *of_sources(taken, named, place, facts)]
    if kind is None:
        return None, wrong
    whole = kind.model_copy(update={"fields": fields})
    return whole, wrong + list(of_kind(whole, place))


def _read(model: type[Any], value: object, place: str) -> tuple[Any, list[Mistake]]:
    try:
        read: Model = model.model_validate(value)
    except ValidationError as refused:
        return None, mistakes(refused, place)
    return read, []


def _of_name(name: object, place: str) -> list[Mistake]:
    try:
        found = steps(str(name))
    except ValueError as error:
        return [Mistake(place, str(error))]
    is_name = all(isinstance(step, str) for step in found)
    return [] if is_name else [Mistake(place, "a field is written like name or group.name")]


def _of_addresses(target: Target, trial_hosts: Sequence[str]) -> Iterator[Mistake]:
    named = {"base_url": target.base_url}
    if isinstance(target.auth, OAuth2):
        named["auth.token_url"] = target.auth.token_url
    for place, url in named.items():
        try:
            addresses.read_url(url, trial_hosts)
        except AddressRefused as error:
            yield Mistake(place, str(error).removeprefix("url: "))
    if "?" in target.base_url:
        yield Mistake("base_url", "must have no query: paths are put behind it")


def _of_headers(target: Target) -> Iterator[Mistake]:
    for name, field in target.headers.items():
        if name.lower() in _OURS:
            yield Mistake(f"headers.{name}", "is set by Kassa itself; credentials are a secret's")
        elif not field.isprintable() or not field.isascii():
            yield Mistake(f"headers.{name}", "has characters that no header may have")


_OURS = {"authorization", "content-type", "accept", "host", "content-length", "connection"}
