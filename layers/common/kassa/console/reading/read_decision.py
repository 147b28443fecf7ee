"""Read what a form says of a decision, and the lines of its order that a request has left."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from kassa.console.forms import minor_of, read_form
from kassa.core.errors import InvalidRequest
from kassa.core.money import Money
from kassa.ledger.state import SubjectState
from kassa.orders.store import Orders
from kassa.platform.settings import settings
from kassa.refunds.decision.approval import approved_amount, require_payable
from kassa.refunds.decision.verdict import Action, DecisionBody
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.request.chosen_lines import ChosenLines, LineLeft, chosen_lines, lines_left
from kassa.refunds.request.lines import Lines, given_back
from kassa.refunds.store import RefundRequests

FIELDS = ("reason", "question")
IN_PART, BY_LINE = "part", "lines"


class Asked(NamedTuple):
    """What a form says of a decision."""

    body: DecisionBody
    chosen: ChosenLines | None  # the lines that are approved; none where an amount is
    is_confirmed: bool  # it was seen once more; lines, by what they come to now

    @property
    def units(self) -> Lines:
        """Return how many of which line are approved, by their ids."""
        return self.chosen.units if self.chosen else {}


class RefundLines(NamedTuple):
    """An order's lines with what is left of each; none where nobody knows them."""

    lines: tuple[LineLeft, ...]
    most: Money  # that may be approved


def read_refund_lines(case: RefundCase, payment: SubjectState) -> RefundLines:
    """Return the lines of a request's order; what the request itself holds is still left."""
    request = case.request
    held_minor = payment.reservations.get(case.lifecycle.submission_id, 0)
    left_minor = max(0, payment.available_minor + held_minor)
    most_minor = min(request.amount.amount_minor, left_minor)
    most = request.amount.model_copy(update={"amount_minor": most_minor})
    order = Orders(settings().merchant_id).content(request.order_id) if request.order_id else None
    if order is None or order.currency != request.amount.currency:
        return RefundLines((), most)
    gone = given_back(payment.refunded_lines, request.refund_request_id)
    return RefundLines(lines_left(order.lines, gone), most)


def read_decision(
    action: str, form: Mapping[str, str], requests: RefundRequests, refund_request_id: str
) -> Asked:
    """Return what a form says; raise what names the field that is off.

    Raises InvalidRequest, and Conflict or OverHeadroom where a part can't be approved.
    """
    content: dict[str, Any] = {name: form[name] for name in FIELDS if form.get(name)}
    how, chosen = form.get("how") if action == Action.APPROVE else None, None
    is_confirmed = form.get("confirmed") == "yes"
    if how in (IN_PART, BY_LINE):
        case = requests.named(refund_request_id)
        currency = case.request.amount.currency
        chosen = _chosen(form, case, requests) if how == BY_LINE else None
        typed = form.get("amount", "")
        if chosen and is_confirmed:
            is_confirmed = minor_of(typed, currency) == chosen.amount_minor
        minor = chosen.amount_minor if chosen else minor_of(typed, currency)
        if not chosen and not is_confirmed:  # before anybody is asked whether they are sure
            require_payable(
                case, approved_amount(case, minor), requests.payment(case.request.payment)
            )
        content |= {"amount_minor": minor, "currency": currency}
    body = read_form(DecisionBody, content, "choose one of those that are offered")
    return Asked(body, chosen, is_confirmed)


def _chosen(form: Mapping[str, str], case: RefundCase, requests: RefundRequests) -> ChosenLines:
    read = read_refund_lines(case, requests.payment(case.request.payment))
    return chosen_lines(read.lines, _quantities(form), read.most)


def _quantities(form: Mapping[str, str]) -> dict[int, int]:
    """Return how many of which line a form says, by its place in the order."""
    found = {}
    for name, value in form.items():
        place = re.fullmatch(r"line_([0-9]{1,3})", name)
        if place is None or not value.strip():
            continue
        if not re.fullmatch(r"[0-9]{1,9}", value.strip(), re.ASCII):
            raise InvalidRequest(f"{name}: write how many in digits")
        found[int(place[1])] = int(value)
    return found
