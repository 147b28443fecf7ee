"""One request to a target, as the merchant: its credentials, its token, its time-out.

A token (OAuth 2) is kept until a minute before it expires. A 401 has it fetched anew, once, and so
it has a secret read anew: whoever was refused did nothing, so the same request is sent again.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import PartnerSilent, PartnerUnreachable, SecretsUnavailable
from kassa.partners import safe_http
from kassa.partners.rest.target import BasicAuth, HeaderAuth, NoAuth, OAuth2, Target
from kassa.partners.safe_http import Limits, SafeAnswer, SafeRequest
from kassa.platform import aws, clock
from kassa.platform.settings import settings
from kassa.platform.telemetry import reason_of

SECRET_KEPT = timedelta(minutes=5)
TOKEN_EARLY = timedelta(minutes=1)
TOKEN_KEPT = timedelta(hours=1)  # where its expiry isn't said
CONNECT_S = 5.0


class Unauthorized(Exception):
    """The target, or who gives its tokens, doesn't take the credentials."""


class Kept(NamedTuple):
    """A secret or a token, until when it is good."""

    value: dict[str, str]
    until: datetime


_secrets: dict[str, Kept] = {}
_tokens: dict[tuple[str, str], Kept] = {}


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _secrets.clear()
    _tokens.clear()


def send(target: Target, method: str, path: str, body: Mapping[str, Any] | None) -> SafeAnswer:
    """Send a request to a target and return its answer, whatever its status.

    Raises AddressRefused, PartnerUnreachable and PartnerSilent as the safe client does;
    Unauthorized where no token is given; and SecretsUnavailable.
    """
    answer = _sent(target, method, path, body)
    if answer.status == 401 and not isinstance(target.auth, NoAuth):
        if not _renewed(target):
            return answer
        answer = _sent(target, method, path, body)
    return answer


def secrets_of(target: Target) -> list[str]:
    """Return the secrets that are kept of a target, so that no message quotes them."""
    kept = [one.value for name, one in _secrets.items() if name == target.name]
    kept += [one.value for (name, _), one in _tokens.items() if name == target.name]
    return [text for values in kept for text in values.values()]


def _sent(target: Target, method: str, path: str, body: Mapping[str, Any] | None) -> SafeAnswer:
    headers = dict(target.headers) | {"Accept": "application/json"} | _credentials(target)
    data = None
    if body is not None:
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers["Content-Type"] = "application/json"
    url = target.base_url.rstrip("/") + path
    limits = Limits(min(CONNECT_S, target.timeout_s), target.timeout_s)
    return safe_http.send(SafeRequest(method, url, headers, data, limits))


def _renewed(target: Target) -> bool:
    """Forget what was refused; tell whether there is something else to come with."""
    if isinstance(target.auth, OAuth2):
        _tokens.pop(_token_name(target, target.auth), None)
        return True
    before = _secrets.pop(target.name, None)
    return before is not None and _secret(target) != before.value


def _credentials(target: Target) -> dict[str, str]:
    auth = target.auth
    if isinstance(auth, NoAuth):
        return {}
    if isinstance(auth, HeaderAuth):
        return {auth.header: auth.prefix + _named(target, "token")}
    if isinstance(auth, BasicAuth):
        return {"Authorization": _basic(_named(target, "username"), _named(target, "password"))}
    return {"Authorization": f"Bearer {_token(target, auth)}"}


def _token_name(target: Target, auth: OAuth2) -> tuple[str, str]:
    return target.name, f"{auth.token_url} {auth.scope or ''}"


def _token(target: Target, auth: OAuth2) -> str:
    name = _token_name(target, auth)
    kept = _tokens.get(name)
    if kept is None or clock.now() >= kept.until:
        _tokens[name] = kept = _fetched(target, auth)
    return kept.value["access_token"]


def _fetched(target: Target, auth: OAuth2) -> Kept:
    """Fetch a token; nothing was asked of the target itself, so no outcome is ever unknown here."""
    client_id, client_secret = _named(target, "client_id"), _named(target, "client_secret")
    form = {"grant_type": "client_credentials"} | ({"scope": auth.scope} if auth.scope else {})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if auth.sends == "basic":
        headers["Authorization"] = _basic(quote(client_id, safe=""), quote(client_secret, safe=""))
    else:
        form |= {"client_id": client_id, "client_secret": client_secret}
    limits = Limits(min(CONNECT_S, target.timeout_s), target.timeout_s)
    request = SafeRequest("POST", auth.token_url, headers, urlencode(form).encode(), limits)
    try:
        answer = safe_http.send(request)
    except PartnerSilent as error:
        raise PartnerUnreachable(f"no token: {error}") from None
    if answer.status >= 500 or answer.status == 429:
        raise PartnerUnreachable(f"no token: status {answer.status}")
    body = as_json(answer)
    token = body.get("access_token") if isinstance(body, dict) else None
    if answer.status != 200 or not isinstance(token, str) or not token.isprintable():
        raise Unauthorized(f"no token: status {answer.status}")
    expires_in = body.get("expires_in")
    lasts = TOKEN_KEPT
    if isinstance(expires_in, int) or str(expires_in).isdigit():
        lasts = timedelta(seconds=max(0, int(expires_in)))
    early = min(TOKEN_EARLY, lasts / 2)
    return Kept({"access_token": token}, clock.now() + lasts - early)


def as_json(answer: SafeAnswer) -> Any:
    """Return an answer's JSON; nothing where it has none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _named(target: Target, name: str) -> str:
    found = _secret(target).get(name)
    if not found:
        raise SecretsUnavailable(f"partners/{target.name} has no {name}")
    return found


def _secret(target: Target) -> dict[str, str]:
    kept = _secrets.get(target.name)
    if kept is None or clock.now() >= kept.until:
        kept = Kept(_read(target), clock.now() + SECRET_KEPT)
        _secrets[target.name] = kept
    return kept.value


def _read(target: Target) -> dict[str, str]:
    """Read a secret; what is off in it is never quoted."""
    name = f"{settings().secrets_prefix}/partners/{target.name}"
    try:
        answer = aws.client("secretsmanager").get_secret_value(SecretId=name)
        fields = json.loads(answer["SecretString"])
        return {str(key): value for key, value in fields.items() if isinstance(value, str)}
    except (ClientError, BotoCoreError) as error:
        raise SecretsUnavailable(f"{name}: {reason_of(error)}") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        # From None: what can't be read is a secret, and must not end in a stack trace.
        raise SecretsUnavailable(f"{name} is no JSON object") from None
