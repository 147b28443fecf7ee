"""Who vouches for people: an OpenID Connect issuer as it describes itself, and how it is asked.

Cognito is one of them. What it does otherwise: its page to sign out takes other parameters than
RP-initiated logout has, and older pools don't name that page.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from kassa.console.sign_in.oidc.refusals import IssuerUnavailable
from kassa.core import stored
from kassa.core.errors import UnreadableItem
from kassa.core.model import Model

DESCRIPTION = "/.well-known/openid-configuration"
SCOPES = "openid email"
BASIC, POST = "client_secret_basic", "client_secret_post"
_OF_COGNITO = re.compile(r"https://cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/.+")


class Issuer(Model):
    """What we read of an issuer's description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = (BASIC,)
    authorization_response_iss_parameter_supported: bool = False

    @property
    def is_cognito(self) -> bool:
        """Whether it is a user pool of Amazon Cognito."""
        return _OF_COGNITO.fullmatch(self.issuer) is not None


class Asked(NamedTuple):
    """What an issuer is asked for: somebody, for us, who comes back with a code."""

    client_id: str
    returns_to: str
    state: str
    nonce: str
    challenge: str  # of PKCE
    age_max_s: int  # how long ago they may have proved who they are
    is_fresh: bool  # whether they prove it now, whatever was before


def description_url(issuer: str) -> str:
    """Return where an issuer describes itself."""
    return issuer.rstrip("/") + DESCRIPTION


def described(document: Mapping[str, Any], issuer: str) -> Issuer:
    """Return an issuer as it describes itself; raise IssuerUnavailable for another's description.

    Nothing that it names is asked in a weaker way than itself.
    """
    try:
        found = stored.read_fields(Issuer, document)
    except UnreadableItem as error:
        raise IssuerUnavailable(f"the issuer's description can't be read: {error}") from None
    if found.issuer != issuer:
        raise IssuerUnavailable("the issuer's description is another issuer's")
    asked = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    scheme = urlsplit(issuer).scheme
    if any(urlsplit(one).scheme != scheme for one in asked):
        raise IssuerUnavailable("the issuer's description leads away from TLS")
    return found


def sign_in_url(issuer: Issuer, asked: Asked) -> str:
    """Return the address to which a browser is sent to sign in."""
    query = {
        "response_type": "code",
        "client_id": asked.client_id,
        "redirect_uri": asked.returns_to,
        "scope": SCOPES,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": asked.challenge,
        "code_challenge_method": "S256",
        "max_age": str(asked.age_max_s),
    }
    if asked.is_fresh:
        query["prompt"] = "login"
    return _with(issuer.authorization_endpoint, query)


def sign_out_url(issuer: Issuer, client_id: str, back: str) -> str | None:
    """Return the address at which somebody signs out there too; none where there is none."""
    if not issuer.is_cognito:
        query = {"client_id": client_id, "post_logout_redirect_uri": back}
        return _with(issuer.end_session_endpoint, query) if issuer.end_session_endpoint else None
    page = issuer.end_session_endpoint
    if page is None:
        domain = urlsplit(issuer.authorization_endpoint)
        page = f"{domain.scheme}://{domain.netloc}/logout"
    return _with(page, {"client_id": client_id, "logout_uri": back})


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"
