"""The fee analysis as a page: one self-contained HTML file that also prints well."""

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from kassa.archive.tallies import UNKNOWN
from kassa.reports.fees.analysis import Audit, CurrencyFees, Segment
from kassa.reports.fees.charged import Audited
from kassa.reports.fees.elsewhere import elsewhere
from kassa.reports.fees.headlines import Words, line_words
from kassa.reports.fees.parts import Row, cards, row, table
from kassa.reports.fees.report import FeeReport
from kassa.reports.frame import framed_in

SHOWN_IDS = 3  # on the page, of one line; fees.csv and fees.json have more


def page(report: FeeReport, words: Words) -> str:
    """Return the page; everything from outside is escaped."""
    parts = [
        _headlines(report.headlines),
        cards(report.currencies, words),
        elsewhere(report, words),
        _audits(report, words),
        _segments(report.currencies, words),
        _beside(report.currencies, words),
        _contracts(report, words),
        _corrections(report, words),
    ]
    return framed_in(words, report.manifest, "\n".join(parts))


def _headlines(lines: Sequence[str]) -> str:
    first, *rest = lines
    points = "".join(f"<li>{escape(line)}</li>" for line in rest)
    listed = f'<ul style="margin:8px 0 0;padding-left:20px">{points}</ul>' if points else ""
    return f'<p style="font-size:18px;font-weight:600;margin-top:18px">{escape(first)}</p>{listed}'


def _titled(name: str, words: Words, content: str, **values: str) -> str:
    """Return a section: its title, its note, and what it has."""
    title, note = words(f"sections.{name}"), words(f"sections.{name}_note", **values)
    return f'<h2>{escape(title)}</h2><p class="note">{escape(note)}</p>{content}'


def _heads(words: Words, *names: str) -> list[str]:
    return [words(f"columns.{name}") for name in names]


def _audits(report: FeeReport, words: Words) -> str:
    rows = [
        _audit_rows(audit, each.currency, words)
        for each in report.currencies
        for audit in each.audits
    ]
    if not rows:
        return ""
    heads = _heads(words, "account", "fees", "expected", "agreed", "off", "off_total", "no_line")
    return _titled("audit", words, table(heads, rows) + _off(report, words))


def _audit_rows(audit: Audit, currency: str, words: Words) -> Row:
    off, total = sum(o.fees for o in audit.off), sum(o.off_minor * o.fees for o in audit.off)
    kind = "bad" if off else "good"
    agreed = words.number(audit.fees - off)
    cells = (
        words.number(audit.fees),
        words.amount(audit.expected_minor, currency),
        f'<span class="{kind}">{"✓ " if not off else ""}{agreed}</span>',
        words.number(off),
        f'<span class="{kind}">{words.amount(total, currency)}</span>',
        words.number(audit.without_line),
    )
    return row(f"{audit.gateway}/{audit.account} · {currency}", cells)


def _off(report: FeeReport, words: Words) -> str:
    """List by lines what is off; the documents have each difference by itself."""
    by_line: dict[tuple[str, ...], list[Audited]] = defaultdict(list)
    for audit in (audit for each in report.currencies for audit in each.audits):
        for one in audit.off:
            by_line[one.gateway, one.account, one.currency, one.line].append(one)
    rows = [_off_row(of, report, words) for of in by_line.values()]
    heads = _heads(words, "line", "off_each", "fees", "in_all", "events")
    return f"<h3>{escape(words('sections.off'))}</h3>{table(heads, rows)}" if rows else ""


def _off_row(of: Sequence[Audited], report: FeeReport, words: Words) -> Row:
    one, differences = of[0], sorted({each.off_minor for each in of})
    least, most = (words.amount(differences[n], one.currency) for n in (0, -1))
    event_ids = [event_id for each in of for event_id in each.event_ids]
    more = " …" if len(event_ids) > SHOWN_IDS else ""
    listed = escape(", ".join(event_ids[:SHOWN_IDS]) + more)
    cells = (
        least if least == most else words("columns.range", least=least, most=most),
        words.number(sum(each.fees for each in of)),
        words.amount(sum(each.off_minor * each.fees for each in of), one.currency),
        f'<span class="ids">{listed}</span>',
    )
    line = line_words(report.contracts, one.line, words)
    return row(f"{one.gateway}/{one.account} · {line}", cells)


def _segments(currencies: Sequence[CurrencyFees], words: Words) -> str:
    rows = [_segment_row(one, words) for each in currencies for one in each.segments]
    if not rows:
        return ""
    heads = _heads(words, "payments", "number", "gross", "fees", "rate", "fitted", "error")
    return _titled("segments", words, table(heads, rows))


def _segment_row(one: Segment, words: Words) -> Row:
    brand = f" {one.brand}" if one.brand and one.brand != one.method else ""
    is_foreign = one.paid_currency != one.currency
    paid = words("columns.paid_in", currency=one.paid_currency) if is_foreign else ""
    method, region = words.method(one.method or UNKNOWN), words.name("regions", one.region)
    name = f"{one.gateway}/{one.account} · {method}{brand}{paid}, {region}"
    fixed = error = ""
    if one.fit is not None:
        sign = "+" if one.fit.fixed_minor >= 0 else "−"
        amount = words.part(abs(one.fit.fixed_minor), one.currency)
        fixed = f"{words.percent(one.fit.percent, 3)} {sign} {amount}"
        error = f"± {words.part(one.fit.error_minor, one.currency)}"
    cells = (
        words.number(one.charges),
        words.amount(one.gross_minor, one.currency),
        words.money(one.fee_minor, one.currency),
        words.effective(one.percent),
        fixed or escape(words("columns.not_enough")),
        error,
    )
    return row(name, cells)


def _beside(currencies: Sequence[CurrencyFees], words: Words) -> str:
    rows = [
        row(
            f"{one.gateway}/{one.account} · {words.name('causes', one.cause)}",
            (words.number(one.movements), words.money(one.fee_minor, each.currency)),
        )
        for each in currencies
        for one in each.beside
    ]
    if not rows:
        return ""
    return _titled("beside", words, table(_heads(words, "cause", "number", "fees"), rows))


def _contracts(report: FeeReport, words: Words) -> str:
    known = report.contracts
    where = words("sections.no_country")
    if report.country:
        where = words("sections.country", country=report.country)
    if not known.contracts:
        title, note = words("sections.contracts"), words("sections.no_contracts", where=where)
        return f'<h2>{escape(title)}</h2><p class="note">{escape(note)}</p>'
    rows = [
        row(
            f"{one.gateway}/{one.account}",
            (
                words.short_day(one.since),
                escape(words.name("roundings", one.rounding)),
                f"{len(one.fees)}",
                escape(one.source),
            ),
        )
        for one in known.contracts
    ]
    heads = _heads(words, "account", "since", "rounding", "lines", "source")
    return _titled("contracts", words, table(heads, rows), version=str(known.version), where=where)


def _corrections(report: FeeReport, words: Words) -> str:
    kind = report.period.kind
    noun = words(f"nouns.{kind}")
    rows = [
        row(
            one.period,
            (words.number(one.postings), words.money(one.fee_minor, one.currency)),
        )
        for one in report.corrections
    ]
    title = f"<h2>{escape(words('sections.corrections', noun=noun))}</h2>"
    if not rows:
        nothing = escape(words("sections.no_corrections", noun=noun))
        return f'{title}<p class="note">{nothing}</p>'
    note = escape(words("sections.corrections_note", noun=noun))
    heads = [words(f"periods.{kind}"), *_heads(words, "postings", "fees")]
    return f'{title}<p class="note">{note}</p>{table(heads, rows)}'
