"""OAuth: a client's id and secret buy a token that opens the API for some hours."""

import base64
import random
from collections.abc import Callable, Mapping

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.paypal.errors import Refusal

PATH = "/v1/oauth2/token"


class Tokens:
    """The tokens that were given, and when they end."""

    def __init__(self, now: Callable[[], float], source: random.Random) -> None:
        """Begin with none."""
        self._now, self._source = now, source
        self._ends: dict[str, float] = {}
        self.given = 0

    def give(self, headers: Mapping[str, str], body: bytes, lifecycle_s: float) -> Answer:
        """Give a token to whoever names a client and a secret."""
        scheme, _, proof = headers.get("authorization", "").partition(" ")
        client, colon, secret = _decoded(proof).partition(":")
        if scheme != "Basic" or not (client and colon and secret):
            answer = {
                "error": "invalid_client",
                "error_description": "Client Authentication failed",
            }
            return Answer(401, answer)
        if b"grant_type=client_credentials" not in body:
            answer = {
                "error": "unsupported_grant_type",
                "error_description": "unsupported grant_type",
            }
            return Answer(400, answer)
        token = f"A21AA{self._source.getrandbits(160):040x}"
        self._ends[token] = self._now() + lifecycle_s
        self.given += 1
        return Answer(
            200, {"access_token": token, "token_type": "Bearer", "expires_in": int(lifecycle_s)}
        )

    def check(self, headers: Mapping[str, str]) -> None:
        """Refuse a request without a token that still counts."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or self._ends.get(token, 0) <= self._now():
            raise Refusal(401)

    def forget(self) -> int:
        """Let all tokens end now; return how many there were."""
        ended = len(self._ends)
        self._ends.clear()
        return ended


def _decoded(proof: str) -> str:
    try:
        return base64.b64decode(proof, validate=True).decode()
    except ValueError:
        return ""
