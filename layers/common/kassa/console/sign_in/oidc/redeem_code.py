"""Redeem the code that a browser came back with, for the issuer's word on who sits there."""

import base64
from urllib.parse import quote, urlencode

from botocore.exceptions import ClientError

from kassa.console.sign_in.oidc.issuer import BASIC, POST, Issuer
from kassa.console.sign_in.oidc.read_issuer import LIMITS, answered, object_of
from kassa.console.sign_in.oidc.refusals import IssuerUnavailable, SignInRefused
from kassa.core.errors import SecretsUnavailable
from kassa.partners.safe_http import SafeRequest
from kassa.platform import aws
from kassa.platform.settings import settings

FORM = "application/x-www-form-urlencoded"
_OURS = ("invalid_client", "unauthorized_client")  # it is us whom the issuer doesn't take


def redeem_code(issuer: Issuer, code: str, verifier: str, returns_to: str) -> str:
    """Return the ID token for a code, which is good once.

    Raises SignInRefused where the issuer doesn't take the code, IssuerUnavailable where it doesn't
    answer, SecretsUnavailable where our own secret can't be read.
    """
    client_id, secret = settings().sign_in_client_id, _secret()
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": returns_to,
        "client_id": client_id,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": FORM, "Accept": "application/json"}
    if secret and _takes_basic(issuer):
        proof = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(proof.encode()).decode()}"
    elif secret:
        fields["client_secret"] = secret
    body = urlencode(fields).encode()
    answer = answered(SafeRequest("POST", issuer.token_endpoint, headers, body, LIMITS))
    found = object_of(answer)
    if answer.status == 401 or found.get("error") in _OURS:
        raise IssuerUnavailable("the issuer refuses our client id or its secret")
    if answer.status != 200:
        raise SignInRefused("code_refused")
    token = found.get("id_token")
    if not isinstance(token, str) or not token:
        raise SignInRefused("no_id_token")
    return token


def _takes_basic(issuer: Issuer) -> bool:
    known = issuer.token_endpoint_auth_methods_supported
    return BASIC in known or POST not in known


def _secret() -> str | None:
    """Return the secret by which the issuer knows us; none where we have none, by PKCE alone."""
    name = f"{settings().secrets_prefix}/console/{settings().console_sign_in}"
    try:
        answer = aws.client("secretsmanager").get_secret_value(SecretId=name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            return None
        raise SecretsUnavailable(f"{name}: {code}") from error
    return str(answer.get("SecretString") or "").strip() or None
