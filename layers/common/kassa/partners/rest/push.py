"""A REST target as a partner: finds and writes its records as its data says."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from kassa.core.errors import (
    AddressRefused,
    PartnerSilent,
    PartnerUnreachable,
    SecretsUnavailable,
)
from kassa.core.paths import find
from kassa.partners.ports import Answer, FactContext, Held, Record, Traits, Verdict
from kassa.partners.rest import client, errors, records
from kassa.partners.rest.store import Targets
from kassa.partners.rest.target import LookUp, RecordKind, Target, Write
from kassa.platform import clock


def connected(merchant_id: str) -> Iterable["RestPartner"]:
    """Return the targets that rule and are switched on."""
    ruling = Targets(merchant_id).ruling()
    return [RestPartner(target) for target in ruling if target.enabled]


class RestPartner:
    """One target; `ports.Partner` says what its methods do."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._unsaid: list[str] = []  # what the record under way says of a person

    @property
    def name(self) -> str:
        return self._target.name

    @property
    def turn(self) -> timedelta:
        return self._target.rate.turn

    def kinds_of(self, fact: str) -> Sequence[str]:
        return [one.kind for one in self._target.records if fact in one.facts]

    def traits(self, kind: str) -> Traits | None:
        named = self._target.named(kind)
        return self._target.traits(named) if named else None

    def record(self, kind: str, context: FactContext) -> Record:
        named = self._named(kind)
        built = records.record(named, context)
        self._unsaid = list(records.personal_texts(named, context))
        return built

    def look_up(self, record: Record, partner_id: str | None) -> Held | Answer | None:
        how = self._named(record.kind).look_up
        if how is None or ("{id}" in how.path and partner_id is None):
            return None
        path = filled(how.path, record.key, partner_id)
        if how.query:
            path += "?" + urlencode(
                {n: t.replace("{key}", record.key) for n, t in how.query.items()}
            )
        reply = self._asked("GET", path, None)
        if reply.answer is not None:  # looking does nothing, so nothing about it is unknown
            is_unknown = reply.answer.verdict is Verdict.UNKNOWN
            return reply.answer._replace(verdict=Verdict.BUSY) if is_unknown else reply.answer
        if reply.status in self._target.answers.missing:
            return None
        return _held(how, record, reply.body)

    def upsert(self, record: Record, held: Held | None) -> Answer:
        kind = self._named(record.kind)
        if kind.upsert:
            return self._written(kind.upsert, record, held)
        if held is not None:
            return self._updated(kind, record, held)
        assert kind.create is not None  # a kind has one of the two
        reply = self._sent(kind.create, record, None)
        if reply.status not in self._target.answers.exists:
            return _answer(reply, kind.create, None)
        found = self.look_up(record, None)
        if isinstance(found, Answer):
            return found
        if found is None:
            return Answer(Verdict.REFUSED, "it says that it has the record, and it isn't found")
        return self._updated(kind, record, found)

    def _updated(self, kind: RecordKind, record: Record, held: Held) -> Answer:
        if kind.update is None:
            return Answer(Verdict.DONE, partner_id=held.partner_id)
        if kind.update.needs_id and held.partner_id is None:
            found = self.look_up(record, None)
            if isinstance(found, Answer):
                return found
            held = found or held
        return self._written(kind.update, record, held)

    def _written(self, how: Write, record: Record, held: Held | None) -> Answer:
        partner_id = held.partner_id if held else None
        if how.needs_id and partner_id is None:
            return Answer(Verdict.REFUSED, "the target's own id of the record isn't known")
        return _answer(self._sent(how, record, partner_id), how, partner_id)

    def _sent(self, how: Write, record: Record, partner_id: str | None) -> "_Reply":
        content = None if how.method == "DELETE" else record.fields
        return self._asked(how.method, filled(how.path, record.key, partner_id), content)

    def _asked(self, method: str, path: str, content: Any) -> "_Reply":
        try:
            answer = client.send(self._target, method, path, content)
        except PartnerUnreachable as error:
            return _Reply(Answer(Verdict.BUSY, str(error), is_silent=True))
        except PartnerSilent as error:
            return _Reply(Answer(Verdict.UNKNOWN, str(error), is_silent=True))
        except AddressRefused as error:
            return _Reply(Answer(Verdict.REFUSED, str(error)))
        except (client.Unauthorized, SecretsUnavailable):
            return _Reply(errors.unauthorized())
        body, meanings = client.as_json(answer), self._target.answers
        if answer.status in meanings.missing and method in ("GET", "DELETE"):
            return _Reply(None, answer.status, body)
        read = errors.read(answer.status, answer.headers, body, meanings, clock.now())
        if read.verdict is Verdict.DONE:
            return _Reply(None, answer.status, body)
        unsaid = [*self._unsaid, *client.secrets_of(self._target)]
        verdict = read._replace(reason=errors.scrubbed(read.reason or "", unsaid))
        return _Reply(verdict, answer.status, body)

    def _named(self, kind: str) -> RecordKind:
        named = self._target.named(kind)
        assert named is not None  # `traits` was asked before
        return named


class _Reply(NamedTuple):
    """What came back: an answer that ends it, or the body of what was done, or isn't there."""

    answer: Answer | None
    status: int = 0  # of who didn't answer
    body: Any = None


def _answer(reply: _Reply, how: Write, partner_id: str | None) -> Answer:
    """Return what a write came to, with the target's own id of the record."""
    if reply.answer is not None:
        return reply.answer
    found = find(how.id, reply.body) if how.id else None
    named = str(found) if isinstance(found, str | int) else partner_id
    return Answer(Verdict.DONE, partner_id=named)


def filled(template: str, key: str, partner_id: str | None) -> str:
    """Return a path with our id and the target's in their places, each as one step of it."""
    return template.replace("{key}", quote(key, safe="")).replace(
        "{id}", quote(partner_id or "", safe="")
    )


def _held(how: LookUp, record: Record, body: Any) -> Held | Answer | None:
    """Return the one record found by our id; two of one id are a person's business."""
    found = find(how.found_in, body) if how.found_in else [body]
    if not isinstance(found, list):
        return Answer(Verdict.REFUSED, f"a look-up's answer has no list at {how.found_in}")
    ours = [one for one in found if not how.key or str(find(how.key, one)) == record.key]
    if len(ours) > 1:
        return Answer(Verdict.REFUSED, f"{len(ours)} records have our id")
    if not ours:
        return None
    partner_id, version = (find(path, ours[0]) if path else None for path in (how.id, how.version))
    return Held(
        str(partner_id) if isinstance(partner_id, str | int) else None,
        int(str(version)) if str(version).isdigit() else None,
    )
