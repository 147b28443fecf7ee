"""The fee analysis as a page: one self-contained HTML file that also prints well."""

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from kassa.archive.report_names import UNKNOWN
from kassa.reports.fees.analysis import Audit, CurrencyFees, Segment
from kassa.reports.fees.charged import Audited
from kassa.reports.fees.elsewhere import elsewhere
from kassa.reports.fees.headlines import Texts, line_words
from kassa.reports.fees.parts import Row, cards, row, table
from kassa.reports.fees.report import FeeReport
from kassa.reports.frame import framed_in

SHOWN_IDS = 3  # on the page, of one line; fees.csv and fees.json have more


def page(report: FeeReport, texts: Texts) -> str:
    """Return the page; everything from outside is escaped."""
    parts = [
        _headlines(report.headlines),
        cards(report.currencies, texts),
        elsewhere(report, texts),
        _audits(report, texts),
        _segments(report.currencies, texts),
        _beside(report.currencies, texts),
        _contracts(report, texts),
        _corrections(report, texts),
    ]
    return framed_in(texts, report.manifest, "\n".join(parts))


def _headlines(lines: Sequence[str]) -> str:
    first, *rest = lines
    points = "".join(f"<li>{escape(line)}</li>" for line in rest)
    listed = f'<ul style="margin:8px 0 0;padding-left:20px">{points}</ul>' if points else ""
    return f'<p style="font-size:18px;font-weight:600;margin-top:18px">{escape(first)}</p>{listed}'


def _titled(name: str, texts: Texts, content: str, **values: str) -> str:
    """Return a section: its title, its note, and what it has."""
    title, note = texts(f"sections.{name}"), texts(f"sections.{name}_note", **values)
    return f'<h2>{escape(title)}</h2><p class="note">{escape(note)}</p>{content}'


def _heads(texts: Texts, *names: str) -> list[str]:
    return [texts(f"columns.{name}") for name in names]


def _audits(report: FeeReport, texts: Texts) -> str:
    rows = [
        _audit_rows(audit, each.currency, texts)
        for each in report.currencies
        for audit in each.audits
    ]
    if not rows:
        return ""
    heads = _heads(texts, "account", "fees", "expected", "agreed", "off", "off_total", "no_line")
    return _titled("audit", texts, table(heads, rows) + _off(report, texts))


def _audit_rows(audit: Audit, currency: str, texts: Texts) -> Row:
    off, total = sum(o.fees for o in audit.off), sum(o.off_minor * o.fees for o in audit.off)
    kind = "bad" if off else "good"
    agreed = texts.number(audit.fees - off)
    cells = (
        texts.number(audit.fees),
        texts.amount(audit.expected_minor, currency),
        f'<span class="{kind}">{"✓ " if not off else ""}{agreed}</span>',
        texts.number(off),
        f'<span class="{kind}">{texts.amount(total, currency)}</span>',
        texts.number(audit.without_line),
    )
    return row(f"{audit.gateway}/{audit.account} · {currency}", cells)


def _off(report: FeeReport, texts: Texts) -> str:
    """List by lines what is off; the documents have each difference by itself."""
    by_line: dict[tuple[str, ...], list[Audited]] = defaultdict(list)
    for audit in (audit for each in report.currencies for audit in each.audits):
        for one in audit.off:
            by_line[one.gateway, one.account, one.currency, one.line].append(one)
    rows = [_off_row(of, report, texts) for of in by_line.values()]
    heads = _heads(texts, "line", "off_each", "fees", "in_all", "events")
    return f"<h3>{escape(texts('sections.off'))}</h3>{table(heads, rows)}" if rows else ""


def _off_row(of: Sequence[Audited], report: FeeReport, texts: Texts) -> Row:
    one, differences = of[0], sorted({each.off_minor for each in of})
    least, most = (texts.amount(differences[n], one.currency) for n in (0, -1))
    event_ids = [event_id for each in of for event_id in each.event_ids]
    more = " …" if len(event_ids) > SHOWN_IDS else ""
    listed = escape(", ".join(event_ids[:SHOWN_IDS]) + more)
    cells = (
        least if least == most else texts("columns.range", least=least, most=most),
        texts.number(sum(each.fees for each in of)),
        texts.amount(sum(each.off_minor * each.fees for each in of), one.currency),
        f'<span class="ids">{listed}</span>',
    )
    line = line_words(report.contracts, one.line, texts)
    return row(f"{one.gateway}/{one.account} · {line}", cells)


def _segments(currencies: Sequence[CurrencyFees], texts: Texts) -> str:
    rows = [_segment_row(one, texts) for each in currencies for one in each.segments]
    if not rows:
        return ""
    heads = _heads(texts, "payments", "number", "gross", "fees", "rate", "fitted", "error")
    return _titled("segments", texts, table(heads, rows))


def _segment_row(one: Segment, texts: Texts) -> Row:
    brand = f" {one.brand}" if one.brand and one.brand != one.method else ""
    is_foreign = one.paid_currency != one.currency
    paid = texts("columns.paid_in", currency=one.paid_currency) if is_foreign else ""
    method, region = texts.method(one.method or UNKNOWN), texts.name("regions", one.region)
    name = f"{one.gateway}/{one.account} · {method}{brand}{paid}, {region}"
    fixed = error = ""
    if one.fit is not None:
        sign = "+" if one.fit.fixed_minor >= 0 else "−"
        amount = texts.part(abs(one.fit.fixed_minor), one.currency)
        fixed = f"{texts.percent(one.fit.percent, 3)} {sign} {amount}"
        error = f"± {texts.part(one.fit.error_minor, one.currency)}"
    cells = (
        texts.number(one.charges),
        texts.amount(one.gross_minor, one.currency),
        texts.money(one.fee_minor, one.currency),
        texts.effective(one.percent),
        fixed or escape(texts("columns.not_enough")),
        error,
    )
    return row(name, cells)


def _beside(currencies: Sequence[CurrencyFees], texts: Texts) -> str:
    rows = [
        row(
            f"{one.gateway}/{one.account} · {texts.name('causes', one.cause)}",
            (texts.number(one.movements), texts.money(one.fee_minor, each.currency)),
        )
        for each in currencies
        for one in each.beside
    ]
    if not rows:
        return ""
    return _titled("beside", texts, table(_heads(texts, "cause", "number", "fees"), rows))


def _contracts(report: FeeReport, texts: Texts) -> str:
    known = report.contracts
    where = texts("sections.no_country")
    if report.country:
        where = texts("sections.country", country=report.country)
    if not known.contracts:
        title, note = texts("sections.contracts"), texts("sections.no_contracts", where=where)
        return f'<h2>{escape(title)}</h2><p class="note">{escape(note)}</p>'
    rows = [
        row(
            f"{one.gateway}/{one.account}",
            (
                texts.short_day(one.since),
                escape(texts.name("roundings", one.rounding)),
                f"{len(one.fees)}",
                escape(one.source),
            ),
        )
        for one in known.contracts
    ]
    heads = _heads(texts, "account", "since", "rounding", "lines", "source")
    return _titled("contracts", texts, table(heads, rows), version=str(known.version), where=where)


def _corrections(report: FeeReport, texts: Texts) -> str:
    kind = report.period.kind
    if report.period.last:  # nothing is closed before a window that it could correct
        return ""
    noun = texts(f"nouns.{kind}")
    rows = [
        row(
            one.period,
            (texts.number(one.postings), texts.money(one.fee_minor, one.currency)),
        )
        for one in report.corrections
    ]
    title = f"<h2>{escape(texts('sections.corrections', noun=noun))}</h2>"
    if not rows:
        nothing = escape(texts("sections.no_corrections", noun=noun))
        return f'{title}<p class="note">{nothing}</p>'
    note = escape(texts("sections.corrections_note", noun=noun))
    heads = [texts(f"periods.{kind}"), *_heads(texts, "postings", "fees")]
    return f'{title}<p class="note">{note}</p>{table(heads, rows)}'
