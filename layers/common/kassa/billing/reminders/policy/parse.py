"""Reads the policy that a person wrote: every mistake at once, each with its place and advice.

YAML and JSON are read elsewhere; here are only their names, texts, numbers and lists.
"""

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from kassa.billing.reminders.policy.model import (
    DEFAULT_STEPS,
    Abandoned,
    Buyers,
    Channel,
    Interest,
    LateFee,
    PolicyRules,
    Step,
    Tier,
    Tone,
    Weekday,
    Window,
)
from kassa.core.errors import InvalidRequest
from kassa.core.money import CURRENCIES, Money
from kassa.refunds.policy import cells
from kassa.refunds.policy.parse import Mistakes

STEPS_MAX, LISTED_MAX, NAME_MAX = 20, 50, 40
DAYS_BEFORE_MAX, DAYS_AFTER_MAX, HOURS_MAX, PERCENT_MAX = 60, 730, 24 * 14, 100
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_FEE_BY = ("fixed", "percent", "tiers")
_LAST = time.max
Reader = Callable[[object, str], Any]


def read_rules(document: object) -> PolicyRules:
    """Return what a policy says; raise Unreadable, which lists every mistake with its place."""
    wrong = Mistakes()
    readers: dict[str, Reader] = {
        "steps": _steps,
        "window": _window,
        "thresholds": _amounts,
        "due_from": _day,
        "late_fees": _late_fees,
        "fee_caps": _amounts,
        "interest": _interest,
        "abandoned": _abandoned,
    }
    read = _fields(wrong, document, "", readers)
    wrong.refuse()
    return PolicyRules.model_validate({"steps": DEFAULT_STEPS} | read)


def _fields(
    wrong: Mistakes, value: object, place: str, readers: dict[str, Reader], *needed: str
) -> dict[str, Any]:
    """Return each field of a mapping as its reader reads it; what is left out has its default."""
    if not isinstance(value, dict):
        wrong.of(cells.mapping, value, readers, place, "part of it")
        return {}
    for name in value:
        wrong.of(cells.mapping, {name: None}, readers, place, f"part of {place or 'a policy'}")
    for name in needed:
        if name not in value:
            wrong.of(cells.refuse, _within(place, name), "is missing")
    known = {name: part for name, part in value.items() if name in readers}
    return {
        name: wrong.of(readers[name], part, _within(place, name)) for name, part in known.items()
    }


def _within(place: str, name: str) -> str:
    return f"{place}.{name}".removeprefix(".")


def _listed(value: object, place: str, read: Reader, most: int) -> list[Any]:
    """Return each of a list as it is read, all mistakes of it at once."""
    if not isinstance(value, list | tuple):
        cells.refuse(place, f"{cells.shown(value)} isn't a list; begin each line of it with '-'")
    if len(value) > most:
        cells.refuse(place, f"has {len(value)} entries; {most} are allowed")
    wrong = Mistakes()
    found = [wrong.of(read, one, f"{place}[{number}]") for number, one in enumerate(value)]
    wrong.refuse()
    return found


def _steps(value: object, place: str) -> tuple[Step, ...]:
    steps = _listed(value, place, _step, STEPS_MAX)
    if not steps:
        cells.refuse(place, "is empty: leave it out for the usual steps")
    for attribute in ("name", "days"):
        _refuse_twice([getattr(one, attribute) for one in steps], place, attribute)
    days = [one.days for one in steps]
    if days != sorted(days):
        cells.refuse(place, f"go back in time: write them in the order of their days, {days}")
    return tuple(steps)


def _refuse_twice(named: list[object], place: str, field: str) -> None:
    twice = [number for number, one in enumerate(named) if one in named[:number]]
    for number in twice[:1]:
        cells.refuse(f"{place}[{number}].{field}", f"{named[number]} is another's already")


def _step(value: object, place: str) -> Step:
    wrong = Mistakes()
    readers: dict[str, Reader] = {
        "name": _name,
        "days": lambda one, at: cells.whole(one, at, -DAYS_BEFORE_MAX, DAYS_AFTER_MAX),
        "channel": lambda one, at: Channel(cells.one_of(one, Channel, at, "channel")),
        "tone": lambda one, at: Tone(cells.one_of(one, Tone, at, "tone")),
    }
    read = _fields(wrong, value, place, readers, "name", "days", "tone")
    wrong.refuse()
    return Step.model_validate({"channel": Channel.MAIL} | read)


def _name(value: object, place: str) -> str:
    name = cells.text(value, place, NAME_MAX)
    if not _NAME.fullmatch(name):
        cells.refuse(place, f"{name} can't be a name; take small letters, digits and -")
    return name


def _window(value: object, place: str) -> Window:
    wrong = Mistakes()
    read = _fields(wrong, value, place, {"from": _time, "until": _time, "days": _weekdays})
    wrong.refuse()
    window = Window.model_validate(read)
    if window.first >= window.until:
        cells.refuse(place, "must begin before it ends, on one day, such as 09:00 until 18:00")
    return window


def _time(value: object, place: str) -> time:
    """Return a time of day."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        cells.refuse(place, f"{cells.shown(value)} isn't a time like 09:00")
    return _LAST if value == "24:00" else time.fromisoformat(value)


def _weekdays(value: object, place: str) -> tuple[Weekday, ...]:
    days = _listed(
        value, place, lambda one, at: Weekday(cells.one_of(one, Weekday, at, "day")), len(Weekday)
    )
    if not days:
        cells.refuse(place, "names no day: leave it out for every day")
    return tuple(one for one in Weekday if one in days)


def _amounts(value: object, place: str) -> tuple[Money, ...]:
    amounts = _listed(value, place, _amount, LISTED_MAX)
    currencies = [one.currency for one in amounts]
    for number, currency in enumerate(currencies):
        if currency in currencies[:number]:
            cells.refuse(f"{place}[{number}]", f"{currency} stands there twice")
    return tuple(amounts)


def _amount(value: object, place: str) -> Money:
    amount = cells.money(value, place)
    if amount.currency not in CURRENCIES:
        cells.refuse(place, f"{amount.currency} is no currency that anybody pays in, such as EUR")
    return amount


def _day(value: object, place: str) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if type(value) is date:
        return value
    cells.refuse(place, f"{cells.shown(value)} isn't a day like 2026-12-01")


def _percent(value: object, place: str) -> Decimal:
    """Return a percentage exactly as written; a number with a point comes as YAML spells it."""
    try:
        percent = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        percent = Decimal("NaN")
    if not (percent.is_finite() and 0 < percent <= PERCENT_MAX):
        cells.refuse(place, f"{cells.shown(value)} isn't a percentage up to 100, such as 9.5")
    return percent


def _buyers(value: object, place: str) -> Buyers:
    return Buyers(cells.one_of(value, Buyers, place, "kind of buyers"))


def _after_days(value: object, place: str) -> int:
    return cells.whole(value, place, 1, DAYS_AFTER_MAX)


def _late_fees(value: object, place: str) -> tuple[LateFee, ...]:
    fees = _listed(value, place, _late_fee, LISTED_MAX)
    _refuse_twice([one.name for one in fees], place, "name")
    return tuple(fees)


def _late_fee(value: object, place: str) -> LateFee:
    wrong = Mistakes()
    readers: dict[str, Reader] = {
        "name": _name,
        "currency": _currency,
        "after_days": _after_days,
        "buyers": _buyers,
        "fixed": _amount,
        "percent": _percent,
        "tiers": lambda one, at: _listed(one, at, _tier, LISTED_MAX),
    }
    read = _fields(wrong, value, place, readers, "name", "currency", "after_days")
    named = [name for name in _FEE_BY if name in read]
    if len(named) != 1 and isinstance(value, dict):
        wrong.of(cells.refuse, place, f"say one of {', '.join(_FEE_BY)}: how much it is")
    wrong.refuse()
    return _in_one_currency(read, place)


def _in_one_currency(read: dict[str, Any], place: str) -> LateFee:
    """Return a fee; refuse amounts of another currency, and tiers that don't rise."""
    currency, fixed, tiers = read["currency"], read.pop("fixed", None), read.pop("tiers", ())
    amounts = [fixed, *(one for tier in tiers for one in tier)]
    for one in amounts:
        if one is not None and one.currency != currency:
            cells.refuse(place, f"{one.currency} stands there, and its currency is {currency}")
    bounds = [up_to for up_to, _ in tiers]
    minor = [one.amount_minor for one in bounds[:-1] if one is not None]
    is_open = bool(tiers) and bounds[-1] is None
    if tiers and not (is_open and len(minor) == len(tiers) - 1 and minor == sorted(set(minor))):
        cells.refuse(f"{place}.tiers", "must rise by up_to, and the last one has no up_to")
    listed = [
        Tier(up_to_minor=up_to.amount_minor if up_to else None, fee_minor=fee.amount_minor)
        for up_to, fee in tiers
    ]
    fixed_minor = fixed.amount_minor if fixed else None
    return LateFee.model_validate(read | {"fixed_minor": fixed_minor, "tiers": tuple(listed)})


def _tier(value: object, place: str) -> tuple[Money | None, Money]:
    wrong = Mistakes()
    read = _fields(wrong, value, place, {"up_to": _amount, "fee": _amount}, "fee")
    wrong.refuse()
    return read.get("up_to"), read["fee"]


def _currency(value: object, place: str) -> str:
    if not isinstance(value, str) or value not in CURRENCIES:
        cells.refuse(
            place, f"{cells.shown(value)} is no currency that anybody pays in, such as EUR"
        )
    return value


def _interest(value: object, place: str) -> Interest:
    wrong = Mistakes()
    readers: dict[str, Reader] = {
        "annual_percent": _percent,
        "from_days": _after_days,
        "until_days": _after_days,
        "buyers": _buyers,
        "least": _amounts,
    }
    read = _fields(wrong, value, place, readers, "annual_percent")
    wrong.refuse()
    interest = Interest.model_validate(read)
    if interest.until_days is not None and interest.until_days < interest.from_days:
        cells.refuse(f"{place}.until_days", "lies before from_days")
    return interest


def _abandoned(value: object, place: str) -> Abandoned:
    wrong = Mistakes()
    read = _fields(wrong, value, place, {"after_hours": _hours, "until_hours": _hours})
    wrong.refuse()
    abandoned = Abandoned.model_validate(read)
    if abandoned.until_hours <= abandoned.after_hours:
        raise InvalidRequest(f"{place}.until_hours: must be more than after_hours")
    return abandoned


def _hours(value: object, place: str) -> int:
    return cells.whole(value, place, 1, HOURS_MAX)
