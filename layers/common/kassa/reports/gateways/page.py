"""The page of gateways compared: what stands out, promises, accounts side by side, and codes."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from kassa.reports.breakdown.normal import ATTEMPTS_MIN
from kassa.reports.breakdown.tables import Cell, Cells, row, section, table
from kassa.reports.gateways.cases import CASES_MIN
from kassa.reports.gateways.payouts import PROVEN_MIN
from kassa.reports.gateways.scorecard import (
    ANSWERS_MIN,
    EVENTS_MIN,
    PAID_OUT_MIN,
    RUNS_MIN,
    Promise,
    Scorecard,
)
from kassa.reports.localization import Texts

CODES_MAX = 5  # of each account; gateways.csv has all of them
ANSWERS = ("gateway", "uptime", "answers", "delay")
PAYMENTS = ("gateway", "declined", "refunds", "disputes", "payout")
MINIMUMS = {
    "runs": RUNS_MIN,
    "answers": ANSWERS_MIN,
    "events": EVENTS_MIN,
    "attempts": ATTEMPTS_MIN,
    "payments": PAID_OUT_MIN,
    "payouts": PROVEN_MIN,
}


def headlines(cards: Sequence[Scorecard], texts: Texts) -> list[str]:
    """Return what stands out: promises that weren't kept, and who declines the most."""
    found = [
        texts(
            f"first.{one.figure}",
            gateway=texts.gateway(card.place),
            measured=_measured(one, texts),
            promised=_promised(one, texts),
        )
        for card in cards
        for one in card.promises
        if one.is_kept is False
    ]
    if not found:
        is_any = any(one.is_kept for card in cards for one in card.promises)
        found.append(texts("first.kept" if is_any else "first.none_measured"))
    return [*found, *_most_declined(cards, texts)]


def body(cards: Sequence[Scorecard], texts: Texts) -> str:
    """Return what stands in the page's frame."""
    if not cards:
        return f'<p class="empty">{escape(texts("first.nothing"))}</p>'
    items = "".join(f"<li>{escape(one)}</li>" for one in headlines(cards, texts))
    minimums = {name: texts.number(least) for name, least in MINIMUMS.items()}
    answers = table(_heads(ANSWERS, texts), [_answers(card, texts) for card in cards])
    payments = table(_heads(PAYMENTS, texts), [_payments(card, texts) for card in cards])
    return "\n".join((
        f"<h2>{escape(texts('first.title'))}</h2><ol>{items}</ol>",
        _promises(cards, texts),
        section(texts("sections.compared"), texts("sections.compared_note"), answers + payments),
        f'<p class="note">{escape(texts("sections.minimums", **minimums))}</p>',
        _codes(cards, texts),
        _support(cards, texts),
        f'<p class="note">{escape(texts("sections.cases", least=CASES_MIN))}</p>',
    ))  # fmt: skip


def _most_declined(cards: Sequence[Scorecard], texts: Texts) -> list[str]:
    rated = [(card.decline_rate, card.place) for card in cards if card.decline_rate is not None]
    if len(rated) < 2:
        return []
    (low, best), (high, worst) = min(rated), max(rated)
    named = {"gateway": texts.gateway(worst), "other": texts.gateway(best)}
    return [texts("first.declined", rate=texts.rate(high), best=texts.rate(low), **named)]


def _promises(cards: Sequence[Scorecard], texts: Texts) -> str:
    names = ("gateway", "promise", "promised", "measured", "kept")
    heads = _heads(names, texts)
    rows = [
        row(
            texts.gateway(card.place),
            texts(f"promises.{one.figure}"),
            _promised(one, texts),
            _measured(one, texts),
            _kept(one, texts),
        )
        for card in cards
        for one in card.promises
    ]
    return section(texts("sections.promised"), texts("sections.promised_note"), table(heads, rows))


def _kept(one: Promise, texts: Texts) -> Cell:
    if one.is_kept is None:
        return Cell(texts("values.not_measured"), "zero")
    return (
        Cell(texts("values.kept"), "good") if one.is_kept else Cell(texts("values.missed"), "bad")
    )


def _promised(one: Promise, texts: Texts) -> str:
    return _figure(one.figure, one.promised, texts)


def _measured(one: Promise, texts: Texts) -> str:
    if one.measured is None:
        return "–"
    return _figure(one.figure, Decimal(str(one.measured)), texts)


def _figure(figure: str, value: Decimal, texts: Texts) -> str:
    return texts.percent(value) if figure == "uptime" else texts.number(float(value))


def _heads(names: Sequence[str], texts: Texts) -> list[str]:
    return [texts(f"columns.{name}") for name in names]


def _answers(card: Scorecard, texts: Texts) -> Cells:
    uptime = None if card.uptime is None else texts.percent(Decimal(str(100 * card.uptime)))
    return row(
        texts.gateway(card.place),
        _or_not(uptime, card.runs, texts),
        _pair(card.half_ms, card.most_ms, card.answered, texts),
        _pair(card.delay_half_s, card.delay_most_s, card.events, texts),
    )


def _payments(card: Scorecard, texts: Texts) -> Cells:
    captures = card.attempts - card.declined
    return row(
        texts.gateway(card.place),
        _share(card.decline_rate, card.declined, card.attempts, texts),
        _share(card.refund_ratio, card.refunds, captures, texts),
        _share(card.dispute_ratio, card.disputes, captures, texts),
        _pair(card.days_to_payout, card.days_to_payout_most, card.paid_out, texts),
    )


def _support(cards: Sequence[Scorecard], texts: Texts) -> str:
    """Show cases and how long answers took; nothing before the fifth layout."""
    heads = _heads(("gateway", "cases", "support"), texts)
    rows = [
        row(
            texts.gateway(card.place),
            texts.number(card.support.cases),
            _pair(card.support.half_hours, card.support.most_hours, card.support.answered, texts),
        )
        for card in cards
        if card.support is not None
    ]
    return section(texts("sections.support"), "", table(heads, rows))


def _or_not(text: str | None, count: int, texts: Texts) -> Cell:
    """Return a figure with how many it is of, or that it wasn't measured."""
    if text is None:
        return Cell(texts("values.not_measured"), "words zero")
    return Cell(texts("values.of", value=text, count=texts.number(count)), "words")


def _pair(half: float | None, most: float | None, count: int, texts: Texts) -> Cell:
    if half is None:
        return _or_not(None, count, texts)
    later = texts("values.longer") if most is None else texts.number(most)
    return _or_not(f"{texts.number(half)} / {later}", count, texts)


def _share(rate: float | None, part: int, whole: int, texts: Texts) -> Cell:
    if rate is None:
        return _or_not(None, whole, texts)
    counted = texts("values.part", count=texts.number(part), whole=texts.number(whole))
    return Cell(f"{texts.rate(rate)} ({counted})", "words")


def _codes(cards: Sequence[Scorecard], texts: Texts) -> str:
    heads = _heads(("gateway", "code", "attempts", "share"), texts)
    rows = [
        row(
            texts.gateway(card.place),
            Cell(one.code, "words"),
            texts.number(one.attempts),
            texts.rate(one.attempts / card.attempts),
        )
        for card in cards
        for one in card.codes[:CODES_MAX]
        if card.decline_rate is not None
    ]
    return section(texts("sections.codes"), texts("sections.codes_note"), table(heads, rows))
