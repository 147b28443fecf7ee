"""Settings: the merchant, and its gateways with what to click; what changes them stands beside."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.billing.seller.profile import named_by
from kassa.billing.seller.store import Sellers
from kassa.console.pages import settings as settings_page
from kassa.console.reading.read_gateways import read_gateways
from kassa.console.render import page
from kassa.console.visit import time_zone, visit_of
from kassa.core.errors import UnknownGateway
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]
BESIDE = {"people": "GET /console/settings/people", "keys": "GET /console/settings/keys"}


@routes.get("/console/settings")
def get_settings() -> Response[str]:
    """Show who the merchant is, and how each gateway is connected."""
    visit, now, known = visit_of(routes), clock.now(), settings()
    profile = Sellers(known.merchant_id).newest()
    merchant = named_by(Merchant.from_settings(known.model_dump()), profile)
    shown: dict[str, Any] = {
        "merchant": settings_page.merchant(merchant, known.merchant_currency, visit.texts),
        "seller_version": profile.version if profile else 0,
        "gateways": [
            settings_page.gateway(one, visit.texts, time_zone(), now)
            for one in read_gateways(_base_url(), now)
        ],
        "beside": [name for name, route in BESIDE.items() if visit.may(route)],
    }
    return page(visit, "settings.html", "settings", **shown)


@routes.get("/console/settings/gateways/<gateway>/<account>")
def get_gateway(gateway: str, account: str) -> Response[str]:
    """Show what to click at a gateway so that its webhooks come here."""
    visit, now = visit_of(routes), clock.now()
    for one in read_gateways(_base_url(), now):
        if (one.gateway, one.account) == (gateway, account):
            shown = settings_page.gateway(one, visit.texts, time_zone(), now)
            return page(visit, "gateway.html", "settings", **shown)
    raise UnknownGateway(f"the stack names no account {gateway}/{account}"[:200])


def _base_url() -> str:
    """Return where webhooks come in: the public address or, without one, where the browser is."""
    host = routes.current_event.headers.get("host", "")
    return settings().public_address or f"http://{host}"
