"""The page of gateways compared: what stands out, promises, accounts side by side, and codes."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from kassa.reports.breakdown.normal import ATTEMPTS_MIN
from kassa.reports.breakdown.tables import Cell, Cells, row, section, table
from kassa.reports.gateways.payouts import PROVEN_MIN
from kassa.reports.gateways.scorecard import (
    ANSWERS_MIN,
    EVENTS_MIN,
    PAID_OUT_MIN,
    RUNS_MIN,
    Promise,
    Scorecard,
)
from kassa.reports.words import Words

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


def headlines(cards: Sequence[Scorecard], words: Words) -> list[str]:
    """Return what stands out: promises that weren't kept, and who declines the most."""
    found = [
        words(
            f"first.{one.figure}",
            gateway=words.gateway(card.place),
            measured=_measured(one, words),
            promised=_promised(one, words),
        )
        for card in cards
        for one in card.promises
        if one.is_kept is False
    ]
    if not found:
        is_any = any(one.is_kept for card in cards for one in card.promises)
        found.append(words("first.kept" if is_any else "first.none_measured"))
    return [*found, *_most_declined(cards, words)]


def body(cards: Sequence[Scorecard], words: Words) -> str:
    """Return what stands in the page's frame."""
    if not cards:
        return f'<p class="empty">{escape(words("first.nothing"))}</p>'
    items = "".join(f"<li>{escape(one)}</li>" for one in headlines(cards, words))
    minimums = {name: words.number(least) for name, least in MINIMUMS.items()}
    answers = table(_heads(ANSWERS, words), [_answers(card, words) for card in cards])
    payments = table(_heads(PAYMENTS, words), [_payments(card, words) for card in cards])
    return "\n".join((
        f"<h2>{escape(words('first.title'))}</h2><ol>{items}</ol>",
        _promises(cards, words),
        section(words("sections.compared"), words("sections.compared_note"), answers + payments),
        f'<p class="note">{escape(words("sections.minimums", **minimums))}</p>',
        _codes(cards, words),
        f'<p class="note">{escape(words("sections.cases"))}</p>',
    ))  # fmt: skip


def _most_declined(cards: Sequence[Scorecard], words: Words) -> list[str]:
    rated = [(card.decline_rate, card.place) for card in cards if card.decline_rate is not None]
    if len(rated) < 2:
        return []
    (low, best), (high, worst) = min(rated), max(rated)
    named = {"gateway": words.gateway(worst), "other": words.gateway(best)}
    return [words("first.declined", rate=words.rate(high), best=words.rate(low), **named)]


def _promises(cards: Sequence[Scorecard], words: Words) -> str:
    names = ("gateway", "promise", "promised", "measured", "kept")
    heads = _heads(names, words)
    rows = [
        row(
            words.gateway(card.place),
            words(f"promises.{one.figure}"),
            _promised(one, words),
            _measured(one, words),
            _kept(one, words),
        )
        for card in cards
        for one in card.promises
    ]
    return section(words("sections.promised"), words("sections.promised_note"), table(heads, rows))


def _kept(one: Promise, words: Words) -> Cell:
    if one.is_kept is None:
        return Cell(words("values.not_measured"), "zero")
    return (
        Cell(words("values.kept"), "good") if one.is_kept else Cell(words("values.missed"), "bad")
    )


def _promised(one: Promise, words: Words) -> str:
    return _figure(one.figure, one.promised, words)


def _measured(one: Promise, words: Words) -> str:
    if one.measured is None:
        return "–"
    return _figure(one.figure, Decimal(str(one.measured)), words)


def _figure(figure: str, value: Decimal, words: Words) -> str:
    return words.percent(value) if figure == "uptime" else words.number(float(value))


def _heads(names: Sequence[str], words: Words) -> list[str]:
    return [words(f"columns.{name}") for name in names]


def _answers(card: Scorecard, words: Words) -> Cells:
    uptime = None if card.uptime is None else words.percent(Decimal(str(100 * card.uptime)))
    return row(
        words.gateway(card.place),
        _or_not(uptime, card.runs, words),
        _pair(card.half_ms, card.most_ms, card.answered, words),
        _pair(card.delay_half_s, card.delay_most_s, card.events, words),
    )


def _payments(card: Scorecard, words: Words) -> Cells:
    captures = card.attempts - card.declined
    return row(
        words.gateway(card.place),
        _share(card.decline_rate, card.declined, card.attempts, words),
        _share(card.refund_ratio, card.refunds, captures, words),
        _share(card.dispute_ratio, card.disputes, captures, words),
        _pair(card.days_to_payout, card.days_to_payout_most, card.paid_out, words),
    )


def _or_not(text: str | None, count: int, words: Words) -> Cell:
    """Return a figure with how many it is of, or that it wasn't measured."""
    if text is None:
        return Cell(words("values.not_measured"), "words zero")
    return Cell(words("values.of", value=text, count=words.number(count)), "words")


def _pair(half: float | None, most: float | None, count: int, words: Words) -> Cell:
    if half is None:
        return _or_not(None, count, words)
    later = words("values.longer") if most is None else words.number(most)
    return _or_not(f"{words.number(half)} / {later}", count, words)


def _share(rate: float | None, part: int, whole: int, words: Words) -> Cell:
    if rate is None:
        return _or_not(None, whole, words)
    counted = words("values.part", count=words.number(part), whole=words.number(whole))
    return Cell(f"{words.rate(rate)} ({counted})", "words")


def _codes(cards: Sequence[Scorecard], words: Words) -> str:
    heads = _heads(("gateway", "code", "attempts", "share"), words)
    rows = [
        row(
            words.gateway(card.place),
            Cell(one.code, "words"),
            words.number(one.attempts),
            words.rate(one.attempts / card.attempts),
        )
        for card in cards
        for one in card.codes[:CODES_MAX]
        if card.decline_rate is not None
    ]
    return section(words("sections.codes"), words("sections.codes_note"), table(heads, rows))
