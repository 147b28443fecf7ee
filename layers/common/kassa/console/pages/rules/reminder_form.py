"""The form of the policy of reminders: its steps and fees as rows, and the rest in fields."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kassa.billing.reminders.policy.model import PolicyRules
from kassa.console.pages.rules.rows import Row, filled_rows, listed, whole, with_rows
from kassa.core.money import Money
from kassa.refunds.policy.phrases import amount_text

STEP, FEE = "step", "fee"
FEE_PARTS = ("name", "currency", "after_days", "fixed", "percent", "tiers", "buyers")
EMPTY: Mapping[str, Row] = {
    STEP: {"name": "", "days": "", "channel": "mail", "tone": "neutral"},
    FEE: dict.fromkeys(FEE_PARTS, "") | {"buyers": "all"},
}
INTEREST = ("annual_percent", "from_days", "until_days", "buyers", "least")
ABANDONED = ("after_hours", "until_hours")
_TIER = re.compile(r"up to (.+?): *(.+)")


def fields_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Return a document of a policy as its form shows it."""
    window, interest = document.get("window", {}), document.get("interest", {})
    fields = {
        "window_from": window.get("from", ""),
        "window_until": window.get("until", ""),
        "window_days": ", ".join(window.get("days", ())),
        "thresholds": ", ".join(document.get("thresholds", ())),
        "due_from": document.get("due_from", ""),
        "fee_caps": ", ".join(document.get("fee_caps", ())),
    }
    for name in INTEREST:
        value = interest.get(name, "")
        fields[f"interest_{name}"] = ", ".join(value) if isinstance(value, list) else str(value)
    for name in ABANDONED:
        fields[f"abandoned_{name}"] = str(document.get("abandoned", {}).get(name, ""))
    steps = [{part: str(one[part]) for part in EMPTY[STEP]} for one in document["steps"]]
    fees = [_fee_row(one) for one in document.get("late_fees", ())]
    return with_rows(with_rows(fields, STEP, steps), FEE, fees)


def document_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the policy that a form says, as a person writes one; what is empty is left out."""
    return dict(_parts(fields))


def written(policy: PolicyRules) -> dict[str, Any]:
    """Return a policy as a person would write it."""
    window, interest = policy.window, policy.interest
    document: dict[str, Any] = {
        "steps": [one.model_dump(mode="json") for one in policy.steps],
        "window": {
            "from": f"{window.first:%H:%M}",
            "until": "24:00" if window.until.minute == 59 else f"{window.until:%H:%M}",
            "days": [str(one) for one in window.days],
        },
    }
    for name in ("thresholds", "fee_caps"):
        if amounts := getattr(policy, name):
            document[name] = _amounts(amounts)
    if policy.due_from:
        document["due_from"] = str(policy.due_from)
    if policy.late_fees:
        document["late_fees"] = [dict(_fee(one.model_dump())) for one in policy.late_fees]
    if interest:
        remarks = interest.model_dump(mode="json", exclude={"least"}, exclude_none=True)
        least = {"least": _amounts(interest.least)} if interest.least else {}
        document["interest"] = remarks | {"annual_percent": str(interest.annual_percent)} | least
    if policy.abandoned:
        document["abandoned"] = policy.abandoned.model_dump()
    return document


def _parts(fields: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    steps = filled_rows(fields, STEP, ["channel", "tone"])
    yield "steps", [row | {"days": whole(row.get("days", ""))} for row in steps]
    days = listed(fields.get("window_days", ""))
    times = dict(_filled(fields, "window_", ("from", "until")))
    if days or times:
        yield "window", times | ({"days": days} if days else {})
    for name in ("thresholds", "fee_caps"):
        if amounts := listed(fields.get(name, "")):
            yield name, amounts
    if due_from := fields.get("due_from", "").strip():
        yield "due_from", due_from
    if fees := filled_rows(fields, FEE, ["buyers"]):
        yield "late_fees", [dict(_fee_of(row)) for row in fees]
    yield from _interest(dict(_filled(fields, "interest_", INTEREST)))
    if abandoned := dict(_filled(fields, "abandoned_", ABANDONED)):
        yield "abandoned", {name: whole(text) for name, text in abandoned.items()}


def _filled(
    fields: Mapping[str, str], begins: str, names: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for name in names:
        if text := fields.get(begins + name, "").strip():
            yield name, text


def _interest(remarks: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is remarks of interest; whom it is charged of alone says nothing."""
    days = {name: whole(remarks[name]) for name in ("from_days", "until_days") if name in remarks}
    least = {"least": listed(remarks["least"])} if "least" in remarks else {}
    if remarks.keys() - {"buyers"}:
        yield "interest", remarks | days | least


def _fee_of(row: Row) -> Iterator[tuple[str, Any]]:
    for name in ("name", "currency", "fixed", "percent", "buyers"):
        if row.get(name):
            yield name, row[name]
    if row.get("after_days"):
        yield "after_days", whole(row["after_days"])
    if tiers := row.get("tiers"):
        yield "tiers", [_tier(part.strip()) for part in tiers.split(";") if part.strip()]


def _tier(text: str) -> dict[str, str]:
    found = _TIER.fullmatch(text)
    return {"up_to": found[1], "fee": found[2]} if found else {"fee": text}


def _fee(fee: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    currency = fee["currency"]
    for name in ("name", "currency", "after_days"):
        yield name, fee[name]
    yield "buyers", str(fee["buyers"])
    if fee["fixed_minor"] is not None:
        yield "fixed", amount_text(fee["fixed_minor"], currency)
    if fee["percent"] is not None:
        yield "percent", str(fee["percent"])
    if fee["tiers"]:
        yield "tiers", [_written_tier(one, currency) for one in fee["tiers"]]


def _written_tier(tier: Mapping[str, Any], currency: str) -> dict[str, str]:
    up_to = tier["up_to_minor"]
    bound = {} if up_to is None else {"up_to": amount_text(up_to, currency)}
    return bound | {"fee": amount_text(tier["fee_minor"], currency)}


def _fee_row(fee: Mapping[str, Any]) -> Row:
    tiers = [
        f"up to {one['up_to']}: {one['fee']}" if "up_to" in one else one["fee"]
        for one in fee.get("tiers", ())
    ]
    row = {name: str(fee.get(name, "")) for name in FEE_PARTS}
    return row | {"tiers": "; ".join(tiers)}


def _amounts(amounts: tuple[Money, ...]) -> list[str]:
    return [amount_text(one.amount_minor, one.currency) for one in amounts]
