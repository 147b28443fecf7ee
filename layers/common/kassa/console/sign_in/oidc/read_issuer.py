"""Read an issuer's description and its keys, kept for a while: they change seldom."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kassa.console.sign_in.oidc.issuer import Issuer, described, description_url
from kassa.console.sign_in.oidc.refusals import IssuerUnavailable
from kassa.core.errors import AddressRefused, PartnerError
from kassa.partners import safe_http
from kassa.partners.safe_http import Limits, SafeAnswer, SafeRequest
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger

KEPT_FOR = timedelta(hours=1)
LIMITS = Limits(connect_s=3.0, total_s=6.0, answer_max=256 * 1024)  # three fit into a page's time
_kept: dict[str, tuple[datetime, dict[str, Any]]] = {}


def read_issuer() -> Issuer:
    """Return the issuer that vouches for people here; raise IssuerUnavailable."""
    issuer = settings().sign_in_issuer
    if not issuer:
        raise IssuerUnavailable("no issuer is set: SignInIssuer")
    return described(_document(description_url(issuer)), issuer)


def read_keys(issuer: Issuer, is_anew: bool = False) -> tuple[Mapping[str, Any], ...]:
    """Return an issuer's keys; anew where a token names one that isn't among those kept."""
    found = _document(issuer.jwks_uri, is_anew).get("keys")
    if not isinstance(found, list):
        raise IssuerUnavailable("the issuer's keys can't be read")
    return tuple(one for one in found if isinstance(one, dict))


def answered(request: SafeRequest) -> SafeAnswer:
    """Send a request to an issuer; raise IssuerUnavailable where it doesn't answer, or fails."""
    try:
        answer = safe_http.send(request)
    except (PartnerError, AddressRefused) as error:
        raise IssuerUnavailable(str(error)) from error
    if answer.status >= 500 or answer.status == 429:
        raise IssuerUnavailable(f"the issuer answered {answer.status}")
    return answer


def object_of(answer: SafeAnswer) -> dict[str, Any]:
    """Return the JSON object that an issuer answered; raise IssuerUnavailable for anything else."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise IssuerUnavailable("the issuer answered no JSON object")
    return found


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()


def _document(url: str, is_anew: bool = False) -> dict[str, Any]:
    """Return a document; one that is kept serves on where the issuer doesn't answer."""
    kept, now = _kept.get(url), clock.now()
    if kept and not is_anew and timedelta(0) <= now - kept[0] < KEPT_FOR:
        return kept[1]
    try:
        found = _fetched(url)
    except IssuerUnavailable:
        if kept is None or is_anew:
            raise
        logger.warning("issuer doesn't answer: what was kept of it serves on")
        return kept[1]
    _kept[url] = now, found
    return found


def _fetched(url: str) -> dict[str, Any]:
    headers = {"Accept": "application/json"}
    answer = answered(SafeRequest("GET", url, headers, limits=LIMITS))
    if answer.status != 200:
        raise IssuerUnavailable(f"the issuer answered {answer.status}")
    return object_of(answer)
