"""An attempt to sign in: from the door to the issuer and back, once, soon, in one browser.

The browser alone holds the attempt's secret; what the issuer is shown of it is derived, so that
neither the table nor an address gives it away.
"""

import base64
import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256

from kassa.core.model import Instant, Model

VALID_FOR = timedelta(minutes=10)
HOME = "/console"
PATH_MAX = 800
_OWN_PATH = re.compile(r"/console(?:/[\w.~:@!$&'()*+,;=%-]+)*(?:\?[\w.~:@!$&'()*+,;=%/?-]*)?", re.A)
_DOORS = re.compile(r"/console/(?:sign-in|sign-out|open)(?:[/?]|$)")


class SignInAttempt(Model):
    """What is kept of an attempt; its state and its browser's secret stand as digests."""

    browser: str
    leads_to: str  # in the end, among our own pages
    is_fresh: bool = False  # whether somebody proves who they are once more
    begun_at: Instant
    redeemed_at: Instant | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether it may still lead to a sign-in."""
        return self.redeemed_at is None and now - self.begun_at < VALID_FOR


def own_path(text: str) -> str:
    """Return a path of the console that somebody may be led to; today's screen for any other."""
    climbs = "/." in text.lower().replace("%2e", ".")  # browsers read both as a way up
    is_path = len(text) <= PATH_MAX and not climbs and _OWN_PATH.fullmatch(text)
    is_own = is_path and not _DOORS.match(text)
    return text if is_own else HOME


def nonce(secret: str, state: str) -> str:
    """Return what the issuer's token must repeat."""
    return _derived(secret, state, "nonce")


def verifier(secret: str, state: str) -> str:
    """Return what proves, with the code, that whoever began comes back (RFC 7636)."""
    return _derived(secret, state, "verifier")


def challenge(secret: str, state: str) -> str:
    """Return what the issuer is shown of the verifier."""
    return _plain(sha256(verifier(secret, state).encode()).digest())


def _derived(secret: str, state: str, purpose: str) -> str:
    return _plain(hmac.new(secret.encode(), f"{purpose} {state}".encode(), sha256).digest())


def _plain(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
