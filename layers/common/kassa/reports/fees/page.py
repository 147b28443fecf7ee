"""The fee analysis as a page: one self-contained HTML file that also prints well."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from html import escape

from kassa.core.money import Money, to_decimal
from kassa.core.money_texts import written
from kassa.reports.fees.analysis import Audit, CurrencyFees, Segment
from kassa.reports.fees.cards import cards
from kassa.reports.fees.charged import Audited
from kassa.reports.fees.elsewhere import elsewhere
from kassa.reports.fees.headlines import line_words, rate_words
from kassa.reports.fees.report import FeeReport
from kassa.reports.fees.tables import Row, row, table
from kassa.reports.frame import framed

SHOWN_IDS = 3  # on the page, of one line; fees.csv and fees.json have more
NOTE = (
    "Fees are what gateways kept of payments, refunds and disputes and took for the account, in the"
    " currency of the balance; currencies are never added. fees.csv and fees.json have every figure"
    " with its events."
)
_CAUSES = {
    "refund": "Refunds",
    "refund_failure": "Refunds that came back",
    "dispute": "Disputes",
    "account": "The account itself",
    "payment": "Payments, charged apart",
    "returned_payment": "Payments taken back",
}


def page(report: FeeReport) -> str:
    """Return the page; everything from outside is escaped."""
    parts = [
        _headlines(report.headlines),
        cards(report.currencies),
        elsewhere(report),
        _audits(report),
        _segments(report.currencies),
        _beside(report.currencies),
        _contracts(report),
        _corrections(report),
    ]
    return framed(report.manifest, "fee analysis", "\n".join(parts), NOTE)


def _headlines(lines: Sequence[str]) -> str:
    first, *rest = lines
    points = "".join(f"<li>{escape(line)}</li>" for line in rest)
    listed = f'<ul style="margin:8px 0 0;padding-left:20px">{points}</ul>' if points else ""
    return f'<p style="font-size:18px;font-weight:600;margin-top:18px">{escape(first)}</p>{listed}'


def _audits(report: FeeReport) -> str:
    rows = [
        _audit_rows(audit, each.currency) for each in report.currencies for audit in each.audits
    ]
    if not rows:
        return ""
    heads = ("Account", "Fees", "Expected", "As agreed", "Off", "Off in all", "No line")
    note = (
        "Every charged fee beside the line of its contract, to the minor unit: the percentage,"
        " rounded as the contract says, and the fixed part. Fees without a line are left out."
    )
    return f'<h2>As agreed?</h2><p class="note">{note}</p>{table(heads, rows)}{_off(report)}'


def _audit_rows(audit: Audit, currency: str) -> Row:
    off, total = sum(o.fees for o in audit.off), sum(o.off_minor * o.fees for o in audit.off)
    kind = "bad" if off else "good"
    cells = (
        f"{audit.fees:,}",
        written(audit.expected_minor, currency),
        f'<span class="{kind}">{"✓ " if not off else ""}{audit.fees - off:,}</span>',
        f"{off:,}",
        f'<span class="{kind}">{written(total, currency)}</span>',
        f"{audit.without_line:,}",
    )
    return row(f"{audit.gateway}/{audit.account} · {currency}", cells)


def _off(report: FeeReport) -> str:
    """List by lines what is off; the documents have each difference by itself."""
    by_line: dict[tuple[str, ...], list[Audited]] = defaultdict(list)
    for audit in (audit for each in report.currencies for audit in each.audits):
        for one in audit.off:
            by_line[one.gateway, one.account, one.currency, one.line].append(one)
    rows = [_off_row(of, report) for of in by_line.values()]
    heads = ("Line of the contract", "Off, each", "Fees", "In all", "Events")
    return f"<h3>What is off</h3>{table(heads, rows)}" if rows else ""


def _off_row(of: Sequence[Audited], report: FeeReport) -> Row:
    one, differences = of[0], sorted({each.off_minor for each in of})
    least, most = (written(minor, one.currency) for minor in (differences[0], differences[-1]))
    event_ids = [event_id for each in of for event_id in each.event_ids]
    more = " …" if len(event_ids) > SHOWN_IDS else ""
    listed = escape(", ".join(event_ids[:SHOWN_IDS]) + more)
    cells = (
        least if least == most else f"{least} to {most}",
        f"{sum(each.fees for each in of):,}",
        written(sum(each.off_minor * each.fees for each in of), one.currency),
        f'<span class="ids">{listed}</span>',
    )
    return row(f"{one.gateway}/{one.account} · {line_words(report.contracts, one.line)}", cells)


def _segments(currencies: Sequence[CurrencyFees]) -> str:
    rows = [_segment_row(one) for each in currencies for one in each.segments]
    if not rows:
        return ""
    heads = ("Payments", "Number", "Gross", "Fees", "Rate", "Fitted", "Error")
    note = (
        "Rate is the fees, of what was charged, refunds and disputes left aside. Fitted is the"
        " straight line through all charged fees (least squares), with how far they lie from it;"
        " below 30 fees, or where all amounts are one, there is not enough data."
    )
    return f'<h2>By kind of payment</h2><p class="note">{note}</p>{table(heads, rows)}'


def _segment_row(one: Segment) -> Row:
    brand = f" {one.brand}" if one.brand and one.brand != one.method else ""
    paid = f" in {one.paid_currency}" if one.paid_currency != one.currency else ""
    method = (one.method or "unknown").replace("_", " ")
    name = f"{one.gateway}/{one.account} · {method}{brand}{paid}, {one.region}"
    fixed = error = ""
    if one.fit is not None:
        sign = "+" if one.fit.fixed_minor >= 0 else "−"
        amount = _minor(abs(one.fit.fixed_minor), one.currency)
        fixed = f"{one.fit.percent:.3f} % {sign} {amount}"
        error = f"± {_minor(one.fit.error_minor, one.currency)}"
    cells = (
        f"{one.charges:,}",
        written(one.gross_minor, one.currency),
        f"{written(one.fee_minor, one.currency)} {one.currency}",
        rate_words(one.percent),
        fixed or "not enough data",
        error,
    )
    return row(name, cells)


def _minor(amount: Decimal, currency: str) -> str:
    """Return a part of minor units in the currency's own unit, to a hundredth of the minor one."""
    unit = to_decimal(Money(amount_minor=1, currency=currency))
    return f"{(amount * unit).quantize(unit / 100):f}"


def _beside(currencies: Sequence[CurrencyFees]) -> str:
    rows = [
        row(
            f"{one.gateway}/{one.account} · {_CAUSES.get(one.cause, one.cause.replace('_', ' '))}",
            (f"{one.movements:,}", f"{written(one.fee_minor, each.currency)} {each.currency}"),
        )
        for each in currencies
        for one in each.beside
    ]
    if not rows:
        return ""
    note = "Kept beside payments; below zero is what was given back."
    listed = table(("Cause", "Number", "Fees"), rows)
    return f'<h2>Refunds, disputes, accounts</h2><p class="note">{note}</p>{listed}'


def _contracts(report: FeeReport) -> str:
    known = report.contracts
    where = f"The merchant's country is {report.country}." if report.country else (
        "The merchant has no country, so that no card is domestic or foreign."
    )  # fmt: skip
    if not known.contracts:
        return f'<h2>Contracts</h2><p class="note">None was entered. {escape(where)}</p>'
    rows = [
        row(
            f"{one.gateway}/{one.account}",
            (
                str(one.since),
                one.rounding.replace("_", " "),
                f"{len(one.fees)}",
                escape(one.source),
            ),
        )
        for one in known.contracts
    ]
    heads = ("Account", "Since", "Rounding", "Lines", "Written in")
    note = f"Version {known.version} of what the merchant entered. {where}"
    return f'<h2>Contracts</h2><p class="note">{escape(note)}</p>{table(heads, rows)}'


def _corrections(report: FeeReport) -> str:
    noun = report.period.kind.noun
    rows = [
        row(one.period, (f"{one.postings:,}", f"{written(one.fee_minor, one.currency)}"
                            f" {one.currency}"))
        for one in report.corrections
    ]  # fmt: skip
    title = f"<h2>Corrections to earlier {noun}s</h2>"
    if not rows:
        return f'{title}<p class="note">None: no fee came in late for a closed {noun}.</p>'
    note = f"Fees booked after their {noun} was closed; they are no part of the figures above."
    return (
        f'{title}<p class="note">{note}</p>{table((noun.capitalize(), "Postings", "Fees"), rows)}'
    )
