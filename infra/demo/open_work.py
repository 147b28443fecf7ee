"""What the demo leaves to be done, so that people who look at a stack find work on each screen.

Played after everything was gathered and checked, and only where the stack stays up: nothing of it
counts in what the demo must come to.
"""

from typing import Any

from infra.demo import clockwork
from infra.demo.demo import Demo
from infra.demo.result import OrderResult, Result
from infra.demo.scenario import BUYER, Order
from infra.local import observed
from infra.local.errors import DemoError

PATIENCE_S, PAUSE_S = 20.0, 0.3
DONE = (200, 201, 202)
NOBODY_S = "reject@simulator.amazonses.com"  # an address that the carrier refuses
TWICE, TWICE_MINOR, TWICE_CARD = ("order-3001", "order-3002"), 49_00, "4242424242424242"
UNPAID = Order("order-3003", "stripe", 74_00, "card", is_taxed=True)


def leave_open(demo: Demo, result: Result) -> None:
    """Leave a refund, a dispute, an unpaid invoice, a mail that failed, and what stands out."""
    work = demo.scenario.open_work
    if work is None:
        return
    demo.progress("leaving something to do")
    _request_refund(demo, result.of(work.refund_of), work.refund_minor)
    demo.world.open_dispute(result.of(work.dispute_of))
    _bill(demo)
    _send_link(demo)
    for order_id in TWICE:  # one customer, the same amount, a moment apart
        order = Order(order_id, "stripe", TWICE_MINOR, currency="EUR", card=TWICE_CARD)
        demo.stripe_shop.sell(order, "Example Buyer")
    if not observed.wait_until(lambda: not _missing(demo), PATIENCE_S, PAUSE_S):
        missing = ", ".join(_missing(demo))
        raise DemoError(f"of what is left to do this isn't there in {PATIENCE_S:.0f} s: {missing}")
    clockwork.build_todays_report(demo.stack)


def _request_refund(demo: Demo, one: OrderResult, amount_minor: int) -> None:
    body = {
        "order_id": one.order.order_id,
        "amount_minor": amount_minor,
        "currency": one.order.currency,
        "reason": "not_as_described",
        "comment": "Two of the four pieces were another colour than in the picture.",
        "claim_id": f"open-claim-of-{one.order.order_id}",
    }
    _expect(demo.people.shop.post("/refunds", body))


def _bill(demo: Demo) -> None:
    """Issue an invoice that is due today, with reminders."""
    finance = demo.people.finance
    _expect(finance.put("/reminders/policy", {"thresholds": ["5.00 EUR"]}))
    line = {"name": "Lamp", "unit_price_minor": 248_00, "tax": {"category": "S", "rate": "25.5"}}
    draft = {
        "draft_id": "open-invoice",
        "currency": "EUR",
        "prices_include_tax": True,
        "lines": [line],
        "languages": ["en"],
        "payment_terms_days": 0,
        "buyer": BUYER,
    }
    _expect(finance.post("/invoices", draft))


def _send_link(demo: Demo) -> None:
    """Open an order that nobody pays, and send its link to an address that takes no mail."""
    body = UNPAID.request_body | {"buyer": BUYER | {"email": NOBODY_S}}
    _expect(demo.people.shop.post("/orders", body))
    _expect(demo.people.shop.post(f"/orders/{UNPAID.order_id}/send-link", {}))


def _missing(demo: Demo) -> list[str]:
    """Return what isn't on the screens yet."""
    finance = demo.people.finance
    facts = observed.read_books(demo.stack).facts
    captured = {getattr(one.data, "order_id", None) for one in facts}
    there = {
        "a mail that failed": finance.get("/deliveries")[1].get("deliveries"),
        "a dispute": finance.get("/disputes")[1].get("disputes"),
        **{order_id: order_id in captured for order_id in TWICE},
    }
    return [what for what, is_there in there.items() if not is_there]


def _expect(answer: tuple[int, dict[str, Any]]) -> None:
    """Raise DemoError, with the answer, unless it was done."""
    status, body = answer
    if status not in DONE:
        raise DemoError(f"the API answered {status}: {body.get('message')}")
