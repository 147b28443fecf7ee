"""The report as a page: one self-contained HTML file that also prints well."""

from html import escape
from pathlib import Path
from string import Template

from kassa.core.money_texts import written
from kassa.core.periods import PeriodKind
from kassa.core.postings import Account
from kassa.reports.charts import method_colors
from kassa.reports.frame import dates_of, span_of, status_of
from kassa.reports.report import Report
from kassa.reports.summary.accrual import section
from kassa.reports.summary.cards import card
from kassa.reports.summary.summary import CurrencySummary

LAYOUT = Path(__file__).parent / "layouts" / "summary.html"

ACCOUNTS = {
    Account.CUSTOMERS: "Customers",
    Account.OPENING_BALANCE: "Opening balance",
    Account.GATEWAY_CLEARING: "Gateway, clearing",
    Account.GATEWAY_BALANCE: "Gateway, balance",
    Account.GATEWAY_FEES: "Gateway fees",
    Account.GATEWAY_ADJUSTMENTS: "Gateway adjustments",
    Account.CHARGEBACKS: "Chargebacks",
    Account.CURRENCY_EXCHANGE: "Currency exchange",
    Account.BANK: "Bank",
    Account.RECEIVABLES: "Receivables",
    Account.SALES: "Sales",
    Account.TAX_PAYABLE: "Tax payable",
    Account.WRITE_OFFS: "Write-offs",
    Account.LATE_FEES: "Late fees",
    Account.LATE_INTEREST: "Late interest",
}


def page(report: Report) -> str:
    """Return the page; everything from outside is escaped."""
    name = report.merchant_name or report.merchant_id
    texts = {
        "title": f"{name}, {report.period.name}: transaction summary",
        "merchant": name,
        "day": dates_of(report.period),
        "span": span_of(report.period),
        "status": "closed" if report.is_closed else "preliminary",
        "status_words": status_of(report),
        "provenance": _provenance(report),
    }
    sections = [_totals(report), _cards(report), _corrections(report), _ledger(report)]
    if report.accrual:
        sections.append(section(report.accrual))
    safe = {name: escape(text) for name, text in texts.items()}
    return Template(LAYOUT.read_text("utf-8")).substitute(safe, body="\n".join(sections))


def _provenance(report: Report) -> str:
    counted = ", ".join(f"{count:,} {name}" for name, count in report.facts.items()) or "none"
    return (
        f"Built {report.built_at.replace('T', ' ').removesuffix('Z')} UTC from"
        f" {sum(report.facts.values()):,} facts in {report.files:,} archived files ({counted})."
    )


def _totals(report: Report) -> str:
    if not report.currencies:
        when = _by_kind(report, "on this day", "in this {}")
        return f'<p class="empty">Nothing was booked {when}: every total is zero.</p>'
    rows = "".join(_total_row(each.currency, each) for each in report.currencies)
    return (
        "<h2>Totals</h2>"
        '<p class="note">Net is gross less reversals, refunds, disputes and fees. Reversals are'
        " captures that were disproved, or that a bank took back. Payouts moved money to the bank"
        " and are no part of the net.</p>"
        f'<div class="scroll"><table>{_total_head("Currency")}<tbody>{rows}</tbody></table></div>'
        f"{_opening(report)}"
    )


def _total_head(first: str) -> str:
    names = (first, "Gross", "Reversals", "Refunds", "Disputes", "Fees", "Net", "Payouts")
    cells = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _total_row(head: str, each: CurrencySummary) -> str:
    lost = (each.reversals, each.refunds, each.disputes, each.fees)
    taken = [-figure.amount_minor for figure in lost]
    gross, net, payouts = (part.amount_minor for part in (each.gross, each.net, each.payouts))
    cells = [_cell(amount, each.currency) for amount in (gross, *taken)]
    cells += [_cell(net, each.currency, "strong"), _cell(payouts, each.currency)]
    return f'<tr><th scope="row">{escape(head)}</th>{"".join(cells)}</tr>'


def _cell(amount_minor: int, currency: str, kind: str = "") -> str:
    kind = kind if amount_minor else f"{kind} zero".strip()
    return f'<td class="{kind}">{written(amount_minor, currency)}</td>'


def _opening(report: Report) -> str:
    amounts = [
        f"{written(each.opening.amount_minor, each.currency)} {each.currency}"
        for each in report.currencies
        if each.opening.postings
    ]
    if not amounts:
        return ""
    when = _by_kind(report, "today", "this {}")
    return (
        f'<p class="note">Booked {when} as opening balance, captured before these books were opened'
        f" and no part of the gross: {escape(', '.join(amounts))}.</p>"
    )


def _by_kind(report: Report, of_day: str, of_others: str) -> str:
    kind = report.period.kind
    return of_day if kind is PeriodKind.DAILY else of_others.format(kind.noun)


def _cards(report: Report) -> str:
    if not report.currencies:
        return ""
    colors = method_colors(report.currencies)
    cards = "".join(card(each, report.period, colors) for each in report.currencies)
    return f'<h2>By currency</h2><div class="cards">{cards}</div>'


def _corrections(report: Report) -> str:
    noun = report.period.kind.noun
    if not report.corrections:
        return (
            f"<h2>Corrections to earlier {noun}s</h2>"
            f'<p class="note">None: nothing came in late for a {noun} that was already closed.</p>'
        )
    rows = "".join(
        _total_row(f"{correction.day} · {each.currency}", each)
        for correction in report.corrections
        for each in correction.currencies
    )
    return (
        f"<h2>Corrections to earlier {noun}s</h2>"
        f'<p class="note">Booked {_by_kind(report, "on", "in")} {noun}s whose reports were closed'
        " before these facts came in. They are no part of the totals above; add each to its own"
        f' {noun}.</p><div class="scroll"><table>{_total_head(noun.capitalize())}'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _ledger(report: Report) -> str:
    if not report.currencies:
        return ""
    used = [name for name in ACCOUNTS if any(name in each.accounts for each in report.currencies)]
    heads = "".join(f'<th scope="col">{each.currency}</th>' for each in report.currencies)
    rows = "".join(_ledger_row(account, report) for account in used)
    sums = "".join(f"<td>{_proof(each)}</td>" for each in report.currencies)
    return (
        "<h2>Ledger</h2>"
        f'<p class="note">What the {report.period.kind.noun} moved into (+) or out of (−) each'
        " account. Money only moves between accounts, so each currency must add up to zero.</p>"
        f'<div class="scroll"><table><thead><tr><th scope="col">Account</th>{heads}</tr></thead>'
        f'<tbody>{rows}</tbody><tfoot><tr><th scope="row">Sum</th>{sums}</tr></tfoot></table></div>'
    )


def _ledger_row(account: Account, report: Report) -> str:
    cells = "".join(
        _cell(each.accounts.get(account, 0), each.currency) for each in report.currencies
    )
    return f'<tr><th scope="row">{ACCOUNTS[account]}</th>{cells}</tr>'


def _proof(each: CurrencySummary) -> str:
    amount = written(each.imbalance, each.currency)
    kind, mark = ("bad", "Out of balance:") if each.imbalance else ("good", "✓")
    return f'<span class="{kind}">{mark} {amount}</span>'
