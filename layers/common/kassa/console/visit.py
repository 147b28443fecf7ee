"""A visit: somebody's request of a screen, and how its pages are written."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.billing.typeset.texts import language_of
from kassa.console.requests import BY_ISSUER
from kassa.console.rights import may
from kassa.console.sign_in.check_session import SignedIn
from kassa.console.sign_in.oidc.attempt import own_path
from kassa.platform.settings import settings
from kassa.reports.localization import LANGUAGES, Texts

BEGIN = "/console/sign-in"  # where a browser leaves for the issuer
CALLBACK = f"{BEGIN}/callback"  # and where it comes back


class Visit(NamedTuple):
    """Who asks, in which language, with which form."""

    signed_in: SignedIn
    texts: Texts
    form: Mapping[str, str]
    query: Mapping[str, str]
    here: str = "/console"  # the page that is shown, or where the form stood that was sent

    def may(self, route: str) -> bool:
        """Tell whether whoever asks may use a route, too."""
        return may(self.signed_in.caller.scopes, route)

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether whoever asks signed in just now, as some acts need it."""
        return now < self.signed_in.session.fresh_until


def visit_of(routes: Router | APIGatewayHttpResolver) -> Visit:
    """Return the visit that a route is asked in."""
    found: Visit = routes.context["visit"]
    return found


def base_path() -> str:
    """Return what all our paths begin with, where the API doesn't answer at a host's root."""
    return urlsplit(settings().public_address).path.rstrip("/")


def sign_in_url(leads_to: str, is_fresh: bool = False) -> str:
    """Return where a sign-in begins: always at the public address, whose cookie it needs."""
    query = {"to": own_path(leads_to)} | ({"fresh": "yes"} if is_fresh else {})
    return f"{settings().public_address}{BEGIN}?{urlencode(query)}"


def fresh_sign_in_url(leads_to: str) -> str:
    """Return where a fresh sign-in begins; nothing where a link lets people in."""
    by_issuer = settings().console_sign_in in BY_ISSUER
    return sign_in_url(leads_to, is_fresh=True) if by_issuer else ""


def time_zone() -> ZoneInfo:
    """Return the zone in which instants are shown: the merchant's."""
    return ZoneInfo(settings().merchant_time_zone)


def language_for(accepted: str) -> str:
    """Return the language that a browser asks for first of those we have, or the merchant's."""
    for tag in _by_weight(accepted):
        found = language_of(tag)
        if found in LANGUAGES and found.partition("-")[0] == tag.partition("-")[0].lower():
            return found
    return settings().merchant_language


def _by_weight(accepted: str) -> list[str]:
    weighed = []
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda one: one[0]) if tag]
