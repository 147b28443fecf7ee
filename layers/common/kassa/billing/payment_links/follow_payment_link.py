"""Follow a payment link: to the payment page of its order, the open one or a new one.

Whoever has the link may follow it. It opens nothing for what is paid, void, given up or paid in
part, and no more often in an hour than a person would.
"""

from typing import NamedTuple

from kassa.billing.payment_links import link_store
from kassa.billing.payment_links.check_owed import check_owed
from kassa.billing.payment_links.link_store import LinkedOrder
from kassa.billing.payment_links.pages import HEADERS, STATUSES, Notice, page
from kassa.checkout.open_checkout import open_checkout
from kassa.core.errors import CheckoutRefused, CheckoutUnavailable, Conflict
from kassa.orders.next_step import Do, next_step
from kassa.orders.order import Device
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase, shown_checkout
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.telemetry import logger

TOKEN_MAX = 100  # characters; no token of ours is longer


class Answer(NamedTuple):
    """What a browser is answered."""

    status: int
    headers: dict[str, str]
    body: str = ""


def follow_payment_link(token: str, time_left_s: TimeLeft, device: Device | None = None) -> Answer:
    """Return where a link leads: 303 to a payment page, else a small page that says why not."""
    linked = _linked(token)
    if linked is None:
        return _noticed(Notice.UNKNOWN, None)
    of, case = linked
    language, now = case.order.language, clock.now()
    if notice := check_owed(case, of.merchant_id):
        return _noticed(notice, language)
    if not link_store.count(token, now):
        logger.warning("payment link followed too often", order_id=of.order_id)
        answer = _noticed(Notice.NOT_NOW, language)
        wait = {"Retry-After": str(link_store.retry_after_s(now))}
        return answer._replace(status=429, headers=answer.headers | wait)
    try:
        order = case.order.model_copy(update={"device": device or case.order.device})
        url = open_checkout(order, Orders(of.merchant_id), time_left_s).url
    except (CheckoutRefused, CheckoutUnavailable, Conflict) as error:
        logger.warning("payment link opens nothing", order_id=of.order_id, reason=str(error))
        return _noticed(Notice.NOT_NOW, language)
    logger.info("payment link followed", order_id=of.order_id)
    return _noticed(Notice.PAID, language) if url is None else Answer(303, _to(url))


def look_at_payment_link(token: str) -> Answer:
    """Return what following a link would answer, but its page; nothing is opened nor counted.

    Programs ask so (HEAD) before a person does. A link whose payment page isn't open yet answers
    200: where it will lead, nobody knows before somebody follows it.
    """
    linked = _linked(token)
    if linked is None:
        return _noticed(Notice.UNKNOWN, None)._replace(body="")
    of, case = linked
    if notice := check_owed(case, of.merchant_id):
        return _noticed(notice, None)._replace(body="")
    is_open = next_step(case.lifecycle, clock.now()) is Do.SHOW
    url = shown_checkout(case.lifecycle).url if is_open else None
    return Answer(303, _to(url)) if url else Answer(200, dict(HEADERS))


def _linked(token: str) -> tuple[LinkedOrder, OrderCase] | None:
    """Return the order that a token leads to; none for one that nobody was given."""
    of = link_store.find(token) if 0 < len(token) <= TOKEN_MAX else None
    case = Orders(of.merchant_id).find(of.order_id) if of else None
    return (of, case) if of and case else None


def _noticed(notice: Notice, language: str | None) -> Answer:
    return Answer(STATUSES[notice], dict(HEADERS), page(notice, language))


def _to(url: str) -> dict[str, str]:
    return {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
