"""What trying rules comes to, as a page shows it: what would change, by money."""

from collections.abc import Iterable
from typing import Any

from kassa.checkout.routing.routing import Routing
from kassa.core.money import Money
from kassa.refunds.backtest.result import Backtest, Flip, Line, PeopleLine
from kassa.refunds.policy.model import Outcome
from kassa.reports.localization import Texts


def backtest(run: Backtest, texts: Texts) -> dict[str, Any]:
    """Return what a refund policy would have changed, from the whole to the single case."""
    counts = {(line.before, line.after): line.count for line in run.decisions}
    return {
        "days": f"{texts.short_day(run.first_day)} – {texts.short_day(run.last_day)}",
        "is_complete": run.is_complete,
        "requests": texts.number(run.requests),
        "has_any": run.requests > run.unreadable,
        "unreadable": run.unreadable,
        "flips": texts.number(run.flips),
        "outcomes": [one.value for one in Outcome],
        "decisions": [
            (
                before.value,
                [(texts.number(counts.get((before, now), 0)), before is now) for now in Outcome],
            )
            for before in Outcome
        ],
        "moved": [_moved(one, texts) for one in run.moved],
        "rows": [
            {
                "before": (line.before.value, line.before_row),
                "after": (line.after.value, line.after_row),
                "count": texts.number(line.count),
                "amounts": _amounts(line, texts),
            }
            for line in run.rows
        ],
        "people": [_people(line, texts) for line in run.people],
        "held_back": run.held_back,
        "largest": [_flip(one, texts) for one in run.largest],
    }


def routing(found: Routing, amount: Money, texts: Texts) -> dict[str, Any]:
    """Return where an order would go, at what cost, and why not elsewhere."""
    return {
        "amount": texts.money(amount.amount_minor, amount.currency),
        "candidates": [
            {
                "place": texts.gateway(f"{one.gateway}/{one.account}"),
                "cost": ""
                if one.cost_minor is None
                else texts.money(one.cost_minor, amount.currency),
            }
            for one in found.candidates
        ],
        "left_out": [
            (texts.gateway(f"{one.gateway}/{one.account}"), one.why) for one in found.left_out
        ],
    }


def _moved(one: Any, texts: Texts) -> dict[str, str]:
    sign = "+" if one.delta_minor > 0 else ""
    return {
        "was": texts.money(one.before_minor, one.currency),
        "was_count": texts.number(one.before_count),
        "now": texts.money(one.after_minor, one.currency),
        "now_count": texts.number(one.after_count),
        "change": sign + texts.money(one.delta_minor, one.currency),
    }


def _people(line: PeopleLine, texts: Texts) -> dict[str, Any]:
    return {
        "people": line.people.value,
        "after": line.after.value,
        "count": texts.number(line.count),
        "amounts": _amounts(line, texts),
        "is_alike": line.people is line.after,
    }


def _flip(one: Flip, texts: Texts) -> dict[str, Any]:
    return {
        "id": one.refund_request_id,
        "amount": texts.money(one.amount.amount_minor, one.amount.currency),
        "before": one.before.decision.value,
        "after": one.after.decision.value,
        "row": one.after.rule_id,
        "people": one.people.value if one.people else "",
    }


def _amounts(line: Line, texts: Texts) -> str:
    return sums(line.amounts, texts)


def sums(amounts: Iterable[Money], texts: Texts) -> str:
    """Return amounts of several currencies, which are never added up."""
    return ", ".join(texts.money(one.amount_minor, one.currency) for one in amounts)
