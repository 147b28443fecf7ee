"""One currency's card on the report's page: gross over time, attempts, payment methods."""

from html import escape

from kassa.archive.tallies import Failures
from kassa.core.money_texts import written
from kassa.core.periods import Period
from kassa.reports.charts import Colors, method_bar, step_bars, step_noun
from kassa.reports.summary.summary import CurrencySummary, MethodShare

REASONS_MAX = 5  # of failed attempts; report.csv has all of them


def card(summary: CurrencySummary, period: Period, colors: Colors) -> str:
    """Return a currency's card."""
    return (
        '<section class="card">'
        f'<div><span class="currency">{summary.currency}</span><span class="net">'
        f"<small>net</small>{written(summary.net.amount_minor, summary.currency)}</span></div>"
        f"{_steps(summary, period)}{_methods(summary, colors)}{_attempts(summary)}</section>"
    )


def _steps(summary: CurrencySummary, period: Period) -> str:
    if not any(summary.steps):
        return '<p class="note">No payment was captured in this currency.</p>'
    return f"<h3>Gross by {step_noun(period)}</h3>{step_bars(summary, period)}"


def _methods(summary: CurrencySummary, colors: Colors) -> str:
    if not summary.methods:
        return ""
    rows = "".join(_method(each, colors[each.method], summary.currency) for each in summary.methods)
    names = ("Method", "Captures", "Gross", "Share")
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        f"<h3>Gross by payment method</h3>{method_bar(summary, colors)}"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _method(each: MethodShare, color: str, currency: str) -> str:
    dot = f'<span class="dot" style="background:{color}"></span>'
    name = escape(each.method.replace("_", " "))
    return (
        f"<tr><td>{dot}{name}</td><td>{each.captures:,}</td>"
        f"<td>{written(each.amount_minor, currency)}</td><td>{each.share or 0:.1%}</td></tr>"
    )


def _attempts(summary: CurrencySummary) -> str:
    if summary.success_rate is None:
        return ""
    rate = summary.success_rate
    reasons = "".join(_reason(each) for each in summary.failures[:REASONS_MAX])
    return (
        "<h3>Captured payments against failed attempts</h3>"
        f'<div class="rate"><span class="good">{rate:.1%}</span>'
        f'<span class="meter"><i style="width:{rate:.2%}"></i></span>'
        f"<span>{summary.captured_payments:,} captured, {summary.failed_attempts:,} failed"
        f" ({1 - rate:.1%})</span></div>"
        f"{f'<table>{reasons}</table>' if reasons else ''}"
    )


def _reason(each: Failures) -> str:
    name = escape(each.reason.replace("_", " "))
    return f"<tr><td>Failed: {name}</td><td>{each.attempts:,}</td></tr>"
