"""An OpenID Connect issuer in the test's own process: real keys, real tokens, and every misdeed."""

import base64
import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kassa.core.errors import PartnerSilent
from kassa.partners.addresses import Target
from kassa.partners.safe_http import SafeAnswer, SafeRequest
from kassa.platform import clock

ISSUER = "https://login.shop.example/realms/staff"
CLIENT_ID, CLIENT_SECRET = "kassa-console", "s3cret/of+the client"  # what has to be quoted is in it
Claims = dict[str, Any]


@cache
def rsa_key(number: int = 1) -> Any:
    """Return one of a few RSA keys; making one takes longer than most tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key() -> Any:
    """Return a key of P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def public_pem(key: Any) -> bytes:
    """Return a public key as people publish it."""
    return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


class FakeIssuer:
    """Answers as an issuer does; what a test sets makes it answer otherwise."""

    def __init__(self, issuer: str = ISSUER) -> None:
        self.issuer = issuer
        self.signing: Any = rsa_key()
        self.algorithm, self.kid = "RS256", "first"
        self.keys = {"first": (rsa_key(), "RS256")}
        self.more: dict[str, Any] = {}  # in the description
        self.claims: Claims = {}  # in every token, over what it would say
        self.left_out: tuple[str, ...] = ()  # of the claims
        self.token: Callable[[Claims], str] | None = None  # in the place of a signed one
        self.down: set[str] = set()  # pages that don't answer
        self.status = 200  # of the token page
        self.secret: str | None = CLIENT_SECRET
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def sign_in(self, url: str, subject: str, email: str | None = None, **claims: Any) -> str:
        """Let somebody sign in at the address a browser was led to; return what it is led back to.

        `proved_s`: how many seconds ago they proved who they are.
        """
        query = dict(parse_qsl(urlsplit(url).query))
        assert url.startswith(f"{self.issuer}/authorize?"), url
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT_ID)
        assert query["code_challenge_method"] == "S256"
        proved = int(clock.now().timestamp()) - claims.pop("proved_s", 0)
        stated = {"sub": subject, "auth_time": proved, "nonce": query["nonce"]}
        if email is not None:
            stated |= {"email": email, "email_verified": True}
        code = sha256(f"{url} {subject} {len(self._codes)}".encode()).hexdigest()
        self._codes[code] = query | {"stated": json.dumps(stated | claims)}
        back = urlsplit(query["redirect_uri"])
        return f"{back.path}?code={code}&state={query['state']}&iss={quote(self.issuer, safe='')}"

    def answer(self, target: Target, request: SafeRequest) -> SafeAnswer:
        """Answer a request; it is installed in the network's place."""
        page = urlsplit(request.url).path.removeprefix(urlsplit(self.issuer).path)
        self.asked.append(page)
        if page in self.down:
            raise PartnerSilent(f"{target.host}: no whole answer in 6 s")
        if page == "/token":
            return self._token(request)
        pages = {"/.well-known/openid-configuration": self._description, "/keys": self._keys}
        return _json(200, pages[page]()) if page in pages else _json(404, {})

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            **self.more,
        }

    def _keys(self) -> dict[str, Any]:
        made = []
        for kid, (key, algorithm) in self.keys.items():
            kind: Any = jwt.get_algorithm_by_name(algorithm)
            plain = kind.to_jwk(key.public_key(), as_dict=True)
            made.append(plain | {"kid": kid, "use": "sig", "alg": algorithm})
        return {"keys": [*made, {"kty": "oct", "k": "AAAA"}, {"kty": "OKP", "crv": "Ed448"}]}

    def _token(self, request: SafeRequest) -> SafeAnswer:
        fields = dict(parse_qsl((request.body or b"").decode()))
        if self.secret is not None and not self._is_us(request, fields):
            return _json(401, {"error": "invalid_client"})
        known = self._codes.pop(fields["code"], None)
        shown = base64.urlsafe_b64encode(sha256(fields["code_verifier"].encode()).digest())
        if (
            known is None
            or known["redirect_uri"] != fields["redirect_uri"]
            or known["code_challenge"] != shown.decode().rstrip("=")
        ):
            return _json(400, {"error": "invalid_grant"})
        if self.status != 200:
            return _json(self.status, {"error": "server_error"})
        return _json(200, {"access_token": "opaque", "id_token": self._signed(known["stated"])})

    def _is_us(self, request: SafeRequest, fields: dict[str, str]) -> bool:
        proof = f"{quote(CLIENT_ID, safe='')}:{quote(self.secret or '', safe='')}"
        basic = f"Basic {base64.b64encode(proof.encode()).decode()}"
        return request.headers.get("Authorization") == basic or (
            fields.get("client_secret") == self.secret
        )

    def _signed(self, stated: str) -> str:
        now = int(clock.now().timestamp())
        usual = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims = usual | json.loads(stated) | self.claims
        claims = {name: value for name, value in claims.items() if name not in self.left_out}
        if self.token:
            return self.token(claims)
        return jwt.encode(claims, self.signing, self.algorithm, headers={"kid": self.kid})


def by_hand(header: dict[str, Any], claims: Claims, signature: bytes = b"") -> str:
    """Return a token as somebody would make it who has no key."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts)


def _json(status: int, document: Any) -> SafeAnswer:
    return SafeAnswer(status, {"content-type": "application/json"}, json.dumps(document).encode())
