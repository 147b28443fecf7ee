"""Lines: a period's figures by gateway, method, brand and more; each table adds up to the totals.

They are read off rollups, as the periods they are compared to are, so both are counted alike.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self

from pydantic import Field

from kassa.archive.report_names import UNKNOWN
from kassa.archive.tallies import Flow, Placed, Rollup
from kassa.core.model import Model
from kassa.core.postings import ACCRUAL, Account, PostingKind
from kassa.reports.breakdown.placed import CUTS, of_cut
from kassa.reports.summary.summary import figures_of

AMOUNTS = ("gross", "reversals", "refunds", "disputes", "fees", "net", "payouts")
COUNTED = ("PaymentFailed", "RefundSucceeded", "DisputeOpened")
Name = Callable[[Rollup], str]


def is_absent(value: object) -> bool:
    """Whether a field of a later layout isn't there."""
    return value is None


class Line(Model):
    """One gateway, method, brand, country, channel or product in one currency."""

    name: str
    gross_minor: int
    share: float | None  # of the gross, 0 to 1
    captures: int
    failed: int  # attempts
    success_rate: float | None  # captures of all attempts; none when nothing was tried
    average_minor: int | None  # gross by capture, half to even
    refunds: int  # that succeeded, of payments of whatever day
    disputes: int  # that were opened, likewise
    # Of a gateway alone: what was refunded or kept isn't known by method.
    amounts: dict[str, int] | None = None

    @property
    def is_failing_known(self) -> bool:
        """Whether failed attempts are known at all; not of a past imported without any."""
        return self.success_rate is not None or not self.captures

    def imported(self) -> Self:
        """Return the line without a rate where no failure is known: most pasts list none."""
        return self if self.failed else self.model_copy(update={"success_rate": None})


class Lines(Model):
    """One currency's figures, cut in several ways."""

    currency: str
    gateways: tuple[Line, ...]  # gateway/account
    methods: tuple[Line, ...]
    brands: tuple[Line, ...]  # method/brand
    # None before the fourth layout.
    countries: tuple[Line, ...] | None = Field(None, exclude_if=is_absent)  # ISO 3166-1
    channels: tuple[Line, ...] | None = Field(None, exclude_if=is_absent)
    products: tuple[Line, ...] | None = Field(None, exclude_if=is_absent)

    @property
    def cuts(self) -> dict[str, tuple[Line, ...]]:
        """Return the tables that there are, by name."""
        every = {name: getattr(self, name) for name in ("gateways", "methods", "brands", *CUTS)}
        return {name: lines for name, lines in every.items() if lines is not None}

    def imported(self) -> Self:
        """Return the lines of a past."""
        cuts = {name: tuple(line.imported() for line in cut) for name, cut in self.cuts.items()}
        return self.model_copy(update=cuts)

    def placed(self, rows: Sequence[Placed]) -> Self:
        """Return the lines with those by country, channel and product."""
        total = sum(line.gross_minor for line in self.gateways)
        cuts = {
            cut: tuple(_placed(row, total) for row in of_cut(rows, cut, self.currency))
            for cut in CUTS
        }
        return self.model_copy(update=cuts)

    def unproven(self, gross_minor: int) -> int:
        """Return how far the tables are from the totals, all differences together; zero."""
        sums = [sum(line.gross_minor for line in lines) for lines in self.cuts.values()]
        return sum(abs(each - gross_minor) for each in sums)


def lines_of(rows: Sequence[Rollup], placed: Sequence[Placed] | None = None) -> tuple[Lines, ...]:
    """Return the lines of each currency that moved or was tried, in alphabetical order.

    Those by country, channel and product are made where those were counted.
    """
    found: dict[str, list[Rollup]] = defaultdict(list)
    for row in rows:
        if row.fact in COUNTED if row.kind is None else row.kind not in ACCRUAL:
            found[row.currency].append(row)
    lines = (_lines(currency, found[currency]) for currency in sorted(found))
    return tuple(each if placed is None else each.placed(placed) for each in lines)


def gateway_of(row: Rollup) -> str:
    """Return at which account of which gateway something happened."""
    return f"{row.gateway}/{row.account}"


def method_of(row: Rollup) -> str:
    """Return by which method something was paid."""
    return row.method or UNKNOWN


def brand_of(row: Rollup) -> str:
    """Return by which brand of which method something was paid."""
    return f"{method_of(row)}/{row.brand or UNKNOWN}"


def flows_of(rows: Iterable[Rollup]) -> list[Flow]:
    """Return the postings among rollups as flows of money, without what documents moved."""
    return [
        Flow(
            currency=row.currency,
            kind=row.kind,
            source=row.source,
            destination=row.destination,
            amount_minor=row.amount_minor,
            postings=row.count,
            event_ids=(),
        )
        for row in rows
        if row.kind and row.source and row.destination and row.kind not in ACCRUAL
    ]


def amounts_of(rows: Iterable[Rollup]) -> dict[str, int]:
    """Return what rollups of one currency come to, figure by figure as in the totals."""
    figures = figures_of(flows_of(rows))
    return {name: figures[name].amount_minor for name in AMOUNTS}


def captures_of(rows: Iterable[Rollup]) -> int:
    """Count captures, without those from before the books."""
    return sum(row.count for row in rows if _is_capture(row))


def count_of(rows: Iterable[Rollup], fact: str) -> int:
    """Count the facts of a name."""
    return sum(row.count for row in rows if row.kind is None and row.fact == fact)


def average(amount_minor: int, count: int) -> int | None:
    """Divide an amount, half to even; none by nothing."""
    if not count:
        return None
    return int((Decimal(amount_minor) / count).quantize(Decimal(1), ROUND_HALF_EVEN))


def _lines(currency: str, rows: list[Rollup]) -> Lines:
    paid = [row for row in rows if _is_capture(row) or _is_failure(row)]
    return Lines(
        currency=currency,
        gateways=_cut(rows, gateway_of, with_amounts=True),
        methods=_cut(paid, method_of),
        brands=_cut(paid, brand_of),
    )


def _cut(rows: list[Rollup], name: Name, with_amounts: bool = False) -> tuple[Line, ...]:
    parts: dict[str, list[Rollup]] = defaultdict(list)
    for row in rows:
        parts[name(row)].append(row)
    gross = Counter({each: _gross(of) for each, of in parts.items()})
    total = sum(gross.values())
    lines = [_line(each, of, total, with_amounts) for each, of in parts.items()]
    return tuple(sorted(lines, key=lambda line: (-line.gross_minor, -line.failed, line.name)))


def _line(name: str, rows: list[Rollup], total: int, with_amounts: bool) -> Line:
    gross, captures, failed = _gross(rows), captures_of(rows), count_of(rows, "PaymentFailed")
    tried = captures + failed
    return Line(
        name=name,
        gross_minor=gross,
        share=round(gross / total, 6) if total else None,
        captures=captures,
        failed=failed,
        success_rate=round(captures / tried, 6) if tried else None,
        average_minor=average(gross, captures),
        refunds=count_of(rows, "RefundSucceeded"),
        disputes=count_of(rows, "DisputeOpened"),
        amounts=amounts_of(rows) if with_amounts else None,
    )


def _placed(row: Placed, total: int) -> Line:
    tried = row.captures + row.failed
    return Line(
        name=row.name,
        gross_minor=row.amount_minor,
        share=round(row.amount_minor / total, 6) if total else None,
        captures=row.captures,
        failed=row.failed,
        success_rate=round(row.captures / tried, 6) if tried else None,
        average_minor=average(row.amount_minor, row.captures),
        refunds=0,  # of what is refunded neither is known, as with methods
        disputes=0,
    )


def _gross(rows: Iterable[Rollup]) -> int:
    return sum(row.into(Account.GATEWAY_CLEARING) for row in rows if _is_capture(row))


def _is_capture(row: Rollup) -> bool:
    is_cleared = Account.GATEWAY_CLEARING in (row.source, row.destination)
    return row.kind is PostingKind.CAPTURE and is_cleared


def _is_failure(row: Rollup) -> bool:
    return row.kind is None and row.fact == "PaymentFailed"
