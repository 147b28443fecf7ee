"""Check a mapping before it books anything: all that is wrong with it, each with its place."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic import computed_field

from kassa.core.model import Model
from kassa.gateways.events import ObjectKind
from kassa.gateways.payment_methods import PaidMethod, means
from kassa.gateways.standard.mapping.model import (
    About,
    MappingHead,
    ModeSource,
    Rule,
    StandingSource,
)
from kassa.gateways.standard.mapping.sources import TextSource

K = ObjectKind


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"  # keeps the mapping from being saved
    WARNING = "warning"  # seldom meant
    LIMIT = "limit"  # what these rules can't report, though it may happen


class MappingFinding(Model):
    """One thing about a mapping; an error keeps it from being saved, the rest deserves a look."""

    place: str
    text: str
    severity: Severity = Severity.ERROR

    @computed_field  # type: ignore[prop-decorator]
    @property
    def is_error(self) -> bool:
        """Whether it keeps the mapping from being saved."""
        return self.severity is Severity.ERROR


class Placed(NamedTuple):
    """A rule with those of its object reports that could be read, and where each stands."""

    place: str
    rule: Rule
    places: tuple[str, ...]
    is_partial: bool  # some of its object reports couldn't be read


_OF_PAYMENTS = {*K} - {K.PAYOUT, K.BALANCE_TRANSACTION}
_FITTING = {
    "method": {K.CHARGE},
    "brand": {K.CHARGE},
    "fingerprint": {K.CHARGE},
    "country": {K.CHARGE},
    "refund_request_id": {K.REFUND},
    "reference": {K.REFUND},
    "reason": {K.CHARGE, K.REFUND, K.DISPUTE, K.PAYOUT},
    "movement": {K.BALANCE_TRANSACTION},
    "belongs_to": {K.DISPUTE_FUNDS},
}
_ASSUMABLE = {
    *((K.CHARGE, state) for state in ("captured", "released")),
    *((K.DISPUTE_FUNDS, state) for state in ("withdrawn", "reinstated")),
}


def of_rules(rules: Sequence[Placed], head: MappingHead | None) -> Iterator[MappingFinding]:
    """Find all there is to say about rules that can be read; the head may be unreadable."""
    for number, placed in enumerate(rules):
        yield from _unreachable(placed, rules[:number])
        yield from _of_rule(placed)
        for place, object_report in zip(placed.places, placed.rule.object_reports, strict=True):
            yield from _of_object_report(place, object_report, placed.rule)
            yield from _without_currency(place, object_report, head)


def of_head(head: MappingHead) -> Iterator[MappingFinding]:
    """Find what is wrong with what holds for all rules."""
    if head.currency:
        yield from _of_currency("currency", head.currency)
    if head.mode:
        yield from _of_mode(head.mode)


def error(place: str, text: str) -> MappingFinding:
    """Return an error."""
    return MappingFinding(place=place, text=text)


def _warning(place: str, text: str) -> MappingFinding:
    return MappingFinding(place=place, text=text, severity=Severity.WARNING)


def _of_mode(mode: ModeSource) -> Iterator[MappingFinding]:
    if any(_is_same(one, other) for one in mode.live for other in mode.test):
        yield error("mode", "has a value that is live and test at once")


def _of_rule(placed: Placed) -> Iterator[MappingFinding]:
    place, rule = placed.place, placed.rule
    if rule.ignore and (rule.object_reports or rule.about):
        yield error(place, "is ignored and yet says how things stand")
    if not (rule.ignore or rule.object_reports or placed.is_partial):
        yield error(f"{place}.object_reports", "is missing; write ignore: true if nothing follows")
    if rule.object_reports and not (rule.about and rule.about.model_dump(exclude_none=True)):
        yield error(f"{place}.about", "is missing: name the payment, payout or object")
    named = [(one.kind, one.id) for one in rule.object_reports]
    for index, one in enumerate(named):
        if one in named[:index]:
            yield error(placed.places[index], f"says a second time how {one[1]} stands")


def _of_object_report(place: str, one: StandingSource, rule: Rule) -> Iterator[MappingFinding]:
    for name, kinds in _FITTING.items():
        if getattr(one, name) is not None and one.kind not in kinds:
            yield error(f"{place}.{name}", f"is nothing a {one.kind} has")
    if one.is_assumed and (one.kind, one.state) not in _ASSUMABLE:
        yield error(f"{place}.is_assumed", f"a {one.kind} that is {one.state} is never assumed")
    if one.kind is K.BALANCE_TRANSACTION and one.movement is None:
        yield error(f"{place}.movement", "is missing: what moved the balance?")
    if one.amount.currency:
        yield from _of_currency(f"{place}.amount.currency", one.amount.currency)
    yield from _of_subject(place, one, rule.about or About())


def _without_currency(
    place: str, one: StandingSource, head: MappingHead | None
) -> Iterator[MappingFinding]:
    if head and not (one.amount.currency or head.currency):
        yield error(f"{place}.amount.currency", "is missing, and the mapping names none")


def _of_subject(place: str, one: StandingSource, about: About) -> Iterator[MappingFinding]:
    """Objects must stand in the partition that their kind belongs to, under ids of their own."""
    given = about.model_dump(exclude_none=True)
    wrong = {"payout", "object"} if one.kind in _OF_PAYMENTS else set()
    if one.kind is K.PAYOUT:
        wrong = {"payment", "object"}
    for name in sorted(wrong & set(given)):
        belongs = "payout" if one.kind is K.PAYOUT else "payment"
        yield error(f"{place}.kind", f"a {one.kind} is about a {belongs}, never about a {name}")
    if one.id == about.payment and one.kind in (K.REFUND, K.DISPUTE, K.CHECKOUT):
        yield error(f"{place}.id", f"a {one.kind} needs an id of its own, not its payment's")


def _of_currency(place: str, source: TextSource) -> Iterator[MappingFinding]:
    codes = [*source.translations.values(), *([source.constant] if source.constant else [])]
    for code in codes:
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            yield error(place, f"{code!r} is no three-letter currency (ISO 4217)")


def _of_method(place: str, source: TextSource | None) -> Iterator[MappingFinding]:
    """What a mapping calls a method is one of ours, or a brand of one."""
    named = [source.constant or "", *source.translations.values()] if source else []
    for name in filter(None, named):
        if name != PaidMethod.OTHER and means(name).method is PaidMethod.OTHER:
            listed = ", ".join(PaidMethod)
            yield _warning(place, f"{name!r} is other; there are {listed}, and brands of them")


def _unreachable(placed: Placed, before: Sequence[Placed]) -> Iterator[MappingFinding]:
    """An earlier rule that holds whenever this one does leaves it nothing."""
    for name in placed.rule.type:
        covering = (one for one in before if name in one.rule.type and _covers(one.rule, placed))
        first = next(covering, None)
        if first is None:
            continue
        twice = first.rule.when == placed.rule.when
        why = "is there already under the same conditions" if twice else "is taken before"
        yield error(f"{placed.place}.type", f"{name} {why} by {first.place}: this never counts")


def _covers(earlier: Rule, later: Placed) -> bool:
    return all(
        path in later.rule.when
        and all(any(_is_same(one, other) for other in allowed) for one in later.rule.when[path])
        for path, allowed in earlier.when.items()
    )


def _is_same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def warnings(rules: Sequence[Placed]) -> Iterator[MappingFinding]:
    """Find what is no error and yet seldom meant; only all of the rules can show it."""
    for placed in rules:
        for place, object_report in zip(placed.places, placed.rule.object_reports, strict=True):
            yield from _of_method(f"{place}.method", object_report.method)
    states = {(one.kind, one.state) for placed in rules for one in placed.rule.object_reports}
    if (K.CHARGE, "captured") not in states:
        yield _warning("rules", "no payment is ever captured: nothing will be booked")
    if (K.DISPUTE, "lost") in states and (K.DISPUTE_FUNDS, "withdrawn") not in states:
        yield _warning("rules", "disputes are lost and their money never leaves (dispute_funds)")
    if (K.PAYOUT, "paid") in states and K.BALANCE_TRANSACTION not in {kind for kind, _ in states}:
        yield _warning("rules", "payouts leave a balance that no balance_transaction fills")
