"""Figures explained: which one is asked for, and the postings that it is the sum of.

Of failed attempts, which post nothing, the attempts themselves; of what was charged for a kind of
payment, the balance transactions that say so.
"""

from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from kassa.core.errors import InvalidRequest
from kassa.core.model import Instant, Model
from kassa.core.periods import PeriodKind
from kassa.core.postings import ACCRUAL, Account, PostingKind
from kassa.reports.breakdown.placed import called_by_orders, reserved_in
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.report import PLACED
from kassa.reports.summary.summary import FIGURES, NET, PARTS

POSTINGS_MAX = 1_000  # of one page
PLACED_BY = ("country", "channel", "product")  # which earlier layouts don't have
_MICROSECOND = timedelta(microseconds=1)


FAILED = "failed"  # a count: of attempts, each with what was to be paid
CHARGED = "charged"  # fees of payments, as the fee analysis counts them
EXPLAINED = (*FIGURES, FAILED, CHARGED)
_OF_BREAKDOWN = ("method", "brand", "country", "channel", "product")
_OF_FEES = ("method", "brand", "region")
LINES = {"gross": _OF_BREAKDOWN, FAILED: _OF_BREAKDOWN, CHARGED: _OF_FEES}
LINED_BY = (*_OF_BREAKDOWN, "region")

FigureName = Literal[
    "gross",
    "reversals",
    "refunds",
    "disputes",
    "fees",
    "net",
    "opening",
    "payouts",
    "failed",
    "charged",
]


class FigureRequest(Model):
    """A figure that someone wants explained, and which page of its postings."""

    figure: str
    day: str  # or which week or month: 2026-11-21, 2026-W47, 2026-11
    period: PeriodKind = PeriodKind.DAILY
    gateway: str | None = None  # only this one's postings; so too with what follows
    account: str | None = None
    currency: str | None = None
    method: str | None = None  # of a line: of those, only what LINES says is known
    brand: str | None = None
    country: str | None = None
    channel: str | None = None
    product: str | None = None
    region: Region | None = None  # of the card, as the fee analysis has it
    reason: str | None = None  # of failed attempts: the gateway's own code, or unknown
    cursor: str | None = None
    limit: int = Field(50, ge=1, le=POSTINGS_MAX)

    @classmethod
    def read(cls, event: dict[str, Any]) -> Self:
        """Read a request; raise InvalidRequest naming the field that is off."""
        try:
            request = cls.model_validate(event)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise InvalidRequest(f"{where}: {error.errors()[0]['msg']}") from error
        if request.figure not in EXPLAINED:
            raise InvalidRequest(f"figure: must be one of {', '.join(EXPLAINED)}")
        if beyond := [one for one in request.line if one not in LINES.get(request.figure, ())]:
            known = [figure for figure, by in LINES.items() if beyond[0] in by]
            raise InvalidRequest(
                f"{beyond[0]}: it narrows {' and '.join(known)}, not {request.figure}"
            )
        if request.reason is not None and request.figure != FAILED:
            raise InvalidRequest(f"reason: {request.figure} has none; {FAILED} has")
        return request

    @property
    def line(self) -> dict[str, str]:
        """Return which line of a report is explained; nothing for the whole figure."""
        asked = {name: getattr(self, name) for name in LINED_BY}
        return {name: value for name, value in asked.items() if value is not None}

    def refuse_absent(self, layout: int) -> None:
        """Raise InvalidRequest for a line that reports of a layout don't have."""
        absent = [name for name in PLACED_BY if name in self.line]
        if absent and layout < PLACED:
            raise InvalidRequest(
                f"{absent[0]}: the report of {self.day} was closed before it had any"
            )

    def variables(self, layout: int) -> dict[str, str | None]:
        """Return what the queries ask for: whose postings, and how a layout calls its lines."""
        asked = {
            name: getattr(self, name)
            for name in ("gateway", "account", "currency", "reason", *LINED_BY)
        }
        named = called_by_orders(self.product, layout)
        return {**asked, "product_named": named, "reserved": reserved_in(layout)}

    @property
    def of_list(self) -> str:
        """Return what tells this list of postings from all others."""
        asked = (self.period, self.day, self.figure, self.gateway, self.account, self.currency)
        line = [f"{name}={value!r}" for name, value in self.line.items()]
        line += [f"reason={self.reason!r}"] if self.reason is not None else []
        return " ".join([*map(str, asked), *line])


class FigureTotal(Model):
    """What the postings of a figure add up to in one currency; how many attempts, of those."""

    currency: str
    amount_minor: int
    postings: int


class FigurePosting(Model):
    """One posting, with what it adds to the figure; below zero where it takes from it.

    A failed attempt posts nothing: it has a reason instead, and its amount was to be paid. Nor is
    what was charged for a payment one posting: its amount is the fee.
    """

    part: str  # the figure, or what it is a part of in the net
    fact: str
    event_id: str
    gateway: str
    account: str
    subject_kind: str
    subject_id: str
    object_id: str
    kind: PostingKind | None
    source: Account | None
    destination: Account | None
    currency: str
    amount_minor: int
    booked_at: Instant
    reason: str | None = None  # the gateway's own code

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Self:
        """Read a row of the query; instants are microseconds since 1970."""
        names = tuple(cls.model_fields)
        fields = dict(zip(names, row, strict=True))
        return cls.model_validate(fields | {"booked_at": utc(int(fields["booked_at"]))})


class ExplainedFigure(Model):
    """A figure of a report, and a page of its postings."""

    period: PeriodKind
    name: str
    figure: str
    is_closed: bool
    is_imported: bool = False  # of before the books
    totals: tuple[FigureTotal, ...]
    postings: tuple[FigurePosting, ...]
    manifest_key: str  # names the files, and the digests that they still had
    files: int
    query: str  # that chose the postings, after what chose the period's facts
    has_more: bool
    next_cursor: str | None  # none on the last page


def utc(microseconds: int) -> datetime:
    """Return an instant of the archive."""
    return datetime.fromisoformat("1970-01-01T00:00:00+00:00") + microseconds * _MICROSECOND


def literals(figure: str) -> dict[str, str]:
    """Return what a figure's query is completed with: our own words, and never a caller's.

    Its parts as rows, and the kinds of the other journal, which no figure is made of.
    """
    names = NET if figure == "net" else (figure,)
    rows = []
    for name in names:
        part = PARTS[name]
        sign = -part.sign if name != names[0] else part.sign
        kinds = ", ".join(f"'{kind}'" for kind in part.kinds)
        rows.append(f"('{name}', '{part.account}', [{kinds}]::VARCHAR[], {sign})")
    accrual = ", ".join(f"'{kind}'" for kind in sorted(ACCRUAL))
    return {"parts": ", ".join(rows), "accrual": accrual}
