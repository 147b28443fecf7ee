"""Begin a sign-in at the issuer: keep the attempt, and say where the browser goes."""

from typing import NamedTuple

from kassa.console.sign_in.oidc import attempt_store
from kassa.console.sign_in.oidc.attempt import SignInAttempt, challenge, nonce
from kassa.console.sign_in.oidc.issuer import Asked, sign_in_url
from kassa.console.sign_in.oidc.read_issuer import read_issuer
from kassa.console.sign_in.session import FRESH_FOR
from kassa.http_api.session import LASTS_MAX
from kassa.http_api.session_store import digest_of, new_token
from kassa.platform import clock
from kassa.platform.settings import settings

CALLBACK = "/console/sign-in/callback"  # as every issuer knows it


class Begun(NamedTuple):
    """Where a browser goes to sign in, and the secret that it brings back."""

    url: str
    secret: str


def begin_sign_in(leads_to: str, is_fresh: bool) -> Begun:
    """Begin a sign-in that ends at one of our own paths; raise IssuerUnavailable.

    A fresh one asks for proof of now; any other takes what the issuer saw half a day ago at most,
    which is as long as a session lasts.
    """
    issuer = read_issuer()
    state, secret = new_token(), new_token()
    attempt = SignInAttempt(
        browser=digest_of(secret), leads_to=leads_to, is_fresh=is_fresh, begun_at=clock.now()
    )
    attempt_store.keep(settings().merchant_id, state, attempt)
    asked = Asked(
        client_id=settings().sign_in_client_id,
        returns_to=returns_to(),
        state=state,
        nonce=nonce(secret, state),
        challenge=challenge(secret, state),
        age_max_s=int((FRESH_FOR if is_fresh else LASTS_MAX).total_seconds()),
        is_fresh=is_fresh,
    )
    return Begun(sign_in_url(issuer, asked), secret)


def returns_to() -> str:
    """Return where the issuer sends a browser back to, the same to the letter as it knows."""
    return settings().public_address + CALLBACK
