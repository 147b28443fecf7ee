"""What a finance person writes and reads: a policy from plain names and values, and back.

YAML and JSON are read elsewhere; here are only their names, texts, numbers and lists. Whatever is
off is refused with its place, nothing is guessed and nothing unknown is passed over.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, ParamSpec, TypeVar

from kassa.core.errors import InvalidRequest, Unreadable
from kassa.core.money import Money
from kassa.refunds.policy import cells
from kassa.refunds.policy.conditions import COLUMNS, Condition
from kassa.refunds.policy.model import OTHERWISE, OnExpiry, Outcome, RefundPolicy, Rule
from kassa.refunds.policy.phrases import amount_text, plain

P = ParamSpec("P")
T = TypeVar("T")

MISTAKES_MAX = 100  # of one document; whoever makes more sees these first
RULES_MAX, CURRENCIES_MAX, NAME_MAX, NOTE_MAX = 200, 50, 100, 1000
FIRST_YEAR, LAST_YEAR = 1970, 9000
_RULE = ("id", "name", "when", "then")
_WHOLE = {  # name: the least and the most
    "decide_within_hours": (1, 24 * 90),
    "remind_after_hours": (1, 24 * 90),
    "undo_minutes": (0, 24 * 60),
}
_POLICY = (
    *("effective_from", "note", "second_person_over", "second_person_to_save", *_WHOLE),
    *("on_expiry", "rules", "otherwise"),
)
_RULE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_ANY = "any"


class Mistakes:
    """What is wrong with a document, in its order, so that who wrote it hears of all at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self.found: list[str] = []

    def of(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what was read; nothing where it was refused, which is kept."""
        try:
            return read(*args, **kwargs)
        except Unreadable as refused:
            self.found += refused.wrong
        except InvalidRequest as refused:
            self.found.append(str(refused))
        return None

    def refuse(self) -> None:
        """Raise Unreadable if anything was found."""
        if self.found:
            more = len(self.found) - MISTAKES_MAX
            cut = [f"and {more} mistakes more"] if more > 0 else []
            raise Unreadable([*self.found[:MISTAKES_MAX], *cut])


class Printed(NamedTuple):
    """A policy's table as it is printed: only the columns that a rule names, the rows in order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_policy(
    document: object, merchant_id: str, version: int, saved_at: datetime, saved_by: str
) -> RefundPolicy:
    """Return the policy that a person wrote.

    Raises Unreadable, which lists every mistake with its place and what is right.
    """
    wrong = Mistakes()
    given = _known(wrong, document, (_POLICY, "", "part of a policy"))
    for needed in ("effective_from", "rules"):
        if needed not in given:
            wrong.of(cells.refuse, needed, "is missing")
    read = {name: wrong.of(_PARTS[name], value) for name, value in given.items()}
    wrong.refuse()
    policy = RefundPolicy(
        version=version, merchant_id=merchant_id, saved_at=saved_at, saved_by=saved_by, **read
    )
    if policy.remind_after_hours >= policy.decide_within_hours:
        why = f"{policy.remind_after_hours} isn't before the deadline,"
        cells.refuse("remind_after_hours", f"{why} {policy.decide_within_hours} hours")
    return policy


def _known(
    wrong: Mistakes, value: object, allowed: tuple[Iterable[str], str, str]
) -> dict[str, Any]:
    """Return the known parts of a mapping; `allowed` are their names, its place and their noun."""
    known, place, noun = [*allowed[0]], *allowed[1:]
    if not isinstance(value, dict):
        wrong.of(cells.mapping, value, known, place, noun)
        return {}
    for name in value:
        wrong.of(cells.mapping, {name: None}, known, place, noun)
    return {name: part for name, part in value.items() if name in known}


def _note(value: object) -> str:
    """Return the note; unlike a name it may have several lines, and YAML ends the last one."""
    note = value.strip() if isinstance(value, str) else value
    cells.text(note.replace("\n", " ") if isinstance(note, str) else note, "note", NOTE_MAX)
    return str(note)


def _whole(name: str, value: object) -> int:
    return cells.whole(value, name, *_WHOLE[name])


def _instant(value: object, place: str) -> datetime:
    """Return an instant; without an offset it would mean another one elsewhere."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            cells.refuse(place, f"{cells.shown(value)} isn't a time like 2026-12-01T00:00:00Z")
    if not isinstance(value, datetime) or value.utcoffset() is None:
        why = "needs a time and its zone, like 2026-12-01T00:00:00Z"
        cells.refuse(place, f"{cells.shown(value)} {why}")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        cells.refuse(place, f"the year {value.year} isn't from {FIRST_YEAR} to {LAST_YEAR}")
    return value


def _limits(value: object) -> tuple[Money, ...]:
    """Return the amounts above which a second person must approve, one a currency."""
    place, listed = "second_person_over", value if isinstance(value, list | tuple) else [value]
    if len(listed) > CURRENCIES_MAX:
        cells.refuse(place, f"has {len(listed)} amounts; {CURRENCIES_MAX} are allowed")
    wrong, limits = Mistakes(), dict[str, Money]()
    for number, written_amount in enumerate(listed):
        limit = wrong.of(cells.money, written_amount, f"{place}[{number}]")
        if limit is not None and limit.currency in limits:
            why = f"{limit.currency} stands there twice"
            wrong.of(cells.refuse, f"{place}[{number}]", why)
        if limit is not None:
            limits[limit.currency] = limit
    wrong.refuse()
    return tuple(limits.values())


def _rules(value: object) -> tuple[Rule, ...]:
    """Return the rows in their order."""
    if not isinstance(value, list | tuple):
        cells.refuse("rules", f"{cells.shown(value)} isn't a list of rules")
    if len(value) > RULES_MAX:
        cells.refuse("rules", f"has {len(value)} rules; {RULES_MAX} are allowed")
    wrong, named, rules = Mistakes(), list[object](), list[Rule | None]()
    for number, row in enumerate(value):
        rules.append(wrong.of(_rule, row, f"rules[{number}]"))
        rule_id = row.get("id") if isinstance(row, dict) else None
        if rule_id is not None and rule_id in named:
            why = f"{cells.shown(rule_id)} is another rule's already"
            wrong.of(cells.refuse, f"rules[{number}].id", why)
        named.append(rule_id)
    wrong.refuse()
    return tuple(rule for rule in rules if rule is not None)


def _rule(value: object, place: str) -> Rule:
    """Return one row."""
    wrong = Mistakes()
    given = _known(wrong, value, (_RULE, place, "part of a rule"))
    for needed in _RULE:
        if needed not in given and isinstance(value, dict):
            wrong.of(cells.refuse, f"{place}.{needed}", "is missing")
    readers = {"id": _rule_id, "name": _rule_name, "when": _when, "then": _then}
    read = {name: wrong.of(readers[name], part, f"{place}.{name}") for name, part in given.items()}
    wrong.refuse()
    return Rule.model_validate({"rule_id": read.pop("id")} | read)


def _rule_id(value: object, place: str) -> str:
    rule_id = cells.text(value, place, NAME_MAX)
    if rule_id == OTHERWISE or not _RULE_ID.fullmatch(rule_id):
        why = "can't be an id; take letters, digits, - _ and . as in R1, 40 at most"
        cells.refuse(place, f"{rule_id} {why}")
    return rule_id


def _rule_name(value: object, place: str) -> str:
    return cells.text(value, place, NAME_MAX)


def _then(value: object, place: str) -> Outcome:
    return Outcome(cells.one_of(value, Outcome, place, "decision"))


def _when(value: object, place: str) -> tuple[Condition, ...]:
    """Return a row's conditions in their order."""
    if value is None:
        cells.refuse(place, "is empty; write {} if the rule is to hold always")
    wrong = Mistakes()
    given = _known(wrong, value, (COLUMNS, place, "column"))
    read = [
        wrong.of(cells.read, column, cell, f"{place}.{column}") for column, cell in given.items()
    ]
    wrong.refuse()
    return tuple(one for one in read if one is not None)


_PARTS: dict[str, Callable[[Any], object]] = {
    "effective_from": lambda value: _instant(value, "effective_from"),
    "note": _note,
    "second_person_over": _limits,
    "second_person_to_save": lambda value: cells.answer(value, "second_person_to_save"),
    **{name: partial(_whole, name) for name in _WHOLE},
    "on_expiry": lambda value: OnExpiry(cells.one_of(value, OnExpiry, "on_expiry", "outcome")),
    "rules": _rules,
    "otherwise": lambda value: Outcome(cells.one_of(value, Outcome, "otherwise", "decision")),
}


def written(policy: RefundPolicy) -> dict[str, Any]:
    """Return a policy as a person would write it; the inverse of `read_policy`."""
    note = {"note": policy.note} if policy.note else {}
    limits = [amount_text(one.amount_minor, one.currency) for one in policy.second_person_over]
    two = {"second_person_to_save": True} if policy.second_person_to_save else {}
    return {
        "effective_from": policy.effective_from.isoformat().replace("+00:00", "Z"),
        **note,
        "second_person_over": limits,
        **two,
        **{name: getattr(policy, name) for name in _WHOLE},
        "on_expiry": str(policy.on_expiry),
        "rules": [_written_rule(rule) for rule in policy.rules],
        "otherwise": str(policy.otherwise),
    }


def _written_rule(rule: Rule) -> dict[str, Any]:
    when = {condition.column: cells.written(condition) for condition in rule.when}
    return {"id": rule.rule_id, "name": rule.name, "when": when, "then": str(rule.then)}


def printed(policy: RefundPolicy) -> Printed:
    """Return the table in plain words, `otherwise` as its last row."""
    named = {condition.column for rule in policy.rules for condition in rule.when}
    columns = [column for column in COLUMNS if column in named]
    rows = []
    for rule in policy.rules:
        conditions = {condition.column: cells.printed(condition) for condition in rule.when}
        tested = (conditions.get(column, _ANY) for column in columns)
        rows.append((rule.rule_id, rule.name, *tested, str(rule.then)))
    rows.append((OTHERWISE, "", *("" for _ in columns), str(policy.otherwise)))
    titles = (plain(column).capitalize() for column in columns)
    return Printed(("Rule", "Name", *titles, "Then"), tuple(rows))
