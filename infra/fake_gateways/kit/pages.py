"""The payment page that a served fake shows: what is to be paid, and three ways to leave.

A real gateway's page takes a card. This one takes a decision: pay, be declined, or leave for good.
It is one document without anything from elsewhere, and works on a phone.
"""

from collections.abc import Callable
from html import escape
from typing import NamedTuple
from urllib.parse import parse_qs

from infra.fake_gateways.kit import iso4217
from infra.fake_gateways.kit.answers import Answer

PATH = "/pay/"
OUTCOMES = {"paid": "Pay", "declined": "Decline", "expired": "Leave"}
_NEXT = {
    "paid": "Paid. The shop hears of it by webhook.",
    "declined": "Declined. Where this gateway lets customers try again, the page stays open.",
    "expired": "You left, and the page is closed.",
}
_STYLE = """
:root { color-scheme: light dark; --line: #8886; --pay: #1a5fb4; }
body { font: 1.05rem/1.5 system-ui, sans-serif; margin: 0; display: grid; place-items: center;
  min-height: 100vh; }
main { width: min(24rem, 100vw - 3rem); padding: 1.5rem 0; }
h1 { font-size: 2rem; margin: .2rem 0 0; font-variant-numeric: tabular-nums; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.by, .note { opacity: .75; font-size: .9rem; }
form { display: grid; gap: .7rem; margin: 1.5rem 0; }
button, a.back { font: inherit; padding: .8rem; border-radius: .5rem; border: 1px solid var(--line);
  background: transparent; color: inherit; cursor: pointer; text-align: center;
  text-decoration: none; display: block; }
button.paid { background: var(--pay); border-color: var(--pay); color: #fff; font-weight: 600; }
"""


class Page(NamedTuple):
    """What a page shows: an amount in ISO 4217 minor units, and where its customer goes next."""

    gateway: str
    order_id: str
    amount_minor: int
    currency: str
    is_open: bool
    success_url: str = ""
    cancel_url: str = ""

    @property
    def price(self) -> str:
        """Return the amount as people read it."""
        digits = iso4217.digits(self.currency)
        whole, part = divmod(self.amount_minor, 10**digits)
        shown = f"{whole:,}" + (f".{part:0{digits}}" if digits else "")
        return f"{shown} {self.currency.upper()}"


def shown(page: Page | None) -> Answer:
    """Show a page: open with its buttons, or as it ended; 404 where there is none."""
    if page is None:
        return _html(404, "No such page", "<p>There is no such page, or it is closed.</p>")
    head = _head(page)
    if not page.is_open:
        return _html(200, page.price, f"{head}<p>This page is closed.</p>{_back(page, 'paid')}")
    buttons = "".join(
        f'<button class="{outcome}" name="outcome" value="{outcome}">{label}</button>'
        for outcome, label in OUTCOMES.items()
    )
    return _html(200, page.price, f'{head}<form method="post">{buttons}</form>')


def left(page: Page | None, body: bytes, finish: Callable[[str], object]) -> Answer:
    """Do what a customer chose, and show what came of it; a closed page takes nothing."""
    outcome = parse_qs(body.decode("utf-8", "replace")).get("outcome", [""])[-1]
    if page is None or outcome not in OUTCOMES:
        return shown(page)
    if not page.is_open:
        return shown(page)
    finish(outcome)
    text = f"{_head(page)}<p>{_NEXT[outcome]}</p>{_back(page, outcome)}"
    return _html(200, page.price, text)


def _head(page: Page) -> str:
    return (
        f'<p class="by">Practice page of {escape(page.gateway)}. No money moves here.</p>'
        f"<h1>{escape(page.price)}</h1><p>Order {escape(page.order_id)}</p>"
    )


def _back(page: Page, outcome: str) -> str:
    """Return the way back to the shop, where the page has one."""
    url = page.success_url if outcome == "paid" else page.cancel_url or page.success_url
    if not url.startswith(("http://", "https://")):
        return ""
    return f'<a class="back" href="{escape(url)}">Back to the shop</a>'


def _html(status: int, title: str, body: str) -> Answer:
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main>{body}</main></html>"
    )
    return Answer(status, {}, {"Content-Type": "text/html; charset=utf-8"}, text)
