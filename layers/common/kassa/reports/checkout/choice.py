"""What customers chose: pages by where they were opened, and methods by what came of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kassa.core.model import Model
from kassa.reports.breakdown.compared import Compared
from kassa.reports.breakdown.normal import ATTEMPTS_MIN, Band

PAGES_MIN = 20  # before a conversion is said
PAID_MIN = 5  # before a time to pay is said
PLACES_MAX = 20  # the largest, on the page; checkout.csv has all
SECOND_US = 1_000_000


class Opened(NamedTuple):
    """Pages of one country and device; none of both: all together."""

    country: str | None
    device: str | None
    pages: int = 0
    paid: int = 0
    abandoned: int = 0
    half_us: int | None = None
    most_us: int | None = None


class Offered(NamedTuple):
    """Pages that offered a method, and those on which the shop's customer had chosen it."""

    pages: int = 0
    chosen_before: int = 0


class Tried(NamedTuple):
    """Attempts to pay by a method from a country."""

    method: str
    country: str
    attempts: int
    failed: int


class Pages(Model):
    """What became of pages; what is too seldom to say is none."""

    country: str | None  # ISO 3166-1, or unknown; none: all
    device: str | None
    pages: int
    paid: int
    abandoned: int  # closed unpaid
    still_open: int  # or nobody said that they closed
    conversion: float | None
    half_s: int | None  # from opening to paying, half of those who paid
    most_s: int | None  # nine of ten


class Method(Model):
    """One method: on how many pages it was offered, and what came of trying it."""

    method: str
    offered: int | None  # none: no page is known
    chosen_before: int
    attempts: int
    failed: int
    failure_rate: float | None
    share: float | None  # of all attempts


class Failing(Model):
    """How often a method fails at an account, against its own past."""

    gateway: str  # and its account
    method: str
    rate: float
    attempts: int
    normal: Band | None
    is_out: bool  # above its band


class Choice(Model):
    """Customers' choice in a period."""

    pages: tuple[Pages, ...]  # all together first; nothing where no page is known
    methods: tuple[Method, ...]
    places: tuple[Method, ...]  # by method and country, as method/country
    failing: tuple[Failing, ...]


class Counted(NamedTuple):
    """Everything that was counted of a period."""

    opened: Sequence[Opened]
    offered: Mapping[str, Offered]
    tried: Sequence[Tried]
    compared: Sequence[Compared]


def choice(counted: Counted) -> Choice:
    """Return what customers chose."""
    largest = sorted(counted.opened, key=lambda one: (one.country is not None, -one.pages))
    pages = tuple(_pages(one) for one in largest if one.pages)
    attempts, failed = Counter[str](), Counter[str]()
    for one in counted.tried:
        attempts[one.method] += one.attempts
        failed[one.method] += one.failed
    total, is_known = attempts.total(), bool(pages)
    methods = [
        _method(name, counted.offered.get(name, Offered()), (attempts[name], failed[name]), total)
        for name in {*attempts, *counted.offered}
    ]
    if not is_known:
        methods = [one.model_copy(update={"offered": None}) for one in methods]
    places = [
        _method(f"{one.method}/{one.country}", Offered(), (one.attempts, one.failed), total)
        for one in counted.tried
    ]
    return Choice(
        pages=pages,
        methods=_sorted(methods),
        places=_sorted(one.model_copy(update={"offered": None}) for one in places),
        failing=tuple(_failing(counted.compared)),
    )


def _pages(one: Opened) -> Pages:
    is_timed = one.paid >= PAID_MIN and one.half_us is not None and one.most_us is not None
    return Pages(
        country=one.country,
        device=one.device,
        pages=one.pages,
        paid=one.paid,
        abandoned=one.abandoned,
        still_open=one.pages - one.paid - one.abandoned,
        conversion=_rate(one.paid, one.pages, PAGES_MIN),
        half_s=(one.half_us or 0) // SECOND_US if is_timed else None,
        most_s=(one.most_us or 0) // SECOND_US if is_timed else None,
    )


def _method(name: str, offered: Offered, tried: tuple[int, int], total: int) -> Method:
    attempts, failed = tried
    return Method(
        method=name,
        offered=offered.pages,
        chosen_before=offered.chosen_before,
        attempts=attempts,
        failed=failed,
        failure_rate=_rate(failed, attempts, ATTEMPTS_MIN),
        share=round(attempts / total, 6) if total else None,
    )


def _sorted(methods: Iterable[Method]) -> tuple[Method, ...]:
    return tuple(sorted(methods, key=lambda one: (-one.attempts, one.method)))


def _failing(compared: Sequence[Compared]) -> list[Failing]:
    found = [
        Failing(
            gateway=one.gateway,
            method=one.method or "unknown",
            rate=one.value,
            attempts=one.volume,
            normal=one.normal,
            is_out=one.normal is not None and one.value > one.normal.high,
        )
        for one in compared
        if one.figure == "failure_rate" and one.gateway and one.volume >= ATTEMPTS_MIN
    ]
    return sorted(found, key=lambda one: (not one.is_out, -one.rate, one.gateway, one.method))


def _rate(part: int, whole: int, least: int) -> float | None:
    return round(part / whole, 6) if whole >= least else None
